package io.blockdb.db;

import io.blockdb.base.Hash;
import io.blockdb.proof.BlockHeader;

/**
 * What there is to know of a block without its entries.
 *
 * @param height its number
 * @param hash its hash
 * @param previousHash hash of the block before, zeros for block 0
 * @param firstSequence sequence of its first entry
 * @param entryCount number of its entries
 * @param timestamp its time, in microseconds since the Unix epoch
 */
public record BlockInfo(
        long height, Hash hash, Hash previousHash, long firstSequence, long entryCount, long timestamp) {
    static BlockInfo of(BlockHeader header) {
        return new BlockInfo(
                header.height(),
                header.hash(),
                header.previousHash(),
                header.firstSequence(),
                header.entryCount(),
                header.timestamp());
    }
}
