package io.blockdb.proof;

import java.util.List;

/**
 * Somebody whose signature on a checkpoint counts once: a server, or a node of a cluster, with its active key and those that it
 * has retired (LEDGER.md, section Ledger tree and checkpoint).
 *
 * @param keys the verifier keys, one or more
 */
public record Signer(List<VerifierKey> keys) {
    /** Copies the list. */
    public Signer {
        keys = List.copyOf(keys);
    }

    /** A signer with these keys. */
    public static Signer of(VerifierKey... keys) {
        return new Signer(List.of(keys));
    }
}
