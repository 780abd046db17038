package io.blockdb.compaction;

import io.blockdb.manifest.SstableInfo;
import java.util.Arrays;
import java.util.List;

/**
 * The keys from one to another, both included: the smallest range that spans some files.
 *
 * @param from the smallest index key; not to be written
 * @param to the largest index key; not to be written
 */
record KeyRange(byte[] from, byte[] to) {
    static KeyRange of(SstableInfo file) {
        return new KeyRange(file.smallestKey(), file.largestKey());
    }

    /** Spans at least one file. */
    static KeyRange of(List<SstableInfo> files) {
        KeyRange range = of(files.get(0));
        for (SstableInfo file : files) {
            range = range.with(file);
        }
        return range;
    }

    /** This range, and the file's. */
    KeyRange with(SstableInfo file) {
        return new KeyRange(
                Arrays.compareUnsigned(file.smallestKey(), from) < 0 ? file.smallestKey() : from,
                Arrays.compareUnsigned(file.largestKey(), to) > 0 ? file.largestKey() : to);
    }

    boolean overlaps(SstableInfo file) {
        return file.overlaps(from, to);
    }
}
