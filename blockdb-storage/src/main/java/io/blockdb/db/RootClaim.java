package io.blockdb.db;

import io.blockdb.base.Hash;

/**
 * What somebody remembers of the ledger: the root of its tree at a size, most often because it was signed.
 *
 * @param source who says so, as reports name it: a file, such as {@code keys/ANCHOR}
 * @param treeSize number of blocks
 * @param root root of the ledger tree of so many blocks
 */
public record RootClaim(String source, long treeSize, Hash root) {
    /** @throws IllegalArgumentException if the size is negative */
    public RootClaim {
        if (treeSize < 0) {
            throw new IllegalArgumentException(source + ": there is no tree of " + treeSize + " blocks");
        }
    }
}
