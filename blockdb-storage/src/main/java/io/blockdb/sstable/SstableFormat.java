package io.blockdb.sstable;

import io.blockdb.base.TableName;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.zip.CRC32C;

/**
 * The bytes of an SSTable: one immutable file that maps (index key, sequence) to an opaque index value, sorted by key
 * in unsigned bytes, and for equal keys by sequence descending. Derived from the ledger, so disposable: rebuilt when
 * damaged.
 *
 * <p>All integers are big-endian; {@code varint} is unsigned LEB128. The file is, without a gap,
 *
 * <pre>
 *   header                        24 bytes
 *   frames of data and index pages, every index page right behind the last page that it points to
 *   frames of filter chunks       all of the same length, but the last
 *   frame of properties
 *   footer                        40 bytes
 * </pre>
 *
 * <p>Header. The first 24 bytes keep this form in all versions, so that an older reader can tell "too new" from damage.
 *
 * <pre>
 *    0        4        8       12                20       24
 *   +--------+--------+-------+-----------------+--------+
 *   |      magic      |version|   file number   | CRC32C |  of bytes 0 to 19
 *   +--------+--------+-------+-----------------+--------+
 * </pre>
 *
 * <p>Frame: a head of 14 bytes, then the stored bytes.
 *
 * <pre>
 *    0    1             2            6               10       14
 *   +----+-------------+------------+---------------+--------+----------------
 *   |kind| compression | raw length | stored length | CRC32C | stored bytes ...
 *   +----+-------------+------------+---------------+--------+----------------
 * </pre>
 *
 * <p>The checksum of a frame covers the file number (8 bytes) and the frame's own offset (8 bytes), neither of which
 * stands in it, then bytes 0 to 9, then the stored bytes: a good page of another file, or at another place, is noticed.
 * Each byte of the file is covered by exactly one checksum, or is the checksum or the magic itself. Not covered is that
 * a frame is the one its parent meant among those of the same place: a file is written once.
 *
 * <p>Data page (kind 1) and index page (kind 2), raw:
 *
 * <pre>
 *   page  := entry+ restart* count        restart: 4 bytes, offset in the page of an entry with shared = 0
 *   count := number of restarts, 4 bytes, at least 1; restart[0] = 0
 *   entry := shared unshared value_length sequence key[unshared] value[value_length]      the first four are varints
 * </pre>
 *
 * {@code shared} is how many bytes the key has in common with the key before it, exactly, except at a restart, where it
 * is 0. An index page's entry stands for one page below: its (key, sequence) is a separator, at or after the last entry
 * of that page and before the first of the next; its value is {@code varint offset, varint length} of that page's
 * frame. A separator between different keys is cut to the shortest that separates, with sequence 0, also the very last
 * one, which has no key behind it. The root is the page that nothing points to, an index page, or the only data page.
 *
 * <p>Filter chunk (kind 3): up to 64 blocks of 64 bytes of a blocked Bloom filter over the distinct index keys, without
 * sequence. With h = XXH64(key, seed 0) and n blocks in all, the block is ((h &gt;&gt;&gt; 32) * n) &gt;&gt;&gt; 32;
 * with m = fmix64(h) of MurmurHash3, the seven bits of a key are (m &gt;&gt;&gt; 9 i) &amp; 511 for i = 0 to 6; bit b
 * of a block is bit b &amp; 7 (1 = lowest) of its byte b / 8. Seven slices of one mix are independent; double hashing
 * within 512 bits has only 2^17 patterns.
 *
 * <p>Properties (kind 4): see {@link SstableMetadata}. Pages may be LZ4 blocks (compression 1) where that saves an
 * eighth; filter chunks and properties are stored as they are (compression 0).
 *
 * <p>Footer, found from the end of the file:
 *
 * <pre>
 *    0                 8                16            24      28       32               40
 *   +-----------------+----------------+-------------+-------+--------+----------------+
 *   |properties offset|properties frame| file number |version| CRC32C |   end magic    |  CRC32C of bytes 0 to 27
 *   |                 |     length     |             |       |        |                |
 *   +-----------------+----------------+-------------+-------+--------+----------------+
 * </pre>
 *
 * <p>Limits: key 64,256 bytes, value 16 MiB, sequence below 2^53, file number at least 1, {@value #MAX_HEIGHT} index
 * levels.
 *
 * <p>Torn writes: a file counts only when the manifest names it, which happens after it was synced whole. A file
 * without an end is damaged, never repaired.
 *
 * <p>A reader refuses unknown kinds and compressions, and versions that it does not know. History: 1, the first.
 */
public final class SstableFormat {
    /** "BDBSST", carriage return, line feed: a transfer as text breaks it. */
    static final long MAGIC = 0x4244_4253_5354_0d0aL;
    /** "TSSBDB", line feed, carriage return: no magic of the beginning. */
    static final long END_MAGIC = 0x5453_5342_4442_0a0dL;

    static final int VERSION = 1;
    static final int OLDEST_VERSION = 1;

    static final int HEADER_LENGTH = 24;
    static final int FOOTER_LENGTH = 40;
    static final int FRAME_HEAD_LENGTH = 14;
    /** Bytes of a frame's head that come before its checksum, which covers them. */
    static final int FRAME_CHECKED_HEAD_LENGTH = 10;

    /** Kinds of frames: stored on disk, never renumbered. */
    static final int KIND_DATA = 1;

    static final int KIND_INDEX = 2;
    static final int KIND_FILTER = 3;
    static final int KIND_PROPERTIES = 4;

    /** Compressions: stored on disk, never renumbered. */
    static final int COMPRESSION_NONE = 0;

    static final int COMPRESSION_LZ4 = 1;

    static final int FILTER_BLOCK_LENGTH = 64;
    static final int FILTER_BLOCKS_PER_CHUNK = 64;
    static final int FILTER_CHUNK_LENGTH = FILTER_BLOCK_LENGTH * FILTER_BLOCKS_PER_CHUNK;

    /** The longest index key in bytes: table name, zero byte, key. */
    public static final int MAX_KEY_LENGTH = TableName.MAX_LENGTH + 1 + 64_000;
    /** The longest index value in bytes; the engine's own limit is lower. */
    public static final int MAX_VALUE_LENGTH = 16 << 20;
    /** The highest sequence; the entry count of a ledger stays at or below 2^53. */
    public static final long MAX_SEQUENCE = (1L << 53) - 1;
    /** The longest raw page: one entry may be all of a page, and a page of small ones is far shorter. */
    static final int MAX_RAW_LENGTH = 2 * MAX_VALUE_LENGTH;

    static final int MAX_HEIGHT = 32;

    private static final String SUFFIX = ".sst";

    private SstableFormat() {}

    /** Where the SSTable of that number is: {@code index/000012.sst} in the data directory. */
    public static Path path(Path dataDirectory, long fileNumber) {
        return dataDirectory.resolve("index").resolve(fileName(fileNumber));
    }

    /** The name of the SSTable of that number, which is also what errors call it. */
    public static String fileName(long fileNumber) {
        String digits = Long.toString(fileNumber);
        return "0".repeat(Math.max(0, 6 - digits.length())) + digits + SUFFIX;
    }

    /** The number of the SSTable that has this file name, or empty where it is not the name of one. */
    public static OptionalLong fileNumber(String fileName) {
        if (!fileName.matches("[0-9]{6,18}\\.sst")) {
            return OptionalLong.empty();
        }
        long number = Long.parseLong(fileName.substring(0, fileName.length() - SUFFIX.length()));
        // Only the one name that path() gives: 0000012.sst is somebody else's.
        return fileName.equals(fileName(number)) ? OptionalLong.of(number) : OptionalLong.empty();
    }

    /** The name by which errors call a file. */
    static String displayName(Path file) {
        Path name = file.getFileName();
        return (name == null ? file : name).toString();
    }

    /** The checksum of a frame: {@code head} and {@code body} hold its head and its stored bytes. */
    static int frameChecksum(
            long fileNumber, long frameOffset, byte[] head, int headAt, byte[] body, int bodyAt, int length) {
        byte[] place = new byte[16];
        for (int i = 0; i < 8; i++) {
            place[i] = (byte) (fileNumber >>> (56 - 8 * i));
            place[8 + i] = (byte) (frameOffset >>> (56 - 8 * i));
        }
        CRC32C crc = new CRC32C();
        crc.update(place, 0, place.length);
        crc.update(head, headAt, FRAME_CHECKED_HEAD_LENGTH);
        crc.update(body, bodyAt, length);
        return (int) crc.getValue();
    }

    /** CRC32C of a piece of an array. */
    static int checksum(byte[] array, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(array, offset, length);
        return (int) crc.getValue();
    }
}
