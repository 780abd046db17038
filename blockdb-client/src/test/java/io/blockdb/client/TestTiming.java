package io.blockdb.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Time that passes only while the client pauses, and then at once. */
final class TestTiming implements Timing {
    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger keys = new AtomicInteger();

    /** The pauses made. */
    final List<Duration> pauses = new CopyOnWriteArrayList<>();

    @Override
    public long nanoTime() {
        return now.get();
    }

    @Override
    public void after(Duration pause, Runnable task) {
        pauses.add(pause);
        now.addAndGet(pause.toNanos());
        task.run();
    }

    @Override
    public double jitter() {
        return 1;
    }

    @Override
    public String newIdempotencyKey() {
        return "key-" + keys.incrementAndGet();
    }
}
