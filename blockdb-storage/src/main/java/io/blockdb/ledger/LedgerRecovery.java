package io.blockdb.ledger;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.LedgerPoint;
import io.blockdb.io.FileSystem;
import io.blockdb.io.ReadableFile;
import io.blockdb.io.WritableFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings the end of the ledger in order when it is opened.
 *
 * <ol>
 *   <li>Segments are numbered from 1 without a gap; all but the last are sealed.
 *   <li>A last segment without a whole header holds no frame (the header is synced first): it is put into quarantine.
 *   <li>{@link TailScan} finds the end. What is torn goes to quarantine, is synced there, and is cut.
 *   <li>Frames past the last evidence that they were synced are written again, same bytes, same place, and synced: after a
 *       failed sync the system takes unwritten pages for written, so syncing alone, or reading back, proves nothing.
 *   <li>Where there is no block at all, the ledger was not founded to the end: its only segment is removed.
 * </ol>
 *
 * <p>A ledger opened read-only is only looked at: nothing is cut or written, a tear is reported.
 */
final class LedgerRecovery {
    private final FileSystem fileSystem;
    private final Path directory;
    private final Path quarantine;
    private final boolean readOnly;
    private final List<String> notes = new ArrayList<>();

    private long last;
    private @Nullable LedgerPoint recorded;

    LedgerRecovery(FileSystem fileSystem, Path directory, Path quarantine, boolean readOnly) {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.quarantine = quarantine;
        this.readOnly = readOnly;
    }

    /**
     * What the ledger was found to be.
     *
     * @param end the point behind the last block, null for an unborn ledger
     * @param lastSegment number of the last segment, 0 where there is none
     * @param sealed whether the last segment is sealed already
     * @param clean whether the ledger ends where it was when it was closed in good order
     * @param notes what was found and done, a sentence each
     */
    record Found(@Nullable LedgerPoint end, long lastSegment, boolean sealed, boolean clean, List<String> notes) {}

    /** @param known a point of the ledger that is known to be synced from elsewhere, or null */
    Found run(@Nullable LedgerPoint known) throws IOException {
        listSegments();
        readRecord();
        LedgerPoint best = later(known, recorded);
        long durable = best == null ? 0 : best.blocks();
        dropHeaderlessSegment(durable);
        if (last == 0) {
            if (durable > 0) {
                throw new CorruptionException(
                        "ledger/", 0, 0, "there is no segment, yet " + durable + " blocks were known to be on disk");
            }
            return new Found(null, 0, false, false, notes);
        }
        Found found = scanLast(best, durable);
        return found.end() != null && found.end().blocks() == 0 ? dropUnborn() : found;
    }

    /**
     * A first segment without block 0 is what is left of a founding that was interrupted. It states the id of a ledger that was
     * never born, so it goes; the ledger is founded anew.
     */
    private Found dropUnborn() throws IOException {
        notes.add("The ledger was not founded to the end: its first segment held no block and was removed.");
        if (!readOnly) {
            fileSystem.delete(directory.resolve(SegmentFormat.fileName(last)));
            fileSystem.syncDirectory(directory);
        }
        return new Found(null, 0, false, false, notes);
    }

    private static @Nullable LedgerPoint later(@Nullable LedgerPoint a, @Nullable LedgerPoint b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return a.blocks() >= b.blocks() ? a : b;
    }

    private void listSegments() throws IOException {
        long expected = 1;
        for (String name : fileSystem.list(directory)) {
            long number = SegmentFormat.fileNumber(name);
            if (number < 0) {
                continue;
            }
            if (number != expected) {
                throw new CorruptionException(
                        Segment.displayName(expected), 0, 0, "this segment is missing, the next one is there: " + name);
            }
            expected++;
        }
        last = expected - 1;
    }

    private void readRecord() throws IOException {
        if (!fileSystem.exists(directory.resolve(HeadFormat.FILE_NAME))) {
            return;
        }
        try {
            recorded = HeadFormat.read(fileSystem, directory);
        } catch (CorruptionException e) {
            notes.add("The record of the last clean close is damaged and was not used: " + e.getMessage());
        }
    }

    /** Sets a last segment aside whose header was not whole when the process ended. */
    private void dropHeaderlessSegment(long durable) throws IOException {
        if (last == 0) {
            return;
        }
        Path path = directory.resolve(SegmentFormat.fileName(last));
        try {
            Segment segment = Segment.open(fileSystem, directory, last);
            segment.close();
            segment.close();
            return;
        } catch (CorruptionException e) {
            if (holdsFrames(path) || startsBelow(durable)) {
                throw e;
            }
            notes.add("The last segment had no whole header and no block and was put aside: " + e.getMessage());
        }
        if (!readOnly) {
            quarantine(path, 0);
            fileSystem.delete(path);
            fileSystem.syncDirectory(directory);
        }
        last--;
    }

    /** Whether blocks are known to be synced that only this last segment can hold. */
    private boolean startsBelow(long durable) throws IOException {
        if (durable == 0) {
            return false;
        }
        if (last == 1) {
            return true;
        }
        try (SegmentPool pool = new SegmentPool(fileSystem, directory, 2, last - 1);
                Segment before = pool.acquire(last - 1)) {
            TailScan.Result scan = new TailScan(before, TailScan.startOf(before.header()), 0).run();
            return scan.end().blocks() < durable;
        }
    }

    private boolean holdsFrames(Path path) throws IOException {
        try (ReadableFile file = fileSystem.openForReading(path)) {
            byte[] bytes = new byte[(1 << 20) + FrameFormat.HEAD_LENGTH];
            for (long from = SegmentFormat.HEADER_LENGTH; ; from += 1 << 20) {
                int length = file.read(from, bytes, 0, bytes.length);
                if (length < FrameFormat.HEAD_LENGTH) {
                    return false;
                }
                for (int at = 0; at + FrameFormat.HEAD_LENGTH <= length; at += 8) {
                    if (FrameFormat.isHeadOfAnySegment(bytes, at, from + at)) {
                        return true;
                    }
                }
            }
        }
    }

    private Found scanLast(@Nullable LedgerPoint best, long durable) throws IOException {
        try (SegmentPool pool = new SegmentPool(fileSystem, directory, 2, last);
                Segment segment = pool.acquire(last)) {
            LedgerPoint start = best != null && best.place().segment() == last ? best : startInLast(pool, segment);
            if (segment.size() < start.place().offset()) {
                throw new CorruptionException(
                        segment.name(),
                        segment.size(),
                        0,
                        "the segment is cut short: expected at least "
                                + start.place().offset() + " bytes, found " + segment.size());
            }
            TailScan.Result scan = new TailScan(segment, start, durable).run();
            LedgerPoint end = scan.end();
            if (last > 1 && end.blocks() == segment.header().firstHeight() && best != start) {
                end = withTimeOfBlockBefore(pool, end);
            }
            boolean clean = recorded != null && recorded.blocks() == end.blocks() && scan.tornOffset() < 0;
            if (scan.reason() != null) {
                notes.add("A write was torn: " + scan.reason().getMessage() + ". The ledger ends before it, after "
                        + scan.end().blocks() + " blocks.");
            }
            if (!readOnly) {
                settle(segment, scan);
            }
            return new Found(end, last, scan.sealOffset() >= 0, clean, notes);
        }
    }

    /** The begin of the last segment, held against the seal of the one before. Time and position are not known there. */
    private LedgerPoint startInLast(SegmentPool pool, Segment segment) throws IOException {
        if (last > 1) {
            try (Segment before = pool.acquire(last - 1)) {
                long offset = before.size() - SegmentFormat.SEAL_LENGTH;
                if (offset < SegmentFormat.HEADER_LENGTH) {
                    throw new CorruptionException(before.name(), 0, 0, "the segment is cut short");
                }
                SegmentFormat.Seal seal = new FrameReader(before).sealAt(offset);
                SegmentPool.checkFollows(
                        segment,
                        seal.lastHeight() + 1,
                        before.header().firstSequence() + seal.entries(),
                        seal.lastHash());
            }
        }
        return TailScan.startOf(segment.header());
    }

    /** Time and position of the last block, where the last segment holds none. */
    private LedgerPoint withTimeOfBlockBefore(SegmentPool pool, LedgerPoint end) throws IOException {
        try (Segment before = pool.acquire(last - 1)) {
            LedgerPoint point = new TailScan(before, TailScan.startOf(before.header()), 0)
                    .run()
                    .end();
            return point.movedTo(end.place());
        }
    }

    private void settle(Segment segment, TailScan.Result scan) throws IOException {
        boolean rewrite =
                scan.durableBlocks() < scan.end().blocks() || scan.frames().isEmpty();
        if (scan.tornOffset() < 0 && !rewrite) {
            return;
        }
        if (scan.tornOffset() >= 0) {
            quarantine(segment.path(), scan.tornOffset());
        }
        long end = scan.end().place().offset();
        try (SegmentWriter writer = SegmentWriter.open(fileSystem, segment.path(), segment.header(), end)) {
            if (scan.tornOffset() >= 0) {
                writer.cut(end);
            }
            int rewritten = 0;
            for (TailScan.Frame frame : scan.frames()) {
                if (frame.height() >= scan.durableBlocks()) {
                    rewrite(segment, writer, frame.offset(), frame.length());
                    rewritten++;
                }
            }
            if (scan.sealOffset() >= 0) {
                rewrite(segment, writer, scan.sealOffset(), SegmentFormat.SEAL_LENGTH);
            }
            writer.writeHeader(directory);
            if (rewritten > 0) {
                notes.add("The last " + rewritten + " blocks were written and synced again.");
            }
        }
    }

    private static void rewrite(Segment segment, SegmentWriter writer, long offset, int length) throws IOException {
        byte[] bytes = new byte[length];
        int read = segment.read(offset, bytes, 0, length);
        if (read != length) {
            throw new CorruptionException(segment.name(), offset, length, "only " + read + " bytes can be read");
        }
        writer.rewrite(offset, bytes);
    }

    /** Copies a file from {@code offset} to its last byte that is not zero into the quarantine directory, synced. */
    private void quarantine(Path path, long offset) throws IOException {
        fileSystem.createDirectories(quarantine);
        String base = path.getFileName() + "-from-" + offset;
        Path copy = quarantine.resolve(base);
        for (int n = 2; fileSystem.exists(copy); n++) {
            copy = quarantine.resolve(base + "-" + n);
        }
        try (ReadableFile source = fileSystem.openForReading(path);
                WritableFile target = fileSystem.create(copy)) {
            byte[] bytes = new byte[1 << 20];
            long at = 0;
            for (int length; (length = source.read(offset + at, bytes, 0, bytes.length)) > 0; at += length) {
                target.write(at, bytes, 0, length);
            }
            target.sync();
        }
        fileSystem.syncDirectory(quarantine);
        Path parent = quarantine.getParent();
        if (parent != null) {
            fileSystem.syncDirectory(parent);
        }
        notes.add("What was put aside is kept in quarantine/" + copy.getFileName() + ".");
    }
}
