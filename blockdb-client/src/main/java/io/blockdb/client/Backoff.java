package io.blockdb.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long to wait before the next try, and whether there is one: twice as long each time, up to {@link #LONGEST}, half of it at
 * random, so that many clients which failed together do not come back together; and never less than the server asks for.
 *
 * <p>Threading: one thread at a time.
 */
final class Backoff {
    static final Duration FIRST = Duration.ofMillis(50);
    static final Duration LONGEST = Duration.ofSeconds(2);

    private final Timing timing;
    private final Duration patience;
    private long begin;
    private Duration next = FIRST;

    /** @param patience no try begins later than this after now */
    Backoff(Timing timing, Duration patience) {
        this.timing = timing;
        this.patience = patience;
        this.begin = timing.nanoTime();
    }

    /** Begins anew, after a success. */
    void reset() {
        begin = timing.nanoTime();
        next = FIRST;
    }

    /** How long to wait; null where it is time to give up. */
    @Nullable
    Duration next(@Nullable Duration atLeast) {
        Duration pause = Duration.ofNanos((long) (next.toNanos() * (0.5 + timing.jitter() / 2)));
        next = next.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : next.multipliedBy(2);
        if (atLeast != null && atLeast.compareTo(pause) > 0) {
            pause = atLeast;
        }
        Duration passed = Duration.ofNanos(timing.nanoTime() - begin);
        return passed.plus(pause).compareTo(patience) > 0 ? null : pause;
    }
}
