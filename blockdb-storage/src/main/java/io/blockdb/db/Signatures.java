package io.blockdb.db;

import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.CheckpointVerifier;
import io.blockdb.proof.ProofException;
import io.blockdb.proof.Signer;
import io.blockdb.proof.VerifierKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Holds checkpoints of a ledger against the keys that it had. */
final class Signatures {
    private Signatures() {}

    /** What speaks against the signature of a checkpoint, or null where one of the keys signed it. */
    static @Nullable String problem(Checkpoint checkpoint, List<VerifierKey> keys) {
        try {
            new CheckpointVerifier(List.of(new Signer(keys)), 1).verify(checkpoint);
            return null;
        } catch (ProofException | IllegalArgumentException e) {
            return e.getMessage();
        }
    }
}
