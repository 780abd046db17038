package io.blockdb.sstable;

import static io.blockdb.sstable.SstableFormat.COMPRESSION_LZ4;
import static io.blockdb.sstable.SstableFormat.COMPRESSION_NONE;
import static io.blockdb.sstable.SstableFormat.FRAME_HEAD_LENGTH;

import io.blockdb.base.ByteWriter;
import io.blockdb.io.WritableFile;
import java.io.IOException;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;

/**
 * Appends frames to a file, compressed where that pays, in large writes.
 *
 * <p>Threading: one thread at a time.
 */
final class FrameWriter {
    private static final LZ4Compressor LZ4 = LZ4Factory.fastestInstance().fastCompressor();
    private static final int WRITE_LENGTH = 256 << 10;

    private final WritableFile file;
    private final long fileNumber;
    private final ByteWriter pending = new ByteWriter(WRITE_LENGTH + (WRITE_LENGTH >> 2));
    /** Bytes of the file that were written; {@link #pending} comes behind them. */
    private long written;

    private byte[] compressed = new byte[0];

    FrameWriter(WritableFile file, long fileNumber) {
        this.file = file;
        this.fileNumber = fileNumber;
    }

    /** Where the next byte goes. */
    long offset() {
        return written + pending.size();
    }

    /** Appends bytes as they are: header and footer. */
    void append(ByteWriter bytes) throws IOException {
        pending.bytes(bytes.array(), 0, bytes.size());
        writeWhenLarge();
    }

    /** Appends a frame around {@code raw[0, length)}. */
    FrameRef appendFrame(int kind, byte[] raw, int length, boolean compress) throws IOException {
        long offset = offset();
        byte[] stored = raw;
        int storedLength = length;
        int compression = COMPRESSION_NONE;
        if (compress) {
            int bound = LZ4.maxCompressedLength(length);
            if (compressed.length < bound) {
                compressed = new byte[bound];
            }
            int shrunk = LZ4.compress(raw, 0, length, compressed, 0, bound);
            if (shrunk <= length - (length >> 3)) {
                stored = compressed;
                storedLength = shrunk;
                compression = COMPRESSION_LZ4;
            }
        }
        int head = pending.size();
        pending.u8(kind).u8(compression).i32(length).i32(storedLength);
        pending.i32(SstableFormat.frameChecksum(fileNumber, offset, pending.array(), head, stored, 0, storedLength));
        pending.bytes(stored, 0, storedLength);
        writeWhenLarge();
        return new FrameRef(offset, FRAME_HEAD_LENGTH + storedLength);
    }

    private void writeWhenLarge() throws IOException {
        if (pending.size() >= WRITE_LENGTH) {
            flush();
        }
    }

    /** Hands everything appended to the file. */
    void flush() throws IOException {
        file.write(written, pending.array(), 0, pending.size());
        written += pending.size();
        pending.clear();
    }
}
