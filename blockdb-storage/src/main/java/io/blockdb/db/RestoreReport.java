package io.blockdb.db;

import io.blockdb.base.LedgerId;
import io.blockdb.proof.VerifierKey;
import java.util.List;

/**
 * What was restored, and how far it was proved.
 *
 * @param ledgerId the ledger
 * @param blocks its blocks
 * @param entries their entries
 * @param valuesErased values that are gone, each by an erasure that the ledger records
 * @param checkpointSize how many of the blocks the checkpoint beside the backup covers; 0: there was none
 * @param trusted whether the checkpoint was checked with keys that the caller trusts, and not with those that the ledger names
 * @param keys the verifier keys that the ledger names
 * @param withKeys whether private keys were restored; without them the database signs nothing
 */
public record RestoreReport(
        LedgerId ledgerId,
        long blocks,
        long entries,
        long valuesErased,
        long checkpointSize,
        boolean trusted,
        List<VerifierKey> keys,
        boolean withKeys) {}
