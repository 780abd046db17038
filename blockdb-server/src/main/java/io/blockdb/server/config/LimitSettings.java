package io.blockdb.server.config;

import java.time.Duration;
import java.util.List;

/** The table {@code [limits]}: what a stranger can make the server hold, read or wait for. */
final class LimitSettings {
    private static final String SECTION = "limits";
    private static final long KB = 1L << 10;
    private static final long MB = 1L << 20;
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofHours(1);

    static final Setting<Long> BODY_SIZE =
            size("body_size", KB, 64 * MB, "12MB", "Body of a request. Base64 makes a value a third larger.");
    static final Setting<Long> HEADER_SIZE = size(
            "header_size",
            4 * KB,
            MB,
            "256KB",
            "Line and headers of a request; the longest key takes three times its bytes in a path.");
    static final Setting<Integer> KEY_SIZE =
            new Setting<>(SECTION, "key_size", Kinds.whole(1, 64_000), "64000", "Bytes of a key.");
    static final Setting<Long> VALUE_SIZE = size("value_size", 1, 4 * MB, "4MB", "A value.");
    static final Setting<Integer> BATCH_OPERATIONS =
            new Setting<>(SECTION, "batch_operations", Kinds.whole(1, 10_000), "10000", "Operations of a batch.");
    static final Setting<Long> BATCH_SIZE = size("batch_size", KB, 8 * MB, "8MB", "Keys and values of a batch.");
    static final Setting<Integer> PAGE_ENTRIES =
            new Setting<>(SECTION, "page_entries", Kinds.whole(1, 10_000), "1000", "Entries of one page of a listing.");
    static final Setting<Long> PAGE_SIZE =
            size("page_size", KB, 64 * MB, "8MB", "Keys and values of one page, after which it ends early.");
    static final Setting<Integer> REQUESTS_IN_FLIGHT = new Setting<>(
            SECTION,
            "requests_in_flight",
            Kinds.whole(1, 100_000),
            "2000",
            "Requests worked on at once; further ones are answered 503 with Retry-After.");
    static final Setting<Integer> REQUESTS_PER_ADDRESS = new Setting<>(
            SECTION,
            "requests_per_address",
            Kinds.whole(1, 100_000),
            "1000",
            "Of these, from one address (of IPv6: its /64); further ones are answered 429 with Retry-After.");
    static final Setting<Duration> HEADER_TIMEOUT =
            time("header_timeout", "15s", "How long the line and headers of a request may take to arrive.");
    static final Setting<Duration> BODY_TIMEOUT = time("body_timeout", "30s", "How long its body may take to arrive.");
    static final Setting<Duration> IDLE_TIMEOUT =
            time("idle_timeout", "60s", "How long a connection may stay open on which nothing happens.");
    static final Setting<Integer> WATCHERS =
            new Setting<>(SECTION, "watchers", Kinds.whole(0, 1_000_000), "10000", "Live feeds open at once.");
    static final Setting<Long> WATCH_BACKLOG = size(
            "watch_backlog",
            KB,
            64 * MB,
            "256KB",
            "What may wait in memory for one watcher; more is read from the ledger as it takes it.");
    static final Setting<Duration> WATCH_HEARTBEAT =
            time("watch_heartbeat", "15s", "How often a feed on which nothing happens gets a sign of life.");

    static final List<Setting<?>> ALL = List.of(
            BODY_SIZE,
            HEADER_SIZE,
            KEY_SIZE,
            VALUE_SIZE,
            BATCH_OPERATIONS,
            BATCH_SIZE,
            PAGE_ENTRIES,
            PAGE_SIZE,
            REQUESTS_IN_FLIGHT,
            REQUESTS_PER_ADDRESS,
            HEADER_TIMEOUT,
            BODY_TIMEOUT,
            IDLE_TIMEOUT,
            WATCHERS,
            WATCH_BACKLOG,
            WATCH_HEARTBEAT);

    private LimitSettings() {}

    private static Setting<Long> size(String name, long min, long max, String standard, String purpose) {
        return new Setting<>(SECTION, name, Kinds.size(min, max, false), standard, purpose);
    }

    private static Setting<Duration> time(String name, String standard, String purpose) {
        return new Setting<>(SECTION, name, Kinds.time(SHORTEST, LONGEST, null), standard, purpose);
    }

    static ServerConfig.Limits config(Values values) {
        return new ServerConfig.Limits(
                values.get(BODY_SIZE).intValue(),
                values.get(HEADER_SIZE).intValue(),
                values.get(KEY_SIZE),
                values.get(VALUE_SIZE).intValue(),
                values.get(BATCH_OPERATIONS),
                values.get(BATCH_SIZE).intValue(),
                values.get(PAGE_ENTRIES),
                values.get(PAGE_SIZE).intValue(),
                values.get(REQUESTS_IN_FLIGHT),
                values.get(REQUESTS_PER_ADDRESS),
                values.get(HEADER_TIMEOUT),
                values.get(BODY_TIMEOUT),
                values.get(IDLE_TIMEOUT),
                values.get(WATCHERS),
                values.get(WATCH_BACKLOG).intValue(),
                values.get(WATCH_HEARTBEAT));
    }
}
