package io.blockdb.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.server.config.ServerConfig;
import io.blockdb.server.security.tls.Certificates;
import io.blockdb.server.security.tls.Identity;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that speaks TLS, and clients of the JDK. */
class TlsTest {
    @TempDir
    private Path temp;

    /** What a client met: the protocol, the server's certificate, the status line. */
    private record Met(String protocol, Object certificate, String status) {}

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void speaksTlsWithEveryKindOfKey(String algorithm) throws Exception {
        Identity identity = Identity.make(temp, algorithm, "server");
        try (Server server = Server.start(settings(identity, Map.of()))) {
            SSLContext client = Identity.client(null, List.of(identity));

            Met met = get(server, client, "TLSv1.3");
            assertEquals("TLSv1.3", met.protocol());
            assertEquals("HTTP/1.1 200 OK", met.status());
            assertEquals("TLSv1.2", get(server, client, "TLSv1.2").protocol());
        }
    }

    @Test
    void speaksNothingOlder() throws Exception {
        Identity identity = Identity.make(temp, "EC", "server");
        try (Server server = Server.start(settings(identity, Map.of()))) {
            SSLContext client = Identity.client(null, List.of(identity));

            assertThrows(IOException.class, () -> get(server, client, "TLSv1.1"));
        }
    }

    @Test
    void takesUpANewCertificateWithoutARestart() throws Exception {
        Identity first = Identity.make(temp, "EC", "first");
        Identity second = Identity.make(temp, "RSA", "second");
        ServerConfig config = settings(first, Map.of());
        try (Server server = Server.start(config)) {
            SSLContext client = Identity.client(null, List.of(first, second));
            assertEquals(first.certificate(), get(server, client, "TLSv1.3").certificate());

            write(second);
            server.reload(Certificates.read(config.tls(), Instant.now()));

            assertEquals(second.certificate(), get(server, client, "TLSv1.3").certificate());
            assertEquals(second.certificate().getNotAfter().toInstant().getEpochSecond(), expiry(server, client));
        }
    }

    /** When the certificate expires, as the metrics tell it. */
    private static long expiry(Server server, SSLContext client) throws IOException {
        HttpsURLConnection connection =
                (HttpsURLConnection) URI.create("https://127.0.0.1:" + server.port() + "/metrics")
                        .toURL()
                        .openConnection();
        connection.setSSLSocketFactory(client.getSocketFactory());
        try (InputStream in = connection.getInputStream()) {
            String scrape = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            Matcher found = Pattern.compile("\nblockdb_tls_certificate_expiry_timestamp_seconds (\\S+)\n")
                    .matcher(scrape);
            assertTrue(found.find(), scrape);
            return (long) Double.parseDouble(found.group(1));
        }
    }

    @Test
    void asksClientsForACertificate() throws Exception {
        Identity identity = Identity.make(temp, "EC", "server");
        Identity known = Identity.make(temp, "EC", "known");
        Identity stranger = Identity.make(temp, "EC", "stranger");
        Map<String, String> required = Map.of(
                "tls.client_ca",
                known.writeCertificate(temp.resolve("ca.pem")).toString(),
                "tls.client_auth",
                "required");
        try (Server server = Server.start(settings(identity, required))) {
            List<Identity> trusted = List.of(identity);

            assertEquals(
                    "HTTP/1.1 200 OK",
                    get(server, Identity.client(known, trusted), "TLSv1.3").status());
            assertThrows(IOException.class, () -> get(server, Identity.client(null, trusted), "TLSv1.2"));
            assertThrows(IOException.class, () -> get(server, Identity.client(stranger, trusted), "TLSv1.2"));
        }
    }

    @Test
    void doesNotStartWithoutItsFiles() throws Exception {
        Identity identity = Identity.make(temp, "EC", "server");
        ServerConfig config = settings(
                identity, Map.of("tls.certificate", temp.resolve("none").toString()));

        IOException e =
                assertThrows(IOException.class, () -> Server.start(config).close());

        assertTrue(String.valueOf(e.getMessage()).contains("none"), e.toString());
    }

    private ServerConfig settings(Identity identity, Map<String, String> more) throws Exception {
        write(identity);
        Map<String, String> settings = new HashMap<>();
        settings.put("tls.certificate", temp.resolve("cert.pem").toString());
        settings.put("tls.key", temp.resolve("key.pem").toString());
        settings.put("server.port", "0");
        settings.put("database.data_dir", temp.resolve("db").toString());
        settings.putAll(more);
        return ServerConfig.of(settings);
    }

    private void write(Identity identity) throws Exception {
        identity.writeCertificate(temp.resolve("cert.pem"));
        identity.writeKey(temp.resolve("key.pem"));
    }

    private static Met get(Server server, SSLContext client, String protocol) throws IOException {
        try (SSLSocket socket =
                (SSLSocket) client.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(20_000);
            socket.setEnabledProtocols(new String[] {protocol});
            OutputStream out = socket.getOutputStream();
            out.write("GET /api/v1/tables HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Met(
                    socket.getSession().getProtocol(),
                    socket.getSession().getPeerCertificates()[0],
                    answer.lines().findFirst().orElse(""));
        }
    }
}
