package io.blockdb.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.server.http.RunningServer.Answer;
import io.blockdb.server.node.FaultyDisk;
import io.blockdb.server.node.FaultyDisk.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a server says of itself while it starts, serves, fails, fills up and recovers: asked from outside. */
@Timeout(120)
class HealthTest {
    private static final long PATIENCE_NANOS = 60_000_000_000L;

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
