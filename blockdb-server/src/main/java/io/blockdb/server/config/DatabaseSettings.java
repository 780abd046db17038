package io.blockdb.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The table {@code [database]}: the data directory and the engine. The ranges are those of {@link io.blockdb.db.Options}. */
final class DatabaseSettings {
    private static final String SECTION = "database";
    private static final long KB = 1L << 10;
    private static final long GB = 1L << 30;
    private static final long TB = 1L << 40;

    static final Setting<Path> DATA_DIR = new Setting<>(
                    SECTION, "data_dir", Kinds.file(), "./blockdb_data", "The data directory; made if it is not there.")
            .flag("-d", "--data-dir")
            .variable("BLOCKDB_DATA_DIR");
    static final Setting<Long> MEMTABLE_SIZE_LIMIT = new Setting<>(
                    SECTION,
                    "memtable_size_limit",
                    Kinds.size(4 * KB, 16 * GB, true),
                    "64MB",
                    "Memory for recent entries before they are flushed: bytes, or text such as \"64MB\".")
            .flag("--memtable-size")
            .variable("BLOCKDB_MEMTABLE_SIZE");
    static final Setting<Integer> MEMTABLES_MAX = new Setting<>(
            SECTION,
            "memtables_max",
            Kinds.whole(1, 64),
            "4",
            "How many memtables may wait to be flushed before writers wait for them.");
    static final Setting<Duration> WAL_SYNC_INTERVAL = new Setting<>(
                    SECTION,
                    "wal_sync_interval",
                    Kinds.time(Duration.ZERO, Duration.ofHours(1), Duration.ofMillis(1)),
                    "0",
                    "0: every write is on disk before it is answered. More: so many milliseconds of answered",
                    "writes may be lost when the power fails.")
            .flag("--wal-sync-interval")
            .variable("BLOCKDB_WAL_SYNC_INTERVAL");
    static final Setting<Integer> COMPACTION_THRESHOLD = new Setting<>(
                    SECTION,
                    "compaction_threshold",
                    Kinds.whole(2, 100),
                    "4",
                    "How many SSTables of level 0 start a compaction.")
            .flag("--compaction-threshold")
            .variable("BLOCKDB_COMPACTION_THRESHOLD");
    static final Setting<Integer> BLOCKCHAIN_BATCH_SIZE = new Setting<>(
                    SECTION,
                    "blockchain_batch_size",
                    Kinds.whole(1, 100_000),
                    "1000",
                    "Most entries of one block; a batch is never split.")
            .flag("--blockchain-batch-size")
            .variable("BLOCKDB_BLOCKCHAIN_BATCH_SIZE");
    static final Setting<Long> SSTABLE_SIZE = new Setting<>(
            SECTION,
            "sstable_size",
            Kinds.size(4 * KB, GB, false),
            "64MB",
            "About how large the SSTables of a compaction get.");
    static final Setting<Integer> OPEN_SSTABLES_MAX = new Setting<>(
            SECTION,
            "open_sstables_max",
            Kinds.whole(1, 100_000),
            "512",
            "SSTables kept open; each takes a file handle.");
    static final Setting<Long> PAGE_CACHE_SIZE = new Setting<>(
            SECTION,
            "page_cache_size",
            Kinds.size(0, TB, false),
            "64MB",
            "Heap for pages of SSTables. Reads that find theirs here touch no file.");
    static final Setting<Long> SEGMENT_SIZE = new Setting<>(
            SECTION, "segment_size", Kinds.size(4 * KB, 4 * GB, false), "128MB", "Size of the ledger's files.");
    static final Setting<Integer> OPEN_SEGMENTS_MAX = new Setting<>(
            SECTION, "open_segments_max", Kinds.whole(2, 100_000), "128", "Files of the ledger kept open.");
    static final Setting<Long> INLINE_VALUE_LIMIT = new Setting<>(
            SECTION,
            "inline_value_limit",
            Kinds.size(0, 64 * KB, false),
            "512B",
            "Larger values stay in the ledger alone; smaller ones are kept in the index too, where a read finds them sooner.");
    static final Setting<Long> DISK_RESERVE = new Setting<>(
            SECTION,
            "disk_reserve",
            Kinds.size(0, TB, false),
            "4MB",
            "Free space that the engine never touches, besides what its memtables need to be flushed.");
    static final Setting<Long> DISK_WATERMARK = new Setting<>(
            SECTION,
            "disk_watermark",
            Kinds.size(0, TB, false),
            "128MB",
            "With less space free, writes are answered 507 while reads go on; they resume by themselves.");
    static final Setting<Optional<Path>> SIGNING_KEY = new Setting<>(
                    SECTION,
                    "signing_key",
                    Kinds.fileOrNone(),
                    "",
                    "File of the private key that signs checkpoints (PKCS #8). \"\": one drawn for the ledger, in the data",
                    "directory.")
            .variable("BLOCKDB_SIGNING_KEY");
    static final Setting<Optional<Path>> ANCHOR_PATH = new Setting<>(
                    SECTION,
                    "anchor_path",
                    Kinds.fileOrNone(),
                    "",
                    "A second file, best on another disk, that remembers the newest checkpoint signed, so that a data",
                    "directory brought back from a backup is not signed anew. \"\": none.")
            .variable("BLOCKDB_ANCHOR_PATH");
    static final Setting<Duration> CHECKPOINT_INTERVAL = new Setting<>(
                    SECTION,
                    "checkpoint_interval",
                    Kinds.time(Duration.ZERO, Duration.ofDays(365), Duration.ofSeconds(1)),
                    "60",
                    "How often a checkpoint is signed while something is written, in seconds; 0: only when asked for.")
            .variable("BLOCKDB_CHECKPOINT_INTERVAL");
    static final Setting<Boolean> CHECKPOINT_AT_CLOSE = new Setting<>(
            SECTION,
            "checkpoint_at_close",
            Kinds.yesOrNo(),
            "true",
            "Whether a checkpoint is signed when the server stops.");
    static final Setting<Long> SCRUB_BYTES_PER_SECOND = new Setting<>(
            SECTION,
            "scrub_bytes_per_second",
            Kinds.size(0, TB, false),
            "0B",
            "How fast the database is verified over and over in the background; \"0B\": not at all.");
    static final Setting<Optional<Path>> BACKUP_DIR = new Setting<>(
            SECTION,
            "backup_dir",
            Kinds.fileOrNone(),
            "",
            "Directory in which backups asked for over HTTP are written. \"\": they are refused.");

    static final List<Setting<?>> ALL = List.of(
            DATA_DIR,
            MEMTABLE_SIZE_LIMIT,
            MEMTABLES_MAX,
            WAL_SYNC_INTERVAL,
            COMPACTION_THRESHOLD,
            BLOCKCHAIN_BATCH_SIZE,
            SSTABLE_SIZE,
            OPEN_SSTABLES_MAX,
            PAGE_CACHE_SIZE,
            SEGMENT_SIZE,
            OPEN_SEGMENTS_MAX,
            INLINE_VALUE_LIMIT,
            DISK_RESERVE,
            DISK_WATERMARK,
            SIGNING_KEY,
            ANCHOR_PATH,
            CHECKPOINT_INTERVAL,
            CHECKPOINT_AT_CLOSE,
            SCRUB_BYTES_PER_SECOND,
            BACKUP_DIR);

    private DatabaseSettings() {}

    static ServerConfig.Database config(Values values) {
        return new ServerConfig.Database(
                values.get(DATA_DIR),
                values.get(MEMTABLE_SIZE_LIMIT),
                values.get(MEMTABLES_MAX),
                values.get(WAL_SYNC_INTERVAL),
                values.get(COMPACTION_THRESHOLD),
                values.get(BLOCKCHAIN_BATCH_SIZE),
                values.get(SSTABLE_SIZE),
                values.get(OPEN_SSTABLES_MAX),
                values.get(PAGE_CACHE_SIZE),
                values.get(SEGMENT_SIZE),
                values.get(OPEN_SEGMENTS_MAX),
                values.get(INLINE_VALUE_LIMIT).intValue(),
                values.get(DISK_RESERVE),
                values.get(DISK_WATERMARK),
                values.get(SIGNING_KEY).orElse(null),
                values.get(ANCHOR_PATH).orElse(null),
                values.get(CHECKPOINT_INTERVAL),
                values.get(CHECKPOINT_AT_CLOSE),
                values.get(SCRUB_BYTES_PER_SECOND),
                values.get(BACKUP_DIR).orElse(null));
    }
}
