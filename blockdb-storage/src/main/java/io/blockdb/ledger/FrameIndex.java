package io.blockdb.ledger;

import java.util.Arrays;

/**
 * Where some of a segment's frames are, about one in every {@value #INTERVAL} bytes, and what the segment's header says.
 * Derived, in memory only; filled as blocks are appended or walked over, from whichever end. It takes about a 3,000th of
 * what the segment takes on disk.
 *
 * <p>Threading: any thread; readers take no lock.
 */
final class FrameIndex {
    static final int INTERVAL = 64 << 10;

    private final SegmentFormat.Header header;

    /** Replaced whole, never changed. */
    private volatile Frames frames;

    /** A frame to begin walking at. */
    record Start(long height, long sequence, long offset) {}

    /** Frames in their order; the first is that of the segment. */
    private record Frames(long[] heights, long[] sequences, long[] offsets) {
        Start floor(long[] keys, long key) {
            int index = Math.max(0, floorIndex(keys, key));
            return new Start(heights[index], sequences[index], offsets[index]);
        }

        private static int floorIndex(long[] keys, long key) {
            int found = Arrays.binarySearch(keys, key);
            return found >= 0 ? found : -found - 2;
        }

        /** Whether the frame is so far from both its neighbours that it is worth being noted. */
        boolean isMissing(long offset) {
            long last = offsets[offsets.length - 1];
            if (offset >= last) {
                return offset - last >= INTERVAL; // Appending asks for each frame.
            }
            int before = floorIndex(offsets, offset);
            return offset - offsets[before] >= INTERVAL && offsets[before + 1] - offset >= INTERVAL;
        }

        Frames with(long height, long sequence, long offset) {
            int at = floorIndex(offsets, offset) + 1;
            return new Frames(
                    inserted(heights, at, height), inserted(sequences, at, sequence), inserted(offsets, at, offset));
        }

        private static long[] inserted(long[] array, int at, long value) {
            long[] longer = Arrays.copyOf(array, array.length + 1);
            System.arraycopy(array, at, longer, at + 1, array.length - at);
            longer[at] = value;
            return longer;
        }
    }

    FrameIndex(SegmentFormat.Header header) {
        this.header = header;
        this.frames = new Frames(new long[] {header.firstHeight()}, new long[] {header.firstSequence()}, new long[] {
            SegmentFormat.HEADER_LENGTH
        });
    }

    /** What the segment's header says. */
    SegmentFormat.Header header() {
        return header;
    }

    /** Takes note of a frame of the segment, if it is far enough from those that were noted. */
    void note(long height, long firstSequence, long offset) {
        if (frames.isMissing(offset)) {
            synchronized (this) {
                if (frames.isMissing(offset)) {
                    frames = frames.with(height, firstSequence, offset);
                }
            }
        }
    }

    /** The last noted frame at or before a height of the segment. */
    Start atHeight(long height) {
        Frames current = frames;
        return current.floor(current.heights, height);
    }

    /** The last noted frame whose first sequence is at or before a sequence of the segment. */
    Start atSequence(long sequence) {
        Frames current = frames;
        return current.floor(current.sequences, sequence);
    }
}
