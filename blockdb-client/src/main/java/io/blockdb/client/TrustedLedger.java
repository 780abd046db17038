package io.blockdb.client;

import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.CheckpointVerifier;
import io.blockdb.proof.ConsistencyProof;
import io.blockdb.proof.GrowthProof;
import io.blockdb.proof.MalformedException;
import io.blockdb.proof.Origin;
import io.blockdb.proof.ProofException;
import io.blockdb.proof.ProvedEntry;
import io.blockdb.proof.Receipt;
import io.blockdb.proof.ReceiptVerifier;
import io.blockdb.proof.VerifierKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A ledger as this client has come to know it: whose signatures count, and the newest checkpoint that was trusted. Everything
 * signed that a server shows goes through here, and must continue what was seen before (LEDGER.md, section Receipt, "Two checkpoints
 * of one ledger").
 *
 * <p>Threading: any thread; the store decides between two that bring news at once.
 */
final class TrustedLedger {
    /** Refusals that say nothing about the ledger. */
    private static final Set<Integer> AT_THE_DOOR = Set.of(401, 403, 408, 429);

    private final CheckpointVerifier keys;
    private final CheckpointStore store;
    private final Source source;

    /** Where checkpoints and the proofs between them come from. */
    interface Source {
        /** The newest checkpoint; one of so many blocks or more, if the size is not 0. */
        Checkpoint checkpoint(long atLeast);

        /** The proof from one size to another. */
        GrowthProof growth(long from, long to);
    }

    TrustedLedger(CheckpointVerifier keys, CheckpointStore store, Source source) {
        this.keys = keys;
        this.store = store;
        this.source = source;
    }

    /** The ledger that the keys are of. */
    Origin origin() {
        return keys.origin();
    }

    /** The newest checkpoint that was trusted; null where there was none yet. */
    @Nullable
    Checkpoint remembered() {
        try {
            return store.load();
        } catch (IOException e) {
            throw new UncheckedIOException("the checkpoint that was remembered cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * The server's newest checkpoint, held against the one remembered and remembered in its place.
     *
     * @throws StaleCheckpointException if the server has none as new as the one remembered
     */
    Checkpoint newest() {
        Checkpoint remembered = remembered();
        Checkpoint received;
        try {
            received = source.checkpoint(remembered == null ? 0 : remembered.treeSize());
        } catch (RefusedException e) {
            if (remembered == null || e.status() >= 500 || AT_THE_DOOR.contains(e.status())) {
                throw e;
            }
            // It says that it has none so new. The one that it has is the evidence.
            received = source.checkpoint(0);
        }
        trust(received, remembered);
        return received;
    }

    /**
     * Checks a receipt, and that its checkpoint continues what was seen before.
     *
     * @param before what was remembered when the receipt was asked for
     * @throws UnprovedException if the receipt does not hold
     * @throws StaleCheckpointException if its checkpoint is older than that
     */
    ProvedReceipt check(Receipt receipt, @Nullable Checkpoint before) {
        Checkpoint checkpoint;
        ProvedEntry entry;
        try {
            checkpoint = Checkpoint.parse(receipt.checkpoint());
            checkSignatures(remembered(), checkpoint, receipt.toJson());
            entry = ReceiptVerifier.verifyUnder(receipt, checkpoint);
        } catch (ProofException | MalformedException e) {
            throw new UnprovedException("the receipt does not hold: " + e.getMessage(), receipt.toJson(), e);
        }
        trust(checkpoint, before);
        return new ProvedReceipt(receipt, entry);
    }

    /**
     * Remembers a checkpoint that continues the one remembered. One that is older is trusted only where another call has brought the
     * newer one since this was asked for: then it was no view of the past. Throws for every other.
     */
    private void trust(Checkpoint received, @Nullable Checkpoint before) {
        Checkpoint remembered;
        do {
            remembered = remembered();
            checkSignatures(remembered, received, received.note());
            if (remembered != null) {
                if (remembered.treeSize() == received.treeSize()) {
                    checkRoots(remembered, received);
                    return;
                }
                checkGrowth(remembered, received);
                if (before != null && before.treeSize() > received.treeSize()) {
                    throw new StaleCheckpointException(remembered, received);
                }
                if (remembered.treeSize() > received.treeSize()) {
                    return;
                }
            }
        } while (!replaced(remembered, received));
    }

    private boolean replaced(@Nullable Checkpoint remembered, Checkpoint next) {
        try {
            return store.replace(remembered, next);
        } catch (IOException e) {
            throw new UncheckedIOException("a new checkpoint cannot be remembered: " + e.getMessage(), e);
        }
    }

    private void checkSignatures(@Nullable Checkpoint remembered, Checkpoint received, String evidence) {
        try {
            keys.verify(received);
        } catch (ProofException e) {
            // One good line beside a bad one makes the note invalid, and may still convict its key.
            List<VerifierKey> convicted = remembered == null ? List.of() : keys.convicted(remembered, received);
            if (remembered != null && !convicted.isEmpty()) {
                throw conflict(LedgerConflictException.Kind.TWO_ROOTS, remembered, received, null, e);
            }
            throw new UnprovedException(
                    "the checkpoint does not hold: " + e.getMessage()
                            + "; if the ledger's key was changed, give this client the new verifier key",
                    evidence,
                    e);
        }
    }

    private void checkRoots(Checkpoint remembered, Checkpoint received) {
        if (!remembered.root().equals(received.root())) {
            throw conflict(LedgerConflictException.Kind.TWO_ROOTS, remembered, received, null, null);
        }
    }

    private void checkGrowth(Checkpoint remembered, Checkpoint received) {
        boolean grew = remembered.treeSize() < received.treeSize();
        Checkpoint older = grew ? remembered : received;
        Checkpoint newer = grew ? received : remembered;
        GrowthProof proof;
        try {
            proof = older.treeSize() == 0
                    ? new GrowthProof(new ConsistencyProof(0, newer.treeSize(), List.of()), null)
                    : source.growth(older.treeSize(), newer.treeSize());
        } catch (MalformedAnswerException e) {
            throw conflict(LedgerConflictException.Kind.NO_PROOF, remembered, received, null, e);
        } catch (RefusedException e) {
            if (e.status() >= 500 || AT_THE_DOOR.contains(e.status())) {
                throw e;
            }
            throw conflict(LedgerConflictException.Kind.NO_PROOF, remembered, received, null, e);
        }
        try {
            proof.verify(older, newer);
        } catch (ProofException e) {
            throw conflict(LedgerConflictException.Kind.PROOF_FAILS, remembered, received, proof, e);
        }
    }

    private LedgerConflictException conflict(
            LedgerConflictException.Kind kind,
            Checkpoint remembered,
            Checkpoint received,
            @Nullable GrowthProof proof,
            @Nullable Exception cause) {
        return new LedgerConflictException(
                kind, remembered, received, proof, keys.convicted(remembered, received), cause);
    }
}
