package io.blockdb.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.HdrHistogram.Histogram;

/**
 * Runs an operation many times, by one thread or several, and takes the time of each. An operation's time reaches from the end of
 * the one before to its own end, as in db_bench: making the key and the value is part of it, the same for every engine.
 */
final class Load {
    private static final int DIGITS = 3;

    private Load() {}

    /** What is done. */
    @FunctionalInterface
    interface Operation {
        /**
         * Does it once.
         *
         * @param i number of the operation, from 0
         * @return how many entries it wrote or read
         */
        long run(long i) throws Exception;
    }

    /** Makes the operation of one thread. */
    @FunctionalInterface
    interface OperationSource {
        Operation of(int thread);
    }

    /**
     * What was done.
     *
     * @param nanos from the start of the first thread to the end of the last
     * @param latencies of operations, in nanoseconds
     */
    record Result(long operations, long entries, long nanos, Histogram latencies) {
        double seconds() {
            return nanos / 1e9;
        }
    }

    /**
     * Runs operations until there are enough, or the time is over.
     *
     * @param operations how many, by all threads together
     */
    static Result run(int threads, long operations, double secondsMax, OperationSource source) throws Exception {
        return run(threads, operations, secondsMax, new AtomicBoolean(), source);
    }

    /** As {@link #run(int, long, double, OperationSource)}, and ends also when {@code stopped} becomes true. */
    static Result run(int threads, long operations, double secondsMax, AtomicBoolean stopped, OperationSource source)
            throws Exception {
        if (threads == 1) {
            return loop(0, 1, operations, secondsMax, stopped, source.of(0));
        }
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            CountDownLatch ready = new CountDownLatch(threads);
            List<Future<Result>> futures = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                int number = thread;
                Operation operation = source.of(thread);
                Callable<Result> task = () -> {
                    ready.countDown();
                    ready.await();
                    return loop(number, threads, operations, secondsMax, stopped, operation);
                };
                futures.add(executor.submit(task));
            }
            ready.await();
            long begun = System.nanoTime();
            long done = 0;
            long entries = 0;
            Histogram latencies = new Histogram(DIGITS);
            for (Future<Result> future : futures) {
                Result part = future.get();
                done += part.operations;
                entries += part.entries;
                latencies.add(part.latencies);
            }
            return new Result(done, entries, System.nanoTime() - begun, latencies);
        } finally {
            executor.shutdownNow();
        }
    }

    private static Result loop(
            int first, int step, long operations, double secondsMax, AtomicBoolean stopped, Operation operation)
            throws Exception {
        Histogram latencies = new Histogram(DIGITS);
        long done = 0;
        long entries = 0;
        long begun = System.nanoTime();
        long end = begun + (long) (secondsMax * 1e9);
        long last = begun;
        for (long i = first; i < operations && last - end < 0 && !stopped.getPlain(); i += step) {
            entries += operation.run(i);
            long now = System.nanoTime();
            latencies.recordValue(now - last);
            last = now;
            done++;
        }
        return new Result(done, entries, last - begun, latencies);
    }
}
