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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the last segment: frames, and its seal.
 *
 * <p>While every few frames are synced, zeros are written ahead of them: a sync into a file that is long enough already writes
 * the frame alone, one of a file that has grown commits the file system's journal as well. The zeros go with the frame that
 * does not fit into those before, so that one sync of many carries them, and their number follows what was synced
 * in small pieces so far: never more is filled than that, and nothing while a sync carries much. Whoever reads takes zeros to the end of the
 * file for its end, so nothing depends on them. docs/decisions/0011-zeros-ahead.md has what was measured.
 *
 * <p>Threading: the committer only, except that {@link #sync} may run beside {@link #append}.
 */
final class SegmentWriter implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentWriter.class);

    /** Most zeros that are written ahead. */
    private static final int FILL_MAX = 256 << 10;

    /** Fewest zeros that are worth a write: a page. */
    private static final int FILL_MIN = 4 << 10;

    /** A sync that carries more gains less by zeros ahead than it costs to write them. */
    private static final int SMALL_SYNC_MAX = 32 << 10;

    private static final byte[] ZEROS = new byte[FILL_MAX];

    private final FileSystem fileSystem;
    private final SegmentFormat.Header header;
    private final WritableFile file;
    private long end;

    /** Length of the file: what lies between {@link #end} and here is zeros. */
    private long filled;

    /** Through where the file was synced; the syncing thread's, of which there is one at a time. */
    private long synced;

    /** How many bytes the last small syncs carried, at most {@link #FILL_MAX}; 0 after a large one. Written by who syncs. */
    private volatile int smallSynced;

    private boolean fillFailed;

    private SegmentWriter(
            FileSystem fileSystem, SegmentFormat.Header header, WritableFile file, long end, long filled) {
        this.fileSystem = fileSystem;
        this.header = header;
        this.file = file;
        this.end = end;
        this.filled = filled;
        this.synced = end;
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
        SegmentWriter writer =
                new SegmentWriter(fileSystem, header, file, SegmentFormat.HEADER_LENGTH, SegmentFormat.HEADER_LENGTH);
        try {
            writer.writeHeader(directory);
            return writer;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Goes on writing a segment behind its last frame; what else stands there is zeros, or to be cut. */
    static SegmentWriter open(FileSystem fileSystem, Path path, SegmentFormat.Header header, long end)
            throws IOException {
        WritableFile file = fileSystem.openForWriting(path);
        try {
            return new SegmentWriter(fileSystem, header, file, end, file.size());
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
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

    /** Where the next frame goes in the file. */
    long end() {
        return end;
    }

    /** Whether a frame was written to the segment. */
    boolean hasFrames() {
        return end > SegmentFormat.HEADER_LENGTH;
    }

    /** How many zeros are written ahead of the next frame. */
    long ahead() {
        return filled - end;
    }

    /**
     * Writes a frame at {@link #next}, by one positional write, and zeros ahead of the next ones where that pays. That they
     * could not be written is no failure of the frame.
     *
     * @param lengthMax how long the file may get by zeros
     * @return by how many bytes the file has grown
     */
    long append(ByteWriter frame, long lengthMax) throws IOException {
        long before = filled;
        file.write(end, frame.array(), 0, frame.size());
        end += frame.size();
        if (end > filled) {
            filled = end;
            fillAhead(Math.min(smallSynced, lengthMax - end));
        }
        return filled - before;
    }

    private void fillAhead(long length) {
        if (length < FILL_MIN || fillFailed) {
            return;
        }
        try {
            file.write(end, ZEROS, 0, (int) length);
            filled = end + length;
        } catch (IOException e) {
            fillFailed = true;
            LOG.warn(
                    "{} could not be lengthened ahead of use and grows with each write from now on: {}",
                    Segment.displayName(header.fileNumber()),
                    e.toString());
        }
    }

    /** Writes bytes again that are there already, so that the next sync carries them. */
    void rewrite(long offset, byte[] bytes, int length) throws IOException {
        file.write(offset, bytes, 0, length);
    }

    /** Cuts the file. */
    void cut(long size) throws IOException {
        file.truncate(size);
    }

    /**
     * Makes the frames before an offset safe against power failure.
     *
     * <p>Threading: one thread at a time.
     *
     * @param through the end of the last of them
     */
    void sync(long through) throws IOException {
        file.sync();
        long carried = through - synced;
        smallSynced = carried > SMALL_SYNC_MAX ? 0 : (int) Math.min(FILL_MAX, smallSynced + carried);
        synced = through;
    }

    /** Takes back the zeros that were written ahead and not used. */
    void cutAhead() throws IOException {
        if (filled > end) {
            file.truncate(end);
            filled = end;
        }
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
