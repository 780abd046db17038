package io.blockdb.bench;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The options of a session on the command line. */
final class SessionArguments {
    @Option(names = "--engine", required = true, description = "What to measure.")
    private String engine;

    @Option(names = "--dir", required = true, description = "Directory for the data; what is in it is deleted.")
    private Path directory;

    @Option(names = "--entries", defaultValue = "1000000", description = "How many keys (default ${DEFAULT-VALUE}).")
    private long entries;

    @Option(names = "--value-size", defaultValue = "100", description = "Bytes of a value (default ${DEFAULT-VALUE}).")
    private int valueSize;

    @Option(
            names = "--seconds",
            defaultValue = "60",
            description = "A workload ends after so long at the latest (default ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(
            names = "--synced-seconds",
            defaultValue = "4",
            description = "The same for workloads that sync (default ${DEFAULT-VALUE}).")
    private double syncedSeconds;

    @Option(names = "--seed", defaultValue = "1", description = "Of keys and values (default ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--memtable", defaultValue = "67108864", description = "Bytes (default ${DEFAULT-VALUE}).")
    private long memtableBytes;

    @Option(
            names = "--cache",
            defaultValue = "536870912",
            description = "Bytes of cache for what is read from files (default ${DEFAULT-VALUE}).")
    private long cacheBytes;

    @Option(
            names = "--sync-interval",
            defaultValue = "1000",
            description = "BlockDB: every how many milliseconds puts that are not synced are synced in the background "
                    + "(default ${DEFAULT-VALUE}).")
    private long syncMillis;

    Path directory() {
        return directory;
    }

    SessionOptions options() {
        EngineSettings settings = new EngineSettings(false, false, valueSize, memtableBytes, cacheBytes, syncMillis);
        return new SessionOptions(EngineKind.parse(engine), settings, entries, seconds, syncedSeconds, seed);
    }

    /** The command line that gives these options. */
    static List<String> of(SessionOptions options, Path directory) {
        EngineSettings settings = options.settings();
        return List.of(
                "--engine=" + options.engine(),
                "--dir=" + directory,
                "--entries=" + options.entries(),
                "--value-size=" + settings.valueSize(),
                "--seconds=" + options.seconds(),
                "--synced-seconds=" + options.syncedSeconds(),
                "--seed=" + options.seed(),
                "--memtable=" + settings.memtableBytes(),
                "--cache=" + settings.cacheBytes(),
                "--sync-interval=" + settings.syncMillis());
    }
}
