package io.blockdb.server.http;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the answers to writes: by as many of the server's threads as there are processors, however many writes one sync has made
 * durable. A thread for each would wake a hundred at once, which then wait for one another and keep everybody else waiting.
 *
 * <p>An answer must not wait for its client: {@link Delivery} sees to that.
 *
 * <p>Threading: any thread.
 */
final class Answers implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

    private final Executor threads;
    private final int atOnce;
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    /** Threads that give answers, or were asked to and have not begun. */
    private final AtomicInteger giving = new AtomicInteger();

    /**
     * @param threads where to take threads from
     * @param atOnce most threads that are taken, at least 1
     */
    Answers(Executor threads, int atOnce) {
        this.threads = threads;
        this.atOnce = atOnce;
    }

    @Override
    public void execute(Runnable answer) {
        waiting.add(answer);
        if (!join()) {
            return; // Those who give answers look again after they have found none.
        }
        try {
            threads.execute(this::give);
        } catch (RejectedExecutionException e) {
            give(); // The server has stopped and has no threads any more: what is owed is given here.
        }
    }

    /** Whether there may be one thread more, which is counted then. */
    private boolean join() {
        for (int now = giving.get(); now < atOnce; now = giving.get()) {
            if (giving.compareAndSet(now, now + 1)) {
                return true;
            }
        }
        return false;
    }

    private void give() {
        do {
            for (Runnable answer = waiting.poll(); answer != null; answer = waiting.poll()) {
                try {
                    answer.run();
                } catch (RuntimeException | Error e) {
                    LOG.error("An answer could not be given", e);
                }
            }
            giving.decrementAndGet();
        } while (!waiting.isEmpty() && join());
    }
}
