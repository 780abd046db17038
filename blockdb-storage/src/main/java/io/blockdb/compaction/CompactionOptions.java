package io.blockdb.compaction;

/**
 * What decides when and how levels are compacted. Sizes are bytes.
 *
 * @param level0Threshold how many SSTables of level 0 start a compaction, at least 1
 * @param sstableSize about how large an SSTable gets, at least 1
 */
public record CompactionOptions(int level0Threshold, long sstableSize) {
    /** Level 1 holds that many full SSTables. */
    private static final int LEVEL_1_SSTABLES = 4;

    /** Each level below holds that many times more. */
    private static final int LEVEL_GROWTH = 10;

    /** So many full SSTables are read at most in one compaction, where less is possible: seconds, not minutes. */
    private static final int INPUT_SSTABLES_MAX = 25;

    /** So many full SSTables of the level below may an SSTable meet when it is compacted in its turn. */
    private static final int GRANDPARENT_SSTABLES_MAX = 10;

    /** An SSTable under that part of the full size is small: it is merged where a larger one would just be moved. */
    private static final int SMALL_PART = 8;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if one does not hold
     */
    public CompactionOptions {
        if (level0Threshold < 1 || sstableSize < 1) {
            throw new IllegalArgumentException("a compaction starts at " + level0Threshold
                    + " files of level 0 and makes files of " + sstableSize + " bytes: both must be at least 1");
        }
    }

    /** How many bytes a level from 1 on should hold at most. */
    long levelBytesMax(int level) {
        long bytes = saturated(sstableSize, LEVEL_1_SSTABLES);
        for (int i = 1; i < level; i++) {
            bytes = saturated(bytes, LEVEL_GROWTH);
        }
        return bytes;
    }

    long inputBytesMax() {
        return saturated(sstableSize, INPUT_SSTABLES_MAX);
    }

    long grandparentBytesMax() {
        return saturated(sstableSize, GRANDPARENT_SSTABLES_MAX);
    }

    boolean isSmall(long fileSize) {
        return fileSize < sstableSize / SMALL_PART;
    }

    private static long saturated(long bytes, int factor) {
        return bytes > Long.MAX_VALUE / factor ? Long.MAX_VALUE : bytes * factor;
    }
}
