package io.blockdb.db;

import io.blockdb.base.LedgerId;
import io.blockdb.base.Position;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Engine#apply} decides: batches in their order, with everything that must not be drawn or measured while
 * deciding, so that every replica decides alike.
 *
 * @param position where the proposal stands in the order of proposals, {@link Position#NONE} when nobody else gives one
 * @param timestamp time of the proposal in microseconds since the Unix epoch; a block is never dated before the one before
 * @param ledgerId id of the new ledger, in the proposal that founds it; null in all others
 * @param batches what is asked for
 */
public record Proposal(
        Position position, long timestamp, @Nullable LedgerId ledgerId, List<Batch> batches) {}
