package io.blockdb.db;

import io.blockdb.base.Position;
import io.blockdb.ledger.DiskFullException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
 *   <li>If nobody leads, it leads, without queueing when the queue is empty: it takes what waits, as far as one block may hold, as one proposal, applies it, syncs once
 *       for all, publishes, and answers. So a writer that is alone commits without meeting another thread, and of many the
 *       first commits for all.
 *   <li>If somebody leads, it waits. A leader leads until its own batch is answered, which those behind it in the queue cannot
 *       delay; then it wakes the first in the queue, who leads next.
 *   <li>A batch that is written asynchronously is led by an executor's thread when no writer leads. Its answer is given by
 *       an executor of the caller's: what a caller does with it may take long, or write, and must not keep the others waiting.
 * </ol>
 *
 * <p>Invariants: a batch that was handed in is answered exactly once; nothing is answered before it is durable by the rule in
 * force; a group is never larger than a block, except that one batch is never split; whoever stops leading looks at the queue
 * afterwards, and whoever cannot lead has joined the queue before, so no batch is left behind.
 *
 * <p>Threading: any thread. An interrupted writer still gets its answer, and keeps its interrupt flag.
 */
final class CommitPipeline {
    /** Most bytes of one block, except that a batch is never split (LEDGER.md, section Block). */
    private static final long GROUP_BYTES_MAX = 16 << 20;

    /** Most batches that wait, if they are small: who hands in another waits for room. */
    private static final int QUEUE_MAX = 4096;

    /** Most bytes of all batches that wait, in {@link #ROOM_UNIT}. */
    private static final int QUEUE_ROOM = 64 << 10;

    /** Room in the queue is counted in so many bytes. */
    private static final int ROOM_UNIT = 1 << 10;

    /** How long who closes waits before it looks again whether it may lead. */
    private static final long CLOSING_WAIT_NANOS = 100_000;

    private final Engine engine;
    private final Timings timings;
    private final CommitClock clock;
    private final boolean syncBeforeAnswer;
    private final int groupEntriesMax;
    private final Executor leaders;

    private final ConcurrentLinkedQueue<Waiting> queue = new ConcurrentLinkedQueue<>();
    private final Semaphore room = new Semaphore(QUEUE_ROOM, true);
    private final AtomicBoolean led = new AtomicBoolean();
    /** Whether {@link #leaders} was asked to lead and has not begun. */
    private final AtomicBoolean leaderAsked = new AtomicBoolean();

    /** The time of proposals. */
    @FunctionalInterface
    interface CommitClock {
        long micros();
    }

    /** Takes the answer to a batch that was handed in without waiting: one of the two is null. */
    @FunctionalInterface
    interface Answer {
        void give(@Nullable Commit commit, @Nullable Throwable failure);
    }

    /**
     * @param syncBeforeAnswer whether a write is answered only once it is synced
     * @param groupEntriesMax most entries of one block, except that a batch is never split
     * @param leaders runs the commits of batches that nobody waits for; runs in the caller's thread what it cannot take
     */
    CommitPipeline(Engine engine, CommitClock clock, boolean syncBeforeAnswer, int groupEntriesMax, Executor leaders) {
        this.engine = engine;
        this.timings = engine.timings();
        this.clock = clock;
        this.syncBeforeAnswer = syncBeforeAnswer;
        this.groupEntriesMax = groupEntriesMax;
        this.leaders = leaders;
    }

    /** A batch in the queue. */
    private static final class Waiting {
        final Batch batch;
        /** Who waits for the answer, null when it goes to {@link #taker}. */
        final @Nullable Thread thread;

        final @Nullable Answer taker;
        /** When it was handed in, by the {@link Timings}. */
        final long handedIn;
        /** Gives the answer to the taker. */
        final @Nullable Executor answers;

        private volatile @Nullable Commit commit;
        private volatile @Nullable Throwable failure;

        Waiting(
                Batch batch,
                @Nullable Thread thread,
                @Nullable Answer taker,
                @Nullable Executor answers,
                long handedIn) {
            this.batch = batch;
            this.handedIn = handedIn;
            this.thread = thread;
            this.taker = taker;
            this.answers = answers;
        }

        boolean isDone() {
            return commit != null || failure != null;
        }

        /** Room that the batch takes in the queue. */
        int room() {
            return (int) Math.max(QUEUE_ROOM / QUEUE_MAX, Math.min(QUEUE_ROOM, batch.blockBytes() / ROOM_UNIT));
        }
    }

    /**
     * Commits a batch and waits for the answer.
     *
     * @throws RefusedException if the rules refuse it; nothing was written
     * @throws OutcomeUnknownException if writing failed underway
     * @throws IOException if nothing can be written; nothing was
     */
    Commit commit(Batch batch) throws IOException {
        Waiting waiting = new Waiting(batch, Thread.currentThread(), null, null, timings.now());
        if (queue.isEmpty() && led.compareAndSet(false, true)) {
            commitAlone(waiting);
            return answer(waiting);
        }
        join(waiting);
        boolean interrupted = false;
        while (!waiting.isDone()) {
            if (led.compareAndSet(false, true)) {
                lead(waiting);
                wakeNext();
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

    /** Leads for one batch that need not queue, as nobody else is there. */
    private void commitAlone(Waiting waiting) {
        try {
            commitGroup(List.of(waiting));
        } finally {
            led.set(false);
        }
        wakeNext();
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
        Commit commit = waiting.commit;
        if (commit == null) {
            throw new IllegalStateException("a batch without an answer", failure);
        }
        return commit;
    }

    /**
     * Hands in a batch and does not wait for the answer; waits only while there is no room in the queue.
     *
     * @param answers gives the answer
     */
    void commitAsync(Batch batch, Executor answers, Answer taker) {
        join(new Waiting(batch, null, taker, answers, timings.now()));
        if (!led.get()) {
            askForLeader();
        }
    }

    private void join(Waiting waiting) {
        room.acquireUninterruptibly(waiting.room());
        queue.add(waiting);
    }

    private void askForLeader() {
        if (leaderAsked.compareAndSet(false, true)) {
            try {
                leaders.execute(this::leadForThoseWhoDoNotWait);
            } catch (RejectedExecutionException closed) {
                leadForThoseWhoDoNotWait(); // The database is being closed: this thread says so to who came too late.
            }
        }
    }

    /** Leads as long as nobody else does and the first in the queue is one that nobody waits for. */
    private void leadForThoseWhoDoNotWait() {
        leaderAsked.set(false);
        for (Waiting next; (next = queue.peek()) != null; ) {
            if (next.thread != null) {
                LockSupport.unpark(next.thread);
                return;
            }
            if (!led.compareAndSet(false, true)) {
                return;
            }
            lead(null);
        }
    }

    /** Leads: commits one group, or groups until one's own batch is answered. */
    private void lead(@Nullable Waiting own) {
        try {
            do {
                commitGroup(takeGroup());
            } while (own != null && !own.isDone());
        } finally {
            led.set(false);
        }
    }

    private void wakeNext() {
        Waiting next = queue.peek();
        if (next == null) {
            return;
        }
        if (next.thread != null) {
            LockSupport.unpark(next.thread);
        } else {
            askForLeader();
        }
    }

    private void commitGroup(List<Waiting> group) {
        if (group.isEmpty()) {
            return;
        }
        try {
            long taken = timings.now();
            List<Batch> batches = new ArrayList<>(group.size());
            for (Waiting waiting : group) {
                timings.add(Timings.Stage.QUEUE, taken - waiting.handedIn);
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
            // What failed was either a write, or a read on which a decision rests; then nothing was written.
            fail(group, engine.hasFailed() ? new OutcomeUnknownException(e) : e);
        } catch (RuntimeException | Error e) {
            engine.fail(e);
            fail(group, new OutcomeUnknownException(e));
        }
    }

    private List<Waiting> takeGroup() {
        List<Waiting> group = new ArrayList<>();
        long entries = 0;
        long bytes = 0;
        for (Waiting next; (next = queue.peek()) != null; ) {
            entries += next.batch.blockEntries();
            bytes += next.batch.blockBytes();
            if (!group.isEmpty() && (entries > groupEntriesMax || bytes > GROUP_BYTES_MAX)) {
                break;
            }
            group.add(next);
            queue.remove();
            room.release(next.room());
        }
        return group;
    }

    private void answer(List<Waiting> group, List<Outcome> outcomes) {
        long now = timings.now();
        for (int i = 0; i < group.size(); i++) {
            Outcome outcome = outcomes.get(i);
            Waiting waiting = group.get(i);
            timings.add(Timings.Stage.TOTAL, now - waiting.handedIn + waiting.batch.preparingNanos());
            if (outcome instanceof Outcome.Committed committed) {
                answer(waiting, committed.commit(), null);
            } else if (outcome instanceof Outcome.Refused refused) {
                answer(waiting, null, refused.reason());
            }
        }
    }

    private void fail(List<Waiting> group, IOException cause) {
        for (Waiting waiting : group) {
            if (!waiting.isDone()) {
                answer(waiting, null, cause);
            }
        }
    }

    private void answer(Waiting waiting, @Nullable Commit commit, @Nullable Throwable failure) {
        waiting.commit = commit;
        waiting.failure = failure;
        Thread thread = waiting.thread;
        Answer taker = waiting.taker;
        Executor answers = waiting.answers;
        if (taker != null && answers != null) {
            give(taker, commit, failure, answers);
        } else if (thread != Thread.currentThread()) {
            LockSupport.unpark(thread);
        }
    }

    private static void give(Answer taker, @Nullable Commit commit, @Nullable Throwable failure, Executor answers) {
        try {
            answers.execute(() -> taker.give(commit, failure));
        } catch (RejectedExecutionException closed) {
            // Whoever wanted the answer given by an executor has shut that down, and is still to be told.
            taker.give(commit, failure);
        }
    }

    /** Answers all batches that were handed in, and has the engine take no more: later ones are refused. */
    void close() {
        boolean interrupted = false;
        while (!led.compareAndSet(false, true)) {
            LockSupport.parkNanos(this, CLOSING_WAIT_NANOS);
            interrupted |= Thread.interrupted();
        }
        try {
            while (!queue.isEmpty()) {
                commitGroup(takeGroup());
            }
            engine.stop();
        } finally {
            led.set(false);
        }
        wakeNext();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
