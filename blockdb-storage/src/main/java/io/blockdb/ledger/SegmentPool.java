package io.blockdb.ledger;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.LedgerId;
import io.blockdb.base.LedgerPoint;
import io.blockdb.io.FileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The segments that are open for reading, at most so many at a time, and more only while more are being read. Which
 * segment holds what is remembered for all that were ever opened.
 *
 * <p>Threading: any thread; taking a segment that is open needs no lock.
 */
final class SegmentPool implements AutoCloseable {
    private final FileSystem fileSystem;
    private final Path directory;
    private final int openMax;
    private final Map<Long, Segment> open = new ConcurrentHashMap<>();
    private final Map<Long, FrameIndex> indexes = new ConcurrentHashMap<>();

    /** Number of the last segment, 0 while there is none. */
    private volatile long last;

    /** How many segments were opened so far: the pool's time, which moves only when it has to choose. Written under its lock. */
    private volatile long opened;

    private boolean closed;

    SegmentPool(FileSystem fileSystem, Path directory, int openMax, long last) {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.openMax = Math.max(2, openMax);
        this.last = last;
    }

    /** Names of what a ledger's directory holds, sorted; none where the directory itself is gone. */
    static List<String> names(FileSystem fileSystem, Path directory) throws IOException {
        return fileSystem.exists(directory) ? fileSystem.list(directory) : List.of();
    }

    /** As {@link Ledger#idOf}. */
    static @Nullable LedgerId ledgerId(FileSystem fileSystem, Path directory) throws IOException {
        for (String name : names(fileSystem, directory)) {
            long number = SegmentFormat.fileNumber(name);
            if (number > 0) {
                try (SegmentPool pool = new SegmentPool(fileSystem, directory, 2, number)) {
                    return pool.header(number).ledgerId();
                } catch (CorruptionException e) {
                    // The next one may tell. Opening the ledger says what is wrong with this one.
                }
            }
        }
        return null;
    }

    long last() {
        return last;
    }

    void setLast(long number) {
        last = number;
    }

    /** A new last segment was begun. */
    void begun(SegmentFormat.Header header) {
        indexes.put(header.fileNumber(), new FrameIndex(header));
        last = header.fileNumber();
    }

    /** Takes a segment for reading; who takes it closes it, which gives it back. */
    Segment acquire(long number) throws IOException {
        Segment segment = open.get(number);
        if (segment == null || !segment.acquire()) {
            segment = openAndAcquire(number);
        }
        segment.usedAt(opened);
        return segment;
    }

    /** Opens a segment for the caller alone, whose reads go to the disk where the file system allows it; he closes it. */
    Segment openUncached(long number) throws IOException {
        Segment segment = Segment.openUncached(fileSystem, directory, number);
        segment.retire();
        return segment;
    }

    private synchronized Segment openAndAcquire(long number) throws IOException {
        if (closed) {
            throw new IOException("the ledger is closed");
        }
        Segment segment = open.get(number);
        if (segment != null && segment.acquire()) {
            return segment;
        }
        if (number < 1 || number > last) {
            throw new CorruptionException(Segment.displayName(number), 0, 0, "there is no such segment");
        }
        while (open.size() >= openMax && evictIdle()) {
            // One after the other goes.
        }
        Segment taken = Segment.open(fileSystem, directory, number);
        indexes.putIfAbsent(number, new FrameIndex(taken.header()));
        open.put(number, taken);
        opened++;
        return taken;
    }

    /** Closes the segment that nobody holds and that was taken the longest time ago; false where all are held. */
    private boolean evictIdle() throws IOException {
        Segment oldest = null;
        for (Segment candidate : open.values()) {
            boolean older = oldest == null || candidate.lastUsed() < oldest.lastUsed();
            if (older && candidate.number() != last && candidate.isIdle()) {
                oldest = candidate;
            }
        }
        if (oldest == null) {
            return false;
        }
        open.remove(oldest.number(), oldest);
        oldest.retire();
        return true;
    }

    /** Header of a segment. */
    SegmentFormat.Header header(long number) throws IOException {
        return index(number).header();
    }

    /** Places of some of a segment's frames, for finding the others. */
    FrameIndex index(long number) throws IOException {
        FrameIndex index = indexes.get(number);
        if (index == null) {
            try (Segment segment = acquire(number)) {
                index = new FrameIndex(segment.header());
            }
            FrameIndex known = indexes.putIfAbsent(number, index);
            index = known == null ? index : known;
        }
        return index;
    }

    /** Number of the segment that holds a height. */
    long segmentOfHeight(long height) throws IOException {
        long low = 1;
        long high = last;
        while (low < high) {
            long middle = (low + high + 1) >>> 1;
            if (header(middle).firstHeight() <= height) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Number of the segment that holds a sequence. */
    long segmentOfSequence(long sequence) throws IOException {
        long low = 1;
        long high = last;
        while (low < high) {
            long middle = (low + high + 1) >>> 1;
            if (header(middle).firstSequence() <= sequence) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Holds the header of a segment against the one before and the point where that ends. */
    static void checkFollows(Segment segment, SegmentFormat.Header before, LedgerPoint end) throws CorruptionException {
        SegmentFormat.Header header = segment.header();
        if (header.firstHeight() != end.blocks()
                || header.firstSequence() != end.entries()
                || !header.previousHash().equals(end.lastHash())
                || !header.ledgerId().equals(before.ledgerId())) {
            throw new CorruptionException(
                    segment.name(),
                    0,
                    SegmentFormat.HEADER_LENGTH,
                    "segment does not follow the one before: expected height %s, sequence %s, hash %s, ledger %s,"
                                    .formatted(end.blocks(), end.entries(), end.lastHash(), before.ledgerId())
                            + " found %s, %s, %s, %s"
                                    .formatted(
                                            header.firstHeight(),
                                            header.firstSequence(),
                                            header.previousHash(),
                                            header.ledgerId()));
        }
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        for (Segment segment : open.values()) {
            segment.retire();
        }
        open.clear();
    }
}
