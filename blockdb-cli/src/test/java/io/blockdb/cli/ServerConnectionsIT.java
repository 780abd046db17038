package io.blockdb.cli;

import static io.blockdb.cli.RawHttp.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.client.BlockDbClient;
import io.blockdb.client.Key;
import io.blockdb.client.Revision;
import io.blockdb.client.Table;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections that say nothing, too little, or too slowly, and readers that do not read: others are served meanwhile. */
final class ServerConnectionsIT {
    private static final int MIB = 1 << 20;

    @TempDir
    private Path temp;

    private final List<Socket> sockets = new ArrayList<>();
    private ServerProcess server;

    @BeforeEach
    void start() throws IOException {
        Path settings = Files.writeString(
                temp.resolve("settings.toml"),
                "[limits]\nheader_timeout = \"3s\"\nbody_timeout = \"3s\"\nidle_timeout = \"60s\"\n");
        server = ServerProcess.start(temp, "--config", settings.toString());
    }

    @AfterEach
    void stop() throws Exception {
        for (Socket socket : sockets) {
            socket.close();
        }
        try (ServerProcess last = server) {
            last.checkHealthy();
            last.stop();
        }
    }

    private Socket open() throws IOException {
        Socket socket = RawHttp.connect(server.port());
        sockets.add(socket);
        return socket;
    }

    private void serves(String mark) {
        try (BlockDbClient client = server.client()
                .timeout(Duration.ofSeconds(30))
                .retryFor(Duration.ZERO)
                .build()) {
            for (int i = 0; i < 20; i++) {
                client.put(Key.of(mark + i), "v" + i);
                assertEquals("v" + i, client.get(Key.of(mark + i)).orElseThrow().text());
            }
        }
    }

    @Test
    void idleConnections() throws IOException {
        for (int i = 0; i < 2_000; i++) {
            open();
        }
        serves("a");
        // They are not forgotten: each is served when it speaks.
        for (int i = 0; i < sockets.size(); i += 100) {
            sockets.get(i).getOutputStream().write(bytes("GET /health HTTP/1.1\r\nHost: x\r\n\r\n"));
            byte[] begin = sockets.get(i).getInputStream().readNBytes(12);
            assertEquals("HTTP/1.1 200", new String(begin, StandardCharsets.US_ASCII));
        }
    }

    /** Half a request, of all kinds: others are served, and in the end the connection is closed, with a 4xx or without a word. */
    @Test
    void halfOpenConnections() throws IOException {
        List<String> halves = List.of(
                "G",
                "GET /health",
                "GET /health HTTP/1.1\r\nHost: x\r\nX-Slow",
                "POST /api/v1/put HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n",
                "POST /api/v1/put HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"key\":",
                "POST /api/v1/batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{\"op");
        for (int i = 0; i < 300; i++) {
            open().getOutputStream().write(bytes(halves.get(i % halves.size())));
        }
        serves("b");
        for (Socket socket : sockets) {
            RawHttp.Answer answer = RawHttp.read(socket.getInputStream());
            assertTrue(
                    answer.status() == 0 || answer.status() >= 400 && answer.status() < 500,
                    () -> "answered: " + answer.text());
        }
    }

    /** A byte now and then keeps no connection open for ever. */
    @Test
    void slowConnections() throws Exception {
        String request =
                "POST /api/v1/put HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n";
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                Socket socket = open();
                // Half of them are slow from the first byte on, half only with the body.
                String atOnce = i % 2 == 0 ? "" : request;
                socket.getOutputStream().write(bytes(atOnce));
                all.add(threads.submit(() -> drip(socket, request.substring(atOnce.length()) + " ".repeat(1000))));
            }
            serves("c");
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Sends a byte each time that nothing is answered for a while, until the server has enough of it. */
    private static Void drip(Socket socket, String text) throws IOException {
        socket.setSoTimeout(200);
        InputStream in = socket.getInputStream();
        for (byte next : bytes(text)) {
            try {
                if (in.read() < 0) {
                    return null;
                }
                socket.setSoTimeout(RawHttp.TIMEOUT_MILLIS);
                RawHttp.Answer answer = RawHttp.read(in);
                assertTrue(answer.text().startsWith("TTP/1.1 4"), answer.text());
                return null;
            } catch (SocketTimeoutException stillOpen) {
                try {
                    socket.getOutputStream().write(next);
                } catch (SocketException closed) {
                    return null;
                }
            } catch (SocketException closed) {
                return null;
            }
        }
        throw new AssertionError("all of it was taken, however slowly it came");
    }

    /** Readers that ask for much and take nothing: what is kept for them is bounded. */
    @Test
    void readersThatDoNotRead() throws IOException {
        try (BlockDbClient client = server.client().build()) {
            for (int i = 0; i < 8; i++) {
                byte[] value = new byte[MIB];
                java.util.Arrays.fill(value, (byte) ('a' + i));
                client.put(Key.of("large" + i), value);
            }
        }
        for (int i = 0; i < 100; i++) {
            ask("/api/v1/scan?prefix=large&limit=1000");
        }
        serves("d");
    }

    /** Asks, and reads nothing of the answer. */
    private void ask(String target) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        // Before connecting, or the system has offered more already.
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        socket.getOutputStream().write(bytes("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n"));
    }

    /** More than there are threads, each for as much as there may be: no thread waits for them, and the heap suffices. */
    @Test
    void hundredsWhoAskForMuchAndDoNotRead() throws IOException {
        try (BlockDbClient client = server.client().build()) {
            client.put(Key.of("large"), new byte[3 * MIB]);
        }
        List<String> targets = List.of(
                "/api/v1/get/large?raw=true",
                "/api/v1/get/large?encoding=base64",
                "/api/v1/get/large?receipt=true",
                "/api/v1/receipt/large",
                "/api/v1/history/large",
                "/openapi.json");
        for (int i = 0; i < 900; i++) {
            ask(targets.get(i % targets.size()));
        }
        serves("g");
    }

    /** More than there are threads, each of which announces a body and keeps it. */
    @Test
    void hundredsWhoAnnounceABodyAndDoNotSendIt() throws IOException {
        for (int i = 0; i < 900; i++) {
            open().getOutputStream()
                    .write(bytes("POST /api/v1/put HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                            + "Content-Length: 16000\r\n\r\n{"));
        }
        serves("h");
    }

    /** What each connection holds once it was of use is little. */
    @Test
    void thousandsOfConnectionsThatAreKept() throws IOException {
        for (int i = 0; i < 2_000; i++) {
            Socket socket = open();
            socket.getOutputStream().write(bytes("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"));
            byte[] begin = socket.getInputStream().readNBytes(12);
            assertEquals("HTTP/1.1 200", new String(begin, StandardCharsets.US_ASCII));
        }
        serves("i");
    }

    /** What is asked for as a whole is more than the heap: it comes in parts. */
    @Test
    void aHistoryLargerThanTheHeap() {
        byte[] value = new byte[4 * MIB];
        try (BlockDbClient client = server.client().build()) {
            client.createTable(new Table("t", Table.Policy.VERSIONED, false));
            for (int i = 0; i < 80; i++) {
                value[0] = (byte) i;
                client.put(Key.of("t", "k"), value);
            }
            int count = 0;
            for (Revision revision : client.history(Key.of("t", "k"))) {
                assertEquals((byte) count, revision.value()[0]);
                count++;
            }
            assertEquals(80, count);
        }
    }

    /** Everybody sends as much as is allowed, at once: each is answered, if only with a refusal, and the heap suffices. */
    @Test
    void manyLargeBodiesAtOnce() throws Exception {
        String value = Base64.getEncoder().encodeToString(new byte[4 * MIB]);
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<Future<RawHttp.Answer>> all = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                String body = "{\"key\":\"" + Base64.getEncoder().encodeToString(bytes("huge" + i)) + "\",\"value\":\""
                        + value + "\",\"encoding\":\"base64\"}";
                all.add(threads.submit(() -> RawHttp.send(server.port(), RawHttp.post("/api/v1/put", bytes(body)))));
            }
            for (Future<RawHttp.Answer> one : all) {
                RawHttp.Answer answer = one.get();
                assertTrue(List.of(201, 408, 429, 503).contains(answer.status()), () -> "answered: " + answer.text());
            }
        } finally {
            threads.shutdownNow();
        }
        serves("e");
    }
}
