package io.blockdb.ledger;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.LedgerPoint;
import io.blockdb.io.FileSystem;
import io.blockdb.io.ReadableFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A segment, damaged perhaps, that blocks are asked of: what is not whole and right is as if it were not there. A file that is
 * missing holds nothing.
 *
 * <p>Threading: one thread.
 */
final class BlockSource implements Closeable {
    private static final int CHUNK = 1 << 20;

    private final @Nullable Segment segment;
    private final @Nullable FrameReader reader;

    private BlockSource(@Nullable Segment segment) {
        this.segment = segment;
        this.reader = segment == null ? null : new FrameReader(segment, FrameReader.WINDOW);
    }

    /**
     * Opens a ledger's own segment, to be read by a header that may not be the one that it begins with.
     *
     * @param path null: there is none that could be read
     */
    static BlockSource own(FileSystem fileSystem, @Nullable Path path, SegmentFormat.Header header) throws IOException {
        return new BlockSource(
                path != null && fileSystem.exists(path) ? Segment.openAs(fileSystem, path, header) : null);
    }

    /** Whether a file begins with the header of a segment that checks out, whichever segment and ledger it is of. */
    static boolean hasHeader(FileSystem fileSystem, Path path) throws IOException {
        if (!fileSystem.exists(path)) {
            return false;
        }
        byte[] header = new byte[SegmentFormat.HEADER_LENGTH];
        try (ReadableFile file = fileSystem.openForReading(path)) {
            int length = file.read(0, header, 0, header.length);
            SegmentFormat.parseHeader(path.toString(), header, length, SegmentFormat.getLong(header, 16));
            return true;
        } catch (CorruptionException damaged) {
            return false;
        }
    }

    /** Opens a copy of a segment. One that is another file than the ledger's own holds nothing that could be used. */
    static BlockSource copy(FileSystem fileSystem, @Nullable Path path, SegmentFormat.Header header)
            throws IOException {
        if (path == null || !fileSystem.exists(path)) {
            return new BlockSource(null);
        }
        return new BlockSource(Segment.openAs(fileSystem, path, header));
    }

    /** The nonce that the first frame of a segment states, or null where there is none that is whole. */
    static @Nullable Long nonceOfFirstFrame(FileSystem fileSystem, Path path) throws IOException {
        byte[] head = new byte[FrameFormat.HEAD_LENGTH];
        try (ReadableFile file = fileSystem.openForReading(path)) {
            int length = file.read(SegmentFormat.HEADER_LENGTH, head, 0, head.length);
            boolean whole =
                    length == head.length && FrameFormat.isHeadOfAnySegment(head, 0, SegmentFormat.HEADER_LENGTH);
            return whole ? SegmentFormat.getLong(head, 8) : null;
        }
    }

    /** The block at a point, if it is whole, follows, and is what it commits to, with all of its values. */
    @Nullable
    LedgerBlock blockAfter(LedgerPoint point) throws IOException {
        LedgerBlock block = blockAfterOrWithout(point);
        if (block == null) {
            return null;
        }
        AbsentValues values = new AbsentValues();
        values.block(block);
        return values.none() ? block : null;
    }

    /** As {@link #blockAfter}, but values that can be erased may be gone, or half overwritten. */
    @Nullable
    LedgerBlock blockAfterOrWithout(LedgerPoint point) throws IOException {
        FrameReader frames = reader;
        if (frames == null) {
            return null;
        }
        try {
            long offset = point.place().offset();
            if (frames.kindAt(offset) != FrameReader.Kind.BLOCK) {
                return null;
            }
            LedgerBlock block = checked(frames, offset);
            block.follow(point);
            return block;
        } catch (CorruptionException notOne) {
            return null;
        }
    }

    private static LedgerBlock checked(FrameReader frames, long offset) throws IOException {
        LedgerBlock block = frames.blockAt(offset);
        LedgerCursor.checkLedgerId(frames.segment(), block);
        block.checkEntriesRoot();
        new AbsentValues().block(block);
        return block;
    }

    /** The first block at or behind a point that is whole and what it commits to, whatever it follows. */
    @Nullable
    LedgerBlock nextGoodBehind(LedgerPoint point) throws IOException {
        FrameReader frames = reader;
        if (frames == null) {
            return null;
        }
        for (long from = point.place().offset(); ; ) {
            FrameFormat.Head head = nextHead(frames.segment(), from);
            if (head == null) {
                return null;
            }
            try {
                LedgerBlock block = checked(frames, head.offset());
                if (block.header().height() >= point.blocks()) {
                    return block;
                }
            } catch (CorruptionException notThis) {
                // The head is whole, the block is not: the next one may be.
            }
            from = head.offset() + 8;
        }
    }

    /** How many blocks the heads from an offset on say were on disk when they were written. */
    long durableBlocksBehind(long offset) throws IOException {
        FrameReader frames = reader;
        long durable = 0;
        long from = offset;
        while (frames != null) {
            FrameFormat.Head head = nextHead(frames.segment(), from);
            if (head == null) {
                break;
            }
            durable = Math.max(durable, head.durableBlocks());
            from = head.offset() + 8;
        }
        return durable;
    }

    private static FrameFormat.@Nullable Head nextHead(Segment segment, long start) throws IOException {
        byte[] bytes = new byte[CHUNK + FrameFormat.HEAD_LENGTH];
        for (long from = start; ; from += CHUNK) {
            int length = segment.read(from, bytes, 0, bytes.length);
            for (int at = 0; at < CHUNK && at + FrameFormat.HEAD_LENGTH <= length; at += 8) {
                FrameFormat.Head head = headAt(segment, bytes, at, from + at);
                if (head != null) {
                    return head;
                }
            }
            if (length < bytes.length) {
                return null;
            }
        }
    }

    private static FrameFormat.@Nullable Head headAt(Segment segment, byte[] bytes, int at, long offset)
            throws IOException {
        long nonce = segment.header().nonce();
        if (!FrameFormat.isHead(bytes, at, nonce, offset)) {
            return null;
        }
        try {
            return FrameFormat.parseHead(segment.name(), bytes, at, nonce, offset);
        } catch (CorruptionException impossibleNumbers) {
            return null;
        }
    }

    /** Whether the segment ends at a point, with its seal and nothing behind it. */
    boolean endsWithSeal(LedgerPoint point) throws IOException {
        FrameReader frames = reader;
        if (frames == null) {
            return false;
        }
        long offset = point.place().offset();
        try {
            LedgerCursor.checkSeal(frames.segment(), frames.sealAt(offset), offset, point);
            LedgerCursor.checkEndsAt(frames.segment(), offset + SegmentFormat.SEAL_LENGTH);
            return true;
        } catch (CorruptionException notSealed) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        Segment open = segment;
        if (open != null) {
            open.close();
        }
    }
}
