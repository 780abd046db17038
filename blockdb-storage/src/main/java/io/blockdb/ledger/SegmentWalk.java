package io.blockdb.ledger;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.LedgerId;
import io.blockdb.base.LedgerPoint;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the blocks of one segment in order, whatever its file is called just then, and holds each against the one before and
 * against its own hashes: entries root and digests of values.
 *
 * <p>Threading: one thread.
 */
final class SegmentWalk {
    private final FrameReader reader;
    private final long endOffset;
    private final AbsentValues values;
    private LedgerPoint point;
    private boolean sealed;

    /**
     * @param start where to begin; at the begin of the segment, its header is held against it
     * @param endOffset where to stop; {@link Long#MAX_VALUE}: at the seal, or where there is nothing more
     * @param values checks the values
     * @throws CorruptionException if the segment cannot be the one that begins there
     */
    SegmentWalk(Segment segment, LedgerId ledgerId, LedgerPoint start, long endOffset, AbsentValues values)
            throws CorruptionException {
        this.reader = new FrameReader(segment, FrameReader.WINDOW);
        this.endOffset = endOffset;
        this.values = values;
        this.point = start;
        SegmentFormat.Header header = segment.header();
        boolean atBegin = start.place().offset() == SegmentFormat.HEADER_LENGTH;
        boolean follows = header.firstHeight() == start.blocks()
                && header.firstSequence() == start.entries()
                && header.previousHash().equals(start.lastHash());
        if (!header.ledgerId().equals(ledgerId) || (atBegin && !follows)) {
            throw new CorruptionException(
                    segment.name(),
                    0,
                    SegmentFormat.HEADER_LENGTH,
                    "the segment does not begin behind block %s of ledger %s: it says block %s of ledger %s"
                            .formatted(start.blocks() - 1, ledgerId, header.firstHeight() - 1, header.ledgerId()));
        }
    }

    /** The point behind the block read last. */
    LedgerPoint point() {
        return point;
    }

    /** Whether the seal was reached. */
    boolean sealed() {
        return sealed;
    }

    /**
     * Reads and checks the next block; null at the end.
     *
     * @throws CorruptionException if what stands there is not whole, not the next block, or not what it commits to
     */
    @Nullable
    LedgerBlock next() throws IOException {
        long offset = point.place().offset();
        if (offset >= endOffset) {
            return null;
        }
        switch (reader.kindAt(offset)) {
            case BLOCK -> {
                LedgerBlock block = reader.blockAt(offset);
                LedgerCursor.checkLedgerId(reader.segment(), block);
                LedgerPoint next = block.follow(point);
                block.checkEntriesRoot();
                values.block(block);
                point = next;
                return block;
            }
            case SEAL -> {
                LedgerCursor.checkSeal(reader.segment(), reader.sealAt(offset), offset, point);
                LedgerCursor.checkEndsAt(reader.segment(), offset + SegmentFormat.SEAL_LENGTH);
                sealed = true;
                return null;
            }
            default -> {
                return null;
            }
        }
    }

    /** Reads to the end. */
    SegmentWalk toEnd() throws IOException {
        while (next() != null) {
            // Each was checked as it was read.
        }
        return this;
    }
}
