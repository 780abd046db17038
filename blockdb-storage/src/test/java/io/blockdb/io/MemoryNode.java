package io.blockdb.io;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A file or directory in memory: what programs see of it, and what of that a power failure leaves.
 *
 * <p>Threading: guarded by the file system.
 */
abstract class MemoryNode {
    private MemoryNode() {}

    /** A file. Its data is safe by sectors, since that is what disks write whole. */
    static final class File extends MemoryNode {
        private static final int SECTOR = 512;

        private MemoryContent current = new MemoryContent();
        private MemoryContent durable = new MemoryContent();
        /** Sectors that the next sync makes durable. */
        private BitSet dirty = new BitSet();
        /** Sectors that differ from what is durable, but that no sync will write, because one that should have failed. */
        private BitSet lost = new BitSet();

        MemoryContent content() {
            return current;
        }

        void write(long position, byte[] source, int offset, int length) {
            current.write(position, source, offset, length);
            markDirty(position, position + length);
        }

        void truncate(long size) {
            long end = Math.max(current.length(), durable.length());
            current.setLength(size);
            markDirty(size, end);
        }

        private void markDirty(long from, long to) {
            if (to > from) {
                int first = sector(from);
                int end = sector(to - 1) + 1;
                dirty.set(first, end);
                lost.clear(first, end);
            }
        }

        private static int sector(long position) {
            return Math.toIntExact(position / SECTOR);
        }

        void sync() {
            if (lost.isEmpty()) {
                durable = current.copy();
            } else {
                durable.setLength(current.length());
                takeDirtySectors(durable, 1, new Random(0));
            }
            dirty.clear();
        }

        /** What Linux does when a write-back fails: nothing is written, and everything counts as written. */
        void forgetDirty() {
            lost.or(dirty);
            dirty.clear();
        }

        /** Replaces the content as though it had been written and synced long ago. */
        void replace(byte[] content) {
            current = new MemoryContent();
            current.write(0, content, 0, content.length);
            durable = current.copy();
            dirty.clear();
            lost.clear();
        }

        /** The same file, to be changed apart from this one. */
        File copy() {
            File copy = new File();
            copy.current = current.copy();
            copy.durable = durable.copy();
            copy.dirty = (BitSet) dirty.clone();
            copy.lost = (BitSet) lost.clone();
            return copy;
        }

        /** What of the file is there after a power failure. */
        File afterPowerFailure(MemoryFileSystem.UnsyncedPolicy unsynced, Random random) {
            MemoryContent left = durable.copy();
            switch (unsynced) {
                case DROP_ALL -> {}
                case DROP_NONE -> {
                    left.setLength(current.length());
                    takeDirtySectors(left, 1, random);
                }
                case DROP_RANDOM -> {
                    left.setLength(random.nextBoolean() ? current.length() : durable.length());
                    takeDirtySectors(left, random.nextDouble(), random);
                }
            }
            File file = new File();
            file.current = left;
            file.durable = left.copy();
            return file;
        }

        private void takeDirtySectors(MemoryContent target, double share, Random random) {
            for (int sector = dirty.nextSetBit(0); sector >= 0; sector = dirty.nextSetBit(sector + 1)) {
                if (random.nextDouble() < share) {
                    target.copyFrom(current, (long) sector * SECTOR, SECTOR);
                }
            }
        }
    }

    /** A directory. Its changes are safe once it was synced; before that each of them may be there or not. */
    static final class Directory extends MemoryNode {
        private final TreeMap<String, MemoryNode> entries = new TreeMap<>();
        private final TreeMap<String, MemoryNode> durable = new TreeMap<>();
        private final List<Change> unsynced = new ArrayList<>();

        TreeMap<String, MemoryNode> entries() {
            return entries;
        }

        void put(String name, MemoryNode node) {
            apply(new Change(name, node, null));
        }

        /** As though it had been there, synced, for long. */
        void putDurably(String name, MemoryNode node) {
            entries.put(name, node);
            durable.put(name, node);
        }

        void remove(String name) {
            apply(new Change(name, null, null));
        }

        void rename(String from, String to) {
            apply(new Change(to, entries.get(from), from));
        }

        private void apply(Change change) {
            change.apply(entries);
            unsynced.add(change);
        }

        void sync() {
            durable.clear();
            durable.putAll(entries);
            unsynced.clear();
        }

        /** The same directory, made of copies. */
        Directory copy(Map<MemoryNode, MemoryNode> copies) {
            Directory copy = new Directory();
            copies.put(this, copy);
            entries.forEach((name, node) -> copy.entries.put(name, copyOf(node, copies)));
            durable.forEach((name, node) -> copy.durable.put(name, copyOf(node, copies)));
            for (Change change : unsynced) {
                MemoryNode node = change.node();
                copy.unsynced.add(
                        new Change(change.name(), node == null ? null : copyOf(node, copies), change.removed()));
            }
            return copy;
        }

        private static MemoryNode copyOf(MemoryNode node, Map<MemoryNode, MemoryNode> copies) {
            MemoryNode known = copies.get(node);
            if (known != null) {
                return known;
            }
            MemoryNode copy = node instanceof Directory directory ? directory.copy(copies) : ((File) node).copy();
            copies.put(node, copy);
            return copy;
        }

        /** What of the directory is there after a power failure. */
        Directory afterPowerFailure(
                MemoryFileSystem.UnsyncedPolicy policy, Random random, Map<MemoryNode, MemoryNode> survivors) {
            TreeMap<String, MemoryNode> left = new TreeMap<>(durable);
            double share = switch (policy) {
                case DROP_ALL -> 0;
                case DROP_NONE -> 1;
                case DROP_RANDOM -> random.nextDouble();
            };
            for (Change change : unsynced) {
                if (random.nextDouble() < share) {
                    change.apply(left);
                }
            }
            Directory directory = new Directory();
            survivors.put(this, directory);
            left.forEach((name, node) -> {
                MemoryNode survivor = survivors.get(node);
                if (survivor == null) {
                    survivor = node instanceof Directory below
                            ? below.afterPowerFailure(policy, random, survivors)
                            : ((File) node).afterPowerFailure(policy, random);
                    survivors.put(node, survivor);
                }
                directory.entries.put(name, survivor);
            });
            directory.durable.putAll(directory.entries);
            return directory;
        }

        /**
         * One change, there whole or not at all.
         *
         * @param name the name that changes
         * @param node what it stands for from now on, null for nothing
         * @param removed the name that goes with it, of a rename
         */
        private record Change(
                String name,
                @Nullable MemoryNode node,
                @Nullable String removed) {
            void apply(Map<String, MemoryNode> names) {
                if (removed != null) {
                    names.remove(removed);
                }
                if (node == null) {
                    names.remove(name);
                } else {
                    names.put(name, node);
                }
            }
        }
    }
}
