package io.blockdb.server.security.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.server.config.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificatesTest {
    @TempDir
    private static Path shared;

    private static Identity rsa;
    private static Identity curve;

    @TempDir
    private Path temp;

    @BeforeAll
    static void makeIdentities() throws Exception {
        rsa = Identity.make(shared, "RSA", "rsa");
        curve = Identity.make(shared, "EC", "curve");
    }

    @Test
    void withoutACertificateThereIsNoTls() throws Exception {
        assertNull(Certificates.read(ServerConfig.defaults().tls(), Instant.now()));
    }

    @Test
    void readsACertificateAndItsKey() throws Exception {
        Path chain = Files.writeString(
                temp.resolve("chain.pem"),
                "Some words before\n"
                        + Identity.pem("CERTIFICATE", rsa.certificate().getEncoded()));

        Certificates certificates = read(chain, rsa.writeKey(temp.resolve("key.pem")), Map.of());

        assertTrue(certificates.description().startsWith("CN=rsa, valid until "), certificates.description());
    }

    @Test
    void readsAnEncryptedKeyWithThePasswordOfTheEnvironmentOrAFile() throws Exception {
        Path certificate = curve.writeCertificate(temp.resolve("c.pem"));
        Path key = curve.writeEncryptedKey(temp.resolve("k.pem"), "open sesame");
        Path password = Files.writeString(temp.resolve("password"), "open sesame\n");

        read(certificate, key, Map.of("tls.key_password", "open sesame"));
        read(certificate, key, Map.of("tls.key_password_file", password.toString()));
        assertRefused("wrong password", certificate, key, Map.of("tls.key_password", "open barley"));
        assertRefused("set tls.key_password_file, or BLOCKDB_TLS_KEY_PASSWORD", certificate, key, Map.of());
    }

    @Test
    void saysWhatIsWrongWithAFile() throws Exception {
        Path certificate = rsa.writeCertificate(temp.resolve("c.pem"));
        Path key = rsa.writeKey(temp.resolve("k.pem"));
        Path old = Files.writeString(temp.resolve("old.pem"), Identity.pem("RSA PRIVATE KEY", new byte[] {1}));
        Path text = Files.writeString(temp.resolve("text.pem"), "no certificate");
        Path broken = Files.writeString(temp.resolve("broken.pem"), Identity.pem("CERTIFICATE", new byte[] {1, 2}));

        assertRefused("is no RSA key, as the certificate's is", certificate, curve.writeKey(temp.resolve("e.pem")));
        assertRefused("openssl pkcs8 -topk8", certificate, old);
        assertRefused("holds no certificate: expected", key, key);
        assertRefused("holds no private key: expected", certificate, certificate);
        assertRefused("expected a PEM file", text, key);
        assertRefused("certificate 1 cannot be read", broken, key);
        assertThrows(IOException.class, () -> read(temp.resolve("none.pem"), key, Map.of()));
    }

    @Test
    void aChainWhoseLinksDoNotFitIsRefused() throws Exception {
        Path chain = Files.writeString(
                temp.resolve("chain.pem"),
                Identity.pem("CERTIFICATE", rsa.certificate().getEncoded())
                        + Identity.pem("CERTIFICATE", curve.certificate().getEncoded()));

        assertRefused("Certificate chain is not valid", chain, rsa.writeKey(temp.resolve("k.pem")));
    }

    @Test
    void aKeyOfAnotherCertificateIsRefused() throws Exception {
        Identity other = Identity.make(temp, "RSA", "other");

        assertRefused(
                "is not the key of the certificate",
                rsa.writeCertificate(temp.resolve("c.pem")),
                other.writeKey(temp.resolve("k.pem")));
    }

    @Test
    void warnsOfWhatAnOperatorShouldLookAt() throws Exception {
        Path certificate = rsa.writeCertificate(temp.resolve("c.pem"));
        Path key = rsa.writeKey(temp.resolve("k.pem"));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));

        String late = warnings(certificate, key, Instant.now().plus(Duration.ofDays(60)));
        String early = warnings(certificate, key, Instant.now().minus(Duration.ofDays(60)));

        assertTrue(late.contains("has expired on"), late);
        assertTrue(late.contains("every user of this machine can read the private key"), late);
        assertTrue(early.contains("is not valid before"), early);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
        assertEquals("", warnings(certificate, key, Instant.now()));
    }

    @Test
    void warnsBeforeACertificateExpires() throws Exception {
        Path certificate = rsa.writeCertificate(temp.resolve("c.pem"));
        Path key = rsa.writeKey(temp.resolve("k.pem"));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        Instant end = rsa.certificate().getNotAfter().toInstant();

        assertEquals("", warnings(certificate, key, end.minus(Duration.ofDays(15))));
        assertEquals(
                certificate + ": the certificate expires on " + end,
                warnings(certificate, key, end.minus(Duration.ofDays(13))));
    }

    @Test
    void warnsWhereNobodyIsAskedForTheCertificateOfAnAuthority() throws Exception {
        Path certificate = rsa.writeCertificate(temp.resolve("c.pem"));
        Certificates certificates =
                read(certificate, rsa.writeKey(temp.resolve("k.pem")), Map.of("tls.client_ca", certificate.toString()));

        assertTrue(certificates.warnings().get(0).contains("no client is asked for a certificate"), "warned");
    }

    @Test
    void noMessageHoldsAPassword() throws Exception {
        Path key = curve.writeEncryptedKey(temp.resolve("k.pem"), "open sesame");
        TlsException e = assertThrows(
                TlsException.class,
                () -> read(curve.writeCertificate(temp.resolve("c.pem")), key, Map.of("tls.key_password", "secret")));

        assertFalse(e.toString().contains("secret"), e.toString());
    }

    private static String warnings(Path certificate, Path key, Instant now) throws IOException {
        Certificates certificates = Certificates.read(tls(certificate, key, Map.of()), now);
        return certificates == null ? "none" : String.join("\n", certificates.warnings());
    }

    private static void assertRefused(String why, Path certificate, Path key) {
        assertRefused(why, certificate, key, Map.of());
    }

    private static void assertRefused(String why, Path certificate, Path key, Map<String, String> more) {
        TlsException e = assertThrows(TlsException.class, () -> read(certificate, key, more));
        assertTrue(e.getMessage().contains(why), e.getMessage());
    }

    private static Certificates read(Path certificate, Path key, Map<String, String> more) throws IOException {
        Certificates read = Certificates.read(tls(certificate, key, more), Instant.now());
        assertTrue(read != null, "TLS is on");
        return read;
    }

    private static ServerConfig.Tls tls(Path certificate, Path key, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("tls.certificate", certificate.toString());
        settings.put("tls.key", key.toString());
        return ServerConfig.of(settings).tls();
    }
}
