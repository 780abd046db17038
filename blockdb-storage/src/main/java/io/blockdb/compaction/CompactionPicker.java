package io.blockdb.compaction;

import io.blockdb.manifest.SstableInfo;
import io.blockdb.manifest.Version;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chooses what to compact next. Levelled: level 0 may hold a number of files, the others a number of bytes, ten times
 * more from level to level. The level that is furthest over its measure goes first.
 *
 * <p>What holds of every choice:
 *
 * <ol>
 *   <li>A file of level 0 goes down only together with every older file of level 0 that shares keys with it, and with
 *       the files of level 1 within the range of all of them. So newer revisions of a key stay above older ones.
 *   <li>Files that share keys with none older in level 0 and none in the level below are moved as they are: a fill in
 *       key order is written once. Small ones are merged instead, or there would be ever more of them.
 *   <li>One compaction reads at most 25 full files, where one file and what it meets below are not more. To keep that
 *       so, an output is cut when it meets 10 full files of the level below it ({@link CompactionRun}), and a file that
 *       meets more is not moved as it is.
 *   <li>Out of a level below 0 goes the file that meets the fewest bytes below for each of its own, then others that
 *       fit into the same range.
 * </ol>
 *
 * <p>Rejected: round-robin by key. It needs a place to be kept, and rewrites more where keys are not evenly spread.
 *
 * <p>Pure: the same version gives the same choice. Threading: immutable.
 */
public final class CompactionPicker {
    private static final int LAST_LEVEL = Version.LEVELS - 1;

    private final CompactionOptions options;

    /** Picks by these options. */
    public CompactionPicker(CompactionOptions options) {
        this.options = options;
    }

    /** What to do next, or null where no level is over its measure. */
    public @Nullable Compaction pick(Version version) {
        int chosen = -1;
        double highest = 0;
        for (int level = 0; level < LAST_LEVEL; level++) {
            double score = score(version, level);
            if (isOver(version, level) && score > highest) {
                chosen = level;
                highest = score;
            }
        }
        if (chosen < 0) {
            return null;
        }
        if (chosen > 0) {
            return pickSorted(version, chosen);
        }
        Compaction compaction = pickLevel0(version);
        boolean tooLarge = !compaction.isTrivialMove() && compaction.inputBytes() > options.inputBytesMax();
        // Level 1 has outgrown what may be merged at once: it must go down first.
        return tooLarge && isOver(version, 1) ? pickSorted(version, 1) : compaction;
    }

    /**
     * How many bytes have to go down a level until no level is over its measure, a byte counted for each level that it
     * leaves. 0 if and only if there is nothing to pick. What they meet below and must be rewritten is not counted.
     */
    public long compactionDebt(Version version) {
        long debt = 0;
        long arriving = 0;
        for (int level = 0; level < LAST_LEVEL; level++) {
            long bytes = version.totalBytes(level) + arriving;
            if (level == 0) {
                arriving = isOver(version, 0) ? bytes : 0;
            } else {
                arriving = Math.max(0, bytes - options.levelBytesMax(level));
            }
            debt += arriving;
        }
        return debt;
    }

    private boolean isOver(Version version, int level) {
        return level == 0
                ? version.level(0).size() >= options.level0Threshold()
                : version.totalBytes(level) > options.levelBytesMax(level);
    }

    private double score(Version version, int level) {
        return level == 0
                ? (double) version.level(0).size() / options.level0Threshold()
                : (double) version.totalBytes(level) / options.levelBytesMax(level);
    }

    // ---- Level 0

    private Compaction pickLevel0(Version version) {
        List<SstableInfo> oldestFirst = new ArrayList<>(version.level(0));
        Collections.reverse(oldestFirst);
        List<SstableInfo> movable = movable(version, oldestFirst);
        if (!movable.isEmpty() && !options.isSmall(Compaction.bytes(movable) / movable.size())) {
            return move(0, movable);
        }
        List<SstableInfo> upper = mergeable(version, oldestFirst);
        if (upper.size() == 1 && movable.contains(upper.get(0))) {
            // Small, but there is nothing to merge it with.
            return move(0, upper);
        }
        return merge(version, 0, upper);
    }

    /** The files that share keys with no older one, none in level 1, and not with too many in level 2. */
    private List<SstableInfo> movable(Version version, List<SstableInfo> oldestFirst) {
        List<SstableInfo> movable = new ArrayList<>();
        for (int i = 0; i < oldestFirst.size(); i++) {
            SstableInfo file = oldestFirst.get(i);
            KeyRange range = KeyRange.of(file);
            boolean alone = oldestFirst.subList(0, i).stream().noneMatch(range::overlaps);
            if (alone && isMovable(version, 0, file)) {
                movable.add(file);
            }
        }
        return movable;
    }

    /**
     * The oldest file, and from old to new those that share keys with what is chosen already, or are small, each with
     * the older ones that it draws in; until the next would be too much.
     */
    private List<SstableInfo> mergeable(Version version, List<SstableInfo> oldestFirst) {
        List<SstableInfo> chosen = List.of(oldestFirst.get(0));
        KeyRange range = KeyRange.of(chosen);
        for (int newest = 1; newest < oldestFirst.size(); newest++) {
            SstableInfo file = oldestFirst.get(newest);
            if (!range.overlaps(file) && !options.isSmall(file.fileSize())) {
                continue;
            }
            List<SstableInfo> more = closure(oldestFirst.subList(0, newest + 1), range.with(file));
            KeyRange wider = KeyRange.of(more);
            long bytes = Compaction.bytes(more) + Compaction.bytes(below(version, 0, wider));
            if (bytes > options.inputBytesMax()) {
                break;
            }
            chosen = more;
            range = wider;
        }
        return chosen;
    }

    /** All of these files that share keys with the range, or with the range that they widen it to. */
    private static List<SstableInfo> closure(List<SstableInfo> files, KeyRange begun) {
        KeyRange range = begun;
        List<SstableInfo> inside = List.of();
        while (true) {
            List<SstableInfo> found = files.stream().filter(range::overlaps).toList();
            if (found.size() == inside.size()) {
                return found;
            }
            inside = found;
            range = KeyRange.of(found);
        }
    }

    // ---- The levels below

    private Compaction pickSorted(Version version, int level) {
        SstableInfo best = null;
        double least = Double.POSITIVE_INFINITY;
        List<SstableInfo> movable = new ArrayList<>();
        long surplus = version.totalBytes(level) - options.levelBytesMax(level);
        for (SstableInfo file : version.level(level)) {
            double ratio = (double) Compaction.bytes(below(version, level, KeyRange.of(file))) / file.fileSize();
            if (ratio < least) {
                best = file;
                least = ratio;
            }
            if (surplus > 0 && isMovable(version, level, file)) {
                movable.add(file);
                surplus -= file.fileSize();
            }
        }
        if (!movable.isEmpty()) {
            return move(level, movable);
        }
        if (best == null) {
            throw new IllegalStateException("level " + level + " is over its size without a file");
        }
        return merge(version, level, widened(version, level, best));
    }

    /** The file, and its neighbours that can go with it without drawing in more of the level below. */
    private List<SstableInfo> widened(Version version, int level, SstableInfo file) {
        List<SstableInfo> lower = below(version, level, KeyRange.of(file));
        if (lower.isEmpty()) {
            return List.of(file);
        }
        KeyRange range = KeyRange.of(lower).with(file);
        List<SstableInfo> upper = version.overlapping(level, range.from(), range.to());
        boolean drawsInMore = below(version, level, KeyRange.of(upper)).size() > lower.size();
        boolean tooMuch = Compaction.bytes(upper) + Compaction.bytes(lower) > options.inputBytesMax();
        return drawsInMore || tooMuch ? List.of(file) : upper;
    }

    // ---- Both

    private boolean isMovable(Version version, int level, SstableInfo file) {
        KeyRange range = KeyRange.of(file);
        return below(version, level, range).isEmpty()
                && Compaction.bytes(below(version, level + 1, range)) <= options.grandparentBytesMax();
    }

    /** The files of the level below that share keys with the range. */
    private static List<SstableInfo> below(Version version, int level, KeyRange range) {
        return level < LAST_LEVEL ? version.overlapping(level + 1, range.from(), range.to()) : List.of();
    }

    private static Compaction move(int level, List<SstableInfo> upper) {
        return new Compaction(level, upper, List.of(), List.of(), true);
    }

    private static Compaction merge(Version version, int level, List<SstableInfo> upper) {
        KeyRange range = KeyRange.of(upper);
        List<SstableInfo> lower = below(version, level, range);
        for (SstableInfo file : lower) {
            range = range.with(file);
        }
        return new Compaction(level, upper, lower, below(version, level + 1, range), false);
    }
}
