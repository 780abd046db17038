package io.blockdb.ledger;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.LedgerPoint;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads blocks in order from a point of the ledger on, each held against the one before: height, sequence, previous hash,
 * ledger, time. Goes from segment to segment past their seals.
 *
 * <p>Threading: one thread at a time; writers may append meanwhile.
 */
public final class LedgerCursor implements Closeable {
    private final SegmentPool pool;
    /** No block at or behind this height is read. */
    private final long endHeight;

    /** Which values are taken out of the blocks, null: they are given as they stand. */
    private final @Nullable ErasedValues erased;

    /** Why the ledger, which goes on at {@link #endHeight}, cannot be read there; null where it ends, or who reads asks for that himself. */
    private final @Nullable CorruptionException damage;

    private LedgerPoint point;
    private @Nullable FrameReader reader;
    private boolean fromDisk;
    private int window = FrameReader.WINDOW;

    LedgerCursor(
            SegmentPool pool,
            LedgerPoint start,
            @Nullable LedgerPoint end,
            @Nullable ErasedValues erased,
            @Nullable CorruptionException damage) {
        this.pool = pool;
        this.point = start;
        this.endHeight = end == null ? 0 : end.blocks();
        this.erased = erased;
        this.damage = damage;
    }

    /**
     * Reads past the system's cache where the file system allows that, with files of its own: what it gives is what stands on the
     * disk. What is to be read must be synced.
     */
    public LedgerCursor fromDisk() {
        fromDisk = true;
        return this;
    }

    /** Reads through a small window: for who reads a block or two, since a large one costs more than those. */
    public LedgerCursor fewBlocks() {
        window = FrameReader.SMALL_WINDOW;
        return this;
    }

    /** The point behind the block read last. */
    public LedgerPoint point() {
        return point;
    }

    /**
     * Reads the next block, or returns null at the end.
     *
     * @throws CorruptionException if a block is damaged, missing or does not follow the one before
     */
    public @Nullable LedgerBlock next() throws IOException {
        if (point.blocks() >= endHeight) {
            CorruptionException behind = damage;
            if (behind != null) {
                throw new CorruptionException(behind.file(), behind.offset(), behind.length(), behind.reason(), behind);
            }
            return null;
        }
        for (; ; ) {
            FrameReader frames = readerOf(point.place().segment());
            long offset = point.place().offset();
            switch (frames.kindAt(offset)) {
                case BLOCK -> {
                    LedgerBlock block = frames.blockAt(offset);
                    checkLedgerId(frames.segment(), block);
                    if (erased != null) {
                        block.hideErased(erased);
                    }
                    point = block.follow(point);
                    pool.index(block.place().segment())
                            .note(block.header().height(), block.header().firstSequence(), offset);
                    return block;
                }
                case SEAL -> passSeal(frames, offset);
                default ->
                    throw new CorruptionException(
                            frames.segment().name(),
                            offset,
                            0,
                            "the segment ends without a seal after block " + (point.blocks() - 1)
                                    + ", the ledger goes on to " + (endHeight - 1));
            }
        }
    }

    private void passSeal(FrameReader frames, long offset) throws IOException {
        Segment sealed = frames.segment();
        checkSeal(sealed, frames.sealAt(offset), offset, point);
        checkEndsAt(sealed, offset + SegmentFormat.SEAL_LENGTH);
        SegmentFormat.Header before = sealed.header();
        long next = before.fileNumber() + 1;
        SegmentPool.checkFollows(readerOf(next).segment(), before, point);
        point = point.movedTo(Segment.beginOf(next));
    }

    /** Fails unless a segment that another one follows ends with its seal. */
    static void checkEndsAt(Segment segment, long end) throws IOException {
        long size = segment.size();
        if (size != end) {
            throw new CorruptionException(
                    segment.name(),
                    end,
                    0,
                    "the segment is sealed and must end here, at " + end + " bytes, but has " + size);
        }
    }

    /** Holds a seal against the point where it was found. */
    static void checkSeal(Segment segment, SegmentFormat.Seal seal, long offset, LedgerPoint point)
            throws CorruptionException {
        SegmentFormat.Header header = segment.header();
        SegmentFormat.Seal expected = new SegmentFormat.Seal(
                point.blocks() - header.firstHeight(),
                point.entries() - header.firstSequence(),
                header.firstHeight(),
                point.blocks() - 1,
                point.lastHash());
        if (!seal.equals(expected)) {
            throw new CorruptionException(
                    segment.name(),
                    offset,
                    SegmentFormat.SEAL_LENGTH,
                    "seal mismatch: expected " + expected + ", found " + seal);
        }
    }

    /** Fails where a block belongs to another ledger than its segment says. */
    static void checkLedgerId(Segment segment, LedgerBlock block) throws CorruptionException {
        if (!block.header().ledgerId().equals(segment.header().ledgerId())) {
            throw new CorruptionException(
                    segment.name(),
                    block.place().offset(),
                    block.frameLength(),
                    "block of another ledger: expected " + segment.header().ledgerId() + ", found "
                            + block.header().ledgerId());
        }
    }

    private FrameReader readerOf(long number) throws IOException {
        FrameReader current = reader;
        if (current != null && current.segment().number() == number) {
            return current;
        }
        close();
        current = new FrameReader(fromDisk ? pool.openUncached(number) : pool.acquire(number), window);
        reader = current;
        return current;
    }

    @Override
    public void close() throws IOException {
        FrameReader current = reader;
        reader = null;
        if (current != null) {
            current.segment().close();
        }
    }
}
