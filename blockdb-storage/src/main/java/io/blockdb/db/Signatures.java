package io.blockdb.db;

import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.ProofException;
import io.blockdb.proof.VerifierKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Holds checkpoints of a ledger against keys. */
final class Signatures {
    private Signatures() {}

    /** What speaks against the signatures of a checkpoint, or null where one of the keys signed it and no line of them fails. */
    static @Nullable String problem(Checkpoint checkpoint, List<VerifierKey> keys) {
        try {
            return isSigned(checkpoint, keys) ? null : "no key of this ledger signed it";
        } catch (ProofException e) {
            return e.reason();
        }
    }

    /** Which line of one of the keys fails, or null: no line of them does, or there is none. */
    static @Nullable String failure(Checkpoint checkpoint, List<VerifierKey> keys) {
        try {
            isSigned(checkpoint, keys);
            return null;
        } catch (ProofException e) {
            return e.reason();
        }
    }

    private static boolean isSigned(Checkpoint checkpoint, List<VerifierKey> keys) throws ProofException {
        boolean signed = false;
        for (VerifierKey key : keys) {
            signed |= checkpoint.isSignedBy(key);
        }
        return signed;
    }
}
