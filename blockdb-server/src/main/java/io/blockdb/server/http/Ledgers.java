package io.blockdb.server.http;

import io.blockdb.base.LedgerId;
import io.blockdb.db.BlockDb;
import io.blockdb.server.node.Node;
import io.blockdb.server.node.UnavailableException;
import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;

/** Which ledger is asked. A server keeps one; who names another is told so. */
final class Ledgers {
    private Ledgers() {}

    /**
     * The database of the ledger that the query names, or of the only one.
     *
     * @throws Problem if it is not the one that is kept here
     * @throws UnavailableException if there is no database now
     */
    static BlockDb asked(Context ctx, Node node) throws UnavailableException {
        BlockDb db = node.database();
        String ledger = ctx.queryParam("ledger");
        if (ledger != null && !ledger.equals(id(db))) {
            throw new Problem(
                            Problem.Kind.NOT_FOUND,
                            "there is no ledger '" + Shown.text(ledger) + "' here: this server keeps " + id(db))
                    .with("reason", "NO_SUCH_LEDGER");
        }
        return db;
    }

    /**
     * Refuses what is to be written into another ledger than the one that is kept here; who names none means this one.
     *
     * @throws Problem if the query names another
     * @throws UnavailableException if it names one, and there is no database now
     */
    static void check(Context ctx, Node node) throws UnavailableException {
        if (ctx.queryParam("ledger") != null) {
            BlockDb unused = asked(ctx, node);
        }
    }

    /** The id of a database's ledger in hex, empty as long as it has none. */
    static String id(BlockDb db) {
        @Nullable LedgerId id = db.engine().ledgerId();
        return id == null ? "" : id.toString();
    }
}
