package io.blockdb.ledger;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.LedgerId;
import io.blockdb.base.LedgerPoint;
import io.blockdb.io.FileSystem;
import io.blockdb.io.ReadableFile;
import io.blockdb.io.WritableFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies a ledger up to a point into another directory, and reads back what it wrote: every block, the chain, the roots, the
 * digests of values. The source may be written to meanwhile, behind that point.
 *
 * <ul>
 *   <li>What the target holds already and is good is kept, to the byte: a value that was erased in the source since then stays
 *       in the target.
 *   <li>A sealed segment without salted values never changes any more, so both may share its bytes (a hard link). All others are
 *       copied: an erasure writes into them in place.
 *   <li>Values may be erased in the source meanwhile: what is gone must be explained by an entry within the copy.
 *   <li>A segment gets its name when it is whole, checked and synced. A crash leaves what the next run goes on from.
 * </ul>
 *
 * <p>Threading: one thread.
 */
public final class LedgerCopy {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerCopy.class);
    private static final int CHUNK = 1 << 20;
    private static final String TEMPORARY = ".tmp";

    private final FileSystem fileSystem;
    private final Path source;
    private final Path target;
    private final LedgerId ledgerId;
    private final boolean link;
    private final long diskReserve;
    private final LongConsumer progress;
    private final List<File> files = new ArrayList<>();
    private final AbsentValues values = new AbsentValues();

    /** What became of a segment. */
    public enum How {
        /** It was there, whole. */
        KEPT,
        /** It is the same file as the source's. */
        LINKED,
        /** It was copied, whole or from where the target ended. */
        COPIED
    }

    /**
     * A segment of the copy.
     *
     * @param name its path relative to the data directory
     * @param size its length in bytes
     */
    public record File(String name, long size, How how) {}

    /**
     * A copy.
     *
     * @param files its segments, all of them
     * @param unexplained sequences of values that were gone, or half overwritten, when they were copied, and that no entry of the
     *     copy erases: the erasure lies behind it, so the copy has to be made to reach further
     * @param erasedKept values that the target holds though entries of the copy erase them: what it held before stays as it is
     */
    public record Result(List<File> files, SortedSet<Long> unexplained, long erasedKept) {}

    /**
     * @param source the ledger directory to copy from
     * @param target the ledger directory to copy to, which must exist
     * @param link whether segments that never change any more may be hard links
     * @param diskReserve bytes to be left free
     * @param progress hears of bytes of the source that are done
     */
    public LedgerCopy(
            FileSystem fileSystem,
            Path source,
            Path target,
            LedgerId ledgerId,
            boolean link,
            long diskReserve,
            LongConsumer progress) {
        this.fileSystem = fileSystem;
        this.source = source;
        this.target = target;
        this.ledgerId = ledgerId;
        this.link = link;
        this.diskReserve = diskReserve;
        this.progress = progress;
    }

    /**
     * Copies. When this returns, the segments and their names are on disk, and the record of a clean close says how far they go.
     *
     * @param from the target holds all before this point and it was checked before; the genesis point: nothing
     * @param through the point up to which to copy, synced in the source
     * @throws DivergedException if the target holds other blocks than the source
     * @throws CorruptionException if the source is damaged, or what was written cannot be read back
     * @throws DiskFullException if there is too little room
     */
    public Result run(LedgerPoint from, LedgerPoint through) throws IOException {
        try (SegmentPool pool =
                new SegmentPool(fileSystem, source, 2, through.place().segment())) {
            checkSame(pool, from);
            for (long number = 1; number < from.place().segment(); number++) {
                keepWhole(number);
            }
            LedgerPoint point = from;
            long last = through.place().segment();
            for (long number = from.place().segment(); number < last; number++) {
                try (Segment segment = pool.acquire(number)) {
                    point = copy(segment, point, null);
                }
                point = point.movedTo(Segment.beginOf(number + 1));
            }
            try (Segment segment = pool.acquire(last)) {
                copy(segment, point, through);
            }
        }
        fileSystem.syncDirectory(target);
        HeadFormat.write(fileSystem, target, through);
        return new Result(List.copyOf(files), values.unexplained(), values.erasedNotGone());
    }

    /** The point behind the last block that the record in a ledger directory tells of, or genesis where there is no record. */
    public static LedgerPoint recorded(FileSystem fileSystem, Path directory) throws IOException {
        return fileSystem.exists(directory.resolve(HeadFormat.FILE_NAME))
                ? HeadFormat.read(fileSystem, directory)
                : Ledger.GENESIS;
    }

    private void keepWhole(long number) throws IOException {
        long size = fileSystem.size(target.resolve(SegmentFormat.fileName(number)));
        long expected = fileSystem.size(source.resolve(SegmentFormat.fileName(number)));
        if (size != expected) {
            throw new CorruptionException(
                    target.resolve(SegmentFormat.fileName(number)).toString(),
                    Math.min(size, expected),
                    0,
                    "has " + size + " bytes, the segment that was copied has " + expected);
        }
        done(number, size, How.KEPT);
    }

    private void done(long number, long size, How how) {
        files.add(new File(Segment.displayName(number), size, how));
    }

    /**
     * Copies a segment from a point on.
     *
     * @param end where the copy ends; null: at its seal
     * @return the point behind its last block
     */
    private LedgerPoint copy(Segment segment, LedgerPoint start, @Nullable LedgerPoint end) throws IOException {
        Path file = target.resolve(SegmentFormat.fileName(segment.number()));
        long endOffset = end == null ? segment.size() : end.place().offset();
        Held held = held(file, segment.number(), start, end);
        checkSame(segment, held.point());
        if (held.whole()) {
            progress.accept(endOffset);
            done(segment.number(), endOffset, How.KEPT);
            return held.point();
        }
        Path temporary = target.resolve(SegmentFormat.fileName(segment.number()) + TEMPORARY);
        if (fileSystem.exists(temporary)) {
            fileSystem.delete(temporary);
        }
        boolean whole = end == null && start.place().offset() == SegmentFormat.HEADER_LENGTH;
        boolean linked = link && whole && !holdsSaltedValues(segment) && fileSystem.link(segment.path(), temporary);
        if (linked) {
            progress.accept(endOffset);
        } else {
            copyBytes(segment, file, held.point().place().offset(), endOffset, temporary);
        }
        LedgerPoint reached = check(temporary, segment.number(), start, end);
        fileSystem.rename(temporary, file);
        done(segment.number(), endOffset, linked ? How.LINKED : How.COPIED);
        return reached;
    }

    /**
     * What the target holds of a segment.
     *
     * @param point how far it is good
     * @param whole whether it is all that it is to be
     */
    private record Held(LedgerPoint point, boolean whole) {}

    private Held held(Path file, long number, LedgerPoint start, @Nullable LedgerPoint end) throws IOException {
        if (!fileSystem.exists(file)) {
            return new Held(start, false);
        }
        try (Segment segment = Segment.openFile(fileSystem, file, number)) {
            AbsentValues seen = new AbsentValues();
            SegmentWalk walk = new SegmentWalk(segment, ledgerId, start, endOffset(end), seen);
            LedgerPoint good = start;
            try {
                while (walk.next() != null && seen.none()) {
                    good = walk.point();
                }
            } catch (CorruptionException e) {
                LOG.warn("{} is good up to block {} and is copied from there on: {}", file, good.blocks() - 1, e);
            }
            boolean whole = good.equals(walk.point()) && (end == null ? walk.sealed() : good.equals(end));
            if (whole) {
                values.add(seen);
            }
            return new Held(good, whole);
        } catch (CorruptionException e) {
            LOG.warn("{} is copied again: {}", file, e.getMessage());
            return new Held(start, false);
        }
    }

    private static long endOffset(@Nullable LedgerPoint end) {
        return end == null ? Long.MAX_VALUE : end.place().offset();
    }

    private LedgerPoint check(Path file, long number, LedgerPoint start, @Nullable LedgerPoint end) throws IOException {
        try (Segment segment = Segment.openFile(fileSystem, file, number)) {
            SegmentWalk walk = new SegmentWalk(segment, ledgerId, start, endOffset(end), values).toEnd();
            if (end == null ? !walk.sealed() : !walk.point().equals(end)) {
                throw new CorruptionException(
                        segment.name(),
                        walk.point().place().offset(),
                        0,
                        "the copy ends after block " + (walk.point().blocks() - 1)
                                + (end == null ? ", without a seal" : ", expected " + end));
            }
            return walk.point();
        }
    }

    /** Whether a value of a sealed segment has a salt, and so may be erased one day. */
    private static boolean holdsSaltedValues(Segment segment) throws IOException {
        FrameReader reader = new FrameReader(segment, FrameReader.WINDOW);
        long offset = SegmentFormat.HEADER_LENGTH;
        while (reader.kindAt(offset) == FrameReader.Kind.BLOCK) {
            LedgerBlock block = reader.blockAt(offset);
            if (block.hasSaltedValues()) {
                return true;
            }
            offset += block.frameLength();
        }
        return false;
    }

    private void copyBytes(Segment segment, Path held, long heldLength, long length, Path temporary)
            throws IOException {
        long usable = fileSystem.usableSpace(target);
        if (usable - diskReserve < length) {
            throw new DiskFullException(target.toString(), length, usable, diskReserve);
        }
        long kept = heldLength > SegmentFormat.HEADER_LENGTH && fileSystem.exists(held) ? heldLength : 0;
        try (WritableFile out = fileSystem.create(temporary)) {
            if (kept > 0) {
                try (ReadableFile before = fileSystem.openForReading(held)) {
                    copyRange(before::read, held.toString(), 0, kept, out);
                }
            }
            copyRange(segment::read, segment.name(), kept, length, out);
            out.sync();
        }
    }

    private interface Bytes {
        int read(long offset, byte[] into, int at, int length) throws IOException;
    }

    private void copyRange(Bytes from, String name, long start, long end, WritableFile out) throws IOException {
        byte[] bytes = new byte[(int) Math.min(CHUNK, end - start)];
        for (long at = start; at < end; ) {
            int length = from.read(at, bytes, 0, (int) Math.min(bytes.length, end - at));
            if (length <= 0) {
                throw new CorruptionException(name, at, 0, "ends here, expected " + end + " bytes");
            }
            out.write(at, bytes, 0, length);
            at += length;
            progress.accept(length);
        }
    }

    private void checkSame(SegmentPool pool, LedgerPoint point) throws IOException {
        if (!point.isGenesis()) {
            if (point.place().segment() > pool.last()) {
                throw diverged(point);
            }
            try (Segment segment = pool.acquire(point.place().segment())) {
                checkSame(segment, point);
            }
        }
    }

    /** Fails unless the source has the same block before a point of the target, in the same place. */
    private void checkSame(Segment segment, LedgerPoint point) throws IOException {
        if (point.place().offset() == SegmentFormat.HEADER_LENGTH) {
            return;
        }
        LedgerBlock block = new FrameReader(segment, FrameReader.SMALL_WINDOW)
                .blockEndingAt(point.place().offset());
        if (block == null || !block.pointBehind().equals(point)) {
            throw diverged(point);
        }
    }

    private DivergedException diverged(LedgerPoint point) {
        return new DivergedException(target + " holds another block " + (point.blocks() - 1) + " than " + source
                + ": one of the two was written to apart from the other");
    }
}
