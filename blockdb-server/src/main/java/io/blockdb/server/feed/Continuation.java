package io.blockdb.server.feed;

import io.blockdb.base.LedgerId;
import io.blockdb.db.LedgerFeed;
import io.blockdb.server.feed.WatchRefusedException.Reason;
import java.io.IOException;

/**
 * Whether a watcher can be told on from where he was told up to: it must be this ledger, have an entry there, and the same block
 * before it as then. Otherwise he was told of something that the ledger does not hold any more, as after an older backup was
 * restored, and going on would hide that from him.
 */
final class Continuation {
    private Continuation() {}

    /**
     * Checks it.
     *
     * @throws WatchRefusedException if he cannot
     */
    static void check(LedgerFeed feed, EventId id) throws WatchRefusedException, IOException {
        LedgerId ledger = feed.ledgerId();
        if (ledger == null || !ledger.equals(id.ledger())) {
            throw new WatchRefusedException(
                    Reason.OTHER_LEDGER,
                    "the event id is of ledger " + id.ledger() + ", this server keeps ledger " + ledger
                            + ": watch anew, without Last-Event-ID");
        }
        long entries = feed.entries();
        if (id.next() > entries) {
            throw new WatchRefusedException(
                    Reason.BEYOND_THE_END,
                    "the event id says that entries up to sequence " + (id.next() - 1)
                            + " were told, this server's ledger ends before sequence " + entries
                            + ": it was restored from an older copy, or is behind; watch anew to go on with what it has");
        }
        if (id.next() > 0 && EventId.shortHash(feed.blockHash(id.next() - 1)) != id.block()) {
            throw new WatchRefusedException(
                    Reason.OTHER_HISTORY,
                    "the entry of sequence " + (id.next() - 1) + " stands in another block than when it was told:"
                            + " the server's ledger was restored from an older copy and went on otherwise;"
                            + " compare checkpoints, and watch anew to go on with what it has");
        }
    }
}
