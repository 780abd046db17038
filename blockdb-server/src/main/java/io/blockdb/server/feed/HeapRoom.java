package io.blockdb.server.feed;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of memory that may be taken for what waits to be sent.
 *
 * <p>Threading: any thread.
 */
final class HeapRoom {
    private final long max;
    private final AtomicLong taken = new AtomicLong();

    HeapRoom(long max) {
        this.max = max;
    }

    /** Takes so many, where they are there, or where nothing at all is taken. */
    boolean take(int bytes) {
        for (; ; ) {
            long before = taken.get();
            if (before > 0 && before + bytes > max) {
                return false;
            }
            if (taken.compareAndSet(before, before + bytes)) {
                return true;
            }
        }
    }

    /** Takes so many even if they are not there: for the few bytes that end a stream. */
    void force(int bytes) {
        taken.addAndGet(bytes);
    }

    /** Gives back. */
    void give(long bytes) {
        taken.addAndGet(-bytes);
    }

    long taken() {
        return taken.get();
    }
}
