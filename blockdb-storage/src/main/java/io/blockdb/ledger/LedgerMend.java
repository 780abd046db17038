package io.blockdb.ledger;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Hash;
import io.blockdb.base.LedgerId;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.Position;
import io.blockdb.io.FileSystem;
import io.blockdb.proof.MerkleTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks a damaged ledger through from its first block to its last, and finds what can be mended: headers and seals out of what
 * stands beside them, blocks out of another copy of the same files. Changes nothing; {@link SegmentPlan} does.
 *
 * <p>A block of the copy is taken only where it proves itself on both sides: it follows the block before it, by height, sequence,
 * previous hash and time, and what comes behind the hole follows it: the next good block of the ledger itself, the header of its
 * next segment, a point that is known to have been on disk, or a signed root. Its entries root and the digests of its values are
 * checked. Where nothing vouches for the far side, nothing is taken.
 *
 * <p>A copy can only help where it is one of the same files: frames stand at the same offsets, with the same nonces.
 *
 * <p>Threading: one thread.
 */
public final class LedgerMend {
    private final FileSystem fileSystem;
    private final Path directory;
    private final @Nullable Path copy;
    private final LedgerId ledgerId;
    private final List<LedgerPoint> evidence;
    private final @Nullable Anchor anchor;
    private final boolean copyFirst;
    private final LongConsumer progress;

    private final List<SegmentPlan> plans = new ArrayList<>();
    private final List<Lost> lost = new ArrayList<>();
    /** Patches that nothing on their far side has vouched for yet. */
    private final List<SegmentPlan.Patch> unproven = new ArrayList<>();

    /** Blocks that are good but for values, which may have been erased, and that the copy holds with them. */
    private final List<Refill> refills = new ArrayList<>();

    private final AbsentValues values = new AbsentValues();

    /** What {@link #unproven} blocks lack and erase: only where they are taken does it count. */
    private AbsentValues unprovenValues = new AbsentValues();

    /** The ledger tree so far; null behind a hole that stays. */
    private @Nullable MerkleTree tree = new MerkleTree();

    /**
     * A root that the ledger's key has signed.
     *
     * @param treeSize how many blocks it covers
     * @param root their root
     */
    public record Anchor(long treeSize, Hash root) {}

    /**
     * Blocks that are lost.
     *
     * @param file the segment that they stood in
     * @param fromHeight the first of them
     * @param toHeight height of the first good block behind them; -1: not known, up to the end
     * @param fromSequence the first of their entries
     * @param toSequence the first good entry behind them; -1: not known
     */
    public record Lost(String file, long fromHeight, long toHeight, long fromSequence, long toSequence) {}

    /**
     * A block of the ledger's own that lacks values.
     *
     * @param patch the same block out of the copy
     * @param lacking what only the ledger's own block was seen to lack
     */
    private record Refill(SegmentPlan.Patch patch, AbsentValues lacking) {}

    /**
     * What was found.
     *
     * @param plans the segments that can be mended, in whole or in part, in order
     * @param lost what stays lost, in order
     * @param valuesLost sequences of values that neither holds, and that no entry erases, as far as the ledger can be read
     */
    public record Result(List<SegmentPlan> plans, List<Lost> lost, SortedSet<Long> valuesLost) {}

    /**
     * @param directory the damaged ledger's directory
     * @param copy the ledger directory of a good copy, or null
     * @param evidence points of the ledger that are known to have been on disk
     * @param anchor the newest root that was signed, or null
     * @param copyFirst whether a block of the ledger that follows is put aside for another one of the copy that follows as well: for
     *     a ledger whose own blocks lead nowhere. What is taken proves itself all the same
     * @param progress hears of bytes that were looked at
     */
    public LedgerMend(
            FileSystem fileSystem,
            Path directory,
            @Nullable Path copy,
            LedgerId ledgerId,
            List<LedgerPoint> evidence,
            @Nullable Anchor anchor,
            boolean copyFirst,
            LongConsumer progress) {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.copy = copy;
        this.ledgerId = ledgerId;
        this.evidence = List.copyOf(evidence);
        this.anchor = anchor;
        this.copyFirst = copyFirst;
        this.progress = progress;
    }

    /** Looks the ledger through. */
    public Result run() throws IOException {
        long last = lastSegment();
        LedgerPoint point = Ledger.GENESIS;
        for (long number = 1; number <= last; number++) {
            SegmentFormat.@Nullable Header next = number < last ? headerOf(directory, number + 1) : null;
            boolean nextIsOwn = next != null;
            if (next == null && number < last && copy != null) {
                next = headerOf(copy, number + 1);
            }
            SegmentPlan plan = SegmentPlan.of(fileSystem, directory, copy, number);
            point = mend(plan, point, next, nextIsOwn, number < last);
            if (plan.changes()) {
                plans.add(plan);
            }
        }
        if (!unproven.isEmpty()) {
            LedgerPoint end = point;
            LedgerPoint from = dropUnproven(end);
            if (from.blocks() < knownBlocks()) {
                lost.add(new Lost(Segment.displayName(from.place().segment()), from.blocks(), -1, from.entries(), -1));
            }
        }
        // By now it is known what was erased: only a value that was not is taken from the copy.
        for (Refill refill : refills) {
            // What is lost may have erased it: what is gone to the last byte then stays gone.
            boolean mayBeErased = !lost.isEmpty() && refill.lacking().anyGone();
            if (mayBeErased || values.explains(refill.lacking())) {
                refill.patch().drop();
                values.add(refill.lacking());
            }
        }
        plans.removeIf(plan -> !plan.changes());
        plans.forEach(plan -> plan.blank(values::isErased));
        return new Result(List.copyOf(plans), List.copyOf(lost), values.unexplained());
    }

    private long lastSegment() throws IOException {
        long last = 1;
        for (String name : fileSystem.list(directory)) {
            last = Math.max(last, SegmentFormat.fileNumber(name));
        }
        for (LedgerPoint point : evidence) {
            last = Math.max(last, point.place().segment());
        }
        Path good = copy;
        for (String name : good == null ? List.<String>of() : SegmentPool.names(fileSystem, good)) {
            long number = SegmentFormat.fileNumber(name);
            SegmentFormat.Header header = good == null || number <= last ? null : headerOf(good, number);
            // A block that is known to have been there stood in it, or behind it.
            if (header != null && header.firstHeight() < knownBlocks()) {
                last = number;
            }
        }
        return last;
    }

    /** The header of a segment, or null where it cannot be read or is of another ledger. */
    private SegmentFormat.@Nullable Header headerOf(Path from, long number) throws IOException {
        Path path = from.resolve(SegmentFormat.fileName(number));
        if (!fileSystem.exists(path)) {
            return null;
        }
        try (Segment segment = Segment.openFile(fileSystem, path, number)) {
            return segment.header().ledgerId().equals(ledgerId) ? segment.header() : null;
        } catch (CorruptionException e) {
            return null; // It is found, and told, when it is the segment's turn.
        }
    }

    /**
     * Looks a segment through.
     *
     * @param next what the header of the next segment says, null where nothing tells
     * @param nextIsOwn whether that is the ledger's own and not the copy's
     * @param sealed whether there must be a next one
     * @return the point where the next segment begins
     */
    private LedgerPoint mend(
            SegmentPlan plan, LedgerPoint begin, SegmentFormat.@Nullable Header next, boolean nextIsOwn, boolean sealed)
            throws IOException {
        SegmentFormat.@Nullable Header header = headerFor(plan, begin);
        LedgerPoint point = begin;
        if (header == null) {
            header = headerOf(directory, plan.number());
            if (header == null || header.firstHeight() < begin.blocks()) {
                return giveUp(plan, begin, next, sealed);
            }
            lose(plan, begin, header.firstHeight(), header.firstSequence());
            point = beginOf(header);
        }
        boolean any = false;
        try (BlockSource own = BlockSource.own(fileSystem, plan.isForeign() ? null : plan.file(), header);
                BlockSource other = BlockSource.copy(fileSystem, plan.copy(), header)) {
            for (; ; ) {
                if (next != null && point.blocks() == next.firstHeight()) {
                    return endOf(plan, own, header, point, next, nextIsOwn);
                }
                LedgerBlock block = nextBlock(plan, own, other, point);
                if (block == null && isEnd(own, point, sealed)) {
                    return sealed ? point.movedTo(Segment.beginOf(plan.number() + 1)) : point;
                }
                if (block == null) {
                    block = own.nextGoodBehind(point);
                    if (block == null || (next != null && block.header().height() >= next.firstHeight())) {
                        if (!any) {
                            plan.dropHeader();
                        }
                        return giveUp(plan, point, next, sealed);
                    }
                    lose(plan, point, block.header().height(), block.header().firstSequence());
                    values.block(block);
                }
                any = true;
                point = block.pointBehind();
                see(block, point);
            }
        }
    }

    /** The next block, the ledger's own or the copy's; null where neither has it. */
    private @Nullable LedgerBlock nextBlock(SegmentPlan plan, BlockSource own, BlockSource other, LedgerPoint point)
            throws IOException {
        LedgerBlock block = own.blockAfter(point);
        LedgerBlock taken = block == null || copyFirst ? other.blockAfter(point) : null;
        if (block == null) {
            // What was erased is gone from one of them, or from both; an entry that erases it is to be found behind.
            block = own.blockAfterOrWithout(point);
            if (block != null && taken != null && taken.hash().equals(block.hash())) {
                refill(block, plan.patch(taken, point), taken);
                return block;
            }
            if (block != null && !copyFirst) {
                taken = null;
            } else if (block == null && taken == null) {
                taken = other.blockAfterOrWithout(point);
            }
        }
        if (block != null && (taken == null || taken.hash().equals(block.hash()))) {
            vouched();
            values.block(block);
            return block;
        }
        if (taken != null) {
            unproven.add(plan.patch(taken, point));
            unprovenValues.block(taken);
        }
        return taken;
    }

    private void refill(LedgerBlock block, SegmentPlan.Patch patch, LedgerBlock whole) throws IOException {
        AbsentValues lacking = new AbsentValues();
        lacking.block(block);
        refills.add(new Refill(patch, lacking));
        vouched();
        values.block(whole);
    }

    /** Whether the segment ends at a point, as far as anything says. */
    private boolean isEnd(BlockSource own, LedgerPoint point, boolean sealed) throws IOException {
        if (sealed) {
            return own.endsWithSeal(point);
        }
        return point.blocks() >= knownBlocks()
                && point.blocks() >= own.durableBlocksBehind(point.place().offset());
    }

    private static LedgerPoint beginOf(SegmentFormat.Header header) {
        return new LedgerPoint(
                header.firstHeight(),
                header.firstSequence(),
                header.previousHash(),
                0,
                Position.NONE,
                Segment.beginOf(header.fileNumber()));
    }

    /**
     * The header by which to read a segment: its own, the copy's, or one made out of what stands before it and in it. A file whose
     * header is whole and says something else is another segment: nothing of it belongs here, whatever header it were given.
     */
    private SegmentFormat.@Nullable Header headerFor(SegmentPlan plan, LedgerPoint begin) throws IOException {
        SegmentFormat.Header own = headerOf(directory, plan.number());
        if (own != null && begins(own, begin)) {
            return own;
        }
        SegmentFormat.Header other = copy == null ? null : headerOf(copy, plan.number());
        SegmentFormat.Header made = null;
        boolean foreign = BlockSource.hasHeader(fileSystem, plan.file());
        if (other != null && begins(other, begin)) {
            made = other;
            if (foreign) {
                plan.foreign();
            }
        } else if (!foreign && fileSystem.exists(plan.file())) {
            Long nonce = BlockSource.nonceOfFirstFrame(fileSystem, plan.file());
            made = nonce == null
                    ? null
                    : new SegmentFormat.Header(
                            plan.number(), nonce, begin.blocks(), begin.entries(), begin.lastHash(), ledgerId);
        }
        if (made != null) {
            plan.header(made);
        }
        return made;
    }

    private static boolean begins(SegmentFormat.Header header, LedgerPoint point) {
        return header.firstHeight() == point.blocks()
                && header.firstSequence() == point.entries()
                && header.previousHash().equals(point.lastHash());
    }

    /** The end of a segment that another one follows: the two must fit, and the seal must say so. */
    private LedgerPoint endOf(
            SegmentPlan plan,
            BlockSource own,
            SegmentFormat.Header header,
            LedgerPoint point,
            SegmentFormat.Header next,
            boolean nextIsOwn)
            throws IOException {
        if (!begins(next, point)) {
            lose(plan, point, point.blocks(), point.entries());
            return beginOf(next);
        }
        if (nextIsOwn) {
            vouched();
        }
        if (!own.endsWithSeal(point)) {
            plan.seal(header, point);
        }
        return point.movedTo(Segment.beginOf(next.fileNumber()));
    }

    private LedgerPoint giveUp(
            SegmentPlan plan, LedgerPoint point, SegmentFormat.@Nullable Header next, boolean sealed) {
        if (next != null) {
            lose(plan, point, next.firstHeight(), next.firstSequence());
            return beginOf(next);
        }
        LedgerPoint end = farthest();
        boolean known = !sealed && end != null && end.blocks() > point.blocks();
        lose(plan, point, known && end != null ? end.blocks() : -1, known && end != null ? end.entries() : -1);
        return point;
    }

    private @Nullable LedgerPoint farthest() {
        LedgerPoint farthest = null;
        for (LedgerPoint point : evidence) {
            farthest = farthest == null || point.blocks() > farthest.blocks() ? point : farthest;
        }
        return farthest;
    }

    private long knownBlocks() {
        LedgerPoint farthest = farthest();
        return Math.max(farthest == null ? 0 : farthest.blocks(), anchor == null ? 0 : anchor.treeSize());
    }

    /** Takes a good block into account: the tree, what is known, and what it erases. */
    private void see(LedgerBlock block, LedgerPoint behind) throws CorruptionException {
        progress.accept(block.frameLength());
        MerkleTree growing = tree;
        if (growing != null) {
            growing.append(block.hash());
        }
        for (LedgerPoint point : evidence) {
            if (point.blocks() == behind.blocks() && point.lastHash().equals(behind.lastHash())) {
                vouched();
            }
        }
        Anchor signed = anchor;
        if (signed != null
                && growing != null
                && growing.size() == signed.treeSize()
                && growing.root().equals(signed.root())) {
            vouched();
        }
    }

    /** Something behind the patches vouches for them: they are taken. */
    private void vouched() {
        unproven.clear();
        values.add(unprovenValues);
        unprovenValues = new AbsentValues();
    }

    private void lose(SegmentPlan plan, LedgerPoint point, long toHeight, long toSequence) {
        LedgerPoint from = dropUnproven(point);
        tree = null;
        lost.add(new Lost(plan.name(), from.blocks(), toHeight, from.entries(), toSequence));
    }

    /** Takes back the patches that nothing vouches for; returns the point before the first of them, else the one given. */
    private LedgerPoint dropUnproven(LedgerPoint point) {
        if (unproven.isEmpty()) {
            return point;
        }
        SegmentPlan.Patch first = unproven.get(0);
        unproven.forEach(SegmentPlan.Patch::drop);
        unproven.clear();
        unprovenValues = new AbsentValues();
        return first.before();
    }
}
