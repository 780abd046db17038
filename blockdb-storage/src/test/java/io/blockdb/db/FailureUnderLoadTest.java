package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Seed;
import io.blockdb.io.MemoryFileSystem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many writers, waiting and not, as the disk fails or the database is closed under them: each of them gets an answer, and
 * the answers are true.
 */
@Timeout(300)
class FailureUnderLoadTest {
    private static final int WRITERS = 8;
    private static final int ROUNDS = Integer.getInteger("blockdb.load.rounds", 25);

    private final Random random = Seed.random();

    /** What the writers were told, by key. */
    private final Map<String, Workload.Outcome> told = new ConcurrentHashMap<>();

    private final Queue<Throwable> surprises = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean over = new AtomicBoolean();

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private List<Thread> startWriters(BlockDb db) {
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            String name = "w" + i + "-";
            boolean waits = i % 2 == 0;
            Thread writer = new Thread(
                    () -> {
                        for (int n = 0; !over.get(); n++) {
                            write(db, name + n, waits);
                        }
                    },
                    "writer-" + i);
            writers.add(writer);
            writer.start();
        }
        return writers;
    }

    private void write(BlockDb db, String key, boolean waits) {
        try {
            WriteBatch batch = new WriteBatch().put(bytes(key), bytes(key + "!"));
            if (waits) {
                db.write(batch);
            } else {
                db.writeAsync(batch).join();
            }
            told.put(key, Workload.Outcome.ANSWERED);
        } catch (IOException | RuntimeException e) {
            Throwable cause = e instanceof CompletionException ? e.getCause() : e;
            if (cause instanceof OutcomeUnknownException) {
                told.put(key, Workload.Outcome.UNKNOWN);
                return;
            }
            told.put(key, Workload.Outcome.REFUSED);
            over.set(true);
            boolean closed = cause instanceof IllegalStateException
                    && String.valueOf(cause.getMessage()).contains("closed");
            boolean unread = String.valueOf(cause.getMessage()).contains("injected");
            if (!closed && !unread && !(cause instanceof ReadOnlyException)) {
                surprises.add(e);
            }
        }
    }

    private void join(List<Thread> writers) throws InterruptedException {
        for (Thread writer : writers) {
            writer.join(60_000);
            assertTrue(
                    !writer.isAlive(),
                    () -> writer.getName() + " waits for ever at " + List.of(writer.getStackTrace()));
        }
        if (!surprises.isEmpty()) {
            throw new AssertionError("not expected", surprises.peek());
        }
    }

    private void check(MemoryFileSystem files) throws IOException {
        files.assertNoOpenFiles();
        files.clearFaults();
        try (BlockDb db = BlockDb.open(Workload.ROOT, Workload.options(files, 1))) {
            for (Map.Entry<String, Workload.Outcome> entry : told.entrySet()) {
                byte[] value = db.get(bytes(entry.getKey()));
                switch (entry.getValue()) {
                    case ANSWERED -> assertArrayEquals(bytes(entry.getKey() + "!"), value, entry::getKey);
                    case REFUSED -> assertNull(value, entry::getKey);
                    default ->
                        assertTrue(
                                value == null || value.length == entry.getKey().length() + 1);
                }
            }
            assertTrue(db.verify((done, total, blocks) -> {}).valid());
        }
    }

    private Options options(MemoryFileSystem files) {
        return Workload.options(files, 1).withMemtableSizeLimit(8 << 10).withMemtablesMax(1);
    }

    @Test
    void theDiskFails() throws IOException, InterruptedException {
        for (int round = 0; round < ROUNDS; round++) {
            over.set(false);
            told.clear();
            MemoryFileSystem files = new MemoryFileSystem();
            BlockDb db = BlockDb.open(Workload.ROOT, options(files));
            files.failOperationsFrom(1 + random.nextInt(3000));
            join(startWriters(db));
            try {
                db.close();
            } catch (IOException failed) {
                assertTrue(failed.getMessage().contains("injected"), failed::toString);
            }
            check(files);
        }
    }

    @Test
    void theDatabaseIsClosed() throws IOException, InterruptedException {
        for (int round = 0; round < ROUNDS; round++) {
            over.set(false);
            told.clear();
            MemoryFileSystem files = new MemoryFileSystem();
            BlockDb db = BlockDb.open(Workload.ROOT, options(files));
            List<Thread> writers = startWriters(db);
            long enough = 20L + random.nextInt(200);
            while (db.stats().blocks() < enough) {
                LockSupport.parkNanos(50_000);
            }
            db.close();
            Map<String, String> closed = files.snapshot();
            join(writers);
            assertEquals(closed, files.snapshot(), "something was written behind the close");
            check(files);
        }
    }
}
