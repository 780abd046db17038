package io.blockdb.db;

import java.util.List;

/**
 * What a repair has done, and what it could not.
 *
 * @param repaired whether nothing is left to be done, as far as the repair knows; only verifying tells
 * @param quarantine where the damaged files are kept, relative to the data directory; empty: nothing was put there
 * @param steps what was done, in order
 * @param losses blocks of the ledger that stay lost
 * @param notRepaired what is left, a sentence each
 */
public record RepairReport(
        boolean repaired, String quarantine, List<Step> steps, List<Loss> losses, List<String> notRepaired) {
    /**
     * Something that was done.
     *
     * @param file the file, relative to the data directory
     * @param what what was done to it
     */
    public record Step(String file, String what) {}

    /**
     * Blocks that are lost.
     *
     * @param file the segment that they stood in, relative to the data directory
     * @param fromHeight the first of them
     * @param toHeight height of the first good block behind them; -1: not known, up to the end; as {@code fromHeight}: none is lost,
     *     but the two blocks do not follow each other
     * @param fromSequence the first of their entries
     * @param toSequence the first good entry behind them; -1: not known
     * @param keys those of their keys that the index still knows, up to {@value #KEYS_MAX}
     */
    public record Loss(
            String file, long fromHeight, long toHeight, long fromSequence, long toSequence, List<LostKey> keys) {
        /** So many keys are named at most. */
        public static final int KEYS_MAX = 10_000;
    }

    /** A key of an entry that is lost; the bytes are the caller's own. */
    public record LostKey(String table, byte[] key, long sequence) {}
}
