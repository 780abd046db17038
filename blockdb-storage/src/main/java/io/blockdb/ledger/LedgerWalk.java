package io.blockdb.ledger;

import io.blockdb.base.BlockPlace;
import io.blockdb.base.CorruptionException;
import io.blockdb.base.LedgerPoint;
import io.blockdb.io.FileSystem;
import io.blockdb.io.UncachedFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads the segments of a ledger from the disk, from front to back, past whatever memory holds of them, and goes on behind
 * damage: at the next head of a frame of the same segment, else with the next segment. Of blocks only the heads are checked
 * here ({@link RawBlock}), of the chain nothing ({@link ChainAudit}).
 *
 * <p>Threading: one thread at a time, beside writers.
 */
public final class LedgerWalk implements Closeable {
    private static final int WINDOW = 256 << 10;
    private static final int CHUNK = 1 << 20;

    private final FileSystem fileSystem;
    private final Path directory;
    private final @Nullable BlockPlace end;
    private final TreeSet<Long> segments = new TreeSet<>();

    private long number;
    private long offset;
    private @Nullable FrameReader reader;
    private boolean direct = true;
    private boolean over;

    /**
     * Begins at the place of a point.
     *
     * @param end where the ledger ends; null to read whatever is there
     */
    public LedgerWalk(FileSystem fileSystem, Path directory, LedgerPoint start, @Nullable LedgerPoint end)
            throws IOException {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.end = end == null ? null : end.place();
        this.number = start.place().segment();
        this.offset = start.place().offset();
        for (String name : SegmentPool.names(fileSystem, directory)) {
            long found = SegmentFormat.fileNumber(name);
            if (found > 0) {
                segments.add(found);
            }
        }
    }

    /**
     * The point that the record of the last clean close states, read from the disk; null where there is no record.
     *
     * @throws CorruptionException if the record is damaged
     */
    public static @Nullable LedgerPoint recordedHead(FileSystem fileSystem, Path directory) throws IOException {
        Path path = directory.resolve(HeadFormat.FILE_NAME);
        if (!fileSystem.exists(path)) {
            return null;
        }
        try (UncachedFile file = fileSystem.openUncached(path)) {
            return HeadFormat.read(file);
        }
    }

    /** The segment's file of a place, as errors call it: its path in the data directory. */
    public static String fileName(BlockPlace place) {
        return Segment.displayName(place.segment());
    }

    /** Whether all that was read so far came from the disk; false where the file system does not allow direct reads. */
    public boolean isDirect() {
        return direct;
    }

    /** Reads on; null at the end. */
    public @Nullable WalkStep next() throws IOException {
        if (over) {
            return null;
        }
        FrameReader frames = reader;
        try {
            if (frames == null) {
                return openSegment();
            }
            if (isAtEnd()) {
                finish();
                return null;
            }
            return switch (frames.kindAt(offset)) {
                case BLOCK -> block(frames);
                case SEAL -> seal(frames);
                default -> unsealed(frames.segment());
            };
        } catch (CorruptionException e) {
            if (frames != null && frames == reader) {
                skip(frames.segment());
            }
            return WalkStep.damage(e);
        }
    }

    private boolean isAtEnd() {
        return end != null && number == end.segment() && offset >= end.offset();
    }

    private @Nullable WalkStep openSegment() throws IOException {
        if (end != null && number > end.segment()) {
            finish();
            return null;
        }
        Long found = segments.ceiling(number);
        if (found == null || found > number) {
            return missing(found);
        }
        Segment segment;
        try {
            segment = Segment.openUncached(fileSystem, directory, number);
        } catch (CorruptionException e) {
            toNextSegment();
            throw e;
        }
        direct &= segment.isDirect();
        reader = new FrameReader(segment, WINDOW);
        return WalkStep.begin(segment);
    }

    /** @param later the next segment that is there, or null */
    private @Nullable WalkStep missing(@Nullable Long later) throws IOException {
        String name = Segment.displayName(number);
        if (later != null) {
            number = later;
            return WalkStep.damage(new CorruptionException(
                    name, 0, 0, "this segment is missing, a later one is there: " + SegmentFormat.fileName(later)));
        }
        finish();
        return end == null
                ? null
                : WalkStep.damage(
                        new CorruptionException(name, 0, 0, "this segment is missing, the ledger goes on in it"));
    }

    private WalkStep block(FrameReader frames) throws IOException {
        RawBlock block = frames.rawBlockAt(offset);
        offset += block.frameLength();
        return WalkStep.block(block);
    }

    private WalkStep seal(FrameReader frames) throws IOException {
        Segment segment = frames.segment();
        SegmentFormat.Seal seal = frames.sealAt(offset);
        long behind = offset + SegmentFormat.SEAL_LENGTH;
        WalkStep step = WalkStep.seal(segment, seal, offset);
        if (segments.higher(number) != null) {
            LedgerCursor.checkEndsAt(segment, behind);
        } else {
            frames.expectZeros(behind);
        }
        toNextSegment();
        return step;
    }

    /** The end of a segment, or zeros to it, without a seal: the ledger's end, unless it goes on. */
    private @Nullable WalkStep unsealed(Segment segment) throws IOException {
        boolean goesOn = segments.higher(number) != null || (end != null && !isAtEnd());
        if (!goesOn) {
            finish();
            return null;
        }
        long at = offset;
        toNextSegment();
        return WalkStep.damage(new CorruptionException(
                segment.name(), at, 0, "the segment ends here, without a seal; the ledger goes on"));
    }

    private void toNextSegment() throws IOException {
        close();
        number++;
        offset = SegmentFormat.HEADER_LENGTH;
    }

    private void finish() throws IOException {
        over = true;
        close();
    }

    /** Goes to where the ledger can be read again. */
    private void skip(Segment segment) throws IOException {
        long found = nextHead(segment, offset + 8);
        if (found >= 0) {
            offset = found;
        } else if (segments.higher(number) != null) {
            toNextSegment();
        } else {
            finish();
        }
    }

    /** Offset of the next head of a frame, or seal, of this segment, or -1. */
    private static long nextHead(Segment segment, long begin) throws IOException {
        long nonce = segment.header().nonce();
        byte[] bytes = new byte[CHUNK + FrameFormat.HEAD_LENGTH];
        for (long from = begin; ; from += CHUNK) {
            int length = segment.read(from, bytes, 0, bytes.length);
            for (int at = 0; at < CHUNK && at + SegmentFormat.SEAL_LENGTH <= length; at += 8) {
                if ((at + FrameFormat.HEAD_LENGTH <= length && FrameFormat.isHead(bytes, at, nonce, from + at))
                        || SegmentFormat.isSeal(bytes, at, nonce, from + at)) {
                    return from + at;
                }
            }
            if (length < bytes.length) {
                return -1;
            }
        }
    }

    @Override
    public void close() throws IOException {
        FrameReader current = reader;
        reader = null;
        if (current != null) {
            current.segment().retire();
            current.segment().close();
        }
    }
}
