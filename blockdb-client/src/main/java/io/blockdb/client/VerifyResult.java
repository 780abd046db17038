package io.blockdb.client;

import java.util.List;
import java.util.Map;

/**
 * What a server found when it recomputed its ledger. It is that server's word: who does not trust it keeps receipts and checkpoints,
 * and checks those.
 *
 * @param valid whether nothing was found
 * @param blocksVerified number of blocks
 * @param entriesVerified number of entries
 * @param milliseconds how long it took
 * @param failures the damage, each with fields such as {@code file}, {@code offset}, {@code height}, {@code key}, {@code reason}
 */
public record VerifyResult(
        boolean valid,
        long blocksVerified,
        long entriesVerified,
        long milliseconds,
        List<Map<String, Object>> failures) {
    /** Copies the list. */
    public VerifyResult {
        failures = List.copyOf(failures);
    }
}
