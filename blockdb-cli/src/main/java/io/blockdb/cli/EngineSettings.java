package io.blockdb.cli;

import io.blockdb.db.Options;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * How the engine works: options that few need, so that only the help of the whole command lists them. Each has a
 * variable of the environment, which the option overrides.
 */
final class EngineSettings {
    @Option(names = "--wal-sync-interval", paramLabel = "MS", scope = ScopeType.INHERIT, hidden = true)
    private @Nullable String walSyncInterval;

    @Option(names = "--memtable-size", paramLabel = "SIZE", scope = ScopeType.INHERIT, hidden = true)
    private @Nullable String memtableSize;

    @Option(names = "--compaction-threshold", paramLabel = "N", scope = ScopeType.INHERIT, hidden = true)
    private @Nullable String compactionThreshold;

    @Option(names = "--blockchain-batch-size", paramLabel = "N", scope = ScopeType.INHERIT, hidden = true)
    private @Nullable String blockchainBatchSize;

    @Option(names = "--signing-key", paramLabel = "FILE", scope = ScopeType.INHERIT, hidden = true)
    private @Nullable String signingKey;

    @Option(names = "--anchor-path", paramLabel = "FILE", scope = ScopeType.INHERIT, hidden = true)
    private @Nullable String anchorPath;

    @Option(names = "--checkpoint-interval", paramLabel = "SECONDS", scope = ScopeType.INHERIT, hidden = true)
    private @Nullable String checkpointInterval;

    /** What the help of the whole command says of them. */
    static String[] help() {
        return new String[] {
            "  --wal-sync-interval MS      0: every write is on disk before it is answered (default);",
            "                              else how many milliseconds of writes a power failure may take",
            "  --memtable-size SIZE        memory for recent entries, such as 64MB (default)",
            "  --compaction-threshold N    SSTables of level 0 that start a compaction (default 4)",
            "  --blockchain-batch-size N   most entries of one block (default 1000)",
            "  --signing-key FILE          private key that signs, PKCS #8; default: the one drawn for the ledger",
            "  --anchor-path FILE          remembers a second time what was signed last, best on another disk",
            "  --checkpoint-interval S     sign so often in interactive mode (default 60); 0: only at its end",
            "",
            "Each can be set in the environment instead, as BLOCKDB_WAL_SYNC_INTERVAL and so on."
        };
    }

    /** Whether the command line sets any. */
    boolean given() {
        return walSyncInterval != null
                || memtableSize != null
                || compactionThreshold != null
                || blockchainBatchSize != null
                || signingKey != null
                || anchorPath != null
                || checkpointInterval != null;
    }

    /**
     * The engine's options with these settings.
     *
     * @throws UsageException if one of them is not what it must be
     */
    Options options(Streams streams) {
        Options options = Options.defaults();
        options = set(streams, "wal-sync-interval", walSyncInterval, options, EngineSettings::milliseconds);
        options = set(streams, "memtable-size", memtableSize, options, text -> {
            long size = Sizes.parse(text);
            return old -> old.withMemtableSizeLimit(size);
        });
        options = set(streams, "compaction-threshold", compactionThreshold, options, text -> {
            int count = (int) whole(text, Integer.MAX_VALUE);
            return old -> old.withCompactionThreshold(count);
        });
        options = set(streams, "blockchain-batch-size", blockchainBatchSize, options, text -> {
            int count = (int) whole(text, Integer.MAX_VALUE);
            return old -> old.withBlockchainBatchSize(count);
        });
        options = set(streams, "signing-key", signingKey, options, text -> {
            Path file = file(text);
            return old -> old.withSigningKey(file);
        });
        options = set(streams, "anchor-path", anchorPath, options, text -> {
            Path file = file(text);
            return old -> old.withAnchorPath(file);
        });
        return set(streams, "checkpoint-interval", checkpointInterval, options, text -> {
            long seconds = whole(text, 1L << 40);
            return old -> old.withCheckpointIntervalMillis(1000 * seconds);
        });
    }

    /** Each with where its value comes from. */
    List<Setting> list(Streams streams) {
        Options usual = Options.defaults();
        return List.of(
                Setting.of(streams, "wal-sync-interval", walSyncInterval, usual.walSyncIntervalMillis() + ""),
                Setting.of(streams, "memtable-size", memtableSize, Sizes.format(usual.memtableSizeLimit())),
                Setting.of(streams, "compaction-threshold", compactionThreshold, usual.compactionThreshold() + ""),
                Setting.of(streams, "blockchain-batch-size", blockchainBatchSize, usual.blockchainBatchSize() + ""),
                Setting.of(streams, "signing-key", signingKey, "in the data directory"),
                Setting.of(streams, "anchor-path", anchorPath, "none"),
                Setting.of(
                        streams,
                        "checkpoint-interval",
                        checkpointInterval,
                        usual.checkpointIntervalMillis() / 1000 + ""));
    }

    private static Path file(String text) {
        if (text.isEmpty()) {
            throw new UsageException("the name of a file is missing");
        }
        return Path.of(text);
    }

    private static Function<Options, Options> milliseconds(String text) {
        long milliseconds = whole(text, 1L << 40);
        return old -> old.withWalSyncIntervalMillis(milliseconds);
    }

    private static Options set(
            Streams streams,
            String name,
            @Nullable String option,
            Options options,
            Function<String, Function<Options, Options>> setting) {
        String variable = Setting.variable(name);
        String text = option != null ? option : streams.variable(variable);
        if (option == null && text.isEmpty()) {
            return options;
        }
        try {
            return setting.apply(text).apply(options);
        } catch (IllegalArgumentException | UsageException e) {
            throw new UsageException((option != null ? "--" + name : variable) + ": " + e.getMessage());
        }
    }

    private static long whole(String text, long max) {
        if (text.isEmpty()
                || text.length() > 15
                || !text.chars().allMatch(c -> c >= '0' && c <= '9')
                || Long.parseLong(text) > max) {
            throw new UsageException("'" + text + "' is not a whole number from 0 to " + max);
        }
        return Long.parseLong(text);
    }
}
