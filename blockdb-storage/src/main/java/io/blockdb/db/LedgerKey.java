package io.blockdb.db;

import io.blockdb.proof.VerifierKey;

/**
 * A signing key of the ledger, as its entries in {@code _keys} have it.
 *
 * @param key the public key; its text is what verifiers are given
 * @param node whose key it is
 * @param sequence the entry that added it
 * @param height the block of that entry
 * @param retiredAtHeight the block whose entry retired it, -1 while it is active; what it signed before stays valid
 */
public record LedgerKey(VerifierKey key, String node, long sequence, long height, long retiredAtHeight) {
    /** Whether the key signs: it was not retired. */
    public boolean active() {
        return retiredAtHeight < 0;
    }
}
