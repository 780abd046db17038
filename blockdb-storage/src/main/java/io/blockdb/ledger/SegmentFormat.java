package io.blockdb.ledger;

import io.blockdb.base.ByteWriter;
import io.blockdb.base.CorruptionException;
import io.blockdb.base.Hash;
import io.blockdb.base.LedgerId;
import io.blockdb.base.UnsupportedFormatException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * A segment: one file of the ledger, {@code ledger/0000000001.seg} and on, numbered without gaps from 1. Precious.
 *
 * <p>A segment is a header, then frames ({@link FrameFormat}), each at a multiple of 8 bytes directly behind the one
 * before, and, once the next segment has begun, a seal. The last segment may be filled with zeros ahead of use: zeros to
 * the end of the file are the end of the ledger. All numbers are big-endian.
 *
 * <pre>
 * header, 96 bytes                                      seal, 88 bytes
 *   0  8  magic "BLOCKDBL"                                0  4  magic "BDBS"
 *   8  4  CRC32C of bytes 12 to 95                        4  4  CRC32C of bytes 8 to 87
 *  12  4  format version, 1                               8  8  nonce of the segment
 *  16  8  file number                                    16  8  own offset in the segment
 *  24  8  nonce                                          24  8  blocks in this segment
 *  32  8  height of the first block                      32  8  entries in this segment
 *  40  8  sequence of its first entry                    40  8  height of the first block
 *  48 32  hash of the block before, zeros at height 0    48  8  height of the last block
 *  80 16  ledger id                                      56 32  hash of the last block
 * </pre>
 *
 * <p>The nonce is random, drawn when the segment is created, and no interface shows it: so no client can store a value
 * whose bytes pass for a frame of this segment.
 *
 * <p>Checksums: the header's covers all of it but the magic and itself, the seal's likewise; both magics are compared. A
 * later version keeps the header's length and the places of its first three fields, so that it is told from damage.
 *
 * <p>Torn writes: header and directory entry are synced before the first frame is written; a segment without a whole
 * header therefore holds no frame. A segment is sealed, cut to its length and synced before the next one is created: so
 * only the last segment can end in a torn write, and a segment that has a successor, be it an empty file, ends with its
 * seal.
 *
 * <p>History: version 1, BlockDB 0.1.
 */
final class SegmentFormat {
    /** Stored on disk, never change. */
    static final long MAGIC = 0x424c4f434b44424cL;

    /** Stored on disk, never change. */
    static final int SEAL_MAGIC = 0x42444253;

    static final int VERSION = 1;
    static final int HEADER_LENGTH = 96;
    static final int SEAL_LENGTH = 88;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private SegmentFormat() {}

    /** What a segment's header says. */
    record Header(
            long fileNumber, long nonce, long firstHeight, long firstSequence, Hash previousHash, LedgerId ledgerId) {}

    /** What a seal says. */
    record Seal(long blocks, long entries, long firstHeight, long lastHeight, Hash lastHash) {}

    static String fileName(long fileNumber) {
        String digits = Long.toString(fileNumber);
        return "0".repeat(Math.max(0, 10 - digits.length())) + digits + ".seg";
    }

    /** The number in a segment's file name, or -1 where the name is not one. */
    static long fileNumber(String name) {
        if (!name.matches("[0-9]{10}\\.seg")) {
            return -1;
        }
        return Long.parseLong(name.substring(0, 10));
    }

    static byte[] encode(Header header) {
        ByteWriter out = new ByteWriter(HEADER_LENGTH);
        out.i64(MAGIC).i32(0).i32(VERSION).i64(header.fileNumber).i64(header.nonce);
        out.i64(header.firstHeight).i64(header.firstSequence).bytes(header.previousHash.toBytes());
        out.bytes(header.ledgerId.toBytes());
        out.setI32(8, crc(out.array(), 12, HEADER_LENGTH - 12));
        return out.toBytes();
    }

    /**
     * Reads a header.
     *
     * @param file names the file in errors
     * @param available how many bytes of {@code bytes} the file has
     * @throws UnsupportedFormatException if it is whole and of a version that this one does not read
     * @throws CorruptionException if it is damaged, or no header of a segment at all
     */
    static Header parseHeader(String file, byte[] bytes, int available, long fileNumber)
            throws CorruptionException, UnsupportedFormatException {
        if (available < HEADER_LENGTH) {
            throw new CorruptionException(
                    file,
                    0,
                    available,
                    "segment header has " + HEADER_LENGTH + " bytes, only " + available + " are there");
        }
        long magic = getLong(bytes, 0);
        if (magic != MAGIC) {
            throw new CorruptionException(
                    file,
                    0,
                    HEADER_LENGTH,
                    "not a segment of a BlockDB ledger: expected magic %016x, found %016x".formatted(MAGIC, magic));
        }
        check(file, 0, HEADER_LENGTH, "segment header", getInt(bytes, 8), crc(bytes, 12, HEADER_LENGTH - 12));
        int version = getInt(bytes, 12);
        if (version != VERSION) {
            throw UnsupportedFormatException.version(file, version, 1, VERSION);
        }
        Header header = new Header(
                getLong(bytes, 16),
                getLong(bytes, 24),
                getLong(bytes, 32),
                getLong(bytes, 40),
                Hash.of(bytes, 48, Hash.LENGTH),
                LedgerId.of(bytes, 80));
        if (header.fileNumber != fileNumber) {
            throw new CorruptionException(
                    file, 16, 8, "segment " + header.fileNumber + " stands under the name of segment " + fileNumber);
        }
        return header;
    }

    static byte[] encode(Seal seal, long nonce, long offset) {
        ByteWriter out = new ByteWriter(SEAL_LENGTH);
        out.i32(SEAL_MAGIC).i32(0).i64(nonce).i64(offset);
        out.i64(seal.blocks).i64(seal.entries).i64(seal.firstHeight).i64(seal.lastHeight);
        out.bytes(seal.lastHash.toBytes());
        out.setI32(4, crc(out.array(), 8, SEAL_LENGTH - 8));
        return out.toBytes();
    }

    /** Reads a seal of {@link #SEAL_LENGTH} bytes at {@code at}, which the file holds at {@code offset}. */
    static Seal parseSeal(String file, byte[] bytes, int at, long nonce, long offset) throws CorruptionException {
        if (getInt(bytes, at) != SEAL_MAGIC) {
            throw new CorruptionException(
                    file,
                    offset,
                    SEAL_LENGTH,
                    "expected a seal with magic %08x, found %08x".formatted(SEAL_MAGIC, getInt(bytes, at)));
        }
        check(file, offset, SEAL_LENGTH, "seal", getInt(bytes, at + 4), crc(bytes, at + 8, SEAL_LENGTH - 8));
        if (getLong(bytes, at + 8) != nonce || getLong(bytes, at + 16) != offset) {
            throw new CorruptionException(file, offset, SEAL_LENGTH, "this seal belongs elsewhere");
        }
        return new Seal(
                getLong(bytes, at + 24),
                getLong(bytes, at + 32),
                getLong(bytes, at + 40),
                getLong(bytes, at + 48),
                Hash.of(bytes, at + 56, Hash.LENGTH));
    }

    /** Whether the 88 bytes at {@code at} are a whole seal with this nonce and offset. */
    static boolean isSeal(byte[] bytes, int at, long nonce, long offset) {
        return getInt(bytes, at) == SEAL_MAGIC
                && getLong(bytes, at + 8) == nonce
                && getLong(bytes, at + 16) == offset
                && getInt(bytes, at + 4) == crc(bytes, at + 8, SEAL_LENGTH - 8);
    }

    static void check(String file, long offset, long length, String what, int expected, int found)
            throws CorruptionException {
        if (expected != found) {
            throw new CorruptionException(
                    file,
                    offset,
                    length,
                    what + " checksum mismatch: expected %08x, found %08x".formatted(expected, found));
        }
    }

    static int crc(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }

    static int getInt(byte[] bytes, int at) {
        return (int) INT.get(bytes, at);
    }

    static long getLong(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at);
    }

    /** The next multiple of 8. */
    static int padded(int length) {
        return (length + 7) & ~7;
    }
}
