package io.blockdb.ledger;

import java.util.Arrays;

/**
 * Where some of a segment's frames are: every {@value #INTERVAL}th, in the order of their heights. Derived, in memory only;
 * extended as blocks are appended or walked over.
 *
 * <p>Threading: any thread.
 */
final class FrameIndex {
    static final int INTERVAL = 32;

    private long[] heights = new long[8];
    private long[] sequences = new long[8];
    private long[] offsets = new long[8];
    private int size;
    /** The frame after the last one noted is this many frames further on. */
    private long nextHeight = -1;

    /** A frame to begin walking at. */
    record Start(long height, long sequence, long offset) {}

    /** Takes note of a frame; those must come in order, repeats do no harm. */
    synchronized void note(long height, long firstSequence, long offset) {
        if (height < nextHeight) {
            return;
        }
        if (size == heights.length) {
            heights = Arrays.copyOf(heights, 2 * size);
            sequences = Arrays.copyOf(sequences, 2 * size);
            offsets = Arrays.copyOf(offsets, 2 * size);
        }
        heights[size] = height;
        sequences[size] = firstSequence;
        offsets[size] = offset;
        size++;
        nextHeight = height + INTERVAL;
    }

    /** The last noted frame at or before a height, or {@code fallback}. */
    synchronized Start atHeight(long height, Start fallback) {
        return floor(heights, height, fallback);
    }

    /** The last noted frame whose first sequence is at or before {@code sequence}, or {@code fallback}. */
    synchronized Start atSequence(long sequence, Start fallback) {
        return floor(sequences, sequence, fallback);
    }

    private Start floor(long[] keys, long key, Start fallback) {
        int found = Arrays.binarySearch(keys, 0, size, key);
        int index = found >= 0 ? found : -found - 2;
        return index < 0 ? fallback : new Start(heights[index], sequences[index], offsets[index]);
    }
}
