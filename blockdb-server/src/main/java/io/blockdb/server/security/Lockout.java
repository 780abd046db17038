package io.blockdb.server.security;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts failed attempts under a name, and locks the name out for a while that doubles with each further one. What was quiet for
 * long enough is forgotten.
 *
 * <p>Memory is bounded: the name that was not seen for the longest time goes first. Threading: any thread.
 */
final class Lockout {
    private static final int NAMES_MAX = 10_000;

    /** More doublings than any lock-out takes to reach its maximum. */
    private static final int DOUBLINGS_MAX = 30;

    private final int failuresFree;
    private final Duration first;
    private final Duration longest;

    @GuardedBy("this")
    private final Map<String, Failures> failures = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
            return size() > NAMES_MAX;
        }
    };

    private record Failures(int count, Instant lockedUntil, Instant forgottenAt) {}

    /**
     * @param failuresFree so many in a row lock out
     * @param first how long that lasts
     * @param longest how long a lock-out lasts at most, and how long after it failures are remembered
     */
    Lockout(int failuresFree, Duration first, Duration longest) {
        this.failuresFree = failuresFree;
        this.first = first;
        this.longest = longest;
    }

    /** For how long a name is locked out yet; zero: it is not. */
    synchronized Duration remaining(String name, Instant now) {
        Failures known = known(name, now);
        return known == null || !known.lockedUntil().isAfter(now)
                ? Duration.ZERO
                : Duration.between(now, known.lockedUntil());
    }

    private synchronized @Nullable Failures known(String name, Instant now) {
        Failures known = failures.get(name);
        if (known != null && !known.forgottenAt().isAfter(now)) {
            failures.remove(name);
            return null;
        }
        return known;
    }

    /** Takes note of a failed attempt; answers for how long the name is locked out by it. */
    synchronized Duration failed(String name, Instant now) {
        Failures known = known(name, now);
        int count = known == null ? 1 : known.count() + 1;
        Duration locked = Duration.ZERO;
        if (count >= failuresFree) {
            locked = first.multipliedBy(1L << Math.min(DOUBLINGS_MAX, count - failuresFree));
            locked = locked.compareTo(longest) > 0 ? longest : locked;
        }
        Instant until = now.plus(locked);
        failures.put(name, new Failures(count, until, until.plus(longest)));
        return locked;
    }

    /** Forgets what failed under a name: it was proved. */
    synchronized void succeeded(String name) {
        failures.remove(name);
    }

    /** How many names are remembered. */
    synchronized int size() {
        return failures.size();
    }
}
