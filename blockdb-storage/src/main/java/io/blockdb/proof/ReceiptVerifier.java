package io.blockdb.proof;

import io.blockdb.base.Hash;
import io.blockdb.base.TableName;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks receipts with nothing but verifier keys: the six steps of LEDGER.md, section Receipt, in their order. No I/O, no clock.
 *
 * <p>Threading: any thread.
 */
public final class ReceiptVerifier {
    private ReceiptVerifier() {}

    /**
     * Checks a receipt.
     *
     * @param signers whose signatures count
     * @param threshold how many of them must have signed the checkpoint
     * @return what is proved
     * @throws ProofException if the receipt does not hold; it says which step failed
     * @throws IllegalArgumentException if signers and threshold are no set to trust ({@link CheckpointVerifier})
     */
    public static ProvedEntry verify(Receipt receipt, List<Signer> signers, int threshold) throws ProofException {
        return verify(receipt, new CheckpointVerifier(signers, threshold));
    }

    /** As {@link #verify(Receipt, List, int)}, for many receipts. */
    public static ProvedEntry verify(Receipt receipt, CheckpointVerifier trusted) throws ProofException {
        Checkpoint checkpoint;
        try {
            checkpoint = Checkpoint.parse(receipt.checkpoint());
        } catch (MalformedException e) {
            throw new ProofException(ProofException.Step.CHECKPOINT, e.getMessage());
        }
        trusted.verify(checkpoint);
        return verifyUnder(receipt, checkpoint);
    }

    /**
     * Checks all of a receipt but its checkpoint: steps 2 to 6, under a checkpoint that the caller knows to hold. Many receipts
     * have one checkpoint.
     *
     * @param checkpoint the receipt's own, parsed
     * @throws ProofException if the receipt does not hold
     */
    public static ProvedEntry verifyUnder(Receipt receipt, Checkpoint checkpoint) throws ProofException {
        if (!receipt.checkpoint().equals(checkpoint.note())) {
            throw new ProofException(ProofException.Step.CHECKPOINT, "the receipt has another one");
        }
        BlockHeader header = header(receipt, checkpoint);
        EntryLeaf entry = entry(receipt, header);
        checkValue(receipt, entry);
        if (!new InclusionProof(receipt.entryIndex(), header.entryCount(), receipt.entryPath())
                .proves(entry.hash(), header.entriesRoot())) {
            throw new ProofException(
                    ProofException.Step.ENTRY_PATH,
                    "it does not lead from entry " + receipt.entryIndex() + " of " + header.entryCount()
                            + " to the entries_root of the block");
        }
        Hash blockHash = MerkleTree.leafHash(receipt.header());
        if (!new InclusionProof(receipt.height(), checkpoint.treeSize(), receipt.blockPath())
                .proves(blockHash, checkpoint.root())) {
            throw new ProofException(
                    ProofException.Step.BLOCK_PATH,
                    "it does not lead from block " + receipt.height() + " of " + checkpoint.treeSize()
                            + " to the root of the checkpoint");
        }
        return new ProvedEntry(
                entry.table(),
                entry.key(),
                entry.kind() == EntryLeaf.KIND_DELETE,
                receipt.value(),
                entry.author(),
                entry.expiresAt(),
                receipt.sequence(),
                receipt.height(),
                header.timestamp(),
                entry.joined(),
                checkpoint);
    }

    private static BlockHeader header(Receipt receipt, Checkpoint checkpoint) throws ProofException {
        BlockHeader header;
        try {
            header = BlockHeader.parse(receipt.header(), 0, receipt.header().length);
        } catch (MalformedException e) {
            throw new ProofException(ProofException.Step.HEADER, e.getMessage());
        }
        String problem = null;
        if (!header.ledgerId().equals(checkpoint.origin().ledgerId())) {
            problem = "it is of ledger " + header.ledgerId() + ", the checkpoint of "
                    + checkpoint.origin().ledgerId();
        } else if (header.height() != receipt.height()) {
            problem = "its height is " + header.height() + ", the receipt says " + receipt.height();
        } else if (receipt.height() >= checkpoint.treeSize()) {
            problem = "height " + receipt.height() + " is not in a ledger of " + checkpoint.treeSize() + " blocks";
        } else if (receipt.entryIndex() >= header.entryCount()) {
            problem = "the block has " + header.entryCount() + " entries, none of index " + receipt.entryIndex();
        } else if (header.firstSequence() + receipt.entryIndex() != receipt.sequence()) {
            problem = "entry " + receipt.entryIndex() + " of the block has the sequence "
                    + (header.firstSequence() + receipt.entryIndex()) + ", the receipt says " + receipt.sequence();
        }
        refuse(ProofException.Step.HEADER, problem);
        return header;
    }

    private static EntryLeaf entry(Receipt receipt, BlockHeader header) throws ProofException {
        EntryLeaf entry;
        TableName table;
        try {
            entry = EntryLeaf.parse(receipt.entry(), 0, receipt.entry().length);
            table = entry.table();
        } catch (MalformedException e) {
            throw new ProofException(ProofException.Step.ENTRY, e.getMessage());
        }
        String problem = null;
        if (entry.joined() && receipt.entryIndex() == header.entryCount() - 1) {
            problem = "the last entry of the block is joined to a next one";
        } else if (header.height() == 0 && !table.isSystem()) {
            problem = "block 0 holds an entry of table '" + table + "', not only of system tables";
        } else if (!Arrays.equals(
                table.toString().getBytes(StandardCharsets.UTF_8),
                receipt.table().getBytes(StandardCharsets.UTF_8))) {
            problem = "it is of table '" + table + "', the receipt says '" + receipt.table() + "'";
        } else if (!Arrays.equals(entry.key(), receipt.key())) {
            problem = "it is of another key than the receipt says";
        }
        refuse(ProofException.Step.ENTRY, problem);
        return entry;
    }

    private static void checkValue(Receipt receipt, EntryLeaf entry) throws ProofException {
        byte[] value = receipt.value();
        byte[] salt = receipt.salt();
        String problem = null;
        if ((value == null) != (salt == null)) {
            problem = "value and salt must be there both or neither";
        } else if (value != null && salt != null) {
            if (entry.kind() == EntryLeaf.KIND_DELETE) {
                problem = "a deletion has no value, the receipt shows one";
            } else if (!entry.digestMatches(salt, value)) {
                problem = "it is not the one that was written: lengths or digest differ";
            }
        }
        refuse(ProofException.Step.VALUE, problem);
    }

    private static void refuse(ProofException.Step step, @Nullable String problem) throws ProofException {
        if (problem != null) {
            throw new ProofException(step, problem);
        }
    }
}
