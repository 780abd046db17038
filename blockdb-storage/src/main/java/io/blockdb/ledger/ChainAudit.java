package io.blockdb.ledger;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Hash;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.Position;
import org.jspecify.annotations.Nullable;

/**
 * Holds the steps of a {@link LedgerWalk}, in order, against each other: every block against the one before, every segment
 * against its seal and the segment before. Where something cannot be read, the next block that can is taken as it stands, and the
 * check goes on from it.
 *
 * <p>Threading: one thread at a time.
 */
public final class ChainAudit {
    private final Findings findings;
    private LedgerPoint point;
    /** Whether what came before the next block could not be read. */
    private boolean hole;

    private SegmentFormat.@Nullable Header segment;

    /** Hears what is found. */
    public interface Findings {
        /** Something does not check out, in or before the block of that height. */
        void damage(CorruptionException damage, long height);

        /** The next block, in the order of heights, with its hash; also of one that was not read, where the next one states it. */
        void block(long height, Hash hash);

        /** Nothing is known of the blocks from {@code from} to before {@code to}. */
        void missing(long from, long to);
    }

    /** @param start the point that the first block must follow */
    public ChainAudit(LedgerPoint start, Findings findings) {
        this.point = start;
        this.findings = findings;
    }

    /** The point behind the last block that was read. */
    public LedgerPoint point() {
        return point;
    }

    /** Whether what was read last could not be read: the ledger may go on behind {@link #point}. */
    public boolean endsUnreadable() {
        return hole;
    }

    /** Takes a block that checks out by itself. */
    public void add(RawBlock raw, LedgerBlock block) {
        if (!block.header().ledgerId().equals(raw.ledgerId())) {
            damage(block.corrupt("block of another ledger: expected " + raw.ledgerId() + ", found "
                    + block.header().ledgerId()));
        }
        long height = block.header().height();
        if (hole) {
            pass(
                    height,
                    block.header().previousHash(),
                    block.corrupt("expected a height of at least " + point.blocks() + ", found " + height));
        } else {
            try {
                block.follow(point);
            } catch (CorruptionException e) {
                damage(e);
                pass(height, block.header().previousHash(), null);
            }
        }
        hole = false;
        findings.block(height, block.hash());
        point = block.pointBehind();
    }

    /** Takes a block that cannot be read. */
    public void addUnreadable(CorruptionException damage) {
        damage(damage);
        hole = true;
    }

    /** Takes what is no block. */
    public void add(WalkStep step) {
        CorruptionException damage = step.damage();
        Segment at = step.segment();
        SegmentFormat.Seal seal = step.seal();
        if (damage != null) {
            addUnreadable(damage);
        } else if (seal != null && at != null) {
            checkSeal(at, seal, step.offset());
        } else if (at != null) {
            begin(at);
        }
    }

    private void checkSeal(Segment at, SegmentFormat.Seal seal, long offset) {
        if (hole) {
            pass(seal.lastHeight() + 1, seal.lastHash(), null);
            return;
        }
        try {
            LedgerCursor.checkSeal(at, seal, offset, point);
        } catch (CorruptionException e) {
            damage(e);
        }
    }

    private void begin(Segment at) {
        SegmentFormat.Header header = at.header();
        SegmentFormat.Header before = segment;
        segment = header;
        if (hole) {
            pass(
                    header.firstHeight(),
                    header.previousHash(),
                    new CorruptionException(
                            at.name(),
                            0,
                            SegmentFormat.HEADER_LENGTH,
                            "segment begins too early: expected height " + point.blocks() + ", found "
                                    + header.firstHeight()));
            point = new LedgerPoint(
                    header.firstHeight(),
                    header.firstSequence(),
                    header.previousHash(),
                    point.timestamp(),
                    Position.NONE,
                    Segment.beginOf(at.number()));
            hole = false;
            return;
        }
        boolean within = point.place().segment() == at.number() && point.place().offset() > SegmentFormat.HEADER_LENGTH;
        try {
            if (!within) {
                SegmentPool.checkFollows(at, before == null ? header : before, point);
            }
        } catch (CorruptionException e) {
            damage(e);
        }
        point = within ? point : point.movedTo(Segment.beginOf(at.number()));
    }

    /** Goes on at a height, behind blocks of which nothing is known but the hash of the last. */
    private void pass(long height, Hash previousHash, @Nullable CorruptionException ifTooEarly) {
        long next = point.blocks();
        if (height < next && ifTooEarly != null) {
            damage(ifTooEarly);
        }
        if (height == next + 1) {
            findings.block(next, previousHash);
        } else if (height != next) {
            findings.missing(next, height);
        }
        point = new LedgerPoint(height, point.entries(), previousHash, point.timestamp(), Position.NONE, point.place());
    }

    private void damage(CorruptionException damage) {
        findings.damage(damage, point.blocks());
    }
}
