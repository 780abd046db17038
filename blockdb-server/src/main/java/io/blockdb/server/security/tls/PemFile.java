package io.blockdb.server.security.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The parts of a PEM file (RFC 7468); text between them is passed over. */
final class PemFile {
    private static final long SIZE_MAX = 1 << 20;
    private static final Pattern PART =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s([^-]*)-----END \\1-----", Pattern.DOTALL);

    /**
     * A part.
     *
     * @param label what it says it is, such as {@code CERTIFICATE}
     * @param content its bytes; owned by who reads it
     */
    record Part(String label, byte[] content) {}

    private final Path file;
    private final List<Part> parts;

    private PemFile(Path file, List<Part> parts) {
        this.file = file;
        this.parts = parts;
    }

    /** Reads the file. */
    static PemFile read(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new TlsException(file, "is a directory; expected a PEM file");
        }
        if (Files.size(file) > SIZE_MAX) {
            throw new TlsException(file, "larger than 1 MB: not a PEM file of certificates or keys");
        }
        Matcher matcher = PART.matcher(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        List<Part> parts = new ArrayList<>();
        while (matcher.find()) {
            try {
                parts.add(new Part(matcher.group(1), Base64.getMimeDecoder().decode(matcher.group(2))));
            } catch (IllegalArgumentException e) {
                throw new TlsException(file, "part " + (parts.size() + 1) + " is not base64: " + e.getMessage(), e);
            }
        }
        if (parts.isEmpty()) {
            throw new TlsException(file, "holds no '-----BEGIN …-----': expected a PEM file");
        }
        return new PemFile(file, parts);
    }

    List<Part> parts() {
        return parts;
    }

    /** Its certificates, in order; at least one. */
    List<X509Certificate> certificates() throws TlsException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Part part : parts) {
            if (part.label().equals("CERTIFICATE")) {
                try {
                    certificates.add((X509Certificate) CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(part.content())));
                } catch (CertificateException e) {
                    throw new TlsException(
                            file, "certificate " + (certificates.size() + 1) + " cannot be read: " + e.getMessage(), e);
                }
            }
        }
        if (certificates.isEmpty()) {
            throw new TlsException(
                    file, "holds no certificate: expected '-----BEGIN CERTIFICATE-----', found " + labels());
        }
        return certificates;
    }

    /** What is in it, for messages. */
    String labels() {
        return String.join(
                ", ", parts.stream().map(part -> "'" + part.label() + "'").toList());
    }
}
