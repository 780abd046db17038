package io.blockdb.server.feed;

import io.blockdb.server.config.ServerConfig;
import java.time.Duration;

/**
 * What bounds the feed.
 *
 * @param watchers most watchers at a time; more are refused
 * @param bytesPerWatcher most bytes that wait to be sent to one watcher; a longer event waits alone
 * @param bytes most bytes that wait to be sent in all; a longer event waits alone. What several watchers share counts once
 * @param heartbeat after how long without an event a watcher gets a sign of life
 * @param stall how long a watcher may take nothing of what was sent before he is cut
 * @param renewal how often it is found out anew what a watcher may be told
 * @param workers threads that read for watchers who are behind, and share sending to many
 */
public record FeedLimits(
        int watchers,
        int bytesPerWatcher,
        long bytes,
        Duration heartbeat,
        Duration stall,
        Duration renewal,
        int workers) {
    private static final long BYTES_LEAST = 16L << 20;
    private static final long BYTES_MOST = 64L << 20;
    private static final int PART_OF_HEAP = 16;
    private static final Duration STALL = Duration.ofSeconds(10);
    private static final Duration RENEWAL = Duration.ofSeconds(5);
    private static final int WORKERS = 2;

    /** The limits that the settings set; the bytes in all by the heap that this process may have. */
    public static FeedLimits of(ServerConfig.Limits limits) {
        long bytes =
                Math.max(BYTES_LEAST, Math.min(BYTES_MOST, Runtime.getRuntime().maxMemory() / PART_OF_HEAP));
        return new FeedLimits(
                limits.watchers(), limits.watchBacklog(), bytes, limits.watchHeartbeat(), STALL, RENEWAL, WORKERS);
    }
}
