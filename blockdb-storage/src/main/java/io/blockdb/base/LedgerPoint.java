package io.blockdb.base;

import org.jspecify.annotations.Nullable;

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
    /** Bytes that {@link #encode} writes. */
    public static final int ENCODED_LENGTH = 8 + 8 + Hash.LENGTH + 8 + Position.LENGTH + 8 + 8;

    /**
     * Written out: what the compiler makes for a record is linked at its first call, which takes a tenth of the time of
     * a command, and every open compares points.
     */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LedgerPoint point
                && point.blocks == blocks
                && point.entries == entries
                && point.lastHash.equals(lastHash)
                && point.timestamp == timestamp
                && point.position.equals(position)
                && point.place.equals(place);
    }

    @Override
    public int hashCode() {
        return lastHash.hashCode() * 31 + place.hashCode();
    }

    /** Whether no block stands before this point. */
    public boolean isGenesis() {
        return blocks == 0;
    }

    /** The same point of the chain at another place: at the end of a segment and at the begin of the next. */
    public LedgerPoint movedTo(BlockPlace newPlace) {
        return new LedgerPoint(blocks, entries, lastHash, timestamp, position, newPlace);
    }

    /**
     * Writes the point: blocks, entries (8 bytes each), last hash (32), timestamp (8), position (32), segment and offset
     * of the next frame (8 each).
     */
    public void encode(ByteWriter out) {
        out.i64(blocks).i64(entries).bytes(lastHash.toBytes()).i64(timestamp).bytes(position.toBytes());
        out.i64(place.segment()).i64(place.offset());
    }

    /** Reads what {@link #encode} wrote. */
    public static LedgerPoint decode(ByteReader in) throws CorruptionException {
        return new LedgerPoint(
                in.i64(),
                in.i64(),
                Hash.of(in.bytes(Hash.LENGTH)),
                in.i64(),
                Position.of(in.bytes(Position.LENGTH)),
                new BlockPlace(in.i64(), in.i64()));
    }
}
