package io.blockdb.cli;

/**
 * How long each of many operations took, in constant memory: buckets that are an eighth wider than the one before.
 *
 * <p>Threading: one thread at a time.
 */
final class Latencies {
    private static final int PER_DOUBLING = 8;

    private final long[] buckets = new long[64 * PER_DOUBLING];
    private long count;

    /** Adds an operation of so many nanoseconds. */
    void add(long nanos) {
        buckets[bucket(Math.max(1, nanos))]++;
        count++;
    }

    /** Adds those of another. */
    void add(Latencies other) {
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] += other.buckets[i];
        }
        count += other.count;
    }

    /** How many operations there were. */
    long count() {
        return count;
    }

    /** So many nanoseconds, within an eighth, did this part of the operations take at most; 0 where there was none. */
    long quantile(double part) {
        long rank = (long) Math.ceil(part * count);
        long seen = 0;
        for (int i = 0; i < buckets.length; i++) {
            seen += buckets[i];
            if (seen >= rank && seen > 0) {
                return middle(i);
            }
        }
        return 0;
    }

    private static int bucket(long nanos) {
        int doubling = 63 - Long.numberOfLeadingZeros(nanos);
        long rest = nanos - (1L << doubling);
        return doubling * PER_DOUBLING + (int) (doubling < 3 ? rest << (3 - doubling) : rest >> (doubling - 3));
    }

    private static long middle(int bucket) {
        int doubling = bucket / PER_DOUBLING;
        double part = (bucket % PER_DOUBLING + 0.5) / PER_DOUBLING;
        return Math.round((1L << doubling) * (1 + part));
    }
}
