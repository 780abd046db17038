package io.blockdb.ledger;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.blockdb.base.BlockPlace;
import io.blockdb.base.CorruptionException;
import io.blockdb.base.ReaderCount;
import io.blockdb.io.FileSystem;
import io.blockdb.io.MappedFile;
import io.blockdb.io.ReadableFile;
import io.blockdb.io.UncachedFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One segment, open for reading.
 *
 * <p>It is read by positional reads, but for single values: once some were read, what the file holds by then is mapped, and
 * values in it are copied from there, which costs a fifth of a system call. What a map cannot give (its end cuts the
 * value off, or a page is gone) is left to a positional read to judge. docs/decisions/0013-mapped-segments.md
 *
 * <p>It is shared and counted: {@link #acquire} before use, {@link #close} after it. The pool that opened it retires it.
 *
 * <p>Threading: any thread.
 */
final class Segment implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Segment.class);

    /** So many values are read before a map is made: who reads a few and goes need not pay for it. */
    private static final int VALUES_BEFORE_MAP = 256;
    /** A segment that has grown by so many bytes since it was mapped is mapped anew. */
    private static final long GROWTH_BEFORE_MAP = 16 << 20;
    /** Frames up to this length are read into a buffer that each thread keeps. */
    private static final int BUFFER_LENGTH = 4 << 10;

    private static final ThreadLocal<byte[]> BUFFER = ThreadLocal.withInitial(() -> new byte[BUFFER_LENGTH]);

    private final FileSystem fileSystem;
    private final Path path;
    private final String name;
    private final SegmentFormat.Header header;
    private final ReadableFile file;
    /** The pool's time when the segment was taken last. */
    private volatile long lastUsed;

    private final ReaderCount readers = new ReaderCount();

    /** Counts the values read until a map is made. A race loses some. */
    private int valuesRead;

    /** The newest map, null as long as there is none. */
    private volatile @Nullable MappedFile map;

    @GuardedBy("this")
    private final List<MappedFile> maps = new ArrayList<>();

    /** Whether a map was tried in vain. */
    private volatile boolean unmappable;

    @GuardedBy("this")
    private boolean closed;

    private Segment(FileSystem fileSystem, Path path, String name, SegmentFormat.Header header, ReadableFile file) {
        this.fileSystem = fileSystem;
        this.path = path;
        this.name = name;
        this.header = header;
        this.file = file;
    }

    /** Opens a segment and checks its header. It is acquired already. */
    static Segment open(FileSystem fileSystem, Path directory, long number) throws IOException {
        Path path = directory.resolve(SegmentFormat.fileName(number));
        return open(fileSystem, path, displayName(number), number, fileSystem.openForReading(path));
    }

    /**
     * Opens a segment for one thread alone, in a file of any name, which errors then give; reads go to the disk where the file
     * system allows it. Closing it closes the file.
     */
    static Segment openFile(FileSystem fileSystem, Path path, long number) throws IOException {
        Segment segment = open(fileSystem, path, path.toString(), number, fileSystem.openUncached(path));
        segment.retire();
        return segment;
    }

    /** Opens a segment for the caller alone, to be read by a header that may not be the one that stands in it. */
    static Segment openAs(FileSystem fileSystem, Path path, SegmentFormat.Header header) throws IOException {
        Segment segment = new Segment(fileSystem, path, path.toString(), header, fileSystem.openForReading(path));
        segment.readers.enter();
        segment.retire();
        return segment;
    }

    /** As {@link #open}, for reads by one thread that go to the disk where the file system allows it. */
    static Segment openUncached(FileSystem fileSystem, Path directory, long number) throws IOException {
        Path path = directory.resolve(SegmentFormat.fileName(number));
        return open(fileSystem, path, displayName(number), number, fileSystem.openUncached(path));
    }

    private static Segment open(FileSystem fileSystem, Path path, String name, long number, ReadableFile file)
            throws IOException {
        try {
            byte[] bytes = new byte[SegmentFormat.HEADER_LENGTH];
            int available = file.read(0, bytes, 0, bytes.length);
            SegmentFormat.Header header = SegmentFormat.parseHeader(name, bytes, available, number);
            Segment segment = new Segment(fileSystem, path, name, header, file);
            segment.readers.enter();
            return segment;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** How errors and reports call a segment: its path in the data directory. */
    static String displayName(long number) {
        return "ledger/" + SegmentFormat.fileName(number);
    }

    /** Where the first frame of a segment stands. */
    static BlockPlace beginOf(long number) {
        return new BlockPlace(number, SegmentFormat.HEADER_LENGTH);
    }

    /** Whether all reads of this segment go to the disk. */
    boolean isDirect() {
        return file instanceof UncachedFile uncached && uncached.isDirect();
    }

    Path path() {
        return path;
    }

    String name() {
        return name;
    }

    long number() {
        return header.fileNumber();
    }

    SegmentFormat.Header header() {
        return header;
    }

    long size() throws IOException {
        return file.size();
    }

    int read(long offset, byte[] target, int at, int length) throws IOException {
        return file.read(offset, target, at, length);
    }

    /** Reads a value framed by itself, touching nothing else. */
    StoredValue readValue(ValuePlace place) throws IOException {
        int lengthMax = ValueFrameFormat.lengthMax(place.valueLength(), place.saltLength());
        byte[] bytes = lengthMax <= BUFFER_LENGTH ? BUFFER.get() : new byte[lengthMax];
        int length = lengthMax;
        if (!readMapped(place.offset(), bytes, lengthMax)) {
            length = file.read(place.offset(), bytes, 0, lengthMax);
        }
        if (length < ValueFrameFormat.HEAD_LENGTH) {
            throw new CorruptionException(name, place.offset(), lengthMax, "the segment ends before this value");
        }
        return ValueFrameFormat.parse(
                name, place.offset(), bytes, 0, length, place.valueLength(), place.saltLength(), false);
    }

    private boolean readMapped(long offset, byte[] target, int length) {
        if (unmappable) {
            return false;
        }
        MappedFile mapped = map;
        if (mapped == null ? ++valuesRead > VALUES_BEFORE_MAP : offset >= mapped.size() + GROWTH_BEFORE_MAP) {
            mapped = mapAgain(mapped);
        }
        if (mapped == null || offset + length > mapped.size()) {
            return false;
        }
        try {
            mapped.get(offset, target, 0, length);
            return true;
        } catch (IOException e) {
            LOG.debug("{} is read without its map at offset {}", name, offset, e);
            return false;
        }
    }

    private synchronized @Nullable MappedFile mapAgain(@Nullable MappedFile over) {
        if (map == over) {
            try {
                MappedFile mapped = fileSystem.map(path);
                maps.add(mapped);
                map = mapped;
            } catch (IOException e) {
                unmappable = true;
                LOG.warn("{} cannot be mapped, values are read from it by system calls: {}", name, e.toString());
            }
        }
        return map;
    }

    /** Takes the segment for reading; false when it is retired already. */
    boolean acquire() throws IOException {
        if (readers.enter()) {
            return true;
        }
        closeIfOver();
        return false;
    }

    /** Notes when the segment was taken. */
    void usedAt(long time) {
        if (lastUsed != time) {
            lastUsed = time;
        }
    }

    /** When the segment was taken last. */
    long lastUsed() {
        return lastUsed;
    }

    /** Whether nobody reads it right now. */
    boolean isIdle() {
        return readers.readers() == 0;
    }

    /** The pool lets go: nobody takes the segment any more, and the file is closed once the last reader is done. */
    void retire() throws IOException {
        readers.shut();
        closeIfOver();
    }

    /** Gives the segment back. */
    @Override
    public void close() throws IOException {
        readers.leave();
        closeIfOver();
    }

    private void closeIfOver() throws IOException {
        if (readers.isOver()) {
            closeFile();
        }
    }

    private synchronized void closeFile() throws IOException {
        if (!closed) {
            closed = true;
            for (MappedFile mapped : maps) {
                mapped.close();
            }
            file.close();
        }
    }
}
