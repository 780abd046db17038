package io.blockdb.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.server.http.RunningServer.Answer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a stranger controls is bounded, and who exceeds it is told. */
@Timeout(120)
class LimitsTest {
    private static final int TIMEOUT_MILLIS = 30_000;

    @TempDir
    private Path directory;

    private static Map<String, String> settings(int requests, int headerSeconds) {
        return Map.of(
                "limits.requests_in_flight",
                Integer.toString(requests),
                "limits.header_timeout",
                headerSeconds + "s",
                "limits.header_size",
                "8KB",
                "limits.body_size",
                "2KB");
    }

    @Test
    void bodiesAndHeaders() throws IOException {
        try (RunningServer server = new RunningServer(directory.resolve("db"), settings(100, 10))) {
            Answer body = server.post("/api/v1/put", "{\"key\":\"a\",\"value\":\"" + "x".repeat(3_000) + "\"}");
            assertEquals(413, body.status(), body::toString);
            assertEquals("TooLarge", body.field("error"));
            Answer chunked = server.raw("POST /api/v1/put HTTP/1.1\r\nHost: t\r\nConnection: close\r\n"
                    + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nC00\r\n" + "x".repeat(0xC00)
                    + "\r\n0\r\n\r\n");
            assertEquals(413, chunked.status(), chunked::toString);
            Answer header = server.get("/api/v1/get/a", "X-Long: " + "x".repeat(10_000));
            assertEquals(431, header.status(), header::toString);
            assertEquals("TooLarge", header.field("error"));
            assertEquals("431", header.field("status"));
            Answer cut = cutShort(server);
            assertEquals(400, cut.status(), cut::toString);
            assertEquals(200, server.get("/cluster/status").status());
        }
    }

    /** A body that ends before its announced length. */
    private static Answer cutShort(RunningServer server) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            OutputStream out = socket.getOutputStream();
            out.write("POST /api/v1/put HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\n{\"key\":"
                    .getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            return RunningServer.read(socket.getInputStream());
        }
    }

    @Test
    void aHeaderThatNeverEndsIsHungUpOn() throws IOException {
        try (RunningServer server = new RunningServer(directory.resolve("db"), settings(100, 1));
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            OutputStream out = socket.getOutputStream();
            out.write("GET /cluster/status HTTP/1.1\r\nHost: t\r\n".getBytes(StandardCharsets.UTF_8));
            out.flush();
            assertEquals(-1, socket.getInputStream().read(), "the server hangs up by itself");
            assertEquals(200, server.get("/cluster/status").status());
        }
    }

    @Test
    void aConnectionThatIsKeptIsNotHungUpOnBetweenRequests() throws Exception {
        try (RunningServer server = new RunningServer(directory.resolve("db"), settings(100, 1));
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            String request = "GET /cluster/status HTTP/1.1\r\nHost: t\r\n\r\n";
            for (int i = 0; i < 3; i++) {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
                byte[] begin = socket.getInputStream().readNBytes(12);
                assertEquals("HTTP/1.1 200", new String(begin, StandardCharsets.US_ASCII));
                // As long as it takes another connection to be hung up on, this one is silent.
                try (Socket late = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                    late.getOutputStream().write('G');
                    late.setSoTimeout(TIMEOUT_MILLIS);
                    assertEquals(-1, late.getInputStream().read());
                }
                socket.getInputStream().skipNBytes(socket.getInputStream().available());
            }
        }
    }

    @Test
    void tooManyRequestsAtOnceAreRefused() throws IOException {
        try (RunningServer server = new RunningServer(directory.resolve("db"), settings(1, 10));
                Socket slow = slowRequestInFlight(server)) {
            Answer refused = server.get("/api/v1/get/a");
            assertEquals(503, refused.status(), refused::toString);
            assertTrue(Integer.parseInt(refused.header("Retry-After")) > 0);
            slow.getOutputStream().write("\"key\":\"a\",\"value\":\"1\"}".getBytes(StandardCharsets.UTF_8));
            Answer done = RunningServer.read(slow.getInputStream());
            assertEquals(201, done.status(), done::toString);
            assertEquals(200, server.get("/api/v1/get/a").status());
        }
    }

    @Test
    void whoIsSlowWhileTheServerStopsIsNotCalledWrong() throws Exception {
        RunningServer server = new RunningServer(directory.resolve("db"), settings(1, 10));
        try (Socket slow = slowRequestInFlight(server)) {
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> {
                try {
                    server.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            Answer refused = RunningServer.read(slow.getInputStream());
            assertEquals(503, refused.status(), refused::toString);
            assertEquals("NotReady", refused.field("error"));
            assertTrue(Integer.parseInt(refused.header("Retry-After")) > 0);
            stopped.get();
        }
    }

    @Test
    void oneAddressTakesNoMoreThanItsShare() throws IOException {
        try (RunningServer server =
                        new RunningServer(directory.resolve("db"), Map.of("limits.requests_per_address", "1"));
                Socket slow = slowRequestInFlight(server)) {
            Answer refused = server.get("/api/v1/get/a");
            assertEquals(429, refused.status(), refused::toString);
            assertEquals("RateLimited", refused.field("error"));
            assertTrue(Integer.parseInt(refused.header("Retry-After")) > 0);
            assertEquals(200, server.get("/health").status(), "always answered");
            slow.getOutputStream().write("\"key\":\"a\",\"value\":\"1\"}".getBytes(StandardCharsets.UTF_8));
            assertEquals(201, RunningServer.read(slow.getInputStream()).status());
            assertEquals(200, server.get("/api/v1/get/a").status());
        }
    }

    /** A request that has been taken up and whose body has not ended. It may itself meet one in flight, and then is sent again. */
    private static Socket slowRequestInFlight(RunningServer server) throws IOException {
        for (; ; ) {
            Socket slow = new Socket(InetAddress.getLoopbackAddress(), server.port());
            slow.setSoTimeout(TIMEOUT_MILLIS);
            slow.getOutputStream()
                    .write("POST /api/v1/put HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: 23\r\n\r\n{"
                            .getBytes(StandardCharsets.UTF_8));
            while (slow.getInputStream().available() == 0) {
                if (server.get("/cluster/status").status() != 200) {
                    return slow;
                }
            }
            slow.close();
        }
    }
}
