package io.blockdb.db;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.TableName;
import io.blockdb.io.MemoryFileSystem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How concurrent writes are grouped, answered, and ended by close. */
@Timeout(120)
class CommitPipelineTest {
    private static final byte[] VALUE = Ask.bytes("v");

    private CommitFixture fixture;

    @BeforeEach
    void open() throws IOException {
        fixture = new CommitFixture(10);
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private Commit put(String key) throws IOException {
        return fixture.db.put(Ask.bytes(key), VALUE);
    }

    private CompletableFuture<Commit> putAsync(String key) throws IOException {
        return fixture.db.writeAsync(new WriteBatch().put(Ask.bytes(key), VALUE));
    }

    private static WriteBatch puts(String prefix, int count) {
        WriteBatch batch = new WriteBatch();
        for (int i = 0; i < count; i++) {
            batch.put(Ask.bytes(prefix + i), VALUE);
        }
        return batch;
    }

    private static <T extends Throwable> T failsWith(Class<T> type, Future<?> future) {
        ExecutionException failed = assertThrows(ExecutionException.class, () -> CommitFixture.get(future));
        return assertInstanceOf(type, failed.getCause());
    }

    @Test
    void aLoneWriterCommitsInItsOwnThread() throws IOException {
        long syncs = fixture.syncs.get();
        for (int i = 0; i < 5; i++) {
            put("k" + i);
        }
        assertEquals(Set.of(Thread.currentThread()), fixture.leaders);
        assertEquals(5, fixture.syncs.get() - syncs);
        assertEquals(List.of(1, 1, 1, 1, 1), fixture.blockSizes(1));
    }

    @Test
    void whoWaitsTogetherIsCommittedTogether() throws Exception {
        fixture.holdLeader("first");
        List<FutureTask<Commit>> writes = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            String key = "k" + i;
            writes.add(fixture.startAndAwaitWaiting(() -> put(key)));
        }
        long syncs = fixture.syncs.get();
        fixture.letLeaderGo();
        long sequence = fixture.answerOfHeldLeader().sequence();
        for (FutureTask<Commit> write : writes) {
            assertEquals(++sequence, CommitFixture.get(write).sequence());
        }
        assertEquals(List.of(1, 10, 10, 5), fixture.blockSizes(1));
        assertEquals(4, fixture.syncs.get() - syncs);
    }

    @Test
    void aBatchIsNeverSplit() throws Exception {
        fixture.holdLeader("first");
        List<FutureTask<Commit>> writes = new ArrayList<>();
        for (int size : new int[] {4, 5, 30, 2, 9, 1}) {
            WriteBatch batch = puts("b" + size + "-", size).requestId("r" + size);
            writes.add(fixture.startAndAwaitWaiting(() -> fixture.db.write(batch)));
        }
        fixture.letLeaderGo();
        for (FutureTask<Commit> write : writes) {
            CommitFixture.get(write);
        }
        assertEquals(List.of(1, 5, 6, 31, 3, 10, 2), fixture.blockSizes(1));
    }

    @Test
    void aBlockHasAtMostSixteenMegabytes() throws Exception {
        fixture.holdLeader("first");
        List<FutureTask<Commit>> writes = new ArrayList<>();
        byte[] large = new byte[5 << 20];
        for (int i = 0; i < 7; i++) {
            byte[] key = Ask.bytes("k" + i);
            writes.add(fixture.startAndAwaitWaiting(() -> fixture.db.put(key, large)));
        }
        fixture.letLeaderGo();
        for (FutureTask<Commit> write : writes) {
            CommitFixture.get(write);
        }
        assertEquals(List.of(1, 3, 3, 1), fixture.blockSizes(1));
    }

    @Test
    void ofManyPutsOfAKeyOneWins() throws Exception {
        int keys = 40;
        List<FutureTask<List<Integer>>> writers = new ArrayList<>();
        for (int w = 0; w < 64; w++) {
            byte[] value = Ask.bytes("writer " + w);
            writers.add(fixture.start(() -> {
                List<Integer> won = new ArrayList<>();
                for (int k = 0; k < keys; k++) {
                    try {
                        Commit commit = fixture.db.put(Ask.bytes("k" + k), value);
                        assertArrayEquals(value, fixture.db.get(Ask.bytes("k" + k)));
                        assertTrue(!commit.existing());
                        won.add(k);
                    } catch (DuplicateKeyException e) {
                        assertEquals(List.of(0), e.operations());
                        assertTrue(fixture.db.get(Ask.bytes("k" + k)) != null, "lost to a value that is not there");
                    }
                }
                return won;
            }));
        }
        int[] winners = new int[keys];
        for (int w = 0; w < writers.size(); w++) {
            for (int key : CommitFixture.get(writers.get(w))) {
                winners[key]++;
                assertArrayEquals(Ask.bytes("writer " + w), fixture.db.get(Ask.bytes("k" + key)));
            }
        }
        for (int count : winners) {
            assertEquals(1, count);
        }
        assertEquals(keys, fixture.blockSizes(1).stream().mapToInt(size -> size).sum());
        assertTrue(fixture.db.verify((done, total, blocks) -> {}).valid());
    }

    @Test
    void asynchronousWritesAreCommittedInTheOrderInWhichTheyWereHandedIn() throws Exception {
        List<CompletableFuture<Commit>> futures = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            futures.add(putAsync("k" + i));
        }
        CompletableFuture<Commit> duplicate =
                fixture.db.writeAsync(new WriteBatch().put(Ask.bytes("k0"), Ask.bytes("other")));
        for (int i = 0; i < futures.size(); i++) {
            assertEquals(2 + i, CommitFixture.get(futures.get(i)).sequence());
        }
        failsWith(DuplicateKeyException.class, duplicate);
        assertThrows(IllegalArgumentException.class, () -> putAsync(""));
    }

    @Test
    void whatDependsOnAnAnswerMayWriteAndWait() throws Exception {
        CompletableFuture<Commit> chain = putAsync("k0");
        for (int i = 1; i < 50; i++) {
            String key = "k" + i;
            chain = i % 2 == 0
                    ? chain.thenCompose(commit -> unchecked(() -> putAsync(key)))
                    : chain.thenApply(commit -> unchecked(() -> put(key)));
        }
        assertEquals(51, CommitFixture.get(chain).sequence());
        CompletableFuture<Commit> waits =
                putAsync("a").thenApply(commit -> unchecked(() -> putAsync("b")).join());
        assertEquals(53, CommitFixture.get(waits).sequence());
    }

    private interface Action<T> {
        T run() throws IOException;
    }

    private static <T> T unchecked(Action<T> action) {
        try {
            return action.run();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aWriteWhoseTableBecameErasableIsProposedAgainWithASalt() throws Exception {
        TableName table = TableName.of("t");
        fixture.db.createTable(table, TablePolicy.VERSIONED, false);
        fixture.holdLeader("first");
        FutureTask<Commit> alter = fixture.startAndAwaitWaiting(() -> fixture.db.alterTable(table, true));
        FutureTask<Commit> sync = fixture.startAndAwaitWaiting(() -> fixture.db.put(table, Ask.bytes("s"), VALUE));
        CompletableFuture<Commit> async = fixture.db.writeAsync(new WriteBatch().put(table, Ask.bytes("a"), VALUE));
        AtomicInteger answers = new AtomicInteger();
        CompletableFuture<Void> counted = async.thenAccept(commit -> answers.incrementAndGet());
        fixture.letLeaderGo();
        CommitFixture.get(alter);
        for (Commit commit : List.of(CommitFixture.get(sync), CommitFixture.get(async))) {
            var block = fixture.db.engine().ledger().blockOfSequence(commit.sequence());
            int number = (int) (commit.sequence() - block.header().firstSequence());
            assertEquals(16, block.leaf(number).saltLength());
        }
        CommitFixture.get(counted);
        assertEquals(1, answers.get());
    }

    @Test
    void whoWritesFasterThanTheDiskWaitsForRoom() throws Exception {
        fixture.holdLeader("first");
        FutureTask<List<CompletableFuture<Commit>>> producer = fixture.startAndAwaitWaiting(() -> {
            List<CompletableFuture<Commit>> futures = new ArrayList<>();
            for (int i = 0; i < 5000; i++) {
                futures.add(putAsync("k" + i));
            }
            return futures;
        });
        assertTrue(!producer.isDone());
        FutureTask<Commit> behind = fixture.startAndAwaitWaiting(() -> put("behind"));
        fixture.letLeaderGo();
        for (CompletableFuture<Commit> future : CommitFixture.get(producer)) {
            CommitFixture.get(future);
        }
        CommitFixture.get(behind);
        assertEquals(5002, fixture.blockSizes(1).stream().mapToInt(size -> size).sum());
    }

    @Test
    void anInterruptedWriterGetsItsAnswerAndKeepsItsFlag() throws Exception {
        fixture.holdLeader("first");
        FutureTask<Boolean> waiting = fixture.startAndAwaitWaiting(() -> {
            put("a");
            return Thread.currentThread().isInterrupted();
        });
        Thread interrupted = fixture.lastThread();
        FutureTask<Boolean> before = fixture.start(() -> {
            Thread.currentThread().interrupt();
            put("b");
            return Thread.currentThread().isInterrupted();
        });
        interrupted.interrupt();
        fixture.letLeaderGo();
        assertTrue(CommitFixture.get(waiting));
        assertTrue(CommitFixture.get(before));
        FutureTask<Boolean> leads = fixture.start(() -> {
            Thread.currentThread().interrupt();
            put("c");
            return Thread.currentThread().isInterrupted();
        });
        assertTrue(CommitFixture.get(leads));
        put("d");
        for (String key : List.of("a", "b", "c", "d")) {
            assertArrayEquals(VALUE, fixture.db.get(Ask.bytes(key)));
        }
    }

    @Test
    void aFailedSyncLeavesTheGroupUnknownAndUnseenAndEndsWriting() throws Exception {
        put("before");
        fixture.holdLeader("first");
        FutureTask<Commit> sync = fixture.startAndAwaitWaiting(() -> put("a"));
        CompletableFuture<Commit> async = putAsync("b");
        fixture.files.failWhen((operation, path, number) ->
                operation == MemoryFileSystem.Operation.SYNC && path.toString().endsWith(".seg"));
        fixture.letLeaderGo();
        assertInstanceOf(
                OutcomeUnknownException.class,
                assertThrows(ExecutionException.class, fixture::answerOfHeldLeader)
                        .getCause());
        failsWith(ReadOnlyException.class, sync);
        failsWith(ReadOnlyException.class, async);
        assertNull(fixture.db.get(Ask.bytes("a")));
        assertNull(fixture.db.get(Ask.bytes("b")));
        assertNull(fixture.db.get(Ask.bytes("first")));
        assertThrows(ReadOnlyException.class, () -> put("c"));
        assertThrows(ReadOnlyException.class, () -> putAsync("c"));
        assertArrayEquals(VALUE, fixture.db.get(Ask.bytes("before")));
    }

    @Test
    void closeAnswersWhatWasHandedIn() throws Exception {
        fixture.holdLeader("first");
        AtomicInteger answers = new AtomicInteger();
        List<CompletableFuture<Void>> counted = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            counted.add(putAsync("k" + i).thenAccept(commit -> answers.incrementAndGet()));
        }
        FutureTask<Commit> waiting = fixture.startAndAwaitWaiting(() -> put("waiting"));
        FutureTask<Void> closing = fixture.start(() -> {
            fixture.db.close();
            return null;
        });
        CommitFixture.await(() -> closed(fixture.db));
        assertThrows(IllegalStateException.class, () -> put("late"));
        assertThrows(IllegalStateException.class, () -> putAsync("late"));
        fixture.letLeaderGo();
        CommitFixture.get(closing);
        fixture.answerOfHeldLeader();
        CommitFixture.get(waiting);
        for (CompletableFuture<Void> future : counted) {
            CommitFixture.get(future);
        }
        assertEquals(100, answers.get());
        fixture.db.close();
        try (BlockDb again = fixture.reopen()) {
            assertArrayEquals(VALUE, again.get(Ask.bytes("k99")));
            assertArrayEquals(VALUE, again.get(Ask.bytes("waiting")));
            assertNull(again.get(Ask.bytes("late")));
        }
    }

    private static boolean closed(BlockDb db) {
        try {
            db.tables();
            return false;
        } catch (IllegalStateException e) {
            return true;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** What a writer can be told when it races with close. */
    private static boolean refusedAsClosed(Throwable failure) {
        return (failure instanceof IllegalStateException || failure instanceof ReadOnlyException)
                && String.valueOf(failure.getMessage()).contains("closed");
    }

    @Test
    void writersThatRaceWithCloseAreAnsweredOrRefused() throws Exception {
        for (int round = 0; round < 20; round++) {
            CommitFixture racing = new CommitFixture(10);
            List<FutureTask<Integer>> writers = new ArrayList<>();
            AtomicInteger begun = new AtomicInteger();
            for (int w = 0; w < 8; w++) {
                String prefix = "w" + w + "-";
                boolean async = w % 2 == 0;
                writers.add(racing.start(() -> writeUntilClosed(racing.db, prefix, async, begun)));
            }
            int before = round * 5;
            CommitFixture.await(() -> begun.get() > before);
            racing.close();
            try (BlockDb again = racing.reopen()) {
                for (int w = 0; w < 8; w++) {
                    int written = CommitFixture.get(writers.get(w));
                    for (int i = 0; i < written; i++) {
                        assertArrayEquals(VALUE, again.get(Ask.bytes("w" + w + "-" + i)));
                    }
                    assertNull(again.get(Ask.bytes("w" + w + "-" + written)));
                }
                assertTrue(again.verify((done, total, blocks) -> {}).valid());
                assertEquals(List.of(), again.recoveryNotes());
            }
        }
    }

    /** Writes one key after the other; returns how many were answered. */
    private static int writeUntilClosed(BlockDb db, String prefix, boolean async, AtomicInteger begun)
            throws Exception {
        for (int i = 0; ; i++) {
            WriteBatch batch = new WriteBatch().put(Ask.bytes(prefix + i), VALUE);
            try {
                if (async) {
                    CommitFixture.get(db.writeAsync(batch));
                } else {
                    db.write(batch);
                }
                begun.incrementAndGet();
            } catch (ExecutionException e) {
                assertTrue(refusedAsClosed(e.getCause()), e::toString);
                return i;
            } catch (IllegalStateException | ReadOnlyException e) {
                assertTrue(refusedAsClosed(e), e::toString);
                return i;
            }
        }
    }

    @Test
    void noWakeUpIsLost() throws Exception {
        CompletableFuture<Commit> last = putAsync("begin");
        List<FutureTask<Integer>> writers = new ArrayList<>();
        for (int w = 0; w < 12; w++) {
            int number = w;
            writers.add(fixture.start(() -> {
                for (int i = 0; i < 1500; i++) {
                    String key = number + "-" + i;
                    if (number % 3 == 0) {
                        CommitFixture.get(putAsync(key));
                    } else {
                        put(key);
                    }
                }
                return number;
            }));
        }
        for (FutureTask<Integer> writer : writers) {
            CommitFixture.get(writer);
        }
        CommitFixture.get(last);
        assertEquals(
                1 + 12 * 1500,
                fixture.blockSizes(1).stream().mapToInt(size -> size).sum());
    }
}
