package io.blockdb.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.server.http.RunningServer.Answer;
import io.blockdb.server.node.FaultyDisk;
import io.blockdb.server.node.FaultyDisk.Operation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a server says of itself while it starts, serves, fails, fills up and recovers: asked from outside. */
@Timeout(120)
class HealthTest {
    private static final long PATIENCE_NANOS = 180_000_000_000L;

    @TempDir
    private Path temp;

    private final FaultyDisk disk = new FaultyDisk();
    private FaultyServer faulty;
    private RunningServer server;

    @AfterEach
    void stop() throws IOException {
        if (faulty != null) {
            faulty.close();
        }
    }

    private void start() throws IOException {
        faulty = FaultyServer.open(disk, temp.resolve("db"));
        server = faulty.asked();
    }

    private Answer put(String key) throws IOException {
        return server.post("/api/v1/put", "{\"key\":\"" + key + "\",\"value\":\"1\"}");
    }

    private void awaitStatus(int status, String path) throws IOException {
        long begin = System.nanoTime();
        for (Answer answer; (answer = server.get(path)).status() != status; ) {
            Answer last = answer;
            assertTrue(System.nanoTime() - begin < PATIENCE_NANOS, () -> "still " + last);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void aServerThatServesIsHealthyLiveAndReady() throws IOException {
        start();
        put("a");
        Answer health = server.get("/health");
        assertEquals(200, health.status());
        assertEquals("healthy", health.field("status"));
        assertEquals("serving", health.field("state"));
        assertEquals("1", health.field("blockchain_height"));
        assertEquals("3", health.field("total_records"));
        assertTrue(health.field("uptime").matches("[0-9]+"), health::body);
        assertEquals("false", health.field("integrity_verified"));
        assertTrue(health.body().contains("\"warnings\":[]"), health::body);
        assertEquals(200, server.post("/verify", "{}").status());
        assertEquals("true", server.get("/health").field("integrity_verified"));
        assertEquals("live", server.get("/health/live").field("status"));
        assertEquals("ready", server.get("/health/ready").field("status"));
    }

    @Test
    void aWriteThatFailsIsAnsweredAsUnknownAndTheServerComesBackByItself() throws IOException {
        start();
        assertEquals(201, put("a").status());
        disk.failWhen((operation, file) -> operation == Operation.SYNC);
        Answer unknown = put("b");
        assertEquals(504, unknown.status());
        assertEquals("Timeout", unknown.field("error"));
        assertEquals("true", unknown.field("retry_safe"));
        Answer ready = server.get("/health/ready");
        assertEquals(503, ready.status(), ready::toString);
        assertEquals("NotReady", ready.field("error"));
        assertEquals("1", ready.header("Retry-After"));
        assertEquals("read_only", ready.field("state"));
        Answer health = server.get("/health");
        assertEquals(200, health.status(), "reads are served");
        assertEquals("degraded", health.field("status"));
        assertEquals(503, put("c").status());
        assertEquals(200, server.get("/api/v1/get/a").status());
        assertEquals(200, server.get("/health/live").status());
        disk.heal();
        awaitStatus(200, "/health/ready");
        assertEquals("healthy", server.get("/health").field("status"));
        assertTrue(put("b").status() < 300);
        assertEquals(200, server.get("/api/v1/get/b").status());
    }

    @Test
    void aFullDiskRefusesWritesAndServesReads() throws IOException {
        start();
        assertEquals(201, put("a").status());
        disk.setUsable(1000);
        awaitStatus(507, "/health/ready");
        Answer refused = server.post("/api/v1/put", "{\"key\":\"b\",\"value\":\"" + "x".repeat(3 << 20) + "\"}");
        assertEquals(507, refused.status(), refused::toString);
        assertEquals("DiskFull", refused.field("error"));
        assertEquals(200, server.get("/api/v1/get/a").status());
        assertEquals("disk_full", server.get("/health").field("state"));
        disk.setUsable(-1);
        awaitStatus(200, "/health/ready");
        assertEquals(201, put("b").status());
    }

    @Test
    void aDamagedLedgerIsServedForReadingAndIsNotReady() throws IOException {
        start();
        for (int i = 0; i < 20; i++) {
            put("k" + i);
        }
        faulty.close();
        Path segment = temp.resolve("db/ledger/0000000001.seg");
        byte[] content = Files.readAllBytes(segment);
        content[content.length / 2] ^= 1;
        Files.write(segment, content);
        Files.deleteIfExists(temp.resolve("db/index/MANIFEST"));
        start();
        Answer ready = server.get("/health/ready");
        assertEquals(503, ready.status(), ready::toString);
        assertTrue(ready.field("message").contains("the ledger is damaged"), ready::body);
        assertEquals(200, server.get("/health/live").status());
        assertEquals(200, server.get("/api/v1/get/k0").status());
        Answer refused = put("z");
        assertEquals(503, refused.status(), refused::toString);
        assertEquals("ReadOnly", refused.field("error"));
        assertTrue(refused.field("message").contains("the ledger is damaged"), refused::body);
        // What may stand behind the damage is not denied.
        for (String asked : List.of("ledger/blocks/19", "ledger/blocks?from=19", "get/k0?at=19")) {
            Answer damaged = server.get("/api/v1/" + asked);
            assertEquals(500, damaged.status(), damaged::toString);
            assertTrue(damaged.field("message").startsWith("damage was met: ledger/"), damaged::body);
        }
        Answer page = server.get("/api/v1/ledger/blocks?from=0");
        assertEquals(200, page.status(), page::toString);
        assertFalse(page.body().contains("\"next\":null"), page::body);
    }

    @Test
    void damageThatAVerificationFindsIsWarnedOf() throws IOException {
        start();
        for (int i = 0; i < 20; i++) {
            put("k" + i);
        }
        assertEquals("true", server.post("/verify", "{}").field("blockchain_valid"));
        Path segment = temp.resolve("db/ledger/0000000001.seg");
        byte[] whole = Files.readAllBytes(segment);
        byte[] damaged = whole.clone();
        damaged[1000] ^= 1;
        Files.write(segment, damaged);
        assertEquals("false", server.post("/verify", "{}").field("blockchain_valid"));
        assertTrue(server.get("/health").body().contains("damage was found at"), "told");
        assertTrue(server.get("/metrics").body().contains("blockdb_warning{name=\"damage\"} 1"), "measured");
        Files.write(segment, whole);
        assertEquals("true", server.post("/verify", "{}").field("blockchain_valid"));
        assertTrue(server.get("/health").body().contains("\"warnings\":[]"), "mended");
    }

    @Test
    void thatNothingIsSignedIsWarnedOf() throws IOException {
        Path anchor = temp.resolve("elsewhere/ANCHOR");
        faulty = FaultyServer.open(
                disk,
                temp.resolve("db"),
                Map.of("database.anchor_path", anchor.toString(), "database.checkpoint_interval", "5ms"));
        server = faulty.asked();
        put("a");
        awaitBody("/health", body -> body.contains("no checkpoint is signed") && body.contains("is not there"));
        assertTrue(server.get("/metrics").body().contains("blockdb_warning{name=\"not_signed\"} 1"), "measured");
        assertTrue(server.get("/stats").field("signing_problem").contains("anchor_path"), "in the figures");
        Files.createDirectory(anchor.getParent());
        awaitBody("/health", body -> body.contains("\"warnings\":[]"));
        assertEquals("null", server.get("/stats").field("signing_problem"));
        assertTrue(Files.exists(anchor), "remembered");
    }

    private void awaitBody(String path, Predicate<String> expected) throws IOException {
        long begin = System.nanoTime();
        for (Answer answer; !expected.test((answer = server.get(path)).body()); ) {
            Answer last = answer;
            assertTrue(System.nanoTime() - begin < PATIENCE_NANOS, () -> "still " + last);
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** The room is what may be written before anything refuses it, the watermark of the server included. */
    @Test
    void theRoomThatIsToldEndsWhereWritesAreRefused() throws IOException {
        start();
        disk.setUsable(100 << 20);
        awaitStatus(507, "/health/ready");
        assertEquals("0", server.get("/stats").field("writable_bytes"));
        assertTrue(server.get("/metrics").body().contains("\nblockdb_disk_writable_bytes 0.0\n"), "measured");
    }

    @Test
    void whileItStopsWhoAsksIsToldSoAndWhatIsInFlightIsFinished() throws Exception {
        start();
        List<Socket> asking = new ArrayList<>();
        CountDownLatch release = new CountDownLatch(1);
        try (Socket writer = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            disk.failWhen((operation, file) -> operation == Operation.SYNC && !released(release));
            String body = "{\"key\":\"a\",\"value\":\"1\"}";
            send(
                    writer,
                    "POST /api/v1/put HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
                            + body.length() + "\r\n\r\n" + body);
            awaitBody("/metrics", text -> text.contains("\nblockdb_http_requests_in_flight 2.0\n"));
            for (int i = 0; i < 8; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
                asking.add(socket);
                send(socket, "GET /api/v1/tables HTTP/1.1\r\n");
            }
            server.get("/health/live");
            Thread stopping = new Thread(faulty::stopServing);
            stopping.start();
            long begin = System.nanoTime();
            while (listens(server.port())) {
                assertTrue(System.nanoTime() - begin < PATIENCE_NANOS, "still listens");
            }
            for (Socket socket : asking) {
                isServedOrToldOrCut(socket);
            }
            release.countDown();
            assertTrue(oneAnswer(writer).startsWith("HTTP/1.1 201"), "what was in flight is finished");
            stopping.join();
        } finally {
            release.countDown();
            for (Socket socket : asking) {
                socket.close();
            }
        }
    }

    /**
     * Ends a request: its connection may have been cut as idle by then, or it may have come just in time; else the answer says what is
     * the matter.
     */
    private static void isServedOrToldOrCut(Socket socket) throws IOException {
        try {
            send(socket, "Host: x\r\n\r\n");
            if (socket.getInputStream().read() < 0) {
                return;
            }
        } catch (SocketException e) {
            return; // cut
        }
        String answer = oneAnswer(socket);
        assertTrue(
                answer.startsWith("TTP/1.1 200")
                        || answer.startsWith("TTP/1.1 503") && answer.contains("the server is stopping"),
                answer);
    }

    /** Waits until a latch is open; whether it is. */
    private static boolean released(CountDownLatch latch) {
        try {
            return latch.await(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static void send(Socket socket, String request) throws IOException {
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    }

    /** An answer that tells its length. */
    private static String oneAnswer(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = socket.getInputStream().read();
            assertTrue(next >= 0, head::toString);
            head.append((char) next);
        }
        Matcher length = Pattern.compile("Content-Length: ([0-9]+)").matcher(head);
        assertTrue(length.find(), head::toString);
        return head
                + new String(
                        socket.getInputStream().readNBytes(Integer.parseInt(length.group(1))), StandardCharsets.UTF_8);
    }

    @Test
    void readersAndWritersMeetNoMistakeOfTheServersWhileItOpensTheDatabaseAgain() throws Exception {
        start();
        for (int i = 0; i < 50; i++) {
            put("k" + i);
        }
        AtomicReference<String> wrong = new AtomicReference<>();
        AtomicReference<Boolean> going = new AtomicReference<>(true);
        Thread[] clients = new Thread[3];
        for (int t = 0; t < clients.length; t++) {
            int number = t;
            clients[t] = new Thread(() -> {
                for (int i = 0; going.get() && wrong.get() == null; i++) {
                    try {
                        Answer answer = number == 0
                                ? put("t" + i)
                                : server.get(number == 1 ? "/api/v1/get/k" + i % 50 : "/api/v1/scan?limit=50");
                        if (answer.status() == 500
                                || (answer.status() == 503
                                        && answer.header("Retry-After").isEmpty())) {
                            wrong.set(answer.toString());
                        }
                    } catch (IOException e) {
                        wrong.set(e.toString());
                    }
                }
            });
            clients[t].start();
        }
        for (int round = 0; round < 3; round++) {
            disk.failWhen((operation, file) -> operation == Operation.SYNC && file.endsWith(".seg"));
            awaitStatus(503, "/health/ready");
            disk.heal();
            awaitStatus(200, "/health/ready");
        }
        going.set(false);
        for (Thread client : clients) {
            client.join();
        }
        assertEquals(null, wrong.get());
    }
}
