package io.blockdb.db;

import java.util.List;

/**
 * A part of the history of a key.
 *
 * @param revisions the revisions, the oldest first
 * @param next sequence of the first one behind them; -1 where these are the last
 */
public record HistoryPage(List<Revision> revisions, long next) {
    /** Copies the list. */
    public HistoryPage {
        revisions = List.copyOf(revisions);
    }
}
