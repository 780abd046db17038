package io.blockdb.ledger;

import io.blockdb.base.BlockPlace;
import io.blockdb.base.CorruptionException;
import io.blockdb.io.FileSystem;
import io.blockdb.io.ReadableFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One segment, open for reading.
 *
 * <p>It is shared and counted: {@link #acquire} before use, {@link #close} after it. The pool that opened it holds one
 * count of its own.
 *
 * <p>Threading: any thread.
 */
final class Segment implements Closeable {
    private final Path path;
    private final String name;
    private final SegmentFormat.Header header;
    private final ReadableFile file;
    /** The pool's time when the segment was taken last. */
    private volatile long lastUsed;

    /** The pool and everyone who reads; at 0 the file is closed. */
    private final AtomicInteger users = new AtomicInteger(2);

    private Segment(Path path, String name, SegmentFormat.Header header, ReadableFile file) {
        this.path = path;
        this.name = name;
        this.header = header;
        this.file = file;
    }

    /** Opens a segment and checks its header. It is acquired already, for the pool and for the caller. */
    static Segment open(FileSystem fileSystem, Path directory, long number) throws IOException {
        Path path = directory.resolve(SegmentFormat.fileName(number));
        String name = displayName(number);
        ReadableFile file = fileSystem.openForReading(path);
        try {
            byte[] bytes = new byte[SegmentFormat.HEADER_LENGTH];
            int available = file.read(0, bytes, 0, bytes.length);
            return new Segment(path, name, SegmentFormat.parseHeader(name, bytes, available, number), file);
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
        byte[] bytes = new byte[lengthMax];
        int length = file.read(place.offset(), bytes, 0, lengthMax);
        if (length < ValueFrameFormat.HEAD_LENGTH) {
            throw new CorruptionException(name, place.offset(), lengthMax, "the segment ends before this value");
        }
        return ValueFrameFormat.parse(
                name, place.offset(), bytes, 0, length, place.valueLength(), place.saltLength(), false);
    }

    /** Takes the segment for reading; false when it is closed already. */
    boolean acquire() {
        int before;
        do {
            before = users.get();
            if (before == 0) {
                return false;
            }
        } while (!users.compareAndSet(before, before + 1));
        return true;
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

    /** Whether nobody but the pool holds the segment right now. */
    boolean isIdle() {
        return users.get() == 1;
    }

    /** Closes the file if nobody but the pool holds the segment. */
    boolean retireIfIdle() throws IOException {
        if (!users.compareAndSet(1, 0)) {
            return false;
        }
        file.close();
        return true;
    }

    /** The pool lets go: the file is closed once the last reader is done. */
    void retire() throws IOException {
        close();
    }

    /** Gives the segment back. */
    @Override
    public void close() throws IOException {
        if (users.decrementAndGet() == 0) {
            file.close();
        }
    }
}
