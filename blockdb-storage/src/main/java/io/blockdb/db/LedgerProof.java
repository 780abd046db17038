package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Hash;
import io.blockdb.ledger.AbsentValues;
import io.blockdb.ledger.Ledger;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.LedgerCursor;
import io.blockdb.proof.EntryLeaf;
import io.blockdb.proof.MerkleTree;
import io.blockdb.proof.VerifierKey;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a ledger from its first block to its last, in constant memory but for what was erased, and checks it: the chain, the
 * entries' roots, the digests of all values, and that an entry of {@code _erasures} stands behind every value that is gone. Tells
 * the root of the tree at one size, and the keys that the ledger names.
 *
 * <p>Threading: one thread.
 */
final class LedgerProof {
    private final MerkleTree tree = new MerkleTree();
    private final Map<String, VerifierKey> keys = new LinkedHashMap<>();
    private final AbsentValues values = new AbsentValues();
    private final long treeSize;
    private @Nullable Hash root;

    /** @param treeSize the size of the tree whose root is wanted */
    LedgerProof(long treeSize) {
        this.treeSize = treeSize;
        this.root = treeSize == 0 ? MerkleTree.EMPTY_ROOT : null;
    }

    /**
     * Reads and checks.
     *
     * @param progress hears of bytes read
     * @throws CorruptionException if anything does not check out
     */
    void run(Ledger ledger, LongConsumer progress) throws IOException {
        try (LedgerCursor cursor = ledger.blocksFrom(Ledger.GENESIS)) {
            for (LedgerBlock block; (block = cursor.next()) != null; ) {
                block.checkEntriesRoot();
                values.block(block);
                for (int i = 0; i < block.entryCount(); i++) {
                    key(block, i);
                }
                tree.append(block.hash());
                if (tree.size() == treeSize) {
                    root = tree.root();
                }
                progress.accept(block.frameLength());
            }
        }
        CorruptionException damage = ledger.damage();
        if (damage != null) {
            throw damage;
        }
        Set<Long> unexplained = values.unexplained();
        if (!unexplained.isEmpty()) {
            throw new CorruptionException(
                    "ledger/", 0, 0, "the values of sequences " + unexplained + " are gone, and no entry erases them");
        }
    }

    private void key(LedgerBlock block, int index) throws IOException {
        EntryLeaf leaf = block.leaf(index);
        if (leaf.kind() == EntryLeaf.KIND_PUT && leaf.table().equals(SystemTables.KEYS)) {
            VerifierKey key = SystemTables.verifierKey(block.value(index).value());
            keys.put(key.keyId(), key);
        }
    }

    /** The root at the size that was asked for, or null where the ledger is shorter. */
    @Nullable
    Hash root() {
        return root;
    }

    /** The keys that the ledger names, retired ones too. */
    List<VerifierKey> keys() {
        return List.copyOf(keys.values());
    }

    /** How many values entries erase: opening the database overwrites those that are still there. */
    long erased() {
        return values.erased();
    }
}
