package io.blockdb.db;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long the stages of writing, reading and tidying up take: a histogram for each. Whoever wants to know gives one to
 * {@link Options#withTimings} and reads it whenever he likes; it may outlive the database and be given to the next one that is
 * opened, and then goes on counting. Without one nothing is measured.
 *
 * <p>Recording takes a look at the clock and two additions, and allocates nothing. What was measured decides nothing: time is
 * told to people, never to the engine.
 *
 * <p>Threading: any thread. A histogram that is read while something is recorded may lack that.
 */
public final class Timings {
    /** What is measured. Times are of one batch, one block, one sync and so on, as each says. */
    public enum Stage {
        /** A batch: encoding and hashing its entries, in the thread that writes it. */
        HASH,
        /** A batch: from being handed in until it is taken for a block. */
        QUEUE,
        /** A block: holding its batches against the rules, and so against what stands there already. */
        DECIDE,
        /** A block: making it up and handing it to the operating system. */
        WRITE,
        /** A block: inserting its entries into the memtable. */
        INDEX,
        /** A sync of the ledger, as far as it had to be waited for. */
        SYNC,
        /** A batch: all of it, from hashing until it is answered. */
        TOTAL,
        /** Finding the newest entry of a key, if there is one, and reading its value. */
        READ,
        /** Writing one memtable as an SSTable. */
        FLUSH,
        /** One compaction, with the flushes that were done in between. */
        COMPACTION
    }

    /** Upper bounds of the classes in nanoseconds: 1, 2 and 5 times each power of ten from a microsecond to 10 seconds. */
    private static final long[] BOUNDS = {
        1_000L,
        2_000L,
        5_000L,
        10_000L,
        20_000L,
        50_000L,
        100_000L,
        200_000L,
        500_000L,
        1_000_000L,
        2_000_000L,
        5_000_000L,
        10_000_000L,
        20_000_000L,
        50_000_000L,
        100_000_000L,
        200_000_000L,
        500_000_000L,
        1_000_000_000L,
        2_000_000_000L,
        5_000_000_000L,
        10_000_000_000L
    };

    /** Behind the classes, the last of which has no bound, stands the sum. */
    private static final int SUM = BOUNDS.length + 1;

    private static final Timings OFF = new Timings(false);

    private final boolean on;
    /** For each stage its classes, and the sum. */
    private final Map<Stage, AtomicLongArray> recorded = new EnumMap<>(Stage.class);

    /** Timings with nothing recorded yet. */
    public Timings() {
        this(true);
    }

    private Timings(boolean on) {
        this.on = on;
        for (Stage stage : Stage.values()) {
            recorded.put(stage, new AtomicLongArray(SUM + 1));
        }
    }

    /** Timings that measure nothing. */
    static Timings off() {
        return OFF;
    }

    /**
     * How often something took how long.
     *
     * @param counts for each class, the one above the last bound included, how many were not above its bound but above the one before
     * @param sumNanos how long all of them took together, in nanoseconds
     */
    public record Histogram(List<Long> counts, long sumNanos) {
        /** How many there were. */
        public long count() {
            return counts.stream().mapToLong(Long::longValue).sum();
        }
    }

    /** Upper bounds of a histogram's classes in nanoseconds, ascending; there is one more class above the last. */
    public static long[] boundsNanos() {
        return BOUNDS.clone();
    }

    /** What was recorded of a stage so far. */
    public Histogram of(Stage stage) {
        AtomicLongArray classes = classes(stage);
        Long[] counts = new Long[SUM];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = classes.get(i);
        }
        return new Histogram(List.of(counts), classes.get(SUM));
    }

    /** A moment to measure from, in nanoseconds from somewhere; 0 where nothing is measured. */
    long now() {
        return on ? System.nanoTime() : 0;
    }

    /** Records that a stage took from {@code since} until now, and returns now: where the next stage begins. */
    long record(Stage stage, long since) {
        if (!on) {
            return 0;
        }
        long now = System.nanoTime();
        add(stage, now - since);
        return now;
    }

    /** Records that a stage took so many nanoseconds. */
    void add(Stage stage, long nanos) {
        if (on) {
            AtomicLongArray classes = classes(stage);
            classes.getAndIncrement(classOf(nanos));
            classes.getAndAdd(SUM, nanos);
        }
    }

    private AtomicLongArray classes(Stage stage) {
        AtomicLongArray classes = recorded.get(stage);
        if (classes == null) {
            throw new AssertionError(stage);
        }
        return classes;
    }

    private static int classOf(long nanos) {
        int low = 0;
        int high = BOUNDS.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (nanos <= BOUNDS[middle]) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
