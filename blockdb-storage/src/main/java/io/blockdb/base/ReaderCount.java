package io.blockdb.base;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts who reads something that will be closed once nobody does. One shared number would be written by every reader, and
 * its cache line would travel between the processors with each read; here each thread counts in one of several stripes, and
 * only who wants to close adds them up.
 *
 * <p>Once {@link #shut}, nobody enters any more. Whoever shuts, and whoever leaves after that or finds it shut, asks
 * {@link #isOver}: the last of them gets true (several may), so that it is always somebody. Why no reader is overlooked:
 * a reader writes its stripe before it looks whether this is shut, and who shuts writes that before it adds up.
 *
 * <p>Threading: any thread; a reader may leave on another thread than it entered on.
 */
public final class ReaderCount {
    private static final int STRIPES = 16;
    /** Longs from one stripe to the next: as far as a processor fetches at once. */
    private static final int STRIDE = 16;

    private final AtomicLongArray stripes = new AtomicLongArray(STRIPES * STRIDE);
    private volatile boolean shut;

    /** Nobody reads. */
    public ReaderCount() {}

    /** Counts one reader more; false when it is shut, and then nobody was counted. */
    public boolean enter() {
        int stripe = stripe();
        stripes.getAndIncrement(stripe);
        if (!shut) {
            return true;
        }
        stripes.getAndDecrement(stripe);
        return false;
    }

    /** Counts one reader less. */
    public void leave() {
        stripes.getAndDecrement(stripe());
    }

    /** Lets nobody enter from now on. */
    public void shut() {
        shut = true;
    }

    /** Lets readers enter again. The caller sees to it that nobody acts on {@link #isOver} meanwhile. */
    public void reopen() {
        shut = false;
    }

    /** Whether it is shut and nobody reads any more. */
    public boolean isOver() {
        return shut && readers() == 0;
    }

    /** How many read; exact only while nobody enters. */
    public long readers() {
        long sum = 0;
        for (int i = 0; i < STRIPES; i++) {
            sum += stripes.get(i * STRIDE);
        }
        return sum;
    }

    private static int stripe() {
        return ((int) Thread.currentThread().getId() & (STRIPES - 1)) * STRIDE;
    }
}
