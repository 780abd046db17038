package io.blockdb.cli.database;

import io.blockdb.base.Hash;

/**
 * The block that an entry stands in.
 *
 * @param height the block's number
 * @param blockHash its hash
 * @param timestamp its time, in microseconds since the Unix epoch
 */
public record Place(long height, Hash blockHash, long timestamp) {}
