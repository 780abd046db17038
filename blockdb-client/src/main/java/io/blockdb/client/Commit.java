package io.blockdb.client;

import io.blockdb.base.Hash;
import io.blockdb.base.LedgerId;

/**
 * Where a write stands in the ledger, as the server says it; {@link BlockDbClient#receipt(long)} of the sequence proves it.
 *
 * @param ledgerId the ledger
 * @param sequence sequence of the first entry; those of the other operations follow in their order
 * @param operations number of operations
 * @param height height of the block
 * @param blockHash hash of the block
 * @param timestamp the block's time, in microseconds since the Unix epoch
 * @param existing whether the very same write stood there already, so that nothing was added
 */
public record Commit(
        LedgerId ledgerId,
        long sequence,
        int operations,
        long height,
        Hash blockHash,
        long timestamp,
        boolean existing) {}
