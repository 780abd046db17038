package io.blockdb.ledger;

import io.blockdb.base.ByteReader;
import io.blockdb.base.ByteWriter;
import io.blockdb.base.CorruptionException;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.UnsupportedFormatException;
import io.blockdb.io.FileSystem;
import io.blockdb.io.ReadableFile;
import io.blockdb.io.WritableFile;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The record of a clean close, {@code ledger/HEAD}: how far the ledger went when it was last closed in good order. All
 * that it tells of was synced before, so it is evidence: a ledger that ends earlier is damaged, not torn. It is replaced as
 * a whole (written beside, synced, renamed) at each clean close and holds for ever after, since nothing is ever taken away.
 *
 * <pre>
 *   0  8  magic "BLOCKDBH"
 *   8  4  CRC32C of bytes 12 to the end
 *  12  4  format version, 1
 *  16  8  file number, always 0: there is one
 *  24 104 the point behind the last block (LedgerPoint)
 * </pre>
 *
 * <p>History: version 1, BlockDB 0.1.
 */
final class HeadFormat {
    static final String FILE_NAME = "HEAD";
    private static final String TEMPORARY_NAME = "HEAD.tmp";
    private static final String DISPLAY_NAME = "ledger/" + FILE_NAME;

    /** Stored on disk, never change. */
    private static final long MAGIC = 0x424c4f434b444248L;

    private static final int VERSION = 1;
    /** The record of no version is longer. */
    private static final int LENGTH_MAX = 4096;

    private static final int LENGTH = 24 + LedgerPoint.ENCODED_LENGTH;

    private HeadFormat() {}

    /** Replaces the record. The ledger must be synced through {@code head}. */
    static void write(FileSystem fileSystem, Path directory, LedgerPoint head) throws IOException {
        ByteWriter out = new ByteWriter(LENGTH);
        out.i64(MAGIC).i32(0).i32(VERSION).i64(0);
        head.encode(out);
        out.setI32(8, SegmentFormat.crc(out.array(), 12, LENGTH - 12));
        Path temporary = directory.resolve(TEMPORARY_NAME);
        if (fileSystem.exists(temporary)) {
            fileSystem.delete(temporary);
        }
        try (WritableFile file = fileSystem.create(temporary)) {
            file.write(0, out.array(), 0, LENGTH);
            file.sync();
        }
        fileSystem.rename(temporary, directory.resolve(FILE_NAME));
        fileSystem.syncDirectory(directory);
    }

    /** Reads the record, which must exist. */
    static LedgerPoint read(FileSystem fileSystem, Path directory) throws IOException {
        try (ReadableFile file = fileSystem.openForReading(directory.resolve(FILE_NAME))) {
            return read(file);
        }
    }

    /** Reads the record. */
    static LedgerPoint read(ReadableFile file) throws IOException {
        byte[] bytes = new byte[LENGTH_MAX];
        int length = file.read(0, bytes, 0, bytes.length);
        ByteReader in = new ByteReader(DISPLAY_NAME, 0, bytes, 0, length);
        long magic = in.i64();
        if (magic != MAGIC) {
            throw new CorruptionException(
                    DISPLAY_NAME, 0, 8, "expected magic %016x, found %016x".formatted(MAGIC, magic));
        }
        int crc = in.i32();
        int version = in.i32();
        SegmentFormat.check(DISPLAY_NAME, 0, length, "record", crc, SegmentFormat.crc(bytes, 12, length - 12));
        if (version != VERSION) {
            throw UnsupportedFormatException.version(DISPLAY_NAME, version, 1, VERSION);
        }
        long fileNumber = in.i64();
        if (fileNumber != 0) {
            throw new CorruptionException(DISPLAY_NAME, 16, 8, "file number: expected 0, found " + fileNumber);
        }
        LedgerPoint point = LedgerPoint.decode(in);
        in.expectEnd("record");
        return point;
    }
}
