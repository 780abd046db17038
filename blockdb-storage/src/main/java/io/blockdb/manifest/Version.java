package io.blockdb.manifest;

import io.blockdb.base.LedgerId;
import io.blockdb.base.LedgerPoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The index at one moment: the live SSTables by level, and how far of the ledger they hold. Each edit makes a new one.
 *
 * <p>What holds of every version:
 *
 * <ol>
 *   <li>Level 0 has what was flushed, newest first by largest sequence; its files may overlap each other.
 *   <li>In each level from 1 on the files are sorted by key, and no key lies in the ranges of two of them. All
 *       revisions of a key that a level holds are therefore in one file, and a lookup opens at most one file of the
 *       level. The price: a file cannot be cut within the revisions of one key, however many they are.
 *   <li>Of one key, the revisions in a file of level 0 are newer than those in the files behind it, and those in a
 *       level newer than those in the levels below. So a read goes through level 0 in order, then down the levels, and
 *       the first revision it meets at or below its sequence is the right one. This is not visible in key ranges: flush
 *       and compaction see to it. The other rules are checked here.
 * </ol>
 *
 * <p>Threading: immutable.
 */
public final class Version {
    /** How many levels there are. The last one has no limit; with the default sizes the one above it has 2.5 TB. */
    public static final int LEVELS = 7;

    private static final Comparator<SstableInfo> NEWEST_FIRST =
            Comparator.comparingLong(SstableInfo::largestSequence).reversed();
    private static final Comparator<SstableInfo> BY_KEY =
            (a, b) -> Arrays.compareUnsigned(a.smallestKey(), b.smallestKey());

    private final long number;
    private final List<List<SstableInfo>> levels;
    private final long[] levelBytes;
    private final @Nullable LedgerId ledgerId;
    private final long totalBytes;
    private final @Nullable LedgerPoint reached;
    private final long nextFileNumber;
    private final long erasuresDoneThrough;

    /**
     * A version of these files, in any order.
     *
     * @throws IllegalArgumentException if they break a rule
     */
    Version(
            long number,
            Collection<SstableInfo> files,
            @Nullable LedgerId ledgerId,
            @Nullable LedgerPoint reached,
            long nextFileNumber,
            long erasuresDoneThrough) {
        this.number = number;
        this.ledgerId = ledgerId;
        this.reached = reached;
        this.nextFileNumber = nextFileNumber;
        this.erasuresDoneThrough = erasuresDoneThrough;
        this.levels = byLevel(files);
        this.levelBytes = new long[LEVELS];
        for (int level = 0; level < LEVELS; level++) {
            for (SstableInfo file : levels.get(level)) {
                levelBytes[level] += file.fileSize();
            }
        }
        this.totalBytes = Arrays.stream(levelBytes).sum();
        if (number < 0 || nextFileNumber < 1 || erasuresDoneThrough < 0) {
            throw new IllegalArgumentException("version " + number + ": next file number " + nextFileNumber
                    + ", erasures done through " + erasuresDoneThrough);
        }
        if ((ledgerId == null) != (reached == null)) {
            throw new IllegalArgumentException("ledger " + ledgerId + " is reached at " + reached);
        }
        requireNumbers();
        requireOrder();
    }

    private static List<List<SstableInfo>> byLevel(Collection<SstableInfo> files) {
        List<List<SstableInfo>> levels = new ArrayList<>(LEVELS);
        for (int level = 0; level < LEVELS; level++) {
            int wanted = level;
            levels.add(files.stream()
                    .filter(file -> file.level() == wanted)
                    .sorted(level == 0 ? NEWEST_FIRST : BY_KEY)
                    .toList());
        }
        return List.copyOf(levels);
    }

    private void requireNumbers() {
        Set<Long> numbers = new HashSet<>();
        for (SstableInfo file : files()) {
            if (file.fileNumber() >= nextFileNumber) {
                throw new IllegalArgumentException(file + ": the next file number is " + nextFileNumber);
            }
            if (!numbers.add(file.fileNumber())) {
                throw new IllegalArgumentException(file + ": there is another of this number");
            }
        }
    }

    private void requireOrder() {
        for (int level = 0; level < LEVELS; level++) {
            List<SstableInfo> files = levels.get(level);
            for (int i = 1; i < files.size(); i++) {
                SstableInfo before = files.get(i - 1);
                SstableInfo file = files.get(i);
                if (level == 0
                        ? before.largestSequence() == file.largestSequence()
                        : Arrays.compareUnsigned(before.largestKey(), file.smallestKey()) >= 0) {
                    throw new IllegalArgumentException(file + " overlaps " + before);
                }
            }
        }
    }

    /** The index of an empty ledger: no file, nothing reached, file numbers from 1. */
    public static Version empty() {
        return new Version(0, List.of(), null, null, 1, 0);
    }

    // ---- What there is

    /** Grows with each edit; 0 only in {@link #empty}. */
    public long number() {
        return number;
    }

    /** The files of a level, immutable: level 0 newest first, the others by key. */
    public List<SstableInfo> level(int level) {
        return levels.get(level);
    }

    /** All files, level by level. */
    public List<SstableInfo> files() {
        List<SstableInfo> all = new ArrayList<>();
        levels.forEach(all::addAll);
        return all;
    }

    /** The ledger that the SSTables are of: null where they hold nothing. */
    public @Nullable LedgerId ledgerId() {
        return ledgerId;
    }

    /** The SSTables hold every entry before this point of the ledger, and none behind it. Null: they hold nothing. */
    public @Nullable LedgerPoint reached() {
        return reached;
    }

    /** Above the number of every SSTable that is or was live. */
    public long nextFileNumber() {
        return nextFileNumber;
    }

    /** Every entry of {@code _erasures} with a lower sequence has been carried out physically. */
    public long erasuresDoneThrough() {
        return erasuresDoneThrough;
    }

    /** Sum of the file sizes of a level, in bytes. */
    public long totalBytes(int level) {
        return levelBytes[level];
    }

    /** Sum of all file sizes, in bytes. */
    public long totalBytes() {
        return totalBytes;
    }

    /**
     * The only file of a level that may hold the key, or null. Takes a binary search and allocates nothing.
     *
     * @param level at least 1; of level 0, ask each file whether it {@link SstableInfo#covers} the key
     */
    public @Nullable SstableInfo fileFor(int level, byte[] indexKey) {
        if (level < 1) {
            throw new IllegalArgumentException("level " + level + " is not sorted by key");
        }
        List<SstableInfo> files = levels.get(level);
        int at = firstEndingAtOrAfter(files, indexKey);
        if (at == files.size()) {
            return null;
        }
        SstableInfo file = files.get(at);
        return Arrays.compareUnsigned(file.smallestKey(), indexKey) <= 0 ? file : null;
    }

    /** The files of a level that may have a key within the range, both ends included, in the level's order. */
    public List<SstableInfo> overlapping(int level, byte[] from, byte[] to) {
        List<SstableInfo> files = levels.get(level);
        if (level == 0) {
            return files.stream().filter(file -> file.overlaps(from, to)).toList();
        }
        int first = firstEndingAtOrAfter(files, from);
        int end = first;
        while (end < files.size() && files.get(end).overlaps(from, to)) {
            end++;
        }
        return files.subList(first, end);
    }

    private static int firstEndingAtOrAfter(List<SstableInfo> files, byte[] indexKey) {
        int low = 0;
        int high = files.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Arrays.compareUnsigned(files.get(middle).largestKey(), indexKey) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    // ---- Edits

    /**
     * The first version of an index: nothing in it yet. It stands on disk before the first SSTable does, so that an SSTable without a
     * manifest always means that the manifest was lost.
     */
    public static Version begun() {
        return new Version(1, List.of(), null, null, 1, 0);
    }

    /**
     * The version after a flush.
     *
     * @param added the new files, of level 0: all entries between {@link #reached} and the new point. None where there
     *     are no such entries
     * @param ledger the ledger that they are of
     * @param newReached not before {@link #reached}
     */
    public Version afterFlush(Collection<SstableInfo> added, LedgerId ledger, LedgerPoint newReached) {
        if (ledgerId != null && !ledger.equals(ledgerId)) {
            throw new IllegalArgumentException("an index of ledger " + ledgerId + " takes nothing of ledger " + ledger);
        }
        if (reached != null && newReached.blocks() < reached.blocks()) {
            throw new IllegalArgumentException(
                    "reached goes back from block " + reached.blocks() + " to " + newReached.blocks());
        }
        for (SstableInfo file : added) {
            if (file.level() != 0) {
                throw new IllegalArgumentException(file + ": what is flushed belongs to level 0");
            }
        }
        List<SstableInfo> files = files();
        files.addAll(added);
        return new Version(number + 1, files, ledger, newReached, nextNumberAfter(added), erasuresDoneThrough);
    }

    /**
     * The version after files were merged or moved: those that went, and those that came with the same entries.
     *
     * @throws IllegalArgumentException if one that went is not in this version, or the entries are not as many
     */
    public Version afterCompaction(Collection<SstableInfo> removed, Collection<SstableInfo> added) {
        Set<SstableInfo> gone = new HashSet<>(removed);
        List<SstableInfo> files = files();
        files.removeIf(gone::remove);
        if (!gone.isEmpty()) {
            throw new IllegalArgumentException("not in version " + number + ": " + gone);
        }
        if (entries(removed) != entries(added)) {
            throw new IllegalArgumentException(entries(removed) + " entries would be replaced by " + entries(added));
        }
        files.addAll(added);
        return new Version(number + 1, files, ledgerId, reached, nextNumberAfter(added), erasuresDoneThrough);
    }

    /**
     * The version of an index that turned out to be damaged: no files. What was reached stays, as evidence of how far the ledger
     * was synced; that the files do not hold as many entries tells that the index is to be built anew.
     */
    public Version givenUp() {
        return new Version(number + 1, List.of(), ledgerId, reached, nextFileNumber, erasuresDoneThrough);
    }

    /**
     * The version after erasures were carried out.
     *
     * @param ledger the ledger that they are of
     * @param begin its first point: what is reached where no SSTable holds anything yet
     * @param through every entry of {@code _erasures} with a lower sequence was carried out; not before
     *     {@link #erasuresDoneThrough}
     */
    public Version afterErasures(LedgerId ledger, LedgerPoint begin, long through) {
        if ((ledgerId != null && !ledger.equals(ledgerId)) || through < erasuresDoneThrough) {
            throw new IllegalArgumentException("an index of ledger " + ledgerId + ", erasures done through "
                    + erasuresDoneThrough + ", takes none of ledger " + ledger + " through " + through);
        }
        return new Version(number + 1, files(), ledger, reached == null ? begin : reached, nextFileNumber, through);
    }

    /**
     * The version in a copy of the database, in which nobody has carried out an erasure: whatever the copy was made from, its values
     * may be there still.
     */
    public Version withoutErasures() {
        return new Version(number, files(), ledgerId, reached, nextFileNumber, 0);
    }

    private static long entries(Collection<SstableInfo> files) {
        return files.stream().mapToLong(SstableInfo::entries).sum();
    }

    private long nextNumberAfter(Collection<SstableInfo> added) {
        long next = nextFileNumber;
        for (SstableInfo file : added) {
            next = Math.max(next, file.fileNumber() + 1);
        }
        return next;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("version ").append(number).append(", files by level");
        for (List<SstableInfo> level : levels) {
            text.append(' ').append(level.size());
        }
        return text.append(", reached ").append(reached).toString();
    }
}
