package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Hash;
import io.blockdb.ledger.Ledger;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.LedgerTree;
import io.blockdb.ledger.StoredValue;
import io.blockdb.ledger.ValuePlace;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.ConsistencyProof;
import io.blockdb.proof.EntryLeaf;
import io.blockdb.proof.ProofException;
import io.blockdb.proof.Receipt;
import io.blockdb.proof.ReceiptVerifier;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes receipts and consistency proofs from the ledger and its tree. A receipt is checked, as its holder will check it, before
 * it is handed out: all but the signature, which is the checkpoint's and was checked when that was made.
 *
 * <p>Threading: any thread, beside writers.
 */
final class Receipts {
    private final Engine engine;
    private final Ledger ledger;
    private final RecentBlocks blocks;

    Receipts(Engine engine) {
        this.engine = engine;
        this.ledger = engine.ledger();
        this.blocks = new RecentBlocks(ledger);
    }

    /**
     * The receipt of an entry under a checkpoint of this ledger. The value of an erased entry is withheld; from when on an erasure
     * counts is decided by its entry, as for every read.
     *
     * @param covering a checkpoint whose tree holds the entry's block
     * @throws IllegalArgumentException if the ledger has no such entry, or the checkpoint does not cover it or is not one of
     *     this ledger
     * @throws CorruptionException if the block or the tree is damaged: nothing that does not prove itself is handed out
     * @throws IOException if something could not be read, or the tree cannot be had ({@link LedgerTree#failure})
     */
    Receipt of(long sequence, Checkpoint covering) throws IOException {
        checkOurs(covering);
        RecentBlocks.Kept kept = blocks.of(sequence);
        LedgerBlock block = kept.block();
        long height = block.header().height();
        if (height >= covering.treeSize()) {
            throw new IllegalArgumentException("entry " + sequence + " stands in block " + height
                    + ", the checkpoint covers the first " + covering.treeSize() + " blocks");
        }
        int index = (int) (sequence - block.header().firstSequence());
        EntryLeaf leaf = block.leaf(index);
        StoredValue value = value(block, index, leaf, sequence);
        Receipt receipt = new Receipt(
                leaf.table().toString(),
                leaf.key(),
                value == null ? null : value.value(),
                value == null ? null : value.salt(),
                sequence,
                height,
                block.leafBytes(index),
                index,
                kept.tree().path(block, index),
                block.headerBytes(),
                ledger.tree().inclusionPath(height, covering.treeSize()),
                covering.note());
        try {
            ReceiptVerifier.verifyUnder(receipt, covering);
        } catch (ProofException e) {
            blocks.forget(kept);
            throw block.corrupt("the receipt of entry " + sequence + " does not hold: " + e.getMessage());
        }
        return receipt;
    }

    private void checkOurs(Checkpoint checkpoint) throws IOException {
        LedgerTree tree = ledger.tree();
        boolean ours = Objects.equals(engine.ledgerId(), checkpoint.origin().ledgerId());
        Hash root = ours && checkpoint.treeSize() <= tree.size() ? tree.rootAt(checkpoint.treeSize()) : null;
        if (!Objects.equals(root, checkpoint.root())) {
            throw new IllegalArgumentException("the checkpoint of " + checkpoint.treeSize() + " blocks of "
                    + checkpoint.origin() + " is not one of this ledger, which has " + tree.size()
                    + " blocks: expected root " + root + ", found " + checkpoint.root());
        }
    }

    /** The value, or null where there is none to show: of a delete, erased, or one that is shown to nobody. */
    private @Nullable StoredValue value(LedgerBlock block, int index, EntryLeaf leaf, long sequence)
            throws IOException {
        boolean withheld = leaf.isOf(SystemTables.CREDENTIALS);
        if (leaf.kind() == EntryLeaf.KIND_DELETE || withheld || (leaf.saltLength() > 0 && isErased(sequence))) {
            return null;
        }
        ValuePlace place = block.valuePlace(index);
        try {
            StoredValue value = place == null ? block.value(index) : ledger.value(place);
            if (!value.isErased()) {
                return value;
            }
        } catch (CorruptionException e) {
            if (leaf.saltLength() == 0 || !isErased(sequence)) {
                throw e;
            }
        }
        // Overwriting may have come between the two looks.
        if (isErased(sequence)) {
            return null;
        }
        throw block.erasedWithoutEntry(index);
    }

    private boolean isErased(long sequence) throws IOException {
        return engine.erasedBy(sequence, engine.published().entries() - 1) >= 0;
    }

    /**
     * The proof that the tree of the first {@code from} blocks is the beginning of that of the first {@code to}.
     *
     * @throws IllegalArgumentException unless 0 &lt;= from &lt;= to, and the ledger has so many blocks
     * @throws CorruptionException if the tree's files are damaged
     * @throws IOException if the tree cannot be had ({@link LedgerTree#failure})
     */
    ConsistencyProof consistency(long from, long to) throws IOException {
        return new ConsistencyProof(from, to, ledger.tree().consistencyPath(from, to));
    }
}
