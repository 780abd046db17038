package io.blockdb.sstable;

/**
 * How an SSTable is written. Readers need none of it: files written with different options stand side by side.
 *
 * @param pageSize how many raw bytes a page aims at: 64 to 1 MiB. A page holds at least one entry, so it can be larger
 * @param restartInterval every how many entries a page holds a whole key: 1 to 1,024. More saves bytes, fewer save
 *     steps
 * @param filterBitsPerKey bits of the filter for each distinct key: 4 to 32. With 12 about 0.5 % of absent keys get
 *     through
 * @param compress whether pages are LZ4 blocks where that saves an eighth
 */
public record SstableOptions(int pageSize, int restartInterval, int filterBitsPerKey, boolean compress) {
    /** Pages of 4 KiB, a restart every 16 entries, 12 filter bits a key, compressed. */
    public static final SstableOptions DEFAULT = new SstableOptions(4096, 16, 12, true);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if one does not hold
     */
    public SstableOptions {
        requireRange("page size", pageSize, 64, 1 << 20);
        requireRange("restart interval", restartInterval, 1, 1024);
        requireRange("filter bits per key", filterBitsPerKey, 4, 32);
    }

    private static void requireRange(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " must be " + least + " to " + most + ", is " + value);
        }
    }
}
