package io.blockdb.ledger;

import io.blockdb.base.ByteReader;
import io.blockdb.base.ByteWriter;
import io.blockdb.base.CorruptionException;
import io.blockdb.base.Hash;
import io.blockdb.base.LedgerId;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.UnsupportedFormatException;
import io.blockdb.io.FileSystem;
import io.blockdb.io.ReadableFile;
import io.blockdb.io.WritableFile;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The files of the ledger tree, {@code tree/}. Derived: whatever is missing or does not fit is built anew from the ledger.
 *
 * <p><b>{@code height-HH}</b>, HH = 00, 04, 08, ... 52: the hashes of the tree's nodes at that height (0: the leaves, which are the block
 * hashes), 32 bytes each, one behind the other, and nothing else. Only nodes whose subtree is full stand there. The files
 * whose height is a multiple of 8 are the tiles of C2SP tlog-tiles as they are served: tile N of level L, 256 hashes, is the
 * 8,192 bytes at 8,192 N of {@code height-(8 L)}; the partial tile of width W is the first 32 W of them. What stands behind the
 * number of hashes that the recorded size demands is nothing yet, and is written again.
 *
 * <p><b>{@code STATE}</b>: how far the files are known to be whole and synced. Replaced as a whole (written beside, synced,
 * renamed), after the other files were synced.
 *
 * <pre>
 *   0  8  magic "BLOCKDBT"
 *   8  4  CRC32C of bytes 12 to the end
 *  12  4  format version, 1
 *  16 16  ledger id
 *  32 32  root of the tree of as many leaves as there are blocks before the point
 *  64 104 the point of the ledger that the tree was recorded at (LedgerPoint)
 * </pre>
 *
 * <p>History: version 1, BlockDB 0.1.
 */
final class TreeFormat {
    /** The directory beside the ledger's. */
    static final String DIRECTORY = "tree";

    static final String STATE = "STATE";

    /** From one file to the next, this many levels of the tree. */
    static final int HEIGHT_STEP = 4;

    /** So many hashes of a file are one of the next. */
    static final int GROUP = 1 << HEIGHT_STEP;

    /** A tree of at most 2^53 - 1 leaves has files up to height 52. */
    static final int FILES_MAX = 14;

    private static final String TEMPORARY = "STATE.tmp";
    private static final String STATE_DISPLAY_NAME = DIRECTORY + "/" + STATE;

    /** Stored on disk, never change. */
    private static final long MAGIC = 0x424c4f434b444254L;

    private static final int VERSION = 1;
    private static final int LENGTH = 64 + LedgerPoint.ENCODED_LENGTH;
    /** The record of no version is longer. */
    private static final int LENGTH_MAX = 4096;

    private TreeFormat() {}

    /**
     * How far the files are whole and synced.
     *
     * @param root root of the tree of {@code point.blocks()} leaves
     */
    record State(LedgerId ledgerId, Hash root, LedgerPoint point) {}

    /** Name of the file with the nodes of a height. */
    static String fileName(int height) {
        return (height < 10 ? "height-0" : "height-") + height;
    }

    /** How errors and reports call a file of the tree: its path in the data directory. */
    static String displayName(int height) {
        return DIRECTORY + "/" + fileName(height);
    }

    /** Replaces the record. The other files must be synced, their names too. */
    static void write(FileSystem fileSystem, Path directory, State state) throws IOException {
        ByteWriter out = new ByteWriter(LENGTH);
        out.i64(MAGIC).i32(0).i32(VERSION);
        out.bytes(state.ledgerId().toBytes()).bytes(state.root().toBytes());
        state.point().encode(out);
        out.setI32(8, SegmentFormat.crc(out.array(), 12, LENGTH - 12));
        Path temporary = directory.resolve(TEMPORARY);
        if (fileSystem.exists(temporary)) {
            fileSystem.delete(temporary);
        }
        try (WritableFile file = fileSystem.create(temporary)) {
            file.write(0, out.array(), 0, LENGTH);
            file.sync();
        }
        fileSystem.rename(temporary, directory.resolve(STATE));
        fileSystem.syncDirectory(directory);
    }

    /** Takes the record away, so that the next open for writing builds the tree anew. */
    static void deleteState(FileSystem fileSystem, Path directory) throws IOException {
        Path state = directory.resolve(STATE);
        if (fileSystem.exists(state)) {
            fileSystem.delete(state);
            fileSystem.syncDirectory(directory);
        }
    }

    /** Reads the record; null where there is none. */
    static @Nullable State read(FileSystem fileSystem, Path directory) throws IOException {
        Path path = directory.resolve(STATE);
        if (!fileSystem.exists(path)) {
            return null;
        }
        byte[] bytes = new byte[LENGTH_MAX];
        int length;
        try (ReadableFile file = fileSystem.openUncached(path)) {
            length = file.read(0, bytes, 0, bytes.length);
        }
        ByteReader in = new ByteReader(STATE_DISPLAY_NAME, 0, bytes, 0, length);
        long magic = in.i64();
        if (magic != MAGIC) {
            throw new CorruptionException(
                    STATE_DISPLAY_NAME, 0, 8, "expected magic %016x, found %016x".formatted(MAGIC, magic));
        }
        int crc = in.i32();
        int version = in.i32();
        SegmentFormat.check(STATE_DISPLAY_NAME, 0, length, "record", crc, SegmentFormat.crc(bytes, 12, length - 12));
        if (version != VERSION) {
            throw UnsupportedFormatException.version(STATE_DISPLAY_NAME, version, 1, VERSION);
        }
        LedgerId ledgerId = LedgerId.of(in.bytes(LedgerId.LENGTH));
        Hash root = Hash.of(in.bytes(Hash.LENGTH));
        LedgerPoint point = LedgerPoint.decode(in);
        in.expectEnd("record");
        return new State(ledgerId, root, point);
    }
}
