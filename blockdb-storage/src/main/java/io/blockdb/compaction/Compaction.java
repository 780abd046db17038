package io.blockdb.compaction;

import io.blockdb.manifest.SstableInfo;
import io.blockdb.manifest.Version;
import java.util.ArrayList;
import java.util.List;

/**
 * One step of compaction: which SSTables of a level go down to the next, and which of that level they are merged with.
 *
 * @param level the level that they come from
 * @param upper the files of that level, at least one
 * @param lower the files of the level below that share keys with them
 * @param grandparents the files of the level below {@link #outputLevel} that share keys with all these: with them the
 *     output will have to be merged some day
 * @param isTrivialMove whether nothing has to be read and written: {@code upper} are disjoint, {@code lower} is empty,
 *     and the files change their level as they are
 */
public record Compaction(
        int level,
        List<SstableInfo> upper,
        List<SstableInfo> lower,
        List<SstableInfo> grandparents,
        boolean isTrivialMove) {

    /** Keeps copies of the lists. */
    public Compaction {
        upper = List.copyOf(upper);
        lower = List.copyOf(lower);
        grandparents = List.copyOf(grandparents);
    }

    /** The level that the files go to. */
    public int outputLevel() {
        return level + 1;
    }

    /** All files that go into it, upper first. */
    public List<SstableInfo> inputs() {
        List<SstableInfo> inputs = new ArrayList<>(upper);
        inputs.addAll(lower);
        return inputs;
    }

    /** Sum of the sizes of {@link #inputs}. */
    public long inputBytes() {
        return bytes(upper) + bytes(lower);
    }

    static long bytes(List<SstableInfo> files) {
        long sum = 0;
        for (SstableInfo file : files) {
            sum += file.fileSize();
        }
        return sum;
    }

    /** The upper files as they are called in the level below: what a trivial move puts in their place. */
    public List<SstableInfo> moved() {
        if (!isTrivialMove) {
            throw new IllegalStateException("the files of this compaction must be merged, not moved");
        }
        return upper.stream().map(file -> file.movedTo(outputLevel())).toList();
    }

    /**
     * The version after this step.
     *
     * @param version the one that it was picked from, or a later one with flushes since
     * @param outputs what {@link CompactionRun} has written, or {@link #moved}
     */
    public Version applyTo(Version version, List<SstableInfo> outputs) {
        return version.afterCompaction(inputs(), outputs);
    }
}
