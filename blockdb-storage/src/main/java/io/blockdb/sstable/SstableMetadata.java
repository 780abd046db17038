package io.blockdb.sstable;

import static io.blockdb.sstable.SstableFormat.END_MAGIC;
import static io.blockdb.sstable.SstableFormat.FOOTER_LENGTH;
import static io.blockdb.sstable.SstableFormat.FRAME_HEAD_LENGTH;
import static io.blockdb.sstable.SstableFormat.HEADER_LENGTH;
import static io.blockdb.sstable.SstableFormat.KIND_PROPERTIES;
import static io.blockdb.sstable.SstableFormat.MAGIC;
import static io.blockdb.sstable.SstableFormat.MAX_HEIGHT;
import static io.blockdb.sstable.SstableFormat.MAX_KEY_LENGTH;
import static io.blockdb.sstable.SstableFormat.OLDEST_VERSION;
import static io.blockdb.sstable.SstableFormat.VERSION;

import io.blockdb.base.ByteReader;
import io.blockdb.base.ByteWriter;
import io.blockdb.base.CorruptionException;
import io.blockdb.base.UnsupportedFormatException;
import java.io.IOException;

/**
 * What a reader knows of an SSTable before it reads a page: header, footer, and the properties frame, which holds
 *
 * <pre>
 *    0        8       16                  24                 32          36            44            48              56
 *   +--------+-------+-------------------+------------------+-----------+-------------+-------------+---------------+
 *   |entries | keys  | smallest sequence | largest sequence | raw bytes | root offset | root length | filter offset |
 *   +--------+-------+-------------------+------------------+-----------+-------------+-------------+---------------+
 *   | filter blocks, 4 bytes | height, 4 | smallest length, 4 | smallest key | largest length, 4 | largest key |
 * </pre>
 *
 * @param summary what the manifest keeps too
 * @param keys number of distinct index keys
 * @param rawBytes sum of the lengths of all index keys and values
 * @param root the page where a search begins
 * @param height levels of index pages: 0 when the root is the only data page
 * @param filterOffset where the first filter chunk's frame begins
 * @param filterBlocks number of blocks of the filter
 * @param properties where the properties themselves stand
 */
record SstableMetadata(
        SstableSummary summary,
        long keys,
        long rawBytes,
        FrameRef root,
        int height,
        long filterOffset,
        int filterBlocks,
        FrameRef properties) {

    /** The header of a new file. */
    static ByteWriter header(long fileNumber) {
        ByteWriter out = new ByteWriter(HEADER_LENGTH);
        out.i64(MAGIC).i32(VERSION).i64(fileNumber);
        return out.i32(SstableFormat.checksum(out.array(), 0, out.size()));
    }

    /** The footer of a file whose properties stand there. */
    static ByteWriter footer(long fileNumber, FrameRef properties) {
        ByteWriter out = new ByteWriter(FOOTER_LENGTH);
        out.i64(properties.offset()).i64(properties.length()).i64(fileNumber).i32(VERSION);
        return out.i32(SstableFormat.checksum(out.array(), 0, out.size())).i64(END_MAGIC);
    }

    /** The raw bytes of the properties frame; {@link #properties} and the size of the file are not in them. */
    ByteWriter encode() {
        byte[] smallest = summary.smallestKey();
        byte[] largest = summary.largestKey();
        ByteWriter out = new ByteWriter(80 + smallest.length + largest.length);
        out.i64(summary.entries()).i64(keys).i64(summary.smallestSequence()).i64(summary.largestSequence());
        out.i64(rawBytes)
                .i64(root.offset())
                .i32(root.length())
                .i64(filterOffset)
                .i32(filterBlocks)
                .i32(height);
        return out.i32(smallest.length).bytes(smallest).i32(largest.length).bytes(largest);
    }

    /**
     * Reads and checks header, footer and properties.
     *
     * @param size length of the file in bytes
     * @throws CorruptionException if the file is damaged, cut, or another SSTable than that number
     * @throws UnsupportedFormatException if it is of another version, or no SSTable at all
     */
    static SstableMetadata read(ByteSource source, String file, long fileNumber, long size) throws IOException {
        if (size < HEADER_LENGTH + FOOTER_LENGTH) {
            throw new CorruptionException(
                    file,
                    0,
                    size,
                    "an SSTable has at least " + (HEADER_LENGTH + FOOTER_LENGTH) + " bytes, this file has " + size);
        }
        byte[] bytes = new byte[FOOTER_LENGTH];
        source.read(size - FOOTER_LENGTH, bytes, 0, FOOTER_LENGTH);
        ByteReader footer = new ByteReader(file, size - FOOTER_LENGTH, bytes, 0, FOOTER_LENGTH);
        checkHeader(source, file, fileNumber, endMagic(bytes));
        FrameRef properties = readFooter(footer, bytes, fileNumber);
        if (properties.offset() < HEADER_LENGTH || properties.end() != size - FOOTER_LENGTH) {
            throw footer.corrupt(
                    0,
                    "properties at " + properties.offset() + "+" + properties.length() + " do not end at the footer");
        }
        FrameReader frames = new FrameReader(source, file, fileNumber, properties.end());
        byte[] raw = frames.read(KIND_PROPERTIES, properties);
        return decode(
                new ByteReader(file, properties.offset() + FRAME_HEAD_LENGTH, raw, 0, raw.length),
                fileNumber,
                size,
                properties);
    }

    private static long endMagic(byte[] footer) throws CorruptionException {
        return new ByteReader("", 0, footer, FOOTER_LENGTH - 8, 8).i64();
    }

    private static void checkHeader(ByteSource source, String file, long fileNumber, long endMagic) throws IOException {
        byte[] bytes = new byte[HEADER_LENGTH];
        source.read(0, bytes, 0, HEADER_LENGTH);
        ByteReader header = new ByteReader(file, 0, bytes, 0, HEADER_LENGTH);
        long magic = header.i64();
        if (magic != MAGIC) {
            String reason = "expected the magic %016x, found %016x".formatted(MAGIC, magic);
            if (endMagic == END_MAGIC) {
                throw new CorruptionException(file, 0, 8, reason);
            }
            throw new UnsupportedFormatException(file + ": is not an SSTable: " + reason);
        }
        int version = header.i32();
        long number = header.i64();
        int expected = header.i32();
        int found = SstableFormat.checksum(bytes, 0, HEADER_LENGTH - 4);
        if (found != expected) {
            throw new CorruptionException(
                    file,
                    0,
                    HEADER_LENGTH,
                    "header checksum mismatch: expected %08x, found %08x".formatted(expected, found));
        }
        if (version < OLDEST_VERSION || version > VERSION) {
            throw UnsupportedFormatException.version(file, version, OLDEST_VERSION, VERSION);
        }
        if (number != fileNumber) {
            throw new CorruptionException(
                    file, 12, 8, "expected file number " + fileNumber + ", found " + number + ": files were swapped");
        }
    }

    private static FrameRef readFooter(ByteReader footer, byte[] bytes, long fileNumber) throws CorruptionException {
        long start = footer.fileOffset();
        long offset = footer.i64();
        long length = footer.i64();
        long number = footer.i64();
        int version = footer.i32();
        int expected = footer.i32();
        long magic = footer.i64();
        if (magic != END_MAGIC) {
            throw footer.corrupt(0, "expected the end magic %016x, found %016x: file cut?".formatted(END_MAGIC, magic));
        }
        int found = SstableFormat.checksum(bytes, 0, FOOTER_LENGTH - 12);
        if (found != expected) {
            throw footer.corrupt(
                    0, "footer checksum at %s mismatch: expected %08x, found %08x".formatted(start, expected, found));
        }
        if (version != VERSION || number != fileNumber || length != (int) length) {
            throw footer.corrupt(
                    0,
                    "footer of version " + version + ", file " + number + ", expected " + VERSION + ", " + fileNumber);
        }
        return new FrameRef(offset, (int) length);
    }

    private static SstableMetadata decode(ByteReader in, long fileNumber, long size, FrameRef properties)
            throws CorruptionException {
        long entries = in.i64();
        long keys = in.i64();
        long smallestSequence = in.i64();
        long largestSequence = in.i64();
        long rawBytes = in.i64();
        FrameRef root = new FrameRef(in.i64(), in.i32());
        long filterOffset = in.i64();
        int filterBlocks = in.i32();
        int height = in.i32();
        byte[] smallestKey = key(in);
        byte[] largestKey = key(in);
        in.expectEnd("the largest key");
        if (entries < 1 || keys < 1 || keys > entries || filterBlocks < 1 || height < 0 || height > MAX_HEIGHT) {
            throw in.corrupt(
                    0,
                    "impossible properties: " + entries + " entries, " + keys + " keys, " + filterBlocks
                            + " filter blocks, height " + height);
        }
        SstableSummary summary = new SstableSummary(
                fileNumber, size, entries, smallestKey, largestKey, smallestSequence, largestSequence);
        return new SstableMetadata(summary, keys, rawBytes, root, height, filterOffset, filterBlocks, properties);
    }

    private static byte[] key(ByteReader in) throws CorruptionException {
        int length = in.length32("key length");
        if (length > MAX_KEY_LENGTH) {
            throw in.corrupt(0, "key length " + length + " is over the limit of " + MAX_KEY_LENGTH);
        }
        return in.bytes(length);
    }

    /** Where the frame of a filter chunk is: all but the last have the same length. */
    FrameRef filterChunk(int chunk) {
        long step = FRAME_HEAD_LENGTH + (long) SstableFormat.FILTER_CHUNK_LENGTH;
        return new FrameRef(
                filterOffset + chunk * step, FRAME_HEAD_LENGTH + BloomFilter.chunkLength(filterBlocks, chunk));
    }
}
