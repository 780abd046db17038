package io.blockdb.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.server.http.RunningServer.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** More clients that neither send what they announced nor read what they asked for than there are threads starve nobody. */
@Timeout(120)
class StarvedThreadsTest {
    private static final int THREADS = 16;
    private static final int CLIENTS = 3 * THREADS;
    private static final int TIMEOUT_MILLIS = 30_000;

    @TempDir
    private Path directory;

    private RunningServer server(Map<String, String> more) throws IOException {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("server.threads_max", Integer.toString(THREADS));
        return new RunningServer(directory.resolve("db"), settings);
    }

    private static Socket send(RunningServer server, String request) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    private static void close(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private static void assertServes(RunningServer server, String key) throws IOException {
        Answer live = server.get("/health/live");
        assertEquals(200, live.status(), live::toString);
        Answer put = server.post("/api/v1/put", "{\"key\":\"" + key + "\",\"value\":\"1\"}");
        assertEquals(201, put.status(), put::toString);
        Answer get = server.get("/api/v1/get/" + key);
        assertEquals(200, get.status(), get::toString);
    }

    private static void awaitInFlight(RunningServer server, int requests) throws IOException {
        long begun = System.nanoTime();
        // The request that asks is one of them.
        while (!server.get("/metrics").body().contains("blockdb_http_requests_in_flight " + (requests + 1) + ".0")) {
            assertTrue(System.nanoTime() - begun < TIMEOUT_MILLIS * 1_000_000L, "they did not all arrive");
        }
    }

    @Test
    void bodiesThatDoNotCome() throws IOException {
        List<Socket> slow = new ArrayList<>();
        try (RunningServer server = server(Map.of())) {
            for (int i = 0; i < CLIENTS; i++) {
                String body = "{\"key\":\"slow-" + i + "\",\"value\":\"1\"}";
                slow.add(send(
                        server,
                        (i % 2 == 0 ? "POST /api/v1/put" : "POST /api/v1/auth/login")
                                + " HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: " + body.length()
                                + "\r\n\r\n{"));
            }
            awaitInFlight(server, CLIENTS);
            assertServes(server, "meanwhile");
            for (int i = 0; i < CLIENTS; i += 2) {
                String rest = "\"key\":\"slow-" + i + "\",\"value\":\"1\"}";
                slow.get(i).getOutputStream().write(rest.getBytes(StandardCharsets.UTF_8));
                Answer answer = RunningServer.read(slow.get(i).getInputStream());
                assertEquals(201, answer.status(), answer::toString);
            }
            assertEquals(200, server.get("/api/v1/get/slow-0").status());
        } finally {
            close(slow);
        }
    }

    @Test
    void aBodyThatStopsComingIsRefused() throws IOException {
        try (RunningServer server = server(Map.of("limits.body_timeout", "1s"));
                Socket slow = send(server, "POST /api/v1/put HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\n{")) {
            Answer answer = RunningServer.read(slow.getInputStream());
            assertEquals(400, answer.status(), answer::toString);
            assertTrue(answer.body().contains("too slowly"), answer::toString);
        }
    }

    @Test
    void aBodyInManyPartsIsOne() throws IOException {
        try (RunningServer server = server(Map.of())) {
            for (boolean chunked : new boolean[] {false, true}) {
                String body = "{\"key\":\"parts-" + chunked + "\",\"value\":\"" + "v".repeat(500) + "\"}";
                try (Socket socket = send(
                        server,
                        "POST /api/v1/put HTTP/1.1\r\nHost: t\r\nConnection: close\r\nExpect: 100-continue\r\n"
                                + (chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + body.length())
                                + "\r\n\r\n")) {
                    InputStream in = socket.getInputStream();
                    String go = "HTTP/1.1 100 Continue\r\n\r\n";
                    assertEquals(go, new String(in.readNBytes(go.length()), StandardCharsets.US_ASCII));
                    for (int i = 0; i < body.length(); i++) {
                        String part = body.substring(i, i + 1);
                        socket.getOutputStream()
                                .write((chunked ? "1\r\n" + part + "\r\n" : part).getBytes(StandardCharsets.UTF_8));
                    }
                    socket.getOutputStream().write((chunked ? "0\r\n\r\n" : "").getBytes(StandardCharsets.UTF_8));
                    Answer answer = RunningServer.read(in);
                    assertEquals(201, answer.status(), answer::toString);
                }
                assertEquals(200, server.get("/api/v1/get/parts-" + chunked).status());
            }
        }
    }

    @Test
    void answersThatNobodyReads() throws IOException {
        int pipelined = 40;
        List<Socket> deaf = new ArrayList<>();
        try (RunningServer server = server(Map.of())) {
            String value = "v".repeat(300_000);
            assertEquals(
                    201,
                    server.post("/api/v1/put", "{\"key\":\"large\",\"value\":\"" + value + "\"}")
                            .status());
            // More than the system takes over for a connection, so that there is always an answer in the making.
            String request = "GET /api/v1/get/large?raw=true HTTP/1.1\r\nHost: t\r\n\r\n";
            for (int i = 0; i < CLIENTS; i++) {
                deaf.add(send(server, request.repeat(pipelined)));
            }
            for (Socket socket : deaf) {
                assertEquals('H', socket.getInputStream().read(), "an answer has begun");
            }
            assertServes(server, "meanwhile");
            // Who reads after all, gets everything.
            InputStream in = deaf.get(0).getInputStream();
            deaf.get(0).shutdownOutput();
            String all = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            assertEquals(pipelined, all.split("TTP/1.1 200", -1).length - 1);
            assertTrue(all.length() > pipelined * value.length());
        } finally {
            close(deaf);
        }
    }
}
