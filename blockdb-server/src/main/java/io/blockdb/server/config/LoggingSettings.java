package io.blockdb.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The table {@code [logging]}: what is said, and where. */
final class LoggingSettings {
    private static final String SECTION = "logging";

    static final Setting<LogLevels> LEVEL = new Setting<>(
                    SECTION,
                    "level",
                    Kinds.text(
                            "trace, debug, info, warn, error or off, also by logger as in \"info,io.blockdb.raft=trace\"",
                            LogLevels::parse,
                            LogLevels::toString),
                    "info",
                    "How much: trace, debug, info, warn, error or off, also by logger: \"info,io.blockdb.raft=trace\".",
                    "SIGHUP reads it again. What would write tokens and passwords, Jetty's own loggers, stays at info.")
            .variable("BLOCKDB_LOG_LEVEL");
    static final Setting<Optional<Path>> FILE =
            new Setting<>(SECTION, "file", Kinds.fileOrNone(), "", "File of the log. \"\": standard error.");
    static final Setting<LogFormat> FORMAT = new Setting<>(
            SECTION,
            "format",
            Kinds.word(LogFormat.class),
            "plain",
            "\"plain\": a line for people. \"json\": an object a line, for machines.");
    static final Setting<Long> FILE_SIZE = new Setting<>(
            SECTION,
            "file_size",
            Kinds.size(64L << 10, 1L << 40, false),
            "100MB",
            "Size at which a new file is begun.");
    static final Setting<Integer> FILES_KEPT =
            new Setting<>(SECTION, "files_kept", Kinds.whole(1, 20), "10", "How many full ones are kept, compressed.");
    static final Setting<Duration> SLOW_REQUEST = new Setting<>(
            SECTION,
            "slow_request",
            Kinds.time(Duration.ZERO, Duration.ofHours(1), null),
            "1s",
            "Requests that take longer are logged; \"0s\": none are.");

    static final List<Setting<?>> ALL = List.of(LEVEL, FILE, FORMAT, FILE_SIZE, FILES_KEPT, SLOW_REQUEST);

    private LoggingSettings() {}

    static ServerConfig.Logging config(Values values) {
        return new ServerConfig.Logging(
                values.get(LEVEL),
                values.get(FILE).orElse(null),
                values.get(FORMAT),
                values.get(FILE_SIZE),
                values.get(FILES_KEPT),
                values.get(SLOW_REQUEST));
    }
}
