package io.blockdb.db;

import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.VerifierKey;
import java.util.List;

/**
 * A checkpoint that somebody remembers, which the ledger must still fit.
 *
 * @param source who remembers it, as reports name it: a file, such as {@code keys/ANCHOR}
 * @param checkpoint the checkpoint
 * @param keys of these at least one must have signed it; empty: the ledger's own keys are asked, and if none of them
 *     signed it, the report says so and believes it
 */
public record RootClaim(String source, Checkpoint checkpoint, List<VerifierKey> keys) {
    /** Copies the keys. */
    public RootClaim {
        keys = List.copyOf(keys);
    }
}
