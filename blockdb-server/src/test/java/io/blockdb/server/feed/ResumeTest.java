package io.blockdb.server.feed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.TableName;
import io.blockdb.db.BlockDb;
import io.blockdb.db.LedgerEntries;
import io.blockdb.db.TablePolicy;
import io.blockdb.db.WriteBatch;
import io.blockdb.server.feed.WatchRefusedException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Watchers whose connections break all the time, while others write and the database is opened again now and then: each is told of
 * every entry that is for him once, in order.
 */
@Timeout(240)
final class ResumeTest {
    private static final TableName VERSIONED = TableName.of("versioned");
    private static final byte[] LAST = "the last of all".getBytes(UTF_8);
    private static final int WATCHERS = 8;
    private static final int WRITERS = 3;
    private static final int BATCHES = 100;

    private final long seed = Long.getLong("blockdb.seed", System.nanoTime());
    private final String reproduce =
            "reproduce with: mvn -pl blockdb-server -am test -Dtest=ResumeTest -Dblockdb.seed=" + seed;

    @TempDir
    Path directory;

    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /** What a client that comes again and again has been told. */
    private final class Client implements Runnable {
        private final FeedFixture db;
        private final Random random;
        private final ExecutorService answers;
        private final Selection selection;
        private final Predicate<LedgerEntries> selected;
        private final long from;
        private final List<Long> told = new ArrayList<>();
        private @Nullable String id;

        Client(FeedFixture db, int number, ExecutorService answers) {
            this.db = db;
            this.random = new Random(seed * 31 + number);
            this.answers = answers;
            String key = "k" + random.nextInt(20);
            String prefix = "k" + random.nextInt(3);
            TableName table = random.nextBoolean() ? VERSIONED : TableName.DEFAULT;
            switch (random.nextInt(4)) {
                case 0 -> {
                    selection = Selection.ofKey(VERSIONED, key.getBytes(UTF_8));
                    selected = entry -> entry.table().equals(VERSIONED) && new String(entry.key(), UTF_8).equals(key);
                }
                case 1 -> {
                    selection = Selection.ofPrefix(table, prefix.getBytes(UTF_8));
                    selected =
                            entry -> entry.table().equals(table) && new String(entry.key(), UTF_8).startsWith(prefix);
                }
                case 2 -> {
                    selection = Selection.ofTable(table);
                    selected = entry -> entry.table().equals(table);
                }
                default -> {
                    selection = Selection.ofAllTables();
                    selected = entry -> !entry.table().isSystem();
                }
            }
            this.from = random.nextBoolean() ? 0 : random.nextInt(30);
        }

        @Override
        public void run() {
            try {
                while (!isComplete()) {
                    connect();
                }
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
            }
        }

        /** Whether the newest that is for him was told; only true once nobody writes any more. */
        private boolean isComplete() throws IOException {
            if (!written) {
                return false;
            }
            List<Long> expected = db.expected(from, selected);
            return expected.isEmpty() || (!told.isEmpty() && told.get(told.size() - 1) >= last(expected));
        }

        private void connect() throws Exception {
            int bytes = 60 + random.nextInt(20_000);
            Wire wire = random.nextInt(3) == 0 ? Wire.breaking(Runnable::run, bytes) : Wire.breaking(answers, bytes);
            try {
                db.watch(new WatchRequest(selection, FeedFixture.EVERYTHING, false, id == null ? from : -1, id), wire);
            } catch (WatchRefusedException e) {
                boolean early = e.reason() == Reason.BEYOND_THE_END && id == null;
                assertTrue(early || e.reason() == Reason.NOT_READY, e::getMessage);
                LockSupport.parkNanos(200_000);
                return;
            } catch (IOException | RuntimeException closing) {
                LockSupport.parkNanos(200_000);
                return;
            }
            int longest = 1 + random.nextInt(400);
            wire.await(() -> wire.isOver() || wire.received().events().size() >= longest || isQuiet());
            wire.abort();
            Received received = wire.received();
            told.addAll(received.sequences());
            id = received.lastId() == null ? id : received.lastId();
        }

        private boolean isQuiet() {
            return written && random.nextInt(5) == 0;
        }
    }

    private volatile boolean written;

    private static long last(List<Long> sequences) {
        return sequences.get(sequences.size() - 1);
    }

    private void write(FeedFixture db, int number) {
        Random random = new Random(seed * 37 + number);
        try {
            for (int i = 0; i < BATCHES; i++) {
                WriteBatch batch = new WriteBatch();
                int size = 1 + random.nextInt(random.nextInt(10) == 0 ? 100 : 5);
                for (int j = 0; j < size; j++) {
                    if (random.nextBoolean()) {
                        batch.put(("k" + number + "-" + i + "-" + j).getBytes(UTF_8), new byte[random.nextInt(200)]);
                    } else if (j < 20) {
                        byte[] key = ("k" + (j * 7 + i) % 20).getBytes(UTF_8);
                        batch.put(VERSIONED, key, new byte[random.nextInt(200)]);
                    }
                }
                if (batch.size() > 0) {
                    commit(db, batch);
                }
            }
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
        }
    }

    /** Where the database is being opened again, it is written to when it is there; whether twice does not matter here. */
    private void commit(FeedFixture db, WriteBatch batch) throws IOException {
        for (; ; ) {
            BlockDb open = db.database();
            try {
                open.write(batch);
                return;
            } catch (IOException | IllegalStateException e) {
                if (open == db.database() && db.isOpen()) {
                    throw e;
                }
                LockSupport.parkNanos(200_000);
            }
        }
    }

    @Test
    void nothingIsMissedOrToldTwice() throws Exception {
        FeedLimits limits = new FeedLimits(
                100, 4 << 10, 64 << 10, Duration.ofMillis(5), Duration.ofSeconds(60), Duration.ofSeconds(60), 2);
        ExecutorService answers = Executors.newFixedThreadPool(2);
        try (FeedFixture db = FeedFixture.in(directory, limits)) {
            db.database().createTable(VERSIONED, TablePolicy.VERSIONED, false);
            List<Client> clients = new ArrayList<>();
            List<Thread> watching = new ArrayList<>();
            List<Thread> writing = new ArrayList<>();
            for (int i = 0; i < WATCHERS; i++) {
                clients.add(new Client(db, i, answers));
                watching.add(new Thread(clients.get(i), "client-" + i));
            }
            for (int i = 0; i < WRITERS; i++) {
                int number = i;
                writing.add(new Thread(() -> write(db, number), "writer-" + i));
            }
            watching.forEach(Thread::start);
            writing.forEach(Thread::start);
            for (int i = 0; i < 4 && failure.get() == null; i++) {
                long wanted = db.ledger().entries() + 150;
                while (writing.stream().anyMatch(Thread::isAlive) && db.ledger().entries() < wanted) {
                    LockSupport.parkNanos(200_000);
                }
                db.reopen();
            }
            for (Thread thread : writing) {
                thread.join();
            }
            db.database().put(VERSIONED, LAST, LAST);
            written = true;
            for (Thread thread : watching) {
                thread.join();
            }
            assertNull(failure.get(), () -> reproduce + ": " + failure.get());
            for (Client client : clients) {
                assertEquals(db.expected(client.from, client.selected), client.told, reproduce);
            }
            db.feed.close();
            assertEquals(0, db.feed.counts().queuedBytes(), "no byte of memory stays taken");
            assertEquals(0, db.feed.counts().watchers());
        } finally {
            answers.shutdownNow();
        }
    }
}
