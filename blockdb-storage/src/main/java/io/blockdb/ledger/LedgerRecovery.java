package io.blockdb.ledger;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.LedgerPoint;
import io.blockdb.io.FileSystem;
import io.blockdb.io.ReadableFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings the end of the ledger in order when it is opened.
 *
 * <ol>
 *   <li>Segments are numbered from 1 without a gap. One that has a successor was sealed and synced before that was created, so
 *       it must end with its seal.
 *   <li>A last segment without a whole header holds no frame (the header is synced first) and is put aside; so is a first one
 *       without a whole block 0: the ledger is unborn.
 *   <li>What is known to be synced (record of a clean close, manifest) must be there: the block that ends at that point is read
 *       and held against it. As many blocks must be there as were signed: nothing is signed before it was synced.
 *   <li>{@link TailScan} finds the end. What is torn goes to quarantine, is synced there, and is cut.
 *   <li>Frames past the last evidence that they were synced are written again, same bytes, same place, and synced, so is the
 *       seal of a segment without successor: after a failed sync the system takes unwritten pages for written, so syncing
 *       alone, or reading back, proves nothing.
 * </ol>
 *
 * <p>A ledger opened read-only is only looked at: nothing is cut or written, a tear is reported, and of a damaged one what
 * lies before the damage is served.
 */
final class LedgerRecovery {
    private final FileSystem fileSystem;
    private final Path directory;
    private final boolean readOnly;
    private final List<String> notes = new ArrayList<>();
    private final TailRepair repair;
    private final SegmentPool pool;

    /** What is known of points that were synced. */
    private final List<LedgerPoint> evidence = new ArrayList<>();

    private final SignedEvidence signed;
    private @Nullable LedgerPoint recorded;
    private long last;

    private LedgerRecovery(
            FileSystem fileSystem,
            Path directory,
            Path quarantine,
            boolean readOnly,
            SegmentPool pool,
            SignedEvidence signed) {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.readOnly = readOnly;
        this.signed = signed;
        this.repair = new TailRepair(fileSystem, directory, quarantine, notes);
        this.pool = pool;
    }

    /**
     * What the ledger was found to be.
     *
     * @param end the point behind the last block, null for an unborn ledger
     * @param durableBlocks how many blocks are known to be synced
     * @param lastSegment number of the last segment, 0 where there is none
     * @param sealed whether the last segment is sealed already
     * @param clean whether the ledger ends where it was when it was closed in good order
     * @param damage where the ledger goes on and cannot be read, read-only; else null
     * @param notes what was found and done, a sentence each
     */
    record Found(
            @Nullable LedgerPoint end,
            long durableBlocks,
            long lastSegment,
            boolean sealed,
            boolean clean,
            @Nullable CorruptionException damage,
            List<String> notes) {}

    /**
     * Looks at the ledger and, unless read-only, brings its end in order.
     *
     * @param known a point of the ledger that is known to be synced from elsewhere, or null
     * @param signed what is known from a signature of how far the ledger went
     */
    static Found run(
            FileSystem fileSystem,
            Path directory,
            Path quarantine,
            boolean readOnly,
            @Nullable LedgerPoint known,
            SignedEvidence signed)
            throws IOException {
        try (SegmentPool pool = new SegmentPool(fileSystem, directory, 2, 0)) {
            LedgerRecovery recovery = new LedgerRecovery(fileSystem, directory, quarantine, readOnly, pool, signed);
            try {
                return recovery.find(known);
            } catch (CorruptionException e) {
                if (!readOnly) {
                    throw e;
                }
                return recovery.beforeDamage(e);
            }
        }
    }

    private Found find(@Nullable LedgerPoint known) throws IOException {
        listSegments();
        readRecord();
        if (known != null && !known.isGenesis()) {
            evidence.add(known);
        }
        long durable = 0;
        for (LedgerPoint point : evidence) {
            durable = Math.max(durable, point.blocks());
        }
        CorruptionException headless = last == 0 ? null : headerProblem();
        if (headless != null) {
            return withoutLast(headless, durable);
        }
        if (last > 0) {
            return scanLast(durable);
        }
        durable = Math.max(durable, signed.beyond(0));
        if (durable > 0) {
            throw new CorruptionException(
                    "ledger/", 0, 0, "there is no segment, yet " + durable + " blocks were known to be on disk");
        }
        return unborn();
    }

    private Found unborn() {
        return new Found(null, 0, 0, false, false, null, notes);
    }

    private void listSegments() throws IOException {
        long expected = 1;
        String stray = null;
        for (String name : SegmentPool.names(fileSystem, directory)) {
            long number = SegmentFormat.fileNumber(name);
            if (number == expected && stray == null) {
                expected++;
            } else if (number >= 0 && stray == null) {
                stray = name;
            }
        }
        last = expected - 1;
        pool.setLast(last);
        if (stray != null) {
            throw new CorruptionException(
                    Segment.displayName(expected), 0, 0, "this segment is missing, a later one is there: " + stray);
        }
    }

    private void readRecord() throws IOException {
        if (!fileSystem.exists(directory.resolve(HeadFormat.FILE_NAME))) {
            return;
        }
        try {
            LedgerPoint point = HeadFormat.read(fileSystem, directory);
            recorded = point;
            evidence.add(point);
        } catch (CorruptionException e) {
            notes.add("The record of the last clean close is damaged and was not used: " + e.getMessage());
        }
    }

    private @Nullable CorruptionException headerProblem() throws IOException {
        try {
            pool.acquire(last).close();
            return null;
        } catch (CorruptionException e) {
            return e;
        }
    }

    /** The last segment has no whole header: puts it aside, unless something says that it held blocks. */
    private Found withoutLast(CorruptionException headless, long durable) throws IOException {
        Path path = directory.resolve(SegmentFormat.fileName(last));
        if (holdsFrames(path)) {
            throw headless;
        }
        LedgerPoint end = last == 1 ? null : endOfSealed(last - 1);
        long blocks = end == null ? 0 : end.blocks();
        if (durable > blocks || signed.beyond(blocks) > blocks) {
            throw headless;
        }
        checkEvidence(last - 1);
        notes.add("The last segment had no whole header and no block and was put aside: " + headless.getMessage());
        if (!readOnly) {
            repair.remove(path, true);
        }
        last--;
        return new Found(end, blocks, last, last > 0, false, null, notes);
    }

    private boolean holdsFrames(Path path) throws IOException {
        int chunk = 1 << 20;
        try (ReadableFile file = fileSystem.openForReading(path)) {
            byte[] bytes = new byte[chunk + FrameFormat.HEAD_LENGTH];
            for (long from = SegmentFormat.HEADER_LENGTH; ; from += chunk) {
                int length = file.read(from, bytes, 0, bytes.length);
                for (int at = 0; at < chunk && at + FrameFormat.HEAD_LENGTH <= length; at += 8) {
                    if (FrameFormat.isHeadOfAnySegment(bytes, at, from + at)) {
                        return true;
                    }
                }
                if (length < bytes.length) {
                    return false;
                }
            }
        }
    }

    private Found scanLast(long durable) throws IOException {
        try (Segment segment = pool.acquire(last)) {
            LedgerPoint begin = beginOf(segment);
            LedgerPoint start = begin;
            for (LedgerPoint point : checkEvidence(last)) {
                if (point.place().segment() == last && point.blocks() > start.blocks()) {
                    start = point;
                }
            }
            TailScan.Result scan = new TailScan(segment, start, Math.max(durable, begin.blocks())).run(signed);
            CorruptionException torn = scan.torn();
            if (torn != null) {
                notes.add("A write was torn: " + torn.getMessage() + ". The ledger ends before it, after "
                        + scan.end().blocks() + " blocks.");
            }
            if (scan.end().isGenesis()) {
                if (!readOnly) {
                    repair.remove(segment.path(), torn != null);
                }
                return unborn();
            }
            if (!readOnly) {
                repair.settle(segment, scan);
            }
            boolean clean = torn == null
                    && recorded != null
                    && recorded.blocks() == scan.end().blocks();
            long synced = readOnly ? scan.durableBlocks() : scan.end().blocks();
            return new Found(scan.end(), synced, last, scan.sealOffset() >= 0, clean, null, notes);
        }
    }

    /** The point at the begin of a segment, held against the end of the one before. */
    private LedgerPoint beginOf(Segment segment) throws IOException {
        long number = segment.number();
        if (number == 1) {
            return Ledger.GENESIS;
        }
        LedgerPoint end = endOfSealed(number - 1);
        SegmentPool.checkFollows(segment, pool.header(number - 1), end);
        return end.movedTo(Segment.beginOf(number));
    }

    /** The point at the end of a segment that has a successor: before its seal, which must be the last it holds. */
    private LedgerPoint endOfSealed(long number) throws IOException {
        try (Segment segment = pool.acquire(number)) {
            try {
                long offset = segment.size() - SegmentFormat.SEAL_LENGTH;
                if (offset < SegmentFormat.HEADER_LENGTH) {
                    throw new CorruptionException(segment.name(), 0, 0, "the segment is cut short");
                }
                SegmentFormat.Seal seal = new FrameReader(segment, FrameReader.SMALL_WINDOW).sealAt(offset);
                LedgerPoint end = pointBehindBlock(segment, offset);
                LedgerCursor.checkSeal(segment, seal, offset, end);
                return end;
            } catch (CorruptionException e) {
                throw closer(segment, e);
            }
        }
    }

    /**
     * What is wrong at the end of a segment, or behind a point, told by the first block that is bad: what it is found by
     * may lie far behind.
     */
    private CorruptionException closer(Segment segment, CorruptionException e) throws IOException {
        CorruptionException bad =
                new TailScan(segment, beginOf(segment), 0).readablePrefix().bad();
        if (bad == null || bad.offset() >= e.offset()) {
            return e;
        }
        return bad.toldAs(
                bad.reason() + " (this is damage, not a torn write: at offset " + e.offset() + ", " + e.reason() + ")");
    }

    private static LedgerPoint pointBehindBlock(Segment segment, long end) throws IOException {
        LedgerBlock block = new FrameReader(segment, FrameReader.SMALL_WINDOW).blockEndingAt(end);
        if (block == null) {
            throw new CorruptionException(
                    segment.name(), end, 0, "no whole block ends here, where one was known to be on disk");
        }
        // Salted ones may be in the middle of being erased, which nobody can tell before the entries are read.
        block.checkValueFrames(false);
        return block.pointBehind();
    }

    /**
     * Holds what is known to be synced against what is there.
     *
     * @param through segments behind this one are not looked at
     * @return the evidence
     */
    private List<LedgerPoint> checkEvidence(long through) throws IOException {
        for (LedgerPoint point : evidence) {
            long number = point.place().segment();
            if (number < 1 || number > through || point.isGenesis()) {
                continue;
            }
            try (Segment segment = pool.acquire(number)) {
                checkPoint(segment, point);
            }
        }
        return evidence;
    }

    private void checkPoint(Segment segment, LedgerPoint point) throws IOException {
        long offset = point.place().offset();
        LedgerPoint found;
        try {
            found = offset == SegmentFormat.HEADER_LENGTH ? beginOf(segment) : pointBehindBlock(segment, offset);
        } catch (CorruptionException e) {
            throw closer(segment, e);
        }
        if (!found.equals(point)) {
            throw new CorruptionException(
                    segment.name(),
                    offset,
                    0,
                    "the ledger is not the one that was here: expected " + point + ", found " + found);
        }
    }

    /** Read-only: what lies before the damage. */
    private Found beforeDamage(CorruptionException damage) throws IOException {
        notes.add("The ledger is damaged and is served only as far as the damage: " + damage.getMessage());
        for (long number = last; number >= 1; number--) {
            try (Segment segment = pool.acquire(number)) {
                LedgerPoint end = new TailScan(segment, beginOf(segment), 0)
                        .readablePrefix()
                        .end();
                return new Found(end.isGenesis() ? null : end, end.blocks(), number, true, false, damage, notes);
            } catch (CorruptionException e) {
                if (e != damage) {
                    damage.addSuppressed(e);
                }
            }
        }
        return new Found(null, 0, 0, false, false, damage, notes);
    }
}
