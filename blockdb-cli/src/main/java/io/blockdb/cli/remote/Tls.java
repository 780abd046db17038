package io.blockdb.cli.remote;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS by the user's own files: whom to trust, and what to show.
 *
 * @param sockets makes the connections
 */
record Tls(SSLSocketFactory sockets) {
    private static final long FILE_LENGTH_MAX = 8 << 20;
    private static final List<String> KEY_KINDS = List.of("EC", "RSA", "Ed25519", "RSASSA-PSS");
    private static final Pattern PRIVATE_KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    /**
     * Reads the files.
     *
     * @throws IllegalArgumentException if one of them is not what it must be
     */
    static Tls of(Connection.Settings settings) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(shown(settings), trusted(settings.authority()), null);
            return new Tls(context.getSocketFactory());
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot speak TLS: " + e.getMessage(), e);
        }
    }

    private static TrustManager @Nullable [] trusted(@Nullable Path authority)
            throws IOException, GeneralSecurityException {
        if (authority == null) {
            return null;
        }
        KeyStore store = empty();
        int number = 0;
        for (Certificate certificate : certificates("--tls-ca", authority)) {
            store.setCertificateEntry("authority-" + number++, certificate);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager @Nullable [] shown(Connection.Settings settings)
            throws IOException, GeneralSecurityException {
        Path certificate = settings.certificate();
        Path key = settings.key();
        if (certificate == null || key == null) {
            return null;
        }
        KeyStore store = empty();
        Collection<? extends Certificate> chain = certificates("--tls-cert", certificate);
        store.setKeyEntry("own", privateKey(key), new char[0], chain.toArray(new Certificate[0]));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Collection<? extends Certificate> certificates(String option, Path file) throws IOException {
        try (InputStream in = new ByteArrayInputStream(read(option, file))) {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (!found.isEmpty()) {
                return new ArrayList<>(found);
            }
        } catch (CertificateException e) {
            throw new IllegalArgumentException(
                    option + " " + file + " holds no certificate in PEM: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException(option + " " + file + " holds no certificate in PEM");
    }

    private static PrivateKey privateKey(Path file) throws IOException {
        Matcher matcher = PRIVATE_KEY.matcher(new String(read("--tls-key", file), StandardCharsets.ISO_8859_1));
        if (!matcher.find()) {
            throw new IllegalArgumentException("--tls-key " + file
                    + " holds no private key in PEM (-----BEGIN PRIVATE KEY-----); 'openssl pkcs8 -topk8 -nocrypt' makes"
                    + " one of older forms");
        }
        byte[] encoded;
        try {
            encoded = Base64.getMimeDecoder().decode(matcher.group(1));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--tls-key " + file + " is damaged: it is no base64", e);
        }
        for (String kind : KEY_KINDS) {
            try {
                return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(encoded));
            } catch (InvalidKeySpecException e) {
                continue; // a key of another kind
            } catch (GeneralSecurityException e) {
                throw new IOException("keys of kind " + kind + " are not known to this Java", e);
            }
        }
        throw new IllegalArgumentException("--tls-key " + file + " is none of " + KEY_KINDS);
    }

    private static byte[] read(String option, Path file) throws IOException {
        try {
            if (Files.size(file) > FILE_LENGTH_MAX) {
                throw new IllegalArgumentException(option + " " + file + " is too long for what it must hold");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(option + " " + file + ": there is no such file", e);
        }
    }
}
