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
import java.util.Objects;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * How a damaged segment is mended: its own bytes, with a header, a seal, and blocks of a copy in the places where they belong,
 * without the values that were erased. The
 * mended segment is written beside ({@link #write}) and takes the place of the damaged one at once ({@link #install}); what that
 * was is the caller's to keep.
 *
 * <p>Threading: one thread.
 */
public final class SegmentPlan {
    private static final int CHUNK = 1 << 20;
    private static final String TEMPORARY = ".repair";

    private final Path file;
    private final @Nullable Path copy;
    private final long number;
    private final boolean there;
    private final List<Patch> patches = new ArrayList<>();
    /** Whether the file that stands there is another segment, of which nothing is kept in this one. */
    private boolean foreign;

    private SegmentFormat.@Nullable Header header;
    private byte @Nullable [] seal;
    private long sealOffset;
    /** Values of blocks of the copy that were erased. */
    private final List<Salted> blanked = new ArrayList<>();

    /**
     * A block that is taken from the copy.
     *
     * @param plan the plan that it is a part of
     * @param before the point that it follows
     * @param length bytes of its frame
     * @param entries number of its entries
     * @param salted its values that may have been erased since the copy was made
     */
    record Patch(SegmentPlan plan, LedgerPoint before, long length, long entries, List<Salted> salted) {
        void drop() {
            plan.patches.remove(this);
        }
    }

    /**
     * A value with a salt.
     *
     * @param sequence that of its entry
     * @param frameLength bytes that its frame takes
     */
    record Salted(long sequence, ValuePlace place, int frameLength) {}

    private SegmentPlan(Path file, @Nullable Path copy, long number, boolean there) {
        this.file = file;
        this.copy = copy;
        this.number = number;
        this.there = there;
    }

    /** A plan that changes nothing yet. */
    static SegmentPlan of(FileSystem fileSystem, Path directory, @Nullable Path copyDirectory, long number)
            throws IOException {
        String name = SegmentFormat.fileName(number);
        Path file = directory.resolve(name);
        return new SegmentPlan(
                file, copyDirectory == null ? null : copyDirectory.resolve(name), number, fileSystem.exists(file));
    }

    /** The segment's path relative to the data directory. */
    public String name() {
        return Segment.displayName(number);
    }

    /** Where the segment stands, or should. */
    public Path file() {
        return file;
    }

    @Nullable
    Path copy() {
        return copy;
    }

    long number() {
        return number;
    }

    /** Whether there is anything to do. */
    boolean changes() {
        return !patches.isEmpty() || (there && !foreign && (header != null || seal != null));
    }

    /** What is done to the segment, one clause each. */
    public List<String> changeTexts() {
        List<String> texts = new ArrayList<>();
        if (header != null) {
            texts.add("its header written again");
        }
        if (!patches.isEmpty()) {
            long first = patches.get(0).before().blocks();
            long last = patches.get(patches.size() - 1).before().blocks();
            long entries = patches.stream().mapToLong(Patch::entries).sum();
            texts.add("%s of block%s taken from %s (%s)"
                    .formatted(
                            patches.size() == 1 ? "the frame" : "the frames",
                            first == last ? " " + first : "s " + first + " to " + last,
                            copy,
                            entries == 1 ? "1 entry" : entries + " entries"));
        }
        if (seal != null) {
            texts.add("its seal written again");
        }
        return texts;
    }

    /** Whether there is a damaged segment, rather than none. */
    public boolean replaces() {
        return there;
    }

    /** How many blocks are taken from the copy. */
    public int blocksTaken() {
        return patches.size();
    }

    void header(SegmentFormat.Header made) {
        header = made;
    }

    /** Takes the header back: nothing was found that belongs behind it. */
    void dropHeader() {
        header = null;
    }

    void foreign() {
        foreign = true;
    }

    boolean isForeign() {
        return foreign;
    }

    Patch patch(LedgerBlock block, LedgerPoint before) {
        List<Salted> salted = new ArrayList<>(0);
        for (int i = 0; i < block.entryCount(); i++) {
            ValuePlace place = block.saltLength(i) > 0 ? block.valuePlace(i) : null;
            if (place != null) {
                salted.add(new Salted(block.header().firstSequence() + i, place, block.valueFrameLength(i)));
            }
        }
        Patch patch = new Patch(this, before, block.frameLength(), block.entryCount(), salted);
        patches.add(patch);
        return patch;
    }

    /** Says which values of the copy were erased: they are not taken. */
    void blank(LongPredicate erased) {
        for (Patch patch : patches) {
            patch.salted().removeIf(value -> !erased.test(value.sequence()));
            blanked.addAll(patch.salted());
        }
    }

    void seal(SegmentFormat.Header of, LedgerPoint end) {
        sealOffset = end.place().offset();
        seal = SegmentFormat.encode(
                new SegmentFormat.Seal(
                        end.blocks() - of.firstHeight(),
                        end.entries() - of.firstSequence(),
                        of.firstHeight(),
                        end.blocks() - 1,
                        end.lastHash()),
                of.nonce(),
                sealOffset);
    }

    /** Writes the mended segment beside the damaged one, synced. */
    public void write(FileSystem fileSystem) throws IOException {
        Path temporary = temporary();
        if (fileSystem.exists(temporary)) {
            fileSystem.delete(temporary);
        }
        try (WritableFile out = fileSystem.create(temporary)) {
            if (there && !foreign) {
                copyRange(fileSystem, file, 0, seal == null ? fileSystem.size(file) : sealOffset, out, false);
            }
            SegmentFormat.Header begin = header;
            if (begin != null) {
                byte[] bytes = SegmentFormat.encode(begin);
                out.write(0, bytes, 0, bytes.length);
            }
            for (Patch patch : patches) {
                long offset = patch.before().place().offset();
                copyRange(fileSystem, Objects.requireNonNull(copy), offset, offset + patch.length(), out, true);
            }
            for (Salted value : blanked) {
                byte[] erased = new byte[value.frameLength()];
                ValuePlace place = value.place();
                ValueFrameFormat.encodeErased(place.valueLength(), place.saltLength(), erased, 0, erased.length);
                out.write(place.offset(), erased, 0, erased.length);
            }
            byte[] end = seal;
            if (end != null) {
                out.write(sealOffset, end, 0, end.length);
            }
            out.sync();
        }
    }

    /** Puts the mended segment in place of the damaged one. */
    public void install(FileSystem fileSystem) throws IOException {
        fileSystem.rename(temporary(), file);
        fileSystem.syncDirectory(Objects.requireNonNull(file.getParent()));
    }

    private Path temporary() {
        return file.resolveSibling(file.getFileName() + TEMPORARY);
    }

    private static void copyRange(
            FileSystem fileSystem, Path from, long start, long end, WritableFile out, boolean whole)
            throws IOException {
        byte[] bytes = new byte[(int) Math.max(1, Math.min(CHUNK, end - start))];
        try (ReadableFile in = fileSystem.openForReading(from)) {
            for (long at = start; at < end; ) {
                int length = in.read(at, bytes, 0, (int) Math.min(bytes.length, end - at));
                if (length <= 0) {
                    if (whole) {
                        throw new CorruptionException(from.toString(), at, 0, "ends here, expected " + end + " bytes");
                    }
                    return;
                }
                out.write(at, bytes, 0, length);
                at += length;
            }
        }
    }
}
