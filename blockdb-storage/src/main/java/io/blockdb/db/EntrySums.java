package io.blockdb.db;

import java.util.ArrayList;
import java.util.List;

/**
 * Sums of {@link EntryHash}es, whatever order the entries come in, one for each of up to 4096 stretches of sequences: two sets of
 * entries are the same if all their sums are, and where they are not, it is known in which stretch.
 *
 * <p>Threading: one thread at a time.
 */
final class EntrySums {
    private static final int STRETCHES_MAX = 4096;

    /** Entries with this sequence or a higher one are not added. */
    private final long end;

    private final int shift;
    private final long[] high;
    private final long[] low;
    private final long[] count;

    EntrySums(long end) {
        this.end = end;
        int bits = 0;
        while (end >> bits >= STRETCHES_MAX) {
            bits++;
        }
        this.shift = bits;
        int stretches = (int) (end >> bits) + 1;
        this.high = new long[stretches];
        this.low = new long[stretches];
        this.count = new long[stretches];
    }

    long end() {
        return end;
    }

    void add(long sequence, EntryHash hash) {
        int at = stretch(sequence);
        count[at]++;
        high[at] += hash.high();
        low[at] += hash.low();
    }

    int stretch(long sequence) {
        return (int) (sequence >> shift);
    }

    /** The first sequence of a stretch. */
    long begin(int stretch) {
        return (long) stretch << shift;
    }

    void add(EntrySums other) {
        for (int i = 0; i < count.length; i++) {
            count[i] += other.count[i];
            high[i] += other.high[i];
            low[i] += other.low[i];
        }
    }

    /** The stretches that differ. */
    List<Integer> differing(EntrySums other) {
        List<Integer> differing = new ArrayList<>();
        for (int i = 0; i < count.length; i++) {
            if (count[i] != other.count[i] || high[i] != other.high[i] || low[i] != other.low[i]) {
                differing.add(i);
            }
        }
        return differing;
    }
}
