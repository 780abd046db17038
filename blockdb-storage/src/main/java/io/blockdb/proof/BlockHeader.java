package io.blockdb.proof;

import io.blockdb.base.Hash;
import io.blockdb.base.LedgerId;
import org.jspecify.annotations.Nullable;

/**
 * The header of a block: what chains it to the block before, and commits to its entries (LEDGER.md, section Block). The
 * only home of its layout, 112 bytes, big-endian:
 *
 * <pre>
 *   0          4             8        16               24          32          48               80             112
 *   +----------+-------------+--------+----------------+-----------+-----------+----------------+--------------+
 *   | BDB 0x01 | entry_count | height | first_sequence | timestamp | ledger_id | previous_hash  | entries_root |
 *   +----------+-------------+--------+----------------+-----------+-----------+----------------+--------------+
 * </pre>
 *
 * <p>A header obeys every rule that can be told from it alone. That it follows the one before (height, sequence, time,
 * hash, ledger) is for whoever holds both.
 *
 * @param entryCount number of entries, 1 to 2^32 - 1
 * @param height number of the block, 0 for the first
 * @param firstSequence number of entries in all earlier blocks: 0 at height 0, else at least the height;
 *     with {@code entryCount} at most 2^53
 * @param timestamp microseconds since the Unix epoch
 * @param ledgerId the ledger that the block belongs to
 * @param previousHash hash of the block before, 32 zero bytes at height 0
 * @param entriesRoot root of the Merkle tree of the entries' leaf data, in order
 */
public record BlockHeader(
        long entryCount,
        long height,
        long firstSequence,
        long timestamp,
        LedgerId ledgerId,
        Hash previousHash,
        Hash entriesRoot) {
    /** Length in bytes. */
    public static final int LENGTH = 112;

    /** Where the hash of the block before begins. */
    public static final int PREVIOUS_HASH_OFFSET = 48;

    /** The layout's version, the last byte of the magic. */
    public static final int VERSION = 1;

    /** "BDB", the first three bytes. */
    private static final int MAGIC = 0x424442;

    private static final long ENTRY_COUNT_MAX = 0xffff_ffffL;

    /** @throws IllegalArgumentException if the numbers break a rule of the header's table */
    public BlockHeader {
        String problem = problem(entryCount, height, firstSequence, timestamp, previousHash);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
    }

    /**
     * Parses a header.
     *
     * @throws MalformedException if a rule is broken, or {@code length} is not 112
     */
    public static BlockHeader parse(byte[] array, int offset, int length) throws MalformedException {
        if (length != LENGTH) {
            throw new MalformedException("block header has " + length + " bytes, not " + LENGTH);
        }
        long magic = BigEndian.u32(array, offset);
        if (magic >>> 8 != MAGIC) {
            throw new MalformedException("block header begins with %08x, not 42444201".formatted(magic));
        }
        int version = (int) magic & 0xff;
        if (version > VERSION) {
            throw MalformedException.tooNew("block header version", version, VERSION);
        }
        if (version != VERSION) {
            throw new MalformedException("block header version is " + version + ", not " + VERSION);
        }
        long entryCount = BigEndian.u32(array, offset + 4);
        long height = BigEndian.i64(array, offset + 8);
        long firstSequence = BigEndian.i64(array, offset + 16);
        long timestamp = BigEndian.i64(array, offset + 24);
        Hash previousHash = Hash.of(array, offset + 48, Hash.LENGTH);
        String problem = problem(entryCount, height, firstSequence, timestamp, previousHash);
        if (problem != null) {
            throw new MalformedException(problem);
        }
        return new BlockHeader(
                entryCount,
                height,
                firstSequence,
                timestamp,
                LedgerId.of(array, offset + 32),
                previousHash,
                Hash.of(array, offset + 80, Hash.LENGTH));
    }

    /**
     * The number of entries that a header states, looked at without an object for each: for walking over many.
     *
     * @return -1 unless the 112 bytes have the magic, these numbers, and at least one entry; {@link #parse} then tells why
     */
    public static long entryCount(byte[] array, int offset, long height, long firstSequence) {
        long entryCount = BigEndian.u32(array, offset + 4);
        boolean follows = BigEndian.u32(array, offset) == (MAGIC << 8 | VERSION)
                && BigEndian.i64(array, offset + 8) == height
                && BigEndian.i64(array, offset + 16) == firstSequence;
        return follows && entryCount > 0 ? entryCount : -1;
    }

    private static @Nullable String problem(
            long entryCount, long height, long firstSequence, long timestamp, Hash previousHash) {
        if (entryCount < 1 || entryCount > ENTRY_COUNT_MAX) {
            return "entry_count is " + entryCount + ", not 1 to 2^32 - 1";
        }
        if (outOfRange(height) || outOfRange(firstSequence) || outOfRange(timestamp)) {
            return "height %s, first_sequence %s or timestamp %s is over 2^53 - 1"
                    .formatted(
                            Long.toUnsignedString(height),
                            Long.toUnsignedString(firstSequence),
                            Long.toUnsignedString(timestamp));
        }
        if (firstSequence + entryCount > EntryLeaf.NUMBER_MAX + 1) {
            return "first_sequence " + firstSequence + " and entry_count " + entryCount + " are together over 2^53";
        }
        if (height == 0 && firstSequence != 0) {
            return "first_sequence of block 0 is " + firstSequence + ", not 0";
        }
        if (height == 0 && !previousHash.equals(Hash.ZERO)) {
            return "previous_hash of block 0 is " + previousHash + ", not zero";
        }
        if (firstSequence < height) {
            return "first_sequence " + firstSequence + " is below height " + height + ": every block has an entry";
        }
        return null;
    }

    private static boolean outOfRange(long number) {
        return number < 0 || number > EntryLeaf.NUMBER_MAX;
    }

    /** The header's 112 bytes. */
    public byte[] encode() {
        byte[] header = new byte[LENGTH];
        encode(header, 0);
        return header;
    }

    /** Writes the header's 112 bytes to {@code target} at {@code offset}. */
    public void encode(byte[] target, int offset) {
        BigEndian.put32(target, offset, (long) MAGIC << 8 | VERSION);
        BigEndian.put32(target, offset + 4, entryCount);
        BigEndian.put64(target, offset + 8, height);
        BigEndian.put64(target, offset + 16, firstSequence);
        BigEndian.put64(target, offset + 24, timestamp);
        ledgerId.copyTo(target, offset + 32);
        previousHash.copyTo(target, offset + 48);
        entriesRoot.copyTo(target, offset + 80);
    }

    /** The block's hash: that of a leaf of the ledger tree whose data is this header. */
    public Hash hash() {
        return MerkleTree.leafHash(encode());
    }
}
