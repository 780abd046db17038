package io.blockdb.server.feed;

import org.jspecify.annotations.Nullable;

/**
 * What a watcher asks for.
 *
 * @param selection which entries
 * @param rights how much of each
 * @param base64 whether keys and values are base64 in any case, and not only where they are no UTF-8
 * @param from sequence of the first entry that is looked at, where the ledger may already have it or where it ends; -1: those
 *     published from now on
 * @param lastEventId the id of the last event that was received before a disconnect, from behind which it goes on; null: none. It
 *     has precedence over {@code from}
 */
public record WatchRequest(
        Selection selection,
        Rights rights,
        boolean base64,
        long from,
        @Nullable String lastEventId) {}
