package io.blockdb.db;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.blockdb.ledger.Ledger;
import io.blockdb.ledger.LedgerBlock;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of the blocks that receipts were made of last: of a few the block itself, of many more the upper part of the tree
 * over its entries. Reading a block of a thousand entries takes some three times as long as all else about a receipt, hashing
 * it some fifty times.
 *
 * <p>Values that are framed by themselves are not kept, so nothing stays in memory here that is erased. Both parts are bounded by
 * bytes; a block that alone would take more than a quarter is not kept.
 *
 * <p>Threading: any thread.
 */
final class RecentBlocks {
    private static final int BLOCK_BYTES = 16 << 20;
    private static final int TREE_BYTES = 8 << 20;

    /** What keeping something takes besides, about. */
    private static final int OVERHEAD = 200;

    private final Ledger ledger;

    @GuardedBy("this")
    private final ByUse<Kept> blocks = new ByUse<>(BLOCK_BYTES);

    @GuardedBy("this")
    private final ByUse<EntryTree> trees = new ByUse<>(TREE_BYTES);

    /** The blocks that are kept, by their first sequences. */
    @GuardedBy("this")
    private final TreeMap<Long, Kept> bySequence = new TreeMap<>();

    /** A block without the values that are framed by themselves. */
    record Kept(LedgerBlock block, EntryTree tree) {
        private long firstSequence() {
            return block.header().firstSequence();
        }
    }

    /** Things by first sequence, the one used the longest time ago first; the oldest go when there are too many bytes. */
    private static final class ByUse<T> {
        private final Map<Long, Sized<T>> things = new LinkedHashMap<>(16, 0.75f, true);
        private final long bytesMax;
        private long bytes;

        private record Sized<T>(T thing, int bytes) {}

        ByUse(long bytesMax) {
            this.bytesMax = bytesMax;
        }

        @Nullable
        T get(long sequence) {
            Sized<T> sized = things.get(sequence);
            return sized == null ? null : sized.thing;
        }

        /** Whether it was new and is kept now. */
        boolean put(long sequence, T thing, int size) {
            if (size > bytesMax / 4 || things.putIfAbsent(sequence, new Sized<>(thing, size + OVERHEAD)) != null) {
                return false;
            }
            bytes += size + OVERHEAD;
            return true;
        }

        /** Removes the oldest where there are too many bytes; returns its first sequence, or -1. */
        long shrink() {
            if (bytes <= bytesMax) {
                return -1;
            }
            Iterator<Map.Entry<Long, Sized<T>>> oldest = things.entrySet().iterator();
            Map.Entry<Long, Sized<T>> gone = oldest.next();
            long sequence = gone.getKey();
            bytes -= gone.getValue().bytes;
            oldest.remove();
            return sequence;
        }

        void remove(long sequence) {
            Sized<T> gone = things.remove(sequence);
            bytes -= gone == null ? 0 : gone.bytes;
        }
    }

    RecentBlocks(Ledger ledger) {
        this.ledger = ledger;
    }

    /**
     * The block that holds a sequence.
     *
     * @throws IllegalArgumentException if the ledger has no such sequence
     */
    Kept of(long sequence) throws IOException {
        Kept known = find(sequence);
        if (known != null) {
            return known;
        }
        LedgerBlock block = ledger.bodyOfSequence(sequence);
        int bytes = block.settle();
        EntryTree tree = tree(block.header().firstSequence());
        Kept kept = new Kept(block, tree == null ? EntryTree.of(block) : tree);
        keep(kept, bytes);
        return kept;
    }

    private synchronized @Nullable Kept find(long sequence) {
        Map.Entry<Long, Kept> floor = bySequence.floorEntry(sequence);
        if (floor == null || sequence >= floor.getKey() + floor.getValue().block.entryCount()) {
            return null;
        }
        return blocks.get(floor.getKey());
    }

    private synchronized @Nullable EntryTree tree(long firstSequence) {
        return trees.get(firstSequence);
    }

    private synchronized void keep(Kept kept, int bytes) {
        trees.put(kept.firstSequence(), kept.tree, kept.tree.bytes());
        while (trees.shrink() >= 0) {
            // One after the other goes.
        }
        if (blocks.put(kept.firstSequence(), kept, bytes)) {
            bySequence.put(kept.firstSequence(), kept);
        }
        for (long gone; (gone = blocks.shrink()) >= 0; ) {
            bySequence.remove(gone);
        }
    }

    /** Forgets a block, because it may be wrong. */
    synchronized void forget(Kept kept) {
        trees.remove(kept.firstSequence());
        blocks.remove(kept.firstSequence());
        bySequence.remove(kept.firstSequence());
    }
}
