package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.cli.CliHarness.Result;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers over TLS: whom a command trusts, and what it shows. */
@Timeout(120)
class RemoteTlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final String TABLES = "{'success':true,'height':3,'entries':4,'tables':[]}";

    @TempDir
    private static Path temp;

    private static KeyStore server;
    private static KeyStore client;

    @BeforeAll
    static void makeCertificates() throws Exception {
        server = identity("server", "EC");
        client = identity("client", "RSA");
    }

    /** A key with its own certificate, also written in PEM. */
    private static KeyStore identity(String name, String algorithm) throws Exception {
        Path file = temp.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        name,
                        "-keyalg",
                        algorithm,
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=dns:localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(temp.resolve(name + ".log").toFile())
                .start();
        assertTrue(keytool.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, keytool.exitValue(), () -> read(temp.resolve(name + ".log")));
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        pem(name + ".crt", "CERTIFICATE", store.getCertificate(name).getEncoded());
        pem(name + ".key", "PRIVATE KEY", store.getKey(name, PASSWORD).getEncoded());
        return store;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void pem(String name, String kind, byte[] content) throws IOException {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        Files.writeString(
                temp.resolve(name), "-----BEGIN " + kind + "-----\n" + lines + "\n-----END " + kind + "-----\n");
    }

    private static ScriptedServer start(boolean needClient) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(server, PASSWORD);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("client", client.getCertificate("client"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return ScriptedServer.secure(context, needClient);
    }

    private static CliHarness cli() {
        return new CliHarness(temp.resolve("none")).unset("BLOCKDB_DATA_DIR");
    }

    private static String file(String name) {
        return temp.resolve(name).toString();
    }

    @Test
    void theAuthorityThatIsNamedIsTrusted() throws Exception {
        try (ScriptedServer secure = start(false).json(200, TABLES)) {
            Result result =
                    cli().input("exit\n").run("--url", secure.url(), "--tls-ca", file("server.crt"), "interactive");
            assertEquals("BlockDB Interactive Mode\n", result.done());
        }
    }

    @Test
    void aStrangersCertificateIsNot() throws Exception {
        try (ScriptedServer secure = start(false)) {
            for (String[] arguments : new String[][] {
                {"--url", secure.url(), "get", "k"},
                {"--url", secure.url(), "--tls-ca", file("client.crt"), "get", "k"},
            }) {
                Result result = cli().run(arguments);
                assertEquals(3, result.exit());
                assertTrue(
                        result.err().startsWith("Error: cannot speak TLS with the server at localhost:"), result.err());
                assertTrue(result.err().contains("--tls-ca says whose certificates are trusted"), result.err());
                assertTrue(result.err().contains("--tls-cert and --tls-key show one"), result.err());
            }
            assertEquals(0, secure.asked().size());
        }
    }

    @Test
    void aCertificateIsShown() throws Exception {
        try (ScriptedServer secure = start(true).json(200, TABLES)) {
            CliHarness cli = cli().set("BLOCKDB_TLS_CA", file("server.crt")).input("exit\n");
            Result shown = cli.run(
                    "--url",
                    secure.url(),
                    "--tls-cert",
                    file("client.crt"),
                    "--tls-key",
                    file("client.key"),
                    "interactive");
            assertEquals("BlockDB Interactive Mode\n", shown.done());
            assertEquals(3, cli.run("--url", secure.url(), "get", "k").exit());
            assertEquals(1, secure.asked().size());
        }
    }

    @Test
    void filesThatAreNone() {
        CliHarness cli = cli();
        String[] url = {"--url", "https://localhost:1"};
        cli.run(url[0], url[1], "--tls-ca", file("absent"), "get", "k")
                .failed(2, "Error: --tls-ca " + file("absent") + ": there is no such file");
        cli.run(url[0], url[1], "--tls-ca", file("client.key"), "get", "k");
        cli.run(url[0], url[1], "--tls-cert", file("client.crt"), "get", "k")
                .failed(2, "Error: --tls-cert and --tls-key go together");
        Result noKey =
                cli.run(url[0], url[1], "--tls-cert", file("client.crt"), "--tls-key", file("client.crt"), "get", "k");
        assertEquals(2, noKey.exit());
        assertTrue(noKey.err().contains("holds no private key in PEM"), noKey.err());
        Result noCertificate = cli.run(url[0], url[1], "--tls-ca", file("client.key"), "get", "k");
        assertEquals(2, noCertificate.exit());
        assertTrue(noCertificate.err().contains("holds no certificate in PEM"), noCertificate.err());
    }
}
