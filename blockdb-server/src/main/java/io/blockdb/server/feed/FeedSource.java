package io.blockdb.server.feed;

import io.blockdb.db.LedgerFeed;
import org.jspecify.annotations.Nullable;

/**
 * Where the feed reads: the database that is open now. Another object means that it was opened again.
 *
 * <p>Threading: any thread.
 */
@FunctionalInterface
public interface FeedSource {
    /** The feed of the open database, the same object as long as it is the same; null where none is open now. */
    @Nullable
    LedgerFeed now();
}
