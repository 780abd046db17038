package io.blockdb.db;

import io.blockdb.base.Position;
import io.blockdb.ledger.DiskFullException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * How an embedded database commits: it proposes to itself, in groups.
 *
 * <ol>
 *   <li>A writer encodes and hashes its entries in its own thread and joins the queue.
 *   <li>If nobody leads, it leads: it takes what waits, as far as one block may hold, as one proposal, applies it, syncs once
 *       for all, publishes, and answers. So a writer that is alone commits without meeting another thread, and of many the
 *       first commits for all.
 *   <li>If somebody leads, it waits. A leader that is done wakes the first in the queue, who leads next.
 *   <li>A batch that is written asynchronously is led by an executor's thread when no writer leads.
 * </ol>
 *
 * <p>Invariants: a batch that was handed in is answered exactly once; nothing is answered before it is durable by the rule in
 * force; a group is never larger than a block, except that one batch is never split.
 *
 * <p>Threading: any thread. An interrupted writer still gets its answer, and keeps its interrupt flag.
 */
final class CommitPipeline {
    /** Most bytes of keys and values of one block, except that a batch is never split (LEDGER.md, section Block). */
    private static final long GROUP_BYTES_MAX = 16 << 20;

    /** Most batches that wait: who hands in another without waiting for the answer waits for room. */
    private static final int QUEUE_MAX = 4096;

    /** How often {@link #drain} looks whether somebody still leads. */
    private static final long DRAIN_LOOK_NANOS = 50_000;

    private final Engine engine;
    private final CommitClock clock;
    private final boolean syncBeforeAnswer;
    private final int groupEntriesMax;
    private final Executor leaders;

    private final ConcurrentLinkedQueue<Waiting> queue = new ConcurrentLinkedQueue<>();
    private final Semaphore room = new Semaphore(QUEUE_MAX);
    private final AtomicBoolean led = new AtomicBoolean();

    /** The time of proposals. */
    @FunctionalInterface
    interface CommitClock {
        long micros();
    }

    /**
     * @param syncBeforeAnswer whether a write is answered only once it is synced
     * @param groupEntriesMax most entries of one block, except that a batch is never split
     * @param leaders runs the commits of batches that nobody waits for
     */
    CommitPipeline(Engine engine, CommitClock clock, boolean syncBeforeAnswer, int groupEntriesMax, Executor leaders) {
        this.engine = engine;
        this.clock = clock;
        this.syncBeforeAnswer = syncBeforeAnswer;
        this.groupEntriesMax = groupEntriesMax;
        this.leaders = leaders;
    }

    /** A batch in the queue. */
    private static final class Waiting {
        final Batch batch;
        /** Who waits for the answer, null when it goes to {@link #future}. */
        final @Nullable Thread thread;

        final @Nullable CompletableFuture<Commit> future;
        private volatile @Nullable Commit commit;
        private volatile @Nullable Throwable failure;

        Waiting(Batch batch, @Nullable Thread thread, @Nullable CompletableFuture<Commit> future) {
            this.batch = batch;
            this.thread = thread;
            this.future = future;
        }

        boolean isDone() {
            return commit != null || failure != null;
        }

        void succeed(Commit answer) {
            commit = answer;
            if (future != null) {
                future.complete(answer);
            }
        }

        void fail(Throwable cause) {
            failure = cause;
            if (future != null) {
                future.completeExceptionally(cause);
            }
        }
    }

    /**
     * Commits a batch and waits for the answer.
     *
     * @throws RefusedException if the rules refuse it; nothing was written
     * @throws OutcomeUnknownException if writing failed underway
     * @throws IOException if nothing can be written, or what the decision rests on cannot be read; nothing was written
     */
    Commit commit(Batch batch) throws IOException {
        Waiting waiting = new Waiting(batch, Thread.currentThread(), null);
        room.acquireUninterruptibly();
        queue.add(waiting);
        boolean interrupted = false;
        while (!waiting.isDone()) {
            if (led.compareAndSet(false, true)) {
                lead(waiting);
            } else {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return answer(waiting);
    }

    private static Commit answer(Waiting waiting) throws IOException {
        Throwable failure = waiting.failure;
        if (failure instanceof IOException e) {
            throw e;
        }
        if (failure instanceof RefusedException e) {
            e.fillInStackTrace();
            throw e;
        }
        if (failure != null) {
            throw new IllegalStateException("committing failed: " + failure, failure);
        }
        Commit commit = waiting.commit;
        if (commit == null) {
            throw new IllegalStateException("a batch without an answer");
        }
        return commit;
    }

    /** Hands in a batch; the answer comes by the future. Waits only while very many batches are in the queue. */
    CompletableFuture<Commit> commitAsync(Batch batch) {
        CompletableFuture<Commit> future = new CompletableFuture<>();
        room.acquireUninterruptibly();
        queue.add(new Waiting(batch, null, future));
        if (!led.get()) {
            leadElsewhere();
        }
        return future;
    }

    /** Has a thread of the executor lead; this one, once the executor takes no more work because the database is closed. */
    private void leadElsewhere() {
        try {
            leaders.execute(this::leadWhileNobodyDoes);
        } catch (RejectedExecutionException closed) {
            leadWhileNobodyDoes();
        }
    }

    private void leadWhileNobodyDoes() {
        while (!queue.isEmpty() && led.compareAndSet(false, true)) {
            lead(null);
        }
    }

    /** Leads: commits one group, or groups until one's own batch is answered; then lets the next one lead. */
    private void lead(@Nullable Waiting own) {
        try {
            do {
                commitGroup();
            } while (own != null && !own.isDone());
        } finally {
            led.set(false);
            Waiting next = queue.peek();
            if (next != null) {
                if (next.thread != null) {
                    LockSupport.unpark(next.thread);
                } else {
                    leadElsewhere();
                }
            }
        }
    }

    private void commitGroup() {
        List<Waiting> group = takeGroup();
        if (group.isEmpty()) {
            return;
        }
        try {
            List<Batch> batches = new ArrayList<>(group.size());
            for (Waiting waiting : group) {
                batches.add(waiting.batch);
            }
            Applied applied = engine.apply(new Proposal(Position.NONE, clock.micros(), null, batches));
            if (syncBeforeAnswer && applied.head() != null) {
                engine.sync();
            }
            engine.publishAll();
            answer(group, applied.outcomes());
        } catch (ReadOnlyException | DiskFullException e) {
            fail(group, e);
        } catch (IOException e) {
            fail(group, engine.hasFailed() ? new OutcomeUnknownException(e) : e);
        } catch (RuntimeException | Error e) {
            engine.fail(e);
            fail(group, new OutcomeUnknownException(e));
        }
        for (Waiting waiting : group) {
            if (waiting.thread != null && waiting.thread != Thread.currentThread()) {
                LockSupport.unpark(waiting.thread);
            }
        }
    }

    private List<Waiting> takeGroup() {
        List<Waiting> group = new ArrayList<>();
        long entries = 0;
        long bytes = 0;
        for (Waiting next; (next = queue.peek()) != null; ) {
            entries += next.batch.operations().size() + (next.batch.requestId() == null ? 0 : 1);
            bytes += next.batch.bytes();
            if (!group.isEmpty() && (entries > groupEntriesMax || bytes > GROUP_BYTES_MAX)) {
                break;
            }
            queue.remove();
            room.release();
            group.add(next);
        }
        return group;
    }

    private static void answer(List<Waiting> group, List<Outcome> outcomes) {
        for (int i = 0; i < group.size(); i++) {
            Outcome outcome = outcomes.get(i);
            if (outcome instanceof Outcome.Committed committed) {
                group.get(i).succeed(committed.commit());
            } else if (outcome instanceof Outcome.Refused refused) {
                group.get(i).fail(refused.reason());
            }
        }
    }

    private static void fail(List<Waiting> group, IOException cause) {
        for (Waiting waiting : group) {
            if (!waiting.isDone()) {
                waiting.fail(cause);
            }
        }
    }

    /** Waits until no batch waits any more. One that is handed in meanwhile is answered, now or by who hands it in. */
    void drain() {
        while (!queue.isEmpty() || led.get()) {
            if (led.compareAndSet(false, true)) {
                lead(null);
            } else {
                LockSupport.parkNanos(this, DRAIN_LOOK_NANOS);
            }
        }
    }
}
