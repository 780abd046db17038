package io.blockdb.ledger;

import io.blockdb.base.BlockPlace;
import io.blockdb.base.CorruptionException;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.Position;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the end of the ledger in its last segment, and tells a torn write from damage.
 *
 * <ol>
 *   <li>Whole frames that follow each other are the ledger, up to a seal, the end of the file, or zeros to its end.
 *   <li>At the first bad frame, the rest of the segment is searched, at every multiple of 8, for whole frames with the
 *       segment's nonce, their own offset and a greater height.
 *   <li>Evidence that a block was synced: what the caller knows (record of a clean close, manifest), and durable_blocks of
 *       every whole frame before and behind the bad one.
 *   <li>A bad frame, or an end, before what is known to be synced is damage. Otherwise it is the tear of a write that nobody
 *       was told had happened: the ledger ends before it.
 * </ol>
 *
 * <p>The very last block after a crash, with no evidence, is the one case that cannot be decided: a bit that rotted in it
 * looks as a torn write does. It is cut, kept in quarantine, and said.
 */
final class TailScan {
    /** A frame of the segment, by place. */
    record Frame(long height, long offset, int length) {}

    /**
     * What was found.
     *
     * @param end the point behind the last whole block
     * @param durableBlocks how many blocks are known to be synced
     * @param frames the whole frames from the start of the scan on
     * @param sealOffset where the segment's seal is, -1 where it is not sealed
     * @param tornOffset where a torn write begins that has to be cut, -1 where nothing is torn
     * @param reason why the torn frame is bad
     */
    record Result(
            LedgerPoint end,
            long durableBlocks,
            List<Frame> frames,
            long sealOffset,
            long tornOffset,
            @Nullable CorruptionException reason) {}

    private final FrameReader reader;
    private LedgerPoint point;
    private long durableBlocks;
    private final List<Frame> frames = new ArrayList<>();

    /**
     * @param start a point in this segment
     * @param durableBlocks how many blocks are known to be synced from elsewhere
     */
    TailScan(Segment segment, LedgerPoint start, long durableBlocks) {
        this.reader = new FrameReader(segment);
        this.point = start;
        this.durableBlocks = durableBlocks;
    }

    Result run() throws IOException {
        long sealOffset = -1;
        long tornOffset = -1;
        CorruptionException bad = null;
        try {
            sealOffset = walk();
        } catch (CorruptionException e) {
            bad = e;
            tornOffset = point.place().offset();
            searchBehind(tornOffset);
        }
        if (durableBlocks > point.blocks()) {
            throw damage(bad);
        }
        return new Result(point, durableBlocks, frames, sealOffset, tornOffset, bad);
    }

    /** Walks over whole frames; returns the offset of the seal, or -1 at the end of an unsealed segment. */
    private long walk() throws IOException {
        for (; ; ) {
            long offset = point.place().offset();
            switch (reader.kindAt(offset)) {
                case BLOCK -> {
                    LedgerBlock block = reader.blockAt(offset);
                    LedgerCursor.checkLedgerId(reader.segment(), block);
                    block.checkFramedValues();
                    point = block.follow(point);
                    durableBlocks = Math.max(durableBlocks, block.durableBlocks());
                    frames.add(new Frame(block.header().height(), offset, block.frameLength()));
                    reader.segment()
                            .frames()
                            .note(block.header().height(), block.header().firstSequence(), offset);
                }
                case SEAL -> {
                    LedgerCursor.checkSeal(reader.segment(), reader.sealAt(offset), offset, point);
                    reader.expectZeros(offset + SegmentFormat.SEAL_LENGTH);
                    return offset;
                }
                default -> {
                    return -1;
                }
            }
        }
    }

    private void searchBehind(long badOffset) throws IOException {
        long size = reader.segment().size();
        long nonce = reader.segment().header().nonce();
        int chunk = 1 << 20;
        for (long from = badOffset + 8; from + FrameFormat.HEAD_LENGTH <= size; from += chunk) {
            byte[] bytes = reader.bytesAt(from, chunk + FrameFormat.HEAD_LENGTH);
            for (int at = 0; at < chunk && at + FrameFormat.HEAD_LENGTH <= bytes.length; at += 8) {
                if (FrameFormat.isHead(bytes, at, nonce, from + at)) {
                    noteEvidence(from + at);
                }
            }
        }
    }

    private void noteEvidence(long offset) throws IOException {
        LedgerBlock block;
        try {
            block = reader.blockAt(offset);
        } catch (CorruptionException notWhole) {
            return;
        }
        if (block.header().height() >= point.blocks()) {
            durableBlocks = Math.max(durableBlocks, block.durableBlocks());
        }
    }

    private CorruptionException damage(@Nullable CorruptionException bad) {
        String evidence = "this is damage, not a torn write: block " + point.blocks() + " is missing or bad, yet "
                + durableBlocks + " blocks were known to be on disk";
        String file = reader.segment().name();
        if (bad == null) {
            return new CorruptionException(file, point.place().offset(), 0, "the ledger ends here; " + evidence);
        }
        return new CorruptionException(
                bad.file(), bad.offset(), bad.length(), bad.reason() + " (" + evidence + ")", bad);
    }

    /** The point at the begin of a segment, as its header tells it; time and position are not known there. */
    static LedgerPoint startOf(SegmentFormat.Header header) {
        return new LedgerPoint(
                header.firstHeight(),
                header.firstSequence(),
                header.previousHash(),
                0,
                Position.NONE,
                new BlockPlace(header.fileNumber(), SegmentFormat.HEADER_LENGTH));
    }
}
