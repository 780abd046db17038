package io.blockdb.ledger;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.LedgerPoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the end of the ledger in its last segment, and tells a torn write from damage.
 *
 * <ol>
 *   <li>Whole frames that follow each other are the ledger, up to a seal, the end of the file, or zeros to its end. A frame is
 *       whole when its head, its body and each of its value frames check out.
 *   <li>At the first frame that is not, the segment is searched from there on, at every multiple of 8, for heads of frames with
 *       the segment's nonce and their own offset.
 *   <li>Evidence that a block was synced: what the caller knows (record of a clean close, manifest, what was signed), and durable_blocks of
 *       every head that checks out, of the bad frame and those before and behind it, whatever became of the rest of them.
 *   <li>A bad frame, or an end, before what is known to be synced is damage. Otherwise it is the tear of a write that nobody
 *       was told had happened: the ledger ends before it.
 *   <li>A whole frame that does not follow the one before is never a tear: it is damage.
 * </ol>
 *
 * <p>The very last block after a crash, with no evidence, is the one case that cannot be decided: a bit that rotted in it
 * looks as a torn write does. It is cut, kept in quarantine, and said.
 */
final class TailScan {
    /** A frame of the segment, by place. */
    record Frame(long height, long offset) {}

    /**
     * What was found.
     *
     * @param end the point behind the last whole block
     * @param durableBlocks how many blocks are known to be synced
     * @param frames the whole frames from the start of the scan on
     * @param sealOffset where the segment's seal is, -1 where it is not sealed
     * @param torn why what stands at the end cannot be read, null where nothing is torn
     */
    record Result(
            LedgerPoint end,
            long durableBlocks,
            List<Frame> frames,
            long sealOffset,
            @Nullable CorruptionException torn) {}

    private static final int CHUNK = 1 << 20;

    private final FrameReader reader;
    private LedgerPoint point;
    private long durableBlocks;
    private long sealOffset = -1;
    private final List<Frame> frames = new ArrayList<>();

    /**
     * @param start a point in this segment
     * @param durableBlocks how many blocks are known to be synced from elsewhere
     */
    TailScan(Segment segment, LedgerPoint start, long durableBlocks) {
        this.reader = new FrameReader(segment, FrameReader.WINDOW);
        this.point = start;
        this.durableBlocks = durableBlocks;
    }

    /**
     * Scans.
     *
     * @param signed asked where the ledger seems to end
     * @throws CorruptionException if the segment is damaged
     */
    Result run(SignedEvidence signed) throws IOException {
        CorruptionException torn = null;
        for (boolean more = true; more; ) {
            LedgerBlock block;
            try {
                block = nextBlock();
            } catch (CorruptionException e) {
                torn = e;
                searchFrom(point.place().offset());
                break;
            }
            more = block != null;
            if (block != null) {
                add(block);
            }
        }
        durableBlocks = Math.max(durableBlocks, signed.beyond(point.blocks()));
        if (durableBlocks > point.blocks()) {
            throw damage(torn);
        }
        return new Result(point, durableBlocks, frames, sealOffset, torn);
    }

    /**
     * How far a segment can be read.
     *
     * @param end the point behind the last block before whatever is bad
     * @param bad what is wrong behind it, null for nothing up to the seal or the end of the file
     */
    record Prefix(LedgerPoint end, @Nullable CorruptionException bad) {}

    /** Reads as far as nothing is wrong, whatever was known to be synced. */
    Prefix readablePrefix() throws IOException {
        try {
            for (LedgerBlock block; (block = nextBlock()) != null; ) {
                add(block);
            }
            return new Prefix(point, null);
        } catch (CorruptionException e) {
            return new Prefix(point, e);
        }
    }

    /** Reads the next whole frame; null at the seal or the end of an unsealed segment. */
    private @Nullable LedgerBlock nextBlock() throws IOException {
        long offset = point.place().offset();
        switch (reader.kindAt(offset)) {
            case BLOCK -> {
                LedgerBlock block = reader.blockAt(offset);
                block.checkValueFrames();
                return block;
            }
            case SEAL -> {
                LedgerCursor.checkSeal(reader.segment(), reader.sealAt(offset), offset, point);
                reader.expectZeros(offset + SegmentFormat.SEAL_LENGTH);
                sealOffset = offset;
                return null;
            }
            default -> {
                return null;
            }
        }
    }

    private void add(LedgerBlock block) throws CorruptionException {
        LedgerCursor.checkLedgerId(reader.segment(), block);
        frames.add(new Frame(block.header().height(), block.place().offset()));
        point = block.follow(point);
        durableBlocks = Math.max(durableBlocks, block.durableBlocks());
    }

    private void searchFrom(long badOffset) throws IOException {
        Segment segment = reader.segment();
        long nonce = segment.header().nonce();
        byte[] bytes = new byte[CHUNK + FrameFormat.HEAD_LENGTH];
        for (long from = badOffset; ; from += CHUNK) {
            int length = segment.read(from, bytes, 0, bytes.length);
            for (int at = 0; at < CHUNK && at + FrameFormat.HEAD_LENGTH <= length; at += 8) {
                if (FrameFormat.isHead(bytes, at, nonce, from + at)) {
                    durableBlocks = Math.max(
                            durableBlocks,
                            FrameFormat.parseHead(segment.name(), bytes, at, nonce, from + at)
                                    .durableBlocks());
                }
            }
            if (length < bytes.length) {
                return;
            }
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
}
