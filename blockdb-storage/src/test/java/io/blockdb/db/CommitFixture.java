package io.blockdb.db;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.io.Environment;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.LedgerCursor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** An embedded database in memory whose leader can be held, and the threads that write to it. */
final class CommitFixture implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 60;

    final MemoryFileSystem files = new MemoryFileSystem();
    final BlockDb db;

    /** Syncs of segments so far. */
    final AtomicLong syncs = new AtomicLong();

    /** Threads that have asked for the time of a proposal: those that have led. */
    final Set<Thread> leaders = ConcurrentHashMap.newKeySet();

    private final AtomicLong time = new AtomicLong(EngineFixture.BEGIN);
    private final List<Thread> threads = new ArrayList<>();
    private @Nullable FutureTask<Commit> held;
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private volatile CountDownLatch atGate = new CountDownLatch(0);

    CommitFixture(int blockchainBatchSize) throws IOException {
        files.failWhen((operation, path, number) -> {
            if (operation == MemoryFileSystem.Operation.SYNC && path.toString().endsWith(".seg")) {
                syncs.incrementAndGet();
            }
            return false;
        });
        db = BlockDb.open(EngineFixture.ROOT, options(blockchainBatchSize));
        leaders.clear();
    }

    private Options options(int blockchainBatchSize) {
        Options options = EngineFixture.options(files);
        Environment environment = options.environment();
        return options.withSegmentSize(64 << 20)
                .withMemtableSizeLimit(64 << 20)
                .withBlockchainBatchSize(blockchainBatchSize)
                .withEnvironment(new Environment(files, this::now, environment.randomness()));
    }

    /** The clock: who leads passes here with its group taken and nothing applied. */
    private long now() {
        leaders.add(Thread.currentThread());
        atGate.countDown();
        boolean interrupted = false;
        while (true) {
            try {
                assertTrue(gate.await(DEADLINE_SECONDS, TimeUnit.SECONDS));
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return time.incrementAndGet();
    }

    /** Has a thread write that key, and holds it while it leads, with its group taken. */
    void holdLeader(String key) throws InterruptedException {
        gate = new CountDownLatch(1);
        atGate = new CountDownLatch(1);
        held = start(() -> db.put(Ask.bytes(key), Ask.bytes("v")));
        assertTrue(atGate.await(DEADLINE_SECONDS, TimeUnit.SECONDS));
    }

    /** What the leader that was held is answered. */
    Commit answerOfHeldLeader() throws Exception {
        return get(Objects.requireNonNull(held));
    }

    void letLeaderGo() {
        gate.countDown();
    }

    /** Runs a task in a thread of its own. */
    <T> FutureTask<T> start(Callable<T> task) {
        FutureTask<T> future = new FutureTask<>(task);
        Thread thread = new Thread(future);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
        return future;
    }

    /** The thread that was started last. */
    Thread lastThread() {
        return threads.get(threads.size() - 1);
    }

    /** Runs a task in a thread of its own, and returns when that waits. */
    <T> FutureTask<T> startAndAwaitWaiting(Callable<T> task) {
        FutureTask<T> future = start(task);
        Thread thread = lastThread();
        await(() -> thread.getState() == Thread.State.WAITING);
        return future;
    }

    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "waited too long");
            Thread.onSpinWait();
        }
    }

    static <T> T get(Future<T> future) throws Exception {
        return future.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    /** Number of entries of each block from a height on. */
    List<Integer> blockSizes(long height) throws IOException {
        List<Integer> sizes = new ArrayList<>();
        try (LedgerCursor cursor = db.engine().blocksFrom(height)) {
            for (LedgerBlock block; (block = cursor.next()) != null; ) {
                sizes.add(block.entryCount());
            }
        }
        return sizes;
    }

    /** The same directory, opened anew. */
    BlockDb reopen() throws IOException {
        return BlockDb.open(EngineFixture.ROOT, EngineFixture.options(files));
    }

    @Override
    public void close() throws IOException {
        letLeaderGo();
        db.close();
        files.assertNoOpenFiles();
    }
}
