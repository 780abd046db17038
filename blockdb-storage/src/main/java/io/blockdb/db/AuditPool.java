package io.blockdb.db;

import io.blockdb.ledger.RawBlock;
import io.blockdb.ledger.WalkStep;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Threads that check blocks and files by themselves. What was handed in first is handed out first, and so much at most waits
 * that memory stays bounded.
 *
 * <p>Threading: used by one thread.
 */
final class AuditPool implements AutoCloseable {
    private final ExecutorService executor;
    private final int waitingMax;
    private final Supplier<BlockAudit> audits;
    private final ConcurrentLinkedQueue<BlockAudit> idle = new ConcurrentLinkedQueue<>();
    private final List<BlockAudit> made = new ArrayList<>();
    private final Deque<Future<List<Result>>> waiting = new ArrayDeque<>();

    /** A step, and what came of it where it is a block. */
    record Result(WalkStep step, @Nullable AuditedBlock block) {}

    /** Takes results. */
    @FunctionalInterface
    interface Taker {
        void take(List<Result> results) throws IOException;
    }

    /**
     * @param threads how many there are, at least 1
     * @param audits makes what checks blocks; one for each thread is made
     */
    @SuppressWarnings("ThreadPriorityCheck") // A hint is all that is wanted: the pace is kept by Pace.
    AuditPool(int threads, boolean inBackground, Supplier<BlockAudit> audits) {
        AtomicInteger number = new AtomicInteger();
        this.executor = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "blockdb-verify-" + number.incrementAndGet());
            thread.setDaemon(true);
            thread.setPriority(inBackground ? Thread.MIN_PRIORITY : Thread.NORM_PRIORITY);
            return thread;
        });
        this.waitingMax = 2 * threads + 1;
        this.audits = audits;
    }

    /** Hands in a batch; hands out an older one where too much waits. */
    void submit(List<WalkStep> steps, Taker taker) throws IOException {
        while (waiting.size() >= waitingMax) {
            taker.take(get(waiting.remove()));
        }
        waiting.add(executor.submit(() -> check(steps)));
    }

    /** Hands out all that was handed in. */
    void drain(Taker taker) throws IOException {
        while (!waiting.isEmpty()) {
            taker.take(get(waiting.remove()));
        }
    }

    private List<Result> check(List<WalkStep> steps) throws IOException {
        BlockAudit audit = idle.poll();
        if (audit == null) {
            audit = audits.get();
            synchronized (made) {
                made.add(audit);
            }
        }
        List<Result> results = new ArrayList<>(steps.size());
        for (WalkStep step : steps) {
            RawBlock raw = step.block();
            results.add(new Result(step, raw == null ? null : audit.check(raw)));
        }
        idle.add(audit);
        return results;
    }

    /** Adds up what all threads have added up; nothing may wait. */
    EntrySums sums(long end) {
        EntrySums sums = new EntrySums(end);
        synchronized (made) {
            made.forEach(audit -> sums.add(audit.sums()));
        }
        return sums;
    }

    /** Takes what came of a task. */
    @FunctionalInterface
    interface Sink<T> {
        void take(T result) throws IOException;
    }

    /** Runs tasks, a few at once, and hands out what came of them, in their order. */
    <T> void all(List<Callable<T>> tasks, Sink<T> sink) throws IOException {
        List<Future<T>> futures = new ArrayList<>();
        for (Callable<T> task : tasks) {
            futures.add(executor.submit(task));
        }
        for (Future<T> future : futures) {
            sink.take(get(future));
        }
    }

    private static <T> T get(Future<T> future) throws IOException {
        boolean interrupted = false;
        try {
            for (; ; ) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof IOException failure) {
                throw failure;
            }
            if (cause instanceof RuntimeException failure) {
                throw failure;
            }
            if (cause instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException("a check ended with " + cause, cause);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Ends the threads; what they do is given up. */
    @Override
    public void close() {
        executor.shutdownNow();
        boolean interrupted = false;
        boolean ended = false;
        while (!ended) {
            try {
                ended = executor.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
