package io.blockdb.db;

import io.blockdb.base.LedgerPoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Engine#apply} did.
 *
 * @param outcomes one for each batch of the proposal, in order
 * @param head the point behind the block that was appended, null where none was: nothing was added
 */
public record Applied(List<Outcome> outcomes, @Nullable LedgerPoint head) {}
