package io.blockdb.ledger;

import io.blockdb.base.BlockPlace;
import io.blockdb.base.ByteWriter;
import io.blockdb.base.LedgerId;
import io.blockdb.base.LedgerPoint;
import io.blockdb.io.Environment;
import io.blockdb.io.FileSystem;
import io.blockdb.io.WritableFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Writes the last segment: frames, and its seal.
 *
 * <p>Threading: the committer only, except that {@link #sync} may run beside {@link #append}.
 */
final class SegmentWriter implements Closeable {
    private final FileSystem fileSystem;
    private final SegmentFormat.Header header;
    private final WritableFile file;
    private long end;

    private SegmentWriter(FileSystem fileSystem, SegmentFormat.Header header, WritableFile file, long end) {
        this.fileSystem = fileSystem;
        this.header = header;
        this.file = file;
        this.end = end;
    }

    /** Creates a segment that follows {@code point}; its header and its name are synced before this returns. */
    static SegmentWriter create(Environment environment, Path directory, long number, LedgerPoint point, LedgerId id)
            throws IOException {
        byte[] nonce = new byte[8];
        environment.randomness().fill(nonce);
        SegmentFormat.Header header = new SegmentFormat.Header(
                number, ByteBuffer.wrap(nonce).getLong(), point.blocks(), point.entries(), point.lastHash(), id);
        FileSystem fileSystem = environment.fileSystem();
        WritableFile file = fileSystem.create(directory.resolve(SegmentFormat.fileName(number)));
        SegmentWriter writer = new SegmentWriter(fileSystem, header, file, SegmentFormat.HEADER_LENGTH);
        try {
            writer.writeHeader(directory);
            return writer;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Goes on writing a segment that was recovered, behind its last frame. */
    static SegmentWriter open(FileSystem fileSystem, Path path, SegmentFormat.Header header, long end)
            throws IOException {
        return new SegmentWriter(fileSystem, header, fileSystem.openForWriting(path), end);
    }

    /** Writes the header and syncs it with the file's name. */
    void writeHeader(Path directory) throws IOException {
        byte[] bytes = SegmentFormat.encode(header);
        file.write(0, bytes, 0, bytes.length);
        file.sync();
        fileSystem.syncDirectory(directory);
    }

    SegmentFormat.Header header() {
        return header;
    }

    /** Where the next frame goes. */
    BlockPlace next() {
        return new BlockPlace(header.fileNumber(), end);
    }

    /** Whether a frame was written to the segment. */
    boolean hasFrames() {
        return end > SegmentFormat.HEADER_LENGTH;
    }

    /** Writes a frame at {@link #next}, by one positional write. */
    void append(ByteWriter frame) throws IOException {
        file.write(end, frame.array(), 0, frame.size());
        end += frame.size();
    }

    /** Writes bytes again that are there already, so that the next sync carries them. */
    void rewrite(long offset, byte[] bytes, int length) throws IOException {
        file.write(offset, bytes, 0, length);
    }

    /** Cuts the file. */
    void cut(long size) throws IOException {
        file.truncate(size);
    }

    void sync() throws IOException {
        file.sync();
    }

    /** Ends the segment with its seal, cuts what was filled ahead, and syncs it. */
    void seal(LedgerPoint point) throws IOException {
        SegmentFormat.Seal seal = new SegmentFormat.Seal(
                point.blocks() - header.firstHeight(),
                point.entries() - header.firstSequence(),
                header.firstHeight(),
                point.blocks() - 1,
                point.lastHash());
        byte[] bytes = SegmentFormat.encode(seal, header.nonce(), end);
        file.write(end, bytes, 0, bytes.length);
        file.truncate(end + bytes.length);
        file.sync();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
