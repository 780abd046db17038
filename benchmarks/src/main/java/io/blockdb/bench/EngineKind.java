package io.blockdb.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The databases that are measured, and how each is set up. */
enum EngineKind {
    /** BlockDB, with a page cache as large as RocksDB's. */
    BLOCKDB("blockdb"),
    /** RocksDB with 10-bit bloom filters, a block cache that holds the data, LZ4 and two background jobs. */
    ROCKSDB("rocksdb"),
    /** RocksDB with no option set. */
    ROCKSDB_DEFAULT("rocksdb-default"),
    /** H2's MVStore. */
    MVSTORE("h2-mvstore"),
    /** LMDB. */
    LMDB("lmdb"),
    /** SQLite. */
    SQLITE("sqlite");

    private final String label;

    EngineKind(String label) {
        this.label = label;
    }

    /** Opens the database in a directory that exists; creates it if the directory is empty. */
    Engine open(Path directory, EngineSettings settings) throws Exception {
        return switch (this) {
            case BLOCKDB -> new BlockDbEngine(directory, settings);
            case ROCKSDB -> new RocksDbEngine(directory, settings, true);
            case ROCKSDB_DEFAULT -> new RocksDbEngine(directory, settings, false);
            case MVSTORE -> new MvStoreEngine(directory, settings);
            case LMDB -> new LmdbEngine(directory, settings);
            case SQLITE -> new SqliteEngine(directory, settings);
        };
    }

    /**
     * The engine of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    static EngineKind parse(String text) {
        for (EngineKind kind : values()) {
            if (kind.label.equals(text)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("no engine '" + text + "': there are "
                + Arrays.stream(values()).map(EngineKind::toString).collect(Collectors.joining(", ")));
    }

    /** The name on the command line and in results. */
    @Override
    public String toString() {
        return label;
    }
}
