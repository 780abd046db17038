package io.blockdb.db;

import io.blockdb.io.Environment;
import io.blockdb.ledger.LedgerOptions;
import io.blockdb.proof.Origin;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a database is opened. Pure data; every {@code with…} method gives a changed copy. Sizes are bytes.
 *
 * <pre>{@code
 * Options options = Options.defaults().withMemtableSizeLimit(16 << 20).withWalSyncIntervalMillis(1000);
 * }</pre>
 *
 * <p>Threading: immutable.
 */
public final class Options implements Cloneable {
    private static final Options DEFAULTS = new Options();
    private static final long CHECKPOINT_INTERVAL_MILLIS_MAX = 365L * 24 * 60 * 60 * 1000;

    private boolean createIfMissing = true;
    private boolean readOnly = false;
    private long walSyncIntervalMillis = 0;
    private int blockchainBatchSize = 1000;
    private long memtableSizeLimit = 64 << 20;
    private int memtablesMax = 4;
    private int compactionThreshold = 4;
    private long sstableSize = 64 << 20;
    private int openSstablesMax = 512;
    private long pageCacheSize = 64 << 20;
    private long segmentSize = 128 << 20;
    private int openSegmentsMax = 128;
    private int inlineValueLimit = 512;
    private long diskReserve = 4 << 20;
    private long scrubBytesPerSecond = 0;
    private String ledgerName = Origin.DEFAULT_NAME;
    private String nodeName = "node1";
    private @Nullable Path signingKey = null;
    private @Nullable Path anchorPath = null;
    private long checkpointIntervalMillis = 60_000;
    private boolean checkpointAtClose = true;
    private Timings timings = Timings.off();
    private Environment environment = Environment.system();

    private Options() {}

    /** The defaults: create if missing, sync before every answer, 64 MB memtables. */
    public static Options defaults() {
        return DEFAULTS;
    }

    /** A copy that a {@code with…} method may still change. */
    private Options copy() {
        try {
            return (Options) clone();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    private Options checked() {
        require(walSyncIntervalMillis >= 0, "wal_sync_interval must not be negative", walSyncIntervalMillis);
        require(
                blockchainBatchSize >= 1 && blockchainBatchSize <= 100_000,
                "blockchain_batch_size must be 1 to 100000",
                blockchainBatchSize);
        require(
                memtableSizeLimit >= 4 << 10 && memtableSizeLimit <= 16L << 30,
                "memtable_size_limit must be 4 KB to 16 GB",
                memtableSizeLimit);
        require(memtablesMax >= 1 && memtablesMax <= 64, "memtables_max must be 1 to 64", memtablesMax);
        require(
                compactionThreshold >= 2 && compactionThreshold <= 100,
                "compaction_threshold must be 2 to 100",
                compactionThreshold);
        require(sstableSize >= 4 << 10 && sstableSize <= 1 << 30, "sstable_size must be 4 KB to 1 GB", sstableSize);
        require(openSstablesMax >= 1, "open_sstables_max must be at least 1", openSstablesMax);
        require(pageCacheSize >= 0, "page_cache_size must not be negative", pageCacheSize);
        require(segmentSize >= 4 << 10 && segmentSize <= 4L << 30, "segment_size must be 4 KB to 4 GB", segmentSize);
        require(openSegmentsMax >= 2, "open_segments_max must be at least 2", openSegmentsMax);
        require(
                inlineValueLimit >= 0 && inlineValueLimit <= 64 << 10,
                "inline_value_limit must be 0 to 64 KB",
                inlineValueLimit);
        require(diskReserve >= 0, "disk_reserve must not be negative", diskReserve);
        require(scrubBytesPerSecond >= 0, "scrub_bytes_per_second must not be negative", scrubBytesPerSecond);
        require(
                checkpointIntervalMillis >= 0 && checkpointIntervalMillis <= CHECKPOINT_INTERVAL_MILLIS_MAX,
                "checkpoint_interval must be 0 to 365 days",
                checkpointIntervalMillis);
        return this;
    }

    private static void require(boolean holds, String rule, long found) {
        if (!holds) {
            throw new IllegalArgumentException(rule + ", is " + found);
        }
    }

    /** Whether a missing or empty directory becomes a new database. */
    public boolean createIfMissing() {
        return createIfMissing;
    }

    /** A copy with {@link #createIfMissing} set. */
    public Options withCreateIfMissing(boolean value) {
        Options copy = copy();
        copy.createIfMissing = value;
        return copy.checked();
    }

    /** Whether the database is opened without changing a byte of its directory. */
    public boolean readOnly() {
        return readOnly;
    }

    /** A copy with {@link #readOnly} set. */
    public Options withReadOnly(boolean value) {
        Options copy = copy();
        copy.readOnly = value;
        return copy.checked();
    }

    /** 0: a write is on disk before it is answered. Otherwise the user's explicit choice to risk that many milliseconds of acknowledged writes at a power failure. */
    public long walSyncIntervalMillis() {
        return walSyncIntervalMillis;
    }

    /** A copy with {@link #walSyncIntervalMillis} set. */
    public Options withWalSyncIntervalMillis(long value) {
        Options copy = copy();
        copy.walSyncIntervalMillis = value;
        return copy.checked();
    }

    /** Most entries of one block, except that a batch is never split; 1 to 100,000. */
    public int blockchainBatchSize() {
        return blockchainBatchSize;
    }

    /** A copy with {@link #blockchainBatchSize} set. */
    public Options withBlockchainBatchSize(int value) {
        Options copy = copy();
        copy.blockchainBatchSize = value;
        return copy.checked();
    }

    /** Memory that recent entries may take before they are flushed to an SSTable. */
    public long memtableSizeLimit() {
        return memtableSizeLimit;
    }

    /** A copy with {@link #memtableSizeLimit} set. */
    public Options withMemtableSizeLimit(long value) {
        Options copy = copy();
        copy.memtableSizeLimit = value;
        return copy.checked();
    }

    /** How many memtables may wait to be flushed before writers wait for them. */
    public int memtablesMax() {
        return memtablesMax;
    }

    /** A copy with {@link #memtablesMax} set. */
    public Options withMemtablesMax(int value) {
        Options copy = copy();
        copy.memtablesMax = value;
        return copy.checked();
    }

    /** How many SSTables of level 0 start a compaction; at least 2. */
    public int compactionThreshold() {
        return compactionThreshold;
    }

    /** A copy with {@link #compactionThreshold} set. */
    public Options withCompactionThreshold(int value) {
        Options copy = copy();
        copy.compactionThreshold = value;
        return copy.checked();
    }

    /** About how large the SSTables get that a compaction writes. */
    public long sstableSize() {
        return sstableSize;
    }

    /** A copy with {@link #sstableSize} set. */
    public Options withSstableSize(long value) {
        Options copy = copy();
        copy.sstableSize = value;
        return copy.checked();
    }

    /** How many SSTables are kept open. */
    public int openSstablesMax() {
        return openSstablesMax;
    }

    /** A copy with {@link #openSstablesMax} set. */
    public Options withOpenSstablesMax(int value) {
        Options copy = copy();
        copy.openSstablesMax = value;
        return copy.checked();
    }

    /** Memory for pages of SSTables. */
    public long pageCacheSize() {
        return pageCacheSize;
    }

    /** A copy with {@link #pageCacheSize} set. */
    public Options withPageCacheSize(long value) {
        Options copy = copy();
        copy.pageCacheSize = value;
        return copy.checked();
    }

    /** Size of the ledger's files. */
    public long segmentSize() {
        return segmentSize;
    }

    /** A copy with {@link #segmentSize} set. */
    public Options withSegmentSize(long value) {
        Options copy = copy();
        copy.segmentSize = value;
        return copy.checked();
    }

    /** How many segments of the ledger are kept open. */
    public int openSegmentsMax() {
        return openSegmentsMax;
    }

    /** A copy with {@link #openSegmentsMax} set. */
    public Options withOpenSegmentsMax(int value) {
        Options copy = copy();
        copy.openSegmentsMax = value;
        return copy.checked();
    }

    /** Values of more bytes stay in the ledger alone, smaller ones are kept in the index as well. */
    public int inlineValueLimit() {
        return inlineValueLimit;
    }

    /** A copy with {@link #inlineValueLimit} set. */
    public Options withInlineValueLimit(int value) {
        Options copy = copy();
        copy.inlineValueLimit = value;
        return copy.checked();
    }

    /** Free space that writes leave untouched, besides what flushing the memtables may take, so that the disk does not run full under the database. */
    public long diskReserve() {
        return diskReserve;
    }

    /** A copy with {@link #diskReserve} set. */
    public Options withDiskReserve(long value) {
        Options copy = copy();
        copy.diskReserve = value;
        return copy.checked();
    }

    /**
     * How fast an open database is verified over and over in the background, in bytes a second; 0: not at all. What that finds
     * is in {@link Stats#scrub}.
     */
    public long scrubBytesPerSecond() {
        return scrubBytesPerSecond;
    }

    /** A copy with {@link #scrubBytesPerSecond} set. */
    public Options withScrubBytesPerSecond(long value) {
        Options copy = copy();
        copy.scrubBytesPerSecond = value;
        return copy.checked();
    }

    /** What a new ledger's checkpoints call it, before its id (see {@link Origin}). */
    public String ledgerName() {
        return ledgerName;
    }

    /** A copy with {@link #ledgerName} set. */
    public Options withLedgerName(String value) {
        Options copy = copy();
        copy.ledgerName = value;
        return copy.checked();
    }

    /** Whose key the first key of a new ledger is. */
    public String nodeName() {
        return nodeName;
    }

    /** A copy with {@link #nodeName} set. */
    public Options withNodeName(String value) {
        Options copy = copy();
        copy.nodeName = value;
        return copy.checked();
    }

    /**
     * File of the private key that signs checkpoints: PKCS#8, as PEM or DER. A ledger that is created takes it for its first
     * key. Null: the key is drawn and kept in the data directory.
     */
    public @Nullable Path signingKey() {
        return signingKey;
    }

    /** A copy with {@link #signingKey} set. */
    public Options withSigningKey(@Nullable Path value) {
        Options copy = copy();
        copy.signingKey = value;
        return copy.checked();
    }

    /**
     * A second file, outside of the data directory and best on another disk, that remembers the newest checkpoint signed, so
     * that a data directory brought back from a backup is not signed anew. The directory that it stands in must exist; each
     * database needs one of its own. Null: there is none.
     */
    public @Nullable Path anchorPath() {
        return anchorPath;
    }

    /** A copy with {@link #anchorPath} set. */
    public Options withAnchorPath(@Nullable Path value) {
        Options copy = copy();
        copy.anchorPath = value;
        return copy.checked();
    }

    /** How often a checkpoint is signed while something is written; 0: only when asked for, and at close. */
    public long checkpointIntervalMillis() {
        return checkpointIntervalMillis;
    }

    /** A copy with {@link #checkpointIntervalMillis} set. */
    public Options withCheckpointIntervalMillis(long value) {
        Options copy = copy();
        copy.checkpointIntervalMillis = value;
        return copy.checked();
    }

    /** Whether closing the database signs a checkpoint of what was written, where that takes no long time. */
    public boolean checkpointAtClose() {
        return checkpointAtClose;
    }

    /** A copy with {@link #checkpointAtClose} set. */
    public Options withCheckpointAtClose(boolean value) {
        Options copy = copy();
        copy.checkpointAtClose = value;
        return copy.checked();
    }

    /** Where it is recorded how long things take; as it is until it is set, nothing is measured. */
    public Timings timings() {
        return timings;
    }

    /** A copy with {@link #timings} set. */
    public Options withTimings(Timings value) {
        Options copy = copy();
        copy.timings = value;
        return copy.checked();
    }

    /** Files, clock and randomness. */
    public Environment environment() {
        return environment;
    }

    /** A copy with {@link #environment} set. */
    public Options withEnvironment(Environment value) {
        Options copy = copy();
        copy.environment = value;
        return copy.checked();
    }

    /** How the ledger of a database with these options is opened. */
    LedgerOptions ledgerOptions() {
        return new LedgerOptions(segmentSize, inlineValueLimit, openSegmentsMax, diskReserve, readOnly);
    }

    /** All settings, for logs; neither the environment nor the timings. */
    @Override
    public String toString() {
        return "Options["
                + "createIfMissing=" + createIfMissing
                + ", readOnly=" + readOnly
                + ", walSyncIntervalMillis=" + walSyncIntervalMillis
                + ", blockchainBatchSize=" + blockchainBatchSize
                + ", memtableSizeLimit=" + memtableSizeLimit
                + ", memtablesMax=" + memtablesMax
                + ", compactionThreshold=" + compactionThreshold
                + ", sstableSize=" + sstableSize
                + ", openSstablesMax=" + openSstablesMax
                + ", pageCacheSize=" + pageCacheSize
                + ", segmentSize=" + segmentSize
                + ", openSegmentsMax=" + openSegmentsMax
                + ", inlineValueLimit=" + inlineValueLimit
                + ", diskReserve=" + diskReserve
                + ", scrubBytesPerSecond=" + scrubBytesPerSecond
                + ", ledgerName=" + ledgerName
                + ", nodeName=" + nodeName
                + ", signingKey=" + signingKey
                + ", anchorPath=" + anchorPath
                + ", checkpointIntervalMillis=" + checkpointIntervalMillis
                + ", checkpointAtClose=" + checkpointAtClose
                + "]";
    }
}
