package io.blockdb.manifest;

import io.blockdb.base.ByteReader;
import io.blockdb.base.ByteWriter;
import io.blockdb.base.CorruptionException;
import io.blockdb.base.LedgerId;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.UnsupportedFormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The bytes of {@code index/MANIFEST}: one {@link Version}. Derived from the ledger like the SSTables, so disposable:
 * where it is missing or damaged, the index is built anew.
 *
 * <p>All integers are big-endian. The first 24 bytes keep this form in all versions, so that an older reader can tell
 * "too new" from damage:
 *
 * <pre>
 *    0        4        8       12                20       24
 *   +--------+--------+-------+-----------------+--------+
 *   |      magic      |version|   file number   | CRC32C |  of bytes 0 to 19
 *   +--------+--------+-------+-----------------+--------+
 * </pre>
 *
 * The file number is that of the {@link Version}: it grows with each edit. Then, from byte 24, without a gap:
 *
 * <pre>
 *    24                 32                      40          44                  44 + 16 r  44 + 120 r
 *   +------------------+-----------------------+-----------+-------------------+----------+----------+--------------+--------+
 *   | next file number | erasures done through | r: 0 or 1 | ledger id, if r=1 | reached  | count, 4 | SSTables ... | CRC32C |
 *   +------------------+-----------------------+-----------+-------------------+----------+----------+--------------+--------+
 *
 *   SSTable
 *    0       4             12          20        28                  36                 44
 *   +-------+-------------+-----------+---------+-------------------+------------------+--------------+-------------+
 *   | level | file number | file size | entries | smallest sequence | largest sequence | smallest key | largest key |
 *   +-------+-------------+-----------+---------+-------------------+------------------+--------------+-------------+
 *
 *   key: its length in 4 bytes, at most 64,256, then its bytes
 * </pre>
 *
 * {@code reached}, there if r = 1, is what {@link LedgerPoint#encode} writes; the ledger id tells an index that was put in
 * place of another ledger's. SSTables stand level by level, level 0 newest first, the
 * others by key; a reader puts them into order itself. The last CRC32C covers the file number again (8 bytes, as in the
 * header), and all from byte 24 up to itself: a body under another header is noticed.
 *
 * <p>Torn writes: none are ever read. A manifest is written beside the old one, synced, and then renamed over it.
 *
 * <p>A reader refuses versions that it does not know, and bytes too many. Limits: {@value #MAX_LENGTH} bytes. History:
 * 1, the first.
 */
final class ManifestFormat {
    /** What errors call the file. */
    static final String DISPLAY_NAME = "index/" + Manifest.FILE_NAME;

    /** A longer file is not read. At about 150 bytes an SSTable that is more than any index has. */
    static final int MAX_LENGTH = 1 << 30;

    /** "BDBMAN", carriage return, line feed: a transfer as text breaks it. Stored on disk, never changes. */
    private static final long MAGIC = 0x4244_424d_414e_0d0aL;

    private static final int VERSION = 1;
    private static final int OLDEST_VERSION = 1;

    private static final int HEADER_LENGTH = 24;
    private static final int HEADER_CRC_OFFSET = 20;
    private static final int CRC_LENGTH = 4;
    private static final int MAX_KEY_LENGTH = 64_256;

    private ManifestFormat() {}

    /** The whole file. */
    static ByteWriter encode(Version version) {
        ByteWriter out = new ByteWriter(4096);
        out.i64(MAGIC).i32(VERSION).i64(version.number());
        out.i32(headerChecksum(VERSION, version.number()));
        out.i64(version.nextFileNumber()).i64(version.erasuresDoneThrough());
        LedgerPoint reached = version.reached();
        LedgerId ledgerId = version.ledgerId();
        out.i32(reached == null ? 0 : 1);
        if (ledgerId != null && reached != null) {
            out.bytes(ledgerId.toBytes());
            reached.encode(out);
        }
        List<SstableInfo> files = version.files();
        out.i32(files.size());
        for (SstableInfo file : files) {
            out.i32(file.level()).i64(file.fileNumber()).i64(file.fileSize()).i64(file.entries());
            out.i64(file.smallestSequence()).i64(file.largestSequence());
            out.i32(file.smallestKey().length).bytes(file.smallestKey());
            out.i32(file.largestKey().length).bytes(file.largestKey());
        }
        out.i32(bodyChecksum(version.number(), out.array(), out.size() - HEADER_LENGTH));
        return out;
    }

    /**
     * Reads the whole file.
     *
     * @throws UnsupportedFormatException if it is of another version, or no manifest at all
     * @throws CorruptionException if it is a manifest that is damaged or cut
     */
    static Version decode(byte[] bytes) throws IOException {
        long number = decodeHeader(bytes);
        int end = bytes.length - CRC_LENGTH;
        if (end < HEADER_LENGTH) {
            throw cut(bytes);
        }
        int expected = new ByteReader(DISPLAY_NAME, end, bytes, end, CRC_LENGTH).i32();
        int found = bodyChecksum(number, bytes, end - HEADER_LENGTH);
        if (expected != found) {
            throw new CorruptionException(
                    DISPLAY_NAME,
                    HEADER_LENGTH,
                    bytes.length - HEADER_LENGTH,
                    "checksum mismatch: expected %08x, found %08x (file damaged or cut?)".formatted(expected, found));
        }
        ByteReader in = new ByteReader(DISPLAY_NAME, HEADER_LENGTH, bytes, HEADER_LENGTH, end - HEADER_LENGTH);
        return decodeBody(number, in, bytes.length);
    }

    /** Checks the header and returns the file number. */
    private static long decodeHeader(byte[] bytes) throws IOException {
        ByteReader in = new ByteReader(DISPLAY_NAME, 0, bytes, 0, bytes.length);
        if (bytes.length < HEADER_LENGTH) {
            if (beginsLikeOne(bytes)) {
                throw cut(bytes);
            }
            throw notOurs();
        }
        long magic = in.i64();
        int version = in.i32();
        long number = in.i64();
        int expected = in.i32();
        int found = headerChecksum(version, number);
        if (magic != MAGIC) {
            // With the right magic in its place the checksum would hold only for a manifest of which just that is
            // damaged.
            if (expected != found) {
                throw notOurs();
            }
            throw new CorruptionException(
                    DISPLAY_NAME, 0, 8, "expected magic %016x, found %016x".formatted(MAGIC, magic));
        }
        if (expected != found) {
            throw new CorruptionException(
                    DISPLAY_NAME,
                    0,
                    HEADER_LENGTH,
                    "header checksum mismatch: expected %08x, found %08x".formatted(expected, found));
        }
        if (version < OLDEST_VERSION || version > VERSION) {
            throw UnsupportedFormatException.version(DISPLAY_NAME, version, OLDEST_VERSION, VERSION);
        }
        return number;
    }

    private static boolean beginsLikeOne(byte[] bytes) {
        for (int i = 0; i < Math.min(bytes.length, Long.BYTES); i++) {
            if (bytes[i] != (byte) (MAGIC >>> (56 - 8 * i))) {
                return false;
            }
        }
        return true;
    }

    private static CorruptionException cut(byte[] bytes) {
        return new CorruptionException(
                DISPLAY_NAME, 0, bytes.length, "only " + bytes.length + " bytes are left (file truncated?)");
    }

    private static UnsupportedFormatException notOurs() {
        return new UnsupportedFormatException(DISPLAY_NAME + ": is not a manifest of BlockDB");
    }

    private static Version decodeBody(long number, ByteReader in, int fileLength) throws CorruptionException {
        long nextFileNumber = in.i64();
        long erasuresDoneThrough = in.i64();
        boolean known = decodeFlag(in);
        LedgerId ledgerId = known ? LedgerId.of(in.bytes(LedgerId.LENGTH)) : null;
        LedgerPoint reached = known ? LedgerPoint.decode(in) : null;
        int count = in.length32("number of SSTables");
        List<SstableInfo> files = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                files.add(decodeFile(in));
            }
            in.expectEnd("the list of SSTables");
            return new Version(number, files, ledgerId, reached, nextFileNumber, erasuresDoneThrough);
        } catch (IllegalArgumentException e) {
            // The checksum holds, so this was written so; it is not to be believed all the same.
            throw new CorruptionException(
                    DISPLAY_NAME, HEADER_LENGTH, fileLength - HEADER_LENGTH, "breaks a rule: " + e.getMessage(), e);
        }
    }

    private static boolean decodeFlag(ByteReader in) throws CorruptionException {
        int known = in.i32();
        if (known != 0 && known != 1) {
            throw in.corrupt(4, "expected 0 or 1 for the point reached, found " + known);
        }
        return known == 1;
    }

    private static SstableInfo decodeFile(ByteReader in) throws CorruptionException {
        int level = in.i32();
        long fileNumber = in.i64();
        long fileSize = in.i64();
        long entries = in.i64();
        long smallestSequence = in.i64();
        long largestSequence = in.i64();
        byte[] smallestKey = decodeKey(in);
        byte[] largestKey = decodeKey(in);
        return new SstableInfo(
                fileNumber, level, fileSize, entries, smallestKey, largestKey, smallestSequence, largestSequence);
    }

    private static byte[] decodeKey(ByteReader in) throws CorruptionException {
        int length = in.length32("key length");
        if (length > MAX_KEY_LENGTH) {
            throw in.corrupt(4, "key length " + length + " is over the limit of " + MAX_KEY_LENGTH);
        }
        return in.bytes(length);
    }

    private static int headerChecksum(int version, long number) {
        ByteWriter header = new ByteWriter(HEADER_CRC_OFFSET);
        header.i64(MAGIC).i32(version).i64(number);
        return checksum(header.array(), 0, HEADER_CRC_OFFSET, new CRC32C());
    }

    private static int bodyChecksum(long number, byte[] bytes, int bodyLength) {
        ByteWriter prefix = new ByteWriter(Long.BYTES);
        prefix.i64(number);
        CRC32C crc = new CRC32C();
        crc.update(prefix.array(), 0, Long.BYTES);
        return checksum(bytes, HEADER_LENGTH, bodyLength, crc);
    }

    private static int checksum(byte[] bytes, int offset, int length, CRC32C begun) {
        begun.update(bytes, offset, length);
        return (int) begun.getValue();
    }
}
