package io.blockdb.compaction;

import io.blockdb.manifest.SstableInfo;
import java.util.Arrays;
import java.util.List;

/**
 * Measures, while an output is written in key order, how many bytes of the level below it the output shares keys with.
 *
 * <p>Threading: one thread at a time.
 */
final class GrandparentMeter {
    private final List<SstableInfo> grandparents;
    /** The first grandparent that does not end before the keys of now. */
    private int next;

    private long met;
    private boolean begun;

    /** Measures against these files, disjoint and sorted by key. */
    GrandparentMeter(List<SstableInfo> grandparents) {
        this.grandparents = grandparents;
    }

    /** A new output begins with the key that is given next. */
    void beginFile() {
        begun = false;
        met = 0;
    }

    /**
     * Goes on to {@code key[0, length)}, which is not less than the ones before.
     *
     * @return sum of the sizes of the grandparents that the output has passed, in bytes
     */
    long moveTo(byte[] key, int length) {
        while (next < grandparents.size() && endsBefore(grandparents.get(next), key, length)) {
            if (begun) {
                met += grandparents.get(next).fileSize();
            }
            next++;
        }
        begun = true;
        return met;
    }

    private static boolean endsBefore(SstableInfo file, byte[] key, int length) {
        byte[] largest = file.largestKey();
        return Arrays.compareUnsigned(largest, 0, largest.length, key, 0, length) < 0;
    }
}
