package io.blockdb.client;

import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.GrowthProof;
import io.blockdb.proof.VerifierKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Two signed checkpoints of one ledger could not be held together: what was trusted before is not the beginning of what is shown
 * now. Both notes are here, to be kept; so is the proof that failed. The newer one was not remembered.
 *
 * <p>{@link Kind#TWO_ROOTS} with {@link #convicted} keys is evidence that anybody can check: such a key signed two histories. The
 * other kinds convict nobody by themselves. A database that was restored from a backup, and has lost what was written since, looks
 * the same from here as one that was tampered with.
 */
public final class LedgerConflictException extends BlockDbClientException {
    private static final long serialVersionUID = 1L;

    /** What does not fit together. */
    public enum Kind {
        /** Two checkpoints of the same size have different roots. */
        TWO_ROOTS,
        /** The proof from the smaller to the larger one does not hold. */
        PROOF_FAILS,
        /** The server shows no such proof. */
        NO_PROOF
    }

    private final Kind kind;
    private final transient Checkpoint remembered;
    private final transient Checkpoint received;
    private final transient @Nullable GrowthProof proof;
    private final transient List<VerifierKey> convicted;

    LedgerConflictException(
            Kind kind,
            Checkpoint remembered,
            Checkpoint received,
            @Nullable GrowthProof proof,
            List<VerifierKey> convicted,
            @Nullable Throwable cause) {
        super(message(kind, remembered, received, convicted, cause), cause);
        this.kind = kind;
        this.remembered = remembered;
        this.received = received;
        this.proof = proof;
        this.convicted = List.copyOf(convicted);
    }

    private static String message(
            Kind kind,
            Checkpoint remembered,
            Checkpoint received,
            List<VerifierKey> convicted,
            @Nullable Throwable cause) {
        String ledger = "ledger " + remembered.origin() + ": ";
        String keep = ". Keep both checkpoints (remembered() and received()): they are the evidence";
        return switch (kind) {
            case TWO_ROOTS ->
                ledger + "two histories of " + received.treeSize() + " blocks: one root was remembered, another "
                        + "received"
                        + (convicted.isEmpty()
                                ? ""
                                : "; both are signed with key "
                                        + String.join(
                                                ", ",
                                                convicted.stream()
                                                        .map(VerifierKey::keyId)
                                                        .toList()))
                        + keep;
            case PROOF_FAILS ->
                ledger + "the history of " + Math.min(remembered.treeSize(), received.treeSize())
                        + " blocks is not the beginning of that of "
                        + Math.max(remembered.treeSize(), received.treeSize())
                        + (cause == null ? "" : " (" + cause.getMessage() + ")") + keep;
            case NO_PROOF ->
                ledger + "a checkpoint of " + remembered.treeSize() + " blocks is remembered, the server shows one of "
                        + received.treeSize() + " and no proof that leads from one to the other"
                        + (cause == null ? "" : " (" + cause.getMessage() + ")") + keep;
        };
    }

    /** What does not fit together. */
    public Kind kind() {
        return kind;
    }

    /** The newest checkpoint that was trusted; it stays remembered. */
    public Checkpoint remembered() {
        return remembered;
    }

    /** The one that was received now. */
    public Checkpoint received() {
        return received;
    }

    /** The proof that does not hold; null unless there is one. */
    public @Nullable GrowthProof proof() {
        return proof;
    }

    /** Keys that signed both of two checkpoints of the same size and different roots. */
    public List<VerifierKey> convicted() {
        return convicted;
    }
}
