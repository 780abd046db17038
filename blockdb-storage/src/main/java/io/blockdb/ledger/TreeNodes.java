package io.blockdb.ledger;

import io.blockdb.base.Hash;
import io.blockdb.io.FileSystem;
import io.blockdb.proof.MerkleTree;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of the ledger tree: leaves are appended, the levels above follow when somebody needs them ({@link #grow}), and every
 * node whose subtree is full can be read, at the cost of one group of 16 hashes. What the files hold is taken as it is: whoever
 * makes proofs of it checks them.
 *
 * <p>Groups that were read are kept with their inner nodes, up to 5 MB: those of the leaves apart from those above, which
 * nearly every path needs.
 *
 * <p>Threading: one thread appends; all else from any thread.
 */
final class TreeNodes implements Closeable {
    private static final int STEP = TreeFormat.HEIGHT_STEP;
    private static final int GROUP = TreeFormat.GROUP;
    private static final int LENGTH = Hash.LENGTH;

    /** So many leaves are written at once: 64 KiB, the hashes of eight tiles. */
    private static final int LEAVES_PER_WRITE = 2048;

    private static final int NODES_PER_WRITE = 256;

    /** What a leaf takes in all files. */
    static final int BYTES_PER_LEAF = 35;

    /** Both are powers of two. */
    private static final int LEAF_GROUPS_KEPT = 1024;

    private static final int INNER_GROUPS_KEPT = 4096;

    /** Where the nodes of each height begin in a group: 16 of height 0, then 8, 4, 2. */
    private static final int[] BEGIN = {0, 16, 24, 28};

    private static final int NODES_PER_GROUP = 30;

    private final List<TreeLevel> levels = new ArrayList<>();
    private final AtomicReferenceArray<@Nullable Group> leafGroups = new AtomicReferenceArray<>(LEAF_GROUPS_KEPT);
    private final AtomicReferenceArray<@Nullable Group> innerGroups = new AtomicReferenceArray<>(INNER_GROUPS_KEPT);
    private final Object growLock = new Object();

    /** For so many leaves all levels are complete. Written under {@link #growLock}. */
    private volatile long grown;

    /** A full group with its inner nodes. */
    @SuppressWarnings("ArrayRecordComponent") // Shared on purpose, and never compared.
    private record Group(int level, long number, byte[] nodes) {}

    TreeNodes(FileSystem fileSystem, Path directory) {
        for (int i = 0; i < TreeFormat.FILES_MAX; i++) {
            levels.add(new TreeLevel(fileSystem, directory, i * STEP, i == 0 ? LEAVES_PER_WRITE : NODES_PER_WRITE));
        }
    }

    /** Bytes that the files will take for what stands in memory alone, about. */
    long unwrittenBytes() {
        return levels.get(0).unwritten() * BYTES_PER_LEAF;
    }

    /** Number of leaves. */
    long size() {
        return levels.get(0).count();
    }

    /**
     * Begins with what the files are known to have.
     *
     * @param size how many leaves
     * @param held how large the tree may get before anything is written
     */
    void startAt(long size, long held) throws IOException {
        forgetGroups();
        for (int i = 0; i < levels.size(); i++) {
            long more = (held >> i * STEP) - (size >> i * STEP);
            levels.get(i).startAt(size >> i * STEP, (int) (more + GROUP - 1) & -GROUP);
        }
        grown = size;
    }

    /** Cuts off what the files of these names have behind what they are known to have. */
    void cut(Collection<String> names) throws IOException {
        for (TreeLevel level : levels) {
            if (names.contains(TreeFormat.fileName(level.height()))) {
                level.cut();
            }
        }
    }

    /** Appends a leaf: a copy of 32 bytes, and a write every two thousand leaves. */
    void append(Hash leaf) throws IOException {
        levels.get(0).append(leaf);
    }

    /** Completes the levels above the leaves: nothing to do for fifteen of sixteen leaves. */
    void grow() throws IOException {
        growTo(size());
    }

    private void completeLevels() throws IOException {
        synchronized (growLock) {
            long size = size();
            byte[] group = new byte[GROUP * LENGTH];
            for (int i = 0; i + 1 < levels.size(); i++) {
                TreeLevel below = levels.get(i);
                TreeLevel above = levels.get(i + 1);
                for (long next = above.count(); next < below.count() >> STEP; next++) {
                    below.read(next << STEP, GROUP, group);
                    above.append(MerkleTree.root(group, GROUP));
                }
            }
            grown = size;
        }
    }

    private void growTo(long size) throws IOException {
        if (grown >> STEP < size >> STEP) {
            completeLevels();
        }
    }

    /** Writes and syncs the nodes of a tree of the first {@code size} leaves, as far as they were not before. */
    void persist(long size) throws IOException {
        growTo(size);
        for (int i = 0; i < levels.size(); i++) {
            levels.get(i).writeThrough(size >> i * STEP);
        }
        for (TreeLevel level : levels) {
            level.sync();
        }
    }

    /** Root of the tree of the first {@code size} leaves. That of all leaves is computed of what stands in memory alone. */
    Hash root(long size) throws IOException {
        growTo(size);
        return size == 0 ? MerkleTree.EMPTY_ROOT : range(0, size);
    }

    Hash leaf(long index) throws IOException {
        return node(0, index);
    }

    /** Path of a leaf in the tree of the first {@code size} leaves (RFC 9162, 2.1.3.1). */
    List<Hash> inclusionPath(long index, long size) throws IOException {
        growTo(size);
        List<Hash> path = new ArrayList<>();
        for (int height = 0; 1L << height < size; height++) {
            long sibling = index >> height ^ 1;
            long from = sibling << height;
            if (from + (1L << height) <= size) {
                path.add(node(height, sibling));
            } else if (from < size) {
                path.add(range(from, size));
            }
        }
        return path;
    }

    /** Path from the tree of the first {@code from} leaves to that of the first {@code to} (RFC 9162, 2.1.4.1). */
    List<Hash> consistencyPath(long from, long to) throws IOException {
        growTo(to);
        List<Hash> path = new ArrayList<>();
        if (from > 0 && from < to) {
            addSubproof(0, to, from, true, path);
        }
        return path;
    }

    /** SUBPROOF(m, D[first:first + size], known) of RFC 9162, 2.1.4.1. */
    private void addSubproof(long first, long size, long m, boolean known, List<Hash> path) throws IOException {
        if (m == size) {
            if (!known) {
                path.add(range(first, first + size));
            }
            return;
        }
        long left = Long.highestOneBit(size - 1);
        if (m <= left) {
            addSubproof(first, left, m, known, path);
            path.add(range(first + left, first + size));
        } else {
            addSubproof(first + left, size - left, m - left, false, path);
            path.add(range(first, first + left));
        }
    }

    /** Root over leaves that begin at a multiple of the largest full subtree among them. */
    private Hash range(long from, long to) throws IOException {
        long length = to - from;
        int height = Long.numberOfTrailingZeros(length);
        long at = to - (1L << height);
        Hash hash = node(height, at >> height);
        for (long rest = length & length - 1; rest != 0; rest &= rest - 1) {
            height = Long.numberOfTrailingZeros(rest);
            at -= 1L << height;
            hash = MerkleTree.nodeHash(node(height, at >> height), hash);
        }
        return hash;
    }

    /** The node of a full subtree, which must be there. */
    private Hash node(int height, long index) throws IOException {
        int level = height / STEP;
        int up = height % STEP;
        long first = index << up;
        long number = first >> STEP;
        TreeLevel hashes = levels.get(level);
        if ((number + 1) << STEP <= hashes.count()) {
            int at = BEGIN[up] + (int) (index - (number << STEP - up));
            return Hash.of(group(level, number).nodes, at * LENGTH, LENGTH);
        }
        byte[] below = new byte[LENGTH << up];
        hashes.read(first, 1 << up, below);
        return MerkleTree.root(below, 1 << up);
    }

    private Group group(int level, long number) throws IOException {
        AtomicReferenceArray<@Nullable Group> kept = level == 0 ? leafGroups : innerGroups;
        int slot = (int) (number + level * 0x5bd1L) & kept.length() - 1;
        Group group = kept.get(slot);
        if (group == null || group.number != number || group.level != level) {
            group = new Group(level, number, readGroup(level, number));
            kept.set(slot, group);
        }
        return group;
    }

    private byte[] readGroup(int level, long number) throws IOException {
        byte[] nodes = new byte[NODES_PER_GROUP * LENGTH];
        levels.get(level).read(number << STEP, GROUP, nodes);
        for (int up = 0; up + 1 < STEP; up++) {
            for (int i = 0; i < GROUP >> up + 1; i++) {
                MerkleTree.nodeHash(nodes, (BEGIN[up] + 2 * i) * LENGTH, nodes, (BEGIN[up + 1] + i) * LENGTH);
            }
        }
        return nodes;
    }

    /** Forgets what was read, because it may be wrong. */
    void forgetGroups() {
        for (int i = 0; i < leafGroups.length(); i++) {
            leafGroups.set(i, null);
        }
        for (int i = 0; i < innerGroups.length(); i++) {
            innerGroups.set(i, null);
        }
    }

    /**
     * A group above a leaf that does not fit to the one above it.
     *
     * @param level the file that holds it
     * @param number its number in the file
     */
    record Misfit(TreeLevel level, long number, Hash expected, Hash found) {}

    /** The highest group above a leaf that does not hash to what stands one level higher; null where all do. */
    @Nullable
    Misfit misfitAbove(long leaf) throws IOException {
        byte[] hashes = new byte[GROUP * LENGTH];
        for (int i = levels.size() - 2; i >= 0; i--) {
            long number = leaf >> (i + 1) * STEP;
            TreeLevel above = levels.get(i + 1);
            if (number < above.count()) {
                above.read(number, 1, hashes);
                Hash expected = Hash.of(hashes, 0, LENGTH);
                levels.get(i).read(number << STEP, GROUP, hashes);
                Hash found = MerkleTree.root(hashes, GROUP);
                if (!found.equals(expected)) {
                    return new Misfit(levels.get(i), number, expected, found);
                }
            }
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (TreeLevel level : levels) {
            try {
                level.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
