package io.blockdb.server.feed;

/**
 * What the feed does and did.
 *
 * @param watchers watchers now
 * @param behind of these, those who are told what was published before
 * @param queuedBytes bytes of memory that what waits to be sent takes
 * @param events events handed to watchers since the start
 * @param fellBehind how often one that was up to date had more to take than may wait for him
 * @param cut watchers cut since the start, because they took nothing or for another reason
 * @param refused watchers refused because there were too many
 */
public record FeedCounts(
        int watchers, int behind, long queuedBytes, long events, long fellBehind, long cut, long refused) {}
