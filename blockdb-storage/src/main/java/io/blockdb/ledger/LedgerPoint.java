package io.blockdb.ledger;

import io.blockdb.base.Hash;

/**
 * A point of the ledger between two blocks: all that must be known to go on from there, be it reading or appending.
 *
 * @param blocks number of blocks before the point, so the height of the next one
 * @param entries number of entries before the point, so the first sequence of the next block
 * @param lastHash hash of the block before, zeros where there is none
 * @param timestamp timestamp of the block before in microseconds, 0 where there is none
 * @param position consensus position of the block before, none where there is none
 * @param place where the next frame begins
 */
public record LedgerPoint(
        long blocks, long entries, Hash lastHash, long timestamp, Position position, BlockPlace place) {
    /** The point before block 0. */
    public static final LedgerPoint GENESIS = new LedgerPoint(
            0, 0, Hash.ZERO, 0, Position.NONE, new BlockPlace(1, SegmentFormat.HEADER_LENGTH));

    /** Whether no block stands before this point. */
    public boolean isGenesis() {
        return blocks == 0;
    }

    LedgerPoint at(BlockPlace newPlace) {
        return new LedgerPoint(blocks, entries, lastHash, timestamp, position, newPlace);
    }
}
