package io.blockdb.db;

import io.blockdb.base.Hash;

/**
 * Where a batch stands in the ledger.
 *
 * @param sequence sequence of the batch's first entry; the others follow without a gap, in the order of the operations
 * @param entries number of entries that the batch's operations made
 * @param height height of the block
 * @param blockHash hash of the block
 * @param timestamp the block's time, in microseconds since the Unix epoch
 * @param existing whether the very same write stood there already, so that nothing was added
 */
public record Commit(long sequence, int entries, long height, Hash blockHash, long timestamp, boolean existing) {}
