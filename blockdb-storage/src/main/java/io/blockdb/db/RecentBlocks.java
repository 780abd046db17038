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
 * The blocks that receipts were made of last, each with the tree of its entries: hashing a block of a thousand entries takes a
 * hundred times as long as all else about a receipt. Values that are framed by themselves are not kept, so that nothing that
 * was erased stays in memory here.
 *
 * <p>Bounded by bytes; a block that alone takes more than an eighth is not kept.
 *
 * <p>Threading: any thread.
 */
final class RecentBlocks {
    private static final int BYTES_MAX = 16 << 20;
    private static final int BLOCK_BYTES_MAX = BYTES_MAX / 8;

    private final Ledger ledger;

    /** By first sequence, the one used the longest time ago first. */
    @GuardedBy("this")
    private final Map<Long, Kept> byUse = new LinkedHashMap<>(16, 0.75f, true);

    @GuardedBy("this")
    private final TreeMap<Long, Kept> bySequence = new TreeMap<>();

    @GuardedBy("this")
    private long bytes;

    /** A block without the values that are framed by themselves. */
    record Kept(LedgerBlock block, EntryTree tree, int bytes) {
        private long firstSequence() {
            return block.header().firstSequence();
        }

        private boolean holds(long sequence) {
            return sequence < firstSequence() + block.entryCount();
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
        int blockBytes = block.settle();
        EntryTree tree = new EntryTree(block.leafHashes());
        Kept kept = new Kept(block, tree, blockBytes + tree.bytes());
        if (kept.bytes <= BLOCK_BYTES_MAX) {
            keep(kept);
        }
        return kept;
    }

    private synchronized @Nullable Kept find(long sequence) {
        Map.Entry<Long, Kept> floor = bySequence.floorEntry(sequence);
        return floor == null || !floor.getValue().holds(sequence) ? null : byUse.get(floor.getKey());
    }

    private synchronized void keep(Kept kept) {
        if (byUse.putIfAbsent(kept.firstSequence(), kept) != null) {
            return;
        }
        bySequence.put(kept.firstSequence(), kept);
        bytes += kept.bytes;
        Iterator<Kept> oldest = byUse.values().iterator();
        while (bytes > BYTES_MAX) {
            Kept gone = oldest.next();
            oldest.remove();
            bySequence.remove(gone.firstSequence());
            bytes -= gone.bytes;
        }
    }

    /** Forgets a block, because it may be wrong. */
    synchronized void forget(Kept kept) {
        if (byUse.remove(kept.firstSequence(), kept)) {
            bySequence.remove(kept.firstSequence());
            bytes -= kept.bytes;
        }
    }
}
