package io.blockdb.db;

/**
 * What to verify.
 *
 * @param fromHeight the first block that is checked; those before it are taken on trust
 * @param quick whether to check headers, chain and checksums only, and not the digests, hashes and roots of the entries
 */
public record VerifyScope(long fromHeight, boolean quick) {
    /** Everything. */
    public static final VerifyScope ALL = new VerifyScope(0, false);

    /** @throws IllegalArgumentException if the height is negative */
    public VerifyScope {
        if (fromHeight < 0) {
            throw new IllegalArgumentException("there is no block " + fromHeight);
        }
    }
}
