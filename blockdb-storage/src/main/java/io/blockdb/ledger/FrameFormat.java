package io.blockdb.ledger;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Position;
import io.blockdb.base.UnsupportedFormatException;
import io.blockdb.proof.BlockHeader;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The frame of a block: how one block stands in a segment, at a multiple of 8 bytes. Precious, never rewritten but for
 * the values that are erased.
 *
 * <pre>
 * head, 104 bytes
 *    0  4  magic "BDBF"
 *    4  4  CRC32C of bytes 8 to 103
 *    8  8  nonce of the segment
 *   16  8  own offset in the segment
 *   24  8  height
 *   32  8  durable_blocks: how many blocks were known to be synced when this one was written
 *   40 32  consensus position, opaque, zeros = none; not hashed
 *   72  4  CRC32C of the body, as stored
 *   76  2  format version, 1
 *   78  2  flags: bit 0, the small values are LZ4; all others 0
 *   80  4  number of values framed by themselves
 *   84  4  length of the leaf data
 *   88  4  length of the small values, as stored
 *   92  4  length of the small values, raw
 *   96  4  inline_value_limit in force when the frame was written
 *  100  4  length of the area of value frames
 * body
 *  104 112 block header (LEDGER.md)
 *  216  4n  where each value framed by itself begins, from the start of the frame
 *    .   .  leaf data of the entries, in order; each tells its own length (LEDGER.md)
 *    .   .  small values, concatenated in the order of their entries, LZ4 where that pays
 *    .   .  zeros to a multiple of 8
 * value frames
 *    .   .  {@link ValueFrameFormat}, each at a multiple of 8
 * </pre>
 *
 * <p>A value is framed by itself when its entry has a salt (it may be erased one day) or when it is longer than
 * inline_value_limit; a delete and an empty value without a salt have nothing to frame. All others are small values.
 *
 * <p>Checksums: the head's covers the head (its magic is compared), the body's all from the block header to the end of the small values as they
 * are stored, each value frame has its own. Padding is covered by none and must be zero. Nothing is covered by two.
 * Compressed bytes are never hashed: what LEDGER.md hashes is the leaf data and the raw values.
 *
 * <p>Torn writes: a frame is written by one positional write; after a crash any part of it may be missing. Whoever finds a
 * bad frame looks for heads behind it ({@link TailScan}).
 *
 * <p>A later version keeps the length of the head, its magic, checksum, nonce, offset and the place of its version, so that a
 * newer frame is told from a damaged one.
 *
 * <p>History: version 1, BlockDB 0.1.
 */
final class FrameFormat {
    /** Stored on disk, never change. */
    static final int MAGIC = 0x42444246;

    static final int VERSION = 1;
    static final int HEAD_LENGTH = 104;
    static final int FLAG_LZ4 = 1;

    /**
     * The longest frame that a reader accepts. A block has at most 16 MiB or one batch of 10,000 operations with 8 MiB of
     * keys and values, system entries on top; so this leaves room, and bounds what a damaged length can ask for.
     */
    static final int LENGTH_MAX = 64 << 20;

    /** The most that what follows the block header may take in a frame: the rest of it is below 512 bytes. */
    static final int CONTENT_LENGTH_MAX = LENGTH_MAX - 512;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private FrameFormat() {}

    /** What the head of a frame says. */
    record Head(
            long offset,
            long height,
            long durableBlocks,
            Position position,
            int bodyCrc,
            boolean lz4,
            int valueCount,
            int leafLength,
            int smallStoredLength,
            int smallRawLength,
            int inlineValueLimit,
            int valueAreaLength) {

        /** Length of the body without its padding. */
        int bodyLength() {
            return BlockHeader.LENGTH + 4 * valueCount + leafLength + smallStoredLength;
        }

        /** Where the value frames begin, from the start of the frame. */
        int valueAreaStart() {
            return SegmentFormat.padded(HEAD_LENGTH + bodyLength());
        }

        /** Length of the whole frame: a multiple of 8. */
        int frameLength() {
            return valueAreaStart() + valueAreaLength;
        }
    }

    /** Writes the head to {@code target} at {@code at}, its checksum included. */
    static void encodeHead(Head head, long nonce, byte[] target, int at) {
        INT.set(target, at, MAGIC);
        LONG.set(target, at + 8, nonce);
        LONG.set(target, at + 16, head.offset);
        LONG.set(target, at + 24, head.height);
        LONG.set(target, at + 32, head.durableBlocks);
        head.position.copyTo(target, at + 40);
        INT.set(target, at + 72, head.bodyCrc);
        SHORT.set(target, at + 76, (short) VERSION);
        SHORT.set(target, at + 78, (short) (head.lz4 ? FLAG_LZ4 : 0));
        INT.set(target, at + 80, head.valueCount);
        INT.set(target, at + 84, head.leafLength);
        INT.set(target, at + 88, head.smallStoredLength);
        INT.set(target, at + 92, head.smallRawLength);
        INT.set(target, at + 96, head.inlineValueLimit);
        INT.set(target, at + 100, head.valueAreaLength);
        INT.set(target, at + 4, SegmentFormat.crc(target, at + 8, HEAD_LENGTH - 8));
    }

    /**
     * Length of the frame whose whole head stands at {@code at}, or -1 where the head is not what {@link #parseHead} takes: for
     * walking over frames without an object for each.
     */
    static int frameLength(byte[] bytes, int at, long nonce, long offset) {
        if (!isHead(bytes, at, nonce, offset) || ((int) INT.get(bytes, at + 76) & ~FLAG_LZ4) != VERSION << 16) {
            return -1;
        }
        int valueCount = (int) INT.get(bytes, at + 80);
        int leafLength = (int) INT.get(bytes, at + 84);
        int smallStoredLength = (int) INT.get(bytes, at + 88);
        int valueAreaLength = (int) INT.get(bytes, at + 100);
        long content = 4L * valueCount + leafLength + smallStoredLength + valueAreaLength;
        if ((valueCount | leafLength | smallStoredLength | valueAreaLength) < 0 || content > CONTENT_LENGTH_MAX) {
            return -1;
        }
        int body = HEAD_LENGTH + BlockHeader.LENGTH + 4 * valueCount + leafLength + smallStoredLength;
        return SegmentFormat.padded(body) + valueAreaLength;
    }

    /** Whether the 104 bytes at {@code at} are a whole head with this nonce and offset, whatever else they say. */
    static boolean isHead(byte[] bytes, int at, long nonce, long offset) {
        return (int) INT.get(bytes, at) == MAGIC
                && (long) LONG.get(bytes, at + 8) == nonce
                && isHeadOfAnySegment(bytes, at, offset);
    }

    /** As {@link #isHead}, where the nonce is not known. */
    static boolean isHeadOfAnySegment(byte[] bytes, int at, long offset) {
        return (int) INT.get(bytes, at) == MAGIC
                && (long) LONG.get(bytes, at + 16) == offset
                && (int) INT.get(bytes, at + 4) == SegmentFormat.crc(bytes, at + 8, HEAD_LENGTH - 8);
    }

    /**
     * Reads the head at {@code at}, which the segment holds at {@code offset}.
     *
     * @throws CorruptionException if its bytes are damaged or belong elsewhere
     * @throws UnsupportedFormatException if it is whole and of a newer version
     */
    static Head parseHead(String file, byte[] bytes, int at, long nonce, long offset)
            throws CorruptionException, UnsupportedFormatException {
        int magic = (int) INT.get(bytes, at);
        if (magic != MAGIC) {
            throw new CorruptionException(
                    file, offset, HEAD_LENGTH, "expected a block with magic %08x, found %08x".formatted(MAGIC, magic));
        }
        SegmentFormat.check(
                file,
                offset,
                HEAD_LENGTH,
                "block head",
                (int) INT.get(bytes, at + 4),
                SegmentFormat.crc(bytes, at + 8, HEAD_LENGTH - 8));
        if ((long) LONG.get(bytes, at + 8) != nonce) {
            throw new CorruptionException(file, offset, HEAD_LENGTH, "this block belongs to another segment");
        }
        long ownOffset = (long) LONG.get(bytes, at + 16);
        if (ownOffset != offset) {
            throw new CorruptionException(
                    file, offset, HEAD_LENGTH, "this block belongs to offset " + ownOffset + " of the segment");
        }
        int version = (short) SHORT.get(bytes, at + 76) & 0xffff;
        int flags = (short) SHORT.get(bytes, at + 78) & 0xffff;
        if (version != VERSION || (flags & ~FLAG_LZ4) != 0) {
            throw UnsupportedFormatException.version(
                    file + " @" + offset, version != VERSION ? version : VERSION + 1, 1, VERSION);
        }
        Head head = new Head(
                ownOffset,
                (long) LONG.get(bytes, at + 24),
                (long) LONG.get(bytes, at + 32),
                Position.of(bytes, at + 40),
                (int) INT.get(bytes, at + 72),
                (flags & FLAG_LZ4) != 0,
                (int) INT.get(bytes, at + 80),
                (int) INT.get(bytes, at + 84),
                (int) INT.get(bytes, at + 88),
                (int) INT.get(bytes, at + 92),
                (int) INT.get(bytes, at + 96),
                (int) INT.get(bytes, at + 100));
        checkLengths(file, head);
        return head;
    }

    private static void checkLengths(String file, Head head) throws CorruptionException {
        int signs = head.valueCount
                | head.leafLength
                | head.smallStoredLength
                | head.smallRawLength
                | head.inlineValueLimit
                | head.valueAreaLength;
        boolean ok = signs >= 0
                && 4L * head.valueCount + head.leafLength + head.smallStoredLength + head.valueAreaLength
                        <= CONTENT_LENGTH_MAX
                && head.smallRawLength <= LENGTH_MAX
                && head.valueAreaLength % 8 == 0
                && head.height >= 0
                && head.durableBlocks >= 0
                && head.durableBlocks <= head.height;
        if (!ok) {
            throw new CorruptionException(
                    file, head.offset, HEAD_LENGTH, "block head states numbers that cannot be: " + head);
        }
    }
}
