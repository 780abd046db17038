package io.blockdb.server.feed;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.blockdb.db.BlockDb;
import io.blockdb.db.LedgerFeed;
import io.blockdb.server.node.Node;
import io.blockdb.server.node.UnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * The feed of the database that a node has open now.
 *
 * <p>Threading: any thread.
 */
public final class DatabaseSource implements FeedSource {
    private final Node node;

    @GuardedBy("this")
    private @Nullable BlockDb database;

    @GuardedBy("this")
    private @Nullable LedgerFeed feed;

    /** Of a node. */
    public DatabaseSource(Node node) {
        this.node = node;
    }

    @Override
    public synchronized @Nullable LedgerFeed now() {
        BlockDb open;
        try {
            open = node.database();
        } catch (UnavailableException none) {
            return null;
        }
        if (open != database) {
            database = open;
            feed = new LedgerFeed(open.engine());
        }
        return feed;
    }
}
