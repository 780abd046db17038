package io.blockdb.db;

import java.util.List;

/**
 * What verifying found.
 *
 * @param blocks blocks that check out
 * @param entries their entries
 * @param bytes bytes of the ledger that were read
 * @param micros how long it took, in microseconds
 * @param failures what does not check out, the first place first; empty when all is well
 */
public record VerifyReport(long blocks, long entries, long bytes, long micros, List<Failure> failures) {
    /**
     * A place that does not check out.
     *
     * @param file the file, relative to the data directory
     * @param offset where the damaged structure begins in it, in bytes
     * @param height height of the first block that is not known to be good
     * @param reason what was expected and what was found
     */
    public record Failure(String file, long offset, long height, String reason) {
        @Override
        public String toString() {
            return file + " @" + offset + " (height " + height + "): " + reason;
        }
    }

    /** Whether all checks out. */
    public boolean valid() {
        return failures.isEmpty();
    }
}
