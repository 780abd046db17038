package io.blockdb.server.node;

/**
 * How long to wait before the next try: at once, then longer and longer.
 *
 * <p>Threading: one thread at a time.
 */
final class Backoff {
    private static final long FIRST_MILLIS = 250;
    private static final long LAST_MILLIS = 30_000;

    private long nextMillis;

    /** How long to wait now; the next time it will be longer. */
    long next() {
        long now = nextMillis;
        nextMillis = Math.min(LAST_MILLIS, Math.max(FIRST_MILLIS, 2 * now));
        return now;
    }

    /** A try went well: the next trouble is tried again at once. */
    void reset() {
        nextMillis = 0;
    }
}
