package io.blockdb.server.security.tls;

import io.blockdb.server.config.ClientAuth;
import io.blockdb.server.config.FileFailure;
import io.blockdb.server.config.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The server's certificate and key, and the authorities of its clients, as their files held them when they were read. To
 * take up new files, read them again.
 *
 * <p>Threading: immutable.
 */
public final class Certificates {
    /** The protocols that are spoken. */
    public static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    /** So long before it expires a certificate is warned of. */
    private static final Duration SOON = Duration.ofDays(14);

    private final SSLContext context;
    private final ClientAuth clientAuth;
    private final X509Certificate certificate;
    private final List<String> warnings;

    private Certificates(
            SSLContext context, ClientAuth clientAuth, X509Certificate certificate, List<String> warnings) {
        this.context = context;
        this.clientAuth = clientAuth;
        this.certificate = certificate;
        this.warnings = List.copyOf(warnings);
    }

    /**
     * Reads the files.
     *
     * @param now the time, by which certificates are valid
     * @return null where TLS is off
     * @throws TlsException if one of them cannot be used
     * @throws IOException if one of them cannot be read
     */
    public static @Nullable Certificates read(ServerConfig.Tls tls, Instant now) throws IOException {
        Path certificateFile = tls.certificate();
        Path keyFile = tls.key();
        if (certificateFile == null || keyFile == null) {
            return null;
        }
        List<X509Certificate> chain =
                named("tls.certificate", () -> PemFile.read(certificateFile).certificates());
        String password = password(tls);
        PrivateKey key = named(
                "tls.key",
                () -> PrivateKeyFile.read(keyFile, password, chain.get(0).getPublicKey()));
        List<String> warnings = new ArrayList<>();
        if (now.isAfter(chain.get(0).getNotAfter().toInstant())) {
            warnings.add(certificateFile + ": the certificate has expired on "
                    + chain.get(0).getNotAfter().toInstant());
        }
        Instant end = chain.get(0).getNotAfter().toInstant();
        if (now.isBefore(end) && now.plus(SOON).isAfter(end)) {
            warnings.add(certificateFile + ": the certificate expires on " + end);
        }
        if (tls.clientCa() != null && tls.clientAuth() == ClientAuth.NONE) {
            warnings.add("tls.client_ca is set, and tls.client_auth is \"none\": no client is asked for a certificate");
        }
        if (now.isBefore(chain.get(0).getNotBefore().toInstant())) {
            warnings.add(certificateFile + ": the certificate is not valid before "
                    + chain.get(0).getNotBefore().toInstant());
        }
        if (readableByAll(keyFile)) {
            warnings.add(keyFile + ": every user of this machine can read the private key; 'chmod 640' ends that");
        }
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            KeyStore store = emptyStore();
            char[] none = new char[0];
            store.setKeyEntry("server", key, none, chain.toArray(new X509Certificate[0]));
            keys.init(store, none);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust(tls).getTrustManagers(), null);
            return new Certificates(context, tls.clientAuth(), chain.get(0), warnings);
        } catch (GeneralSecurityException e) {
            throw new TlsException(certificateFile, "cannot be used: " + e.getMessage(), e);
        }
    }

    private interface Reading<T> {
        T read() throws IOException;
    }

    /** What is read; a failure says which setting named the file. */
    private static <T> T named(String setting, Reading<T> reading) throws IOException {
        try {
            return reading.read();
        } catch (TlsException e) {
            throw e;
        } catch (IOException e) {
            throw new TlsException(setting + ": " + FileFailure.text(e), e);
        }
    }

    private static @Nullable String password(ServerConfig.Tls tls) throws IOException {
        Path file = tls.keyPasswordFile();
        return tls.keyPassword() != null || file == null
                ? tls.keyPassword()
                : named("tls.key_password_file", () -> PrivateKeyFile.password(file));
    }

    /** Whom certificates of clients must come from: nobody at all, where none are asked for. */
    private static TrustManagerFactory trust(ServerConfig.Tls tls) throws GeneralSecurityException, IOException {
        KeyStore store = emptyStore();
        Path file = tls.clientCa();
        if (file != null) {
            int number = 0;
            for (X509Certificate authority :
                    named("tls.client_ca", () -> PemFile.read(file).certificates())) {
                store.setCertificateEntry("authority-" + number++, authority);
            }
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        return trust;
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static boolean readableByAll(Path file) throws IOException {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                && Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
    }

    /** What connections are made with. */
    public SSLContext context() {
        return context;
    }

    /** Whether clients show a certificate. */
    public ClientAuth clientAuth() {
        return clientAuth;
    }

    /** Whose certificate it is, and until when it is valid. */
    public String description() {
        return certificate.getSubjectX500Principal().getName() + ", valid until "
                + certificate.getNotAfter().toInstant();
    }

    /** When it expires. */
    public Instant expiresAt() {
        return certificate.getNotAfter().toInstant();
    }

    /** What the operator should look at, a sentence each. */
    public List<String> warnings() {
        return warnings;
    }
}
