package io.blockdb.ledger;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Hash;
import io.blockdb.base.LedgerId;
import io.blockdb.base.UnsupportedFormatException;
import io.blockdb.io.FileSystem;
import io.blockdb.io.ReadableFile;
import io.blockdb.proof.MerkleTree;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Recomputes the files of the ledger tree from the block hashes, which are handed in one by one in the order of the ledger, and
 * tells every place where a file has something else. Held against the files is what their record says is whole; what
 * stands behind it is nothing yet, and is written again after a crash.
 *
 * <p>Uses nothing that an open database holds in memory, and runs beside one: what was recorded never changes.
 *
 * <p>Threading: one thread at a time.
 */
public final class TreeAudit implements Closeable {
    private static final int LENGTH = Hash.LENGTH;
    private static final int GROUP = TreeFormat.GROUP;
    private static final int WINDOW = 64 << 10;

    /** So many places are told of one file; the last one says that there are more. */
    private static final int PROBLEMS_MAX = 100;

    private final TreeFormat.@Nullable State state;
    private final List<Level> levels = new ArrayList<>();
    private final List<CorruptionException> problems = new ArrayList<>();
    private long blocks;

    private TreeAudit(TreeFormat.@Nullable State state) {
        this.state = state;
    }

    /** A file that is held against what is computed. */
    private final class Level {
        private final String name;
        /** How many hashes the file must have. */
        private final long recorded;

        private final @Nullable ReadableFile file;
        private final byte[] window = new byte[WINDOW];
        private long windowStart;
        private int windowLength;

        /** The last hashes that are not yet one of the level above. */
        private final byte[] group = new byte[GROUP * LENGTH];

        private long count;
        private long badFrom = -1;
        private int told;

        Level(String name, long recorded, @Nullable ReadableFile file) {
            this.name = name;
            this.recorded = recorded;
            this.file = file;
        }

        /** Takes the next hash; returns that of the level above where this one fills a group. */
        @Nullable
        Hash add(Hash hash) {
            if (count < recorded) {
                compare(hash);
            }
            hash.copyTo(group, (int) (count % GROUP) * LENGTH);
            count++;
            return count % GROUP == 0 ? MerkleTree.root(group.clone(), GROUP) : null;
        }

        private void compare(Hash hash) {
            boolean same = load() && hash.matches(window, (int) (count * LENGTH - windowStart));
            if (!same && badFrom < 0) {
                badFrom = count;
            } else if (same) {
                tellBad(count);
            }
            if (count == recorded - 1) {
                tellBad(recorded);
            }
        }

        /** Sees to it that the next hash is in the window; false where the file ends before, or cannot be read. */
        private boolean load() {
            long offset = count * LENGTH;
            if (offset + LENGTH > windowStart + windowLength) {
                windowStart = offset;
                windowLength = 0;
                try {
                    windowLength = file == null ? 0 : file.read(offset, window, 0, WINDOW);
                } catch (IOException e) {
                    tell(new CorruptionException(name, offset, WINDOW, "cannot be read: " + e.getMessage(), e));
                }
            }
            return offset + LENGTH <= windowStart + windowLength;
        }

        private void tellBad(long end) {
            if (badFrom >= 0) {
                tell(new CorruptionException(
                        name,
                        badFrom * LENGTH,
                        (end - badFrom) * LENGTH,
                        end - badFrom + " hashes are missing, or are not those of the ledger"));
                badFrom = -1;
            }
        }

        private void tell(CorruptionException problem) {
            told++;
            if (told < PROBLEMS_MAX) {
                problems.add(problem);
            } else if (told == PROBLEMS_MAX) {
                problems.add(new CorruptionException(name, problem.offset(), 0, "more places from here on", problem));
            }
        }

        /** Hash over what is not yet one of the level above, and what lies to the right of it. */
        private @Nullable Hash edge(@Nullable Hash right) {
            Hash hash = right;
            int rest = (int) (count % GROUP);
            for (int width = 1; rest > 0; width *= 2) {
                if ((rest & width) != 0) {
                    rest -= width;
                    byte[] part = Arrays.copyOfRange(group, rest * LENGTH, (rest + width) * LENGTH);
                    Hash left = MerkleTree.root(part, width);
                    hash = hash == null ? left : MerkleTree.nodeHash(left, hash);
                }
            }
            return hash;
        }
    }

    /**
     * Begins an audit.
     *
     * @param fileSystem reads the files, past the system's cache
     * @param directory the tree's, {@code tree/} in the data directory; need not exist
     * @param ledgerId the ledger's
     */
    public static TreeAudit open(FileSystem fileSystem, Path directory, LedgerId ledgerId) throws IOException {
        TreeFormat.State state = null;
        List<CorruptionException> problems = new ArrayList<>();
        String name = TreeFormat.DIRECTORY + "/" + TreeFormat.STATE;
        try {
            state = TreeFormat.read(fileSystem, directory);
            if (state != null && !state.ledgerId().equals(ledgerId)) {
                problems.add(new CorruptionException(
                        name,
                        16,
                        LedgerId.LENGTH,
                        "of another ledger: expected " + ledgerId + ", found " + state.ledgerId()));
                state = null;
            }
        } catch (CorruptionException e) {
            problems.add(e);
        } catch (UnsupportedFormatException e) {
            problems.add(new CorruptionException(name, 0, 0, String.valueOf(e.getMessage()), e));
        }
        TreeAudit audit = new TreeAudit(state);
        audit.problems.addAll(problems);
        long recorded = state == null ? 0 : state.point().blocks();
        for (int i = 0; i < TreeFormat.FILES_MAX; i++) {
            int height = i * TreeFormat.HEIGHT_STEP;
            long hashes = recorded >> height;
            Path path = directory.resolve(TreeFormat.fileName(height));
            ReadableFile file = hashes > 0 && fileSystem.exists(path) ? fileSystem.openUncached(path) : null;
            audit.levels.add(audit.new Level(TreeFormat.displayName(height), hashes, file));
        }
        return audit;
    }

    /** How many blocks the record speaks of; 0 where there is none, or it cannot be used. */
    public long recorded() {
        return state == null ? 0 : state.point().blocks();
    }

    /** Takes the hash of the next block, the first one that of block 0. */
    public void add(Hash blockHash) {
        Hash next = blockHash;
        for (int i = 0; next != null && i < levels.size(); i++) {
            next = levels.get(i).add(next);
        }
        blocks++;
        TreeFormat.State known = state;
        if (known != null && blocks == known.point().blocks()) {
            checkState(known, blockHash);
        }
    }

    private void checkState(TreeFormat.State known, Hash last) {
        Hash root = null;
        for (Level level : levels) {
            root = level.edge(root);
        }
        if (!Objects.equals(known.root(), root) || !known.point().lastHash().equals(last)) {
            problems.add(new CorruptionException(
                    TreeFormat.DIRECTORY + "/" + TreeFormat.STATE,
                    0,
                    0,
                    "of " + blocks + " blocks: expected root " + root + " and last hash " + last + ", found "
                            + known.root() + " and " + known.point().lastHash()));
        }
    }

    /** Every place where the files are not what they must be, in the order in which they were met; after the last block. */
    public List<CorruptionException> finish() {
        levels.forEach(level -> level.tellBad(level.count));
        List<CorruptionException> all = new ArrayList<>(problems);
        if (blocks < recorded()) {
            all.add(new CorruptionException(
                    TreeFormat.DIRECTORY + "/" + TreeFormat.STATE,
                    0,
                    0,
                    "the tree was recorded at " + recorded() + " blocks, the ledger has " + blocks));
        }
        return all;
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (Level level : levels) {
            try {
                if (level.file != null) {
                    level.file.close();
                }
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
