package io.blockdb.ledger;

import io.blockdb.base.LedgerPoint;
import io.blockdb.io.FileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger's files are made of and how fast they grow, told from the sizes of the files, their headers and a sample of the
 * frames: how long that takes does not depend on how large the ledger is.
 *
 * <p>Threading: any thread, beside the committer.
 */
public final class LedgerSurvey {
    /** In so many segments, spread evenly, frames are looked at. */
    private static final int SAMPLED_SEGMENTS = 16;

    /** In each of them, so many bytes of frames from its begin on. */
    private static final long SAMPLED_BYTES = 1 << 20;

    private final FileSystem fileSystem;
    private final Path directory;
    private final SegmentPool pool;
    private final Supplier<@Nullable LedgerPoint> head;

    LedgerSurvey(FileSystem fileSystem, Path directory, SegmentPool pool, Supplier<@Nullable LedgerPoint> head) {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.pool = pool;
        this.head = head;
    }

    /**
     * How the ledger has grown.
     *
     * @param sinceMicros time of the block from which on it was looked at, in microseconds since the Unix epoch
     * @param bytes by how many bytes it has grown since
     */
    public record Growth(long sinceMicros, long bytes) {}

    /** Number of segments. */
    public long segments() {
        return pool.last();
    }

    /** Bytes of all segments. */
    public long bytes() throws IOException {
        return bytesFrom(1);
    }

    private long bytesFrom(long first) throws IOException {
        long size = 0;
        for (long number = first; number <= pool.last(); number++) {
            size += fileSystem.size(directory.resolve(SegmentFormat.fileName(number)));
        }
        return size;
    }

    /**
     * Which part of the ledger are values, as they are stored: 0 to 1. The rest is what makes them provable and findable: keys,
     * digests, headers, checksums. Exact for a ledger of one small segment, else estimated.
     */
    public double valueShare() throws IOException {
        LedgerPoint end = head.get();
        if (end == null) {
            return 0;
        }
        long last = end.place().segment();
        long step = Math.max(1, last / SAMPLED_SEGMENTS);
        long all = 0;
        long values = 0;
        for (long number = last; number >= 1; number -= step) {
            try (Segment segment = pool.acquire(number)) {
                FrameReader reader = new FrameReader(segment, FrameReader.SMALL_WINDOW);
                long stop = number == last ? end.place().offset() : Long.MAX_VALUE;
                long offset = SegmentFormat.HEADER_LENGTH;
                while (offset < Math.min(stop, SAMPLED_BYTES) && reader.kindAt(offset) == FrameReader.Kind.BLOCK) {
                    FrameFormat.Head frame = reader.headAt(offset);
                    all += frame.frameLength();
                    values += frame.smallStoredLength() + (long) frame.valueAreaLength();
                    offset += frame.frameLength();
                }
            }
        }
        return all == 0 ? 0 : (double) values / all;
    }

    /**
     * How the ledger has grown since about a time: since the newest segment that was begun by then, or else since its first block.
     *
     * @param micros in microseconds since the Unix epoch
     * @return null while there is no block
     */
    public @Nullable Growth growthSince(long micros) throws IOException {
        LedgerPoint end = head.get();
        if (end == null) {
            return null;
        }
        long low = 1;
        long high = end.place().segment();
        while (low < high) {
            long middle = (low + high + 1) >>> 1;
            if (begunAt(middle, end) <= micros) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        // Of the last segment the written part counts: the zeros ahead of it come and go.
        long bytes = bytesFrom(low) - bytesFrom(end.place().segment());
        return new Growth(begunAt(low, end), bytes + end.place().offset());
    }

    /** Time of a segment's first block. */
    private long begunAt(long number, LedgerPoint end) throws IOException {
        try (Segment segment = pool.acquire(number)) {
            if (number == end.place().segment() && end.place().offset() <= SegmentFormat.HEADER_LENGTH) {
                return end.timestamp();
            }
            return new FrameReader(segment, FrameReader.SMALL_WINDOW)
                    .bodyAt(SegmentFormat.HEADER_LENGTH)
                    .header()
                    .timestamp();
        }
    }
}
