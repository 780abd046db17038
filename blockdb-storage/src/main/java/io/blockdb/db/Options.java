package io.blockdb.db;

import io.blockdb.io.Environment;
import io.blockdb.proof.Origin;

/**
 * How a database is opened. Pure data; every {@code with…} method gives a changed copy. Sizes are bytes.
 *
 * <pre>{@code
 * Options options = Options.defaults().withMemtableSizeLimit(16 << 20).withWalSyncIntervalMillis(1000);
 * }</pre>
 *
 * @param createIfMissing whether a missing or empty directory becomes a new database
 * @param readOnly whether the database is opened without changing a byte of its directory
 * @param walSyncIntervalMillis 0: a write is on disk before it is answered. Otherwise the user's explicit choice to risk that
 *     many milliseconds of acknowledged writes at a power failure
 * @param blockchainBatchSize most entries of one block, except that a batch is never split; 1 to 100,000
 * @param memtableSizeLimit memory that recent entries may take before they are flushed to an SSTable
 * @param memtablesMax how many memtables may wait to be flushed before writers wait for them
 * @param compactionThreshold how many SSTables of level 0 start a compaction; at least 2
 * @param sstableSize about how large the SSTables get that a compaction writes
 * @param openSstablesMax how many SSTables are kept open
 * @param pageCacheSize memory for pages of SSTables
 * @param segmentSize size of the ledger's files
 * @param openSegmentsMax how many segments of the ledger are kept open
 * @param inlineValueLimit values of more bytes stay in the ledger alone, smaller ones are kept in the index as well
 * @param diskReserve free space that writes leave untouched, besides what flushing the memtables may take, so that the disk does not run
 *     full under the database
 * @param ledgerName what a new ledger's checkpoints call it, before its id (see {@link Origin})
 * @param nodeName whose key the first key of a new ledger is
 * @param environment files, clock and randomness
 */
public record Options(
        boolean createIfMissing,
        boolean readOnly,
        long walSyncIntervalMillis,
        int blockchainBatchSize,
        long memtableSizeLimit,
        int memtablesMax,
        int compactionThreshold,
        long sstableSize,
        int openSstablesMax,
        long pageCacheSize,
        long segmentSize,
        int openSegmentsMax,
        int inlineValueLimit,
        long diskReserve,
        String ledgerName,
        String nodeName,
        Environment environment) {
    private static final Options DEFAULTS = new Options(
            true,
            false,
            0,
            1000,
            64 << 20,
            4,
            4,
            64 << 20,
            512,
            64 << 20,
            128 << 20,
            128,
            512,
            4 << 20,
            Origin.DEFAULT_NAME,
            "node1",
            Environment.system());

    /** @throws IllegalArgumentException if a setting is out of its range */
    public Options {
        require(walSyncIntervalMillis >= 0, "wal_sync_interval must not be negative", walSyncIntervalMillis);
        require(
                blockchainBatchSize >= 1 && blockchainBatchSize <= 100_000,
                "blockchain_batch_size must be 1 to 100000",
                blockchainBatchSize);
        require(memtableSizeLimit >= 4 << 10, "memtable_size_limit must be at least 4 KB", memtableSizeLimit);
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
    }

    private static void require(boolean holds, String rule, long found) {
        if (!holds) {
            throw new IllegalArgumentException(rule + ", is " + found);
        }
    }

    /** The defaults: create if missing, sync before every answer, 64 MB memtables. */
    public static Options defaults() {
        return DEFAULTS;
    }

    /** A copy with {@link #createIfMissing} set. */
    public Options withCreateIfMissing(boolean createIfMissing) {
        return new Options(
                createIfMissing,
                readOnly,
                walSyncIntervalMillis,
                blockchainBatchSize,
                memtableSizeLimit,
                memtablesMax,
                compactionThreshold,
                sstableSize,
                openSstablesMax,
                pageCacheSize,
                segmentSize,
                openSegmentsMax,
                inlineValueLimit,
                diskReserve,
                ledgerName,
                nodeName,
                environment);
    }

    /** A copy with {@link #readOnly} set. */
    public Options withReadOnly(boolean readOnly) {
        return new Options(
                createIfMissing,
                readOnly,
                walSyncIntervalMillis,
                blockchainBatchSize,
                memtableSizeLimit,
                memtablesMax,
                compactionThreshold,
                sstableSize,
                openSstablesMax,
                pageCacheSize,
                segmentSize,
                openSegmentsMax,
                inlineValueLimit,
                diskReserve,
                ledgerName,
                nodeName,
                environment);
    }

    /** A copy with {@link #walSyncIntervalMillis} set. */
    public Options withWalSyncIntervalMillis(long walSyncIntervalMillis) {
        return new Options(
                createIfMissing,
                readOnly,
                walSyncIntervalMillis,
                blockchainBatchSize,
                memtableSizeLimit,
                memtablesMax,
                compactionThreshold,
                sstableSize,
                openSstablesMax,
                pageCacheSize,
                segmentSize,
                openSegmentsMax,
                inlineValueLimit,
                diskReserve,
                ledgerName,
                nodeName,
                environment);
    }

    /** A copy with {@link #blockchainBatchSize} set. */
    public Options withBlockchainBatchSize(int blockchainBatchSize) {
        return new Options(
                createIfMissing,
                readOnly,
                walSyncIntervalMillis,
                blockchainBatchSize,
                memtableSizeLimit,
                memtablesMax,
                compactionThreshold,
                sstableSize,
                openSstablesMax,
                pageCacheSize,
                segmentSize,
                openSegmentsMax,
                inlineValueLimit,
                diskReserve,
                ledgerName,
                nodeName,
                environment);
    }

    /** A copy with {@link #memtableSizeLimit} set. */
    public Options withMemtableSizeLimit(long memtableSizeLimit) {
        return new Options(
                createIfMissing,
                readOnly,
                walSyncIntervalMillis,
                blockchainBatchSize,
                memtableSizeLimit,
                memtablesMax,
                compactionThreshold,
                sstableSize,
                openSstablesMax,
                pageCacheSize,
                segmentSize,
                openSegmentsMax,
                inlineValueLimit,
                diskReserve,
                ledgerName,
                nodeName,
                environment);
    }

    /** A copy with {@link #memtablesMax} set. */
    public Options withMemtablesMax(int memtablesMax) {
        return new Options(
                createIfMissing,
                readOnly,
                walSyncIntervalMillis,
                blockchainBatchSize,
                memtableSizeLimit,
                memtablesMax,
                compactionThreshold,
                sstableSize,
                openSstablesMax,
                pageCacheSize,
                segmentSize,
                openSegmentsMax,
                inlineValueLimit,
                diskReserve,
                ledgerName,
                nodeName,
                environment);
    }

    /** A copy with {@link #compactionThreshold} set. */
    public Options withCompactionThreshold(int compactionThreshold) {
        return new Options(
                createIfMissing,
                readOnly,
                walSyncIntervalMillis,
                blockchainBatchSize,
                memtableSizeLimit,
                memtablesMax,
                compactionThreshold,
                sstableSize,
                openSstablesMax,
                pageCacheSize,
                segmentSize,
                openSegmentsMax,
                inlineValueLimit,
                diskReserve,
                ledgerName,
                nodeName,
                environment);
    }

    /** A copy with {@link #sstableSize} set. */
    public Options withSstableSize(long sstableSize) {
        return new Options(
                createIfMissing,
                readOnly,
                walSyncIntervalMillis,
                blockchainBatchSize,
                memtableSizeLimit,
                memtablesMax,
                compactionThreshold,
                sstableSize,
                openSstablesMax,
                pageCacheSize,
                segmentSize,
                openSegmentsMax,
                inlineValueLimit,
                diskReserve,
                ledgerName,
                nodeName,
                environment);
    }

    /** A copy with {@link #openSstablesMax} set. */
    public Options withOpenSstablesMax(int openSstablesMax) {
        return new Options(
                createIfMissing,
                readOnly,
                walSyncIntervalMillis,
                blockchainBatchSize,
                memtableSizeLimit,
                memtablesMax,
                compactionThreshold,
                sstableSize,
                openSstablesMax,
                pageCacheSize,
                segmentSize,
                openSegmentsMax,
                inlineValueLimit,
                diskReserve,
                ledgerName,
                nodeName,
                environment);
    }

    /** A copy with {@link #pageCacheSize} set. */
    public Options withPageCacheSize(long pageCacheSize) {
        return new Options(
                createIfMissing,
                readOnly,
                walSyncIntervalMillis,
                blockchainBatchSize,
                memtableSizeLimit,
                memtablesMax,
                compactionThreshold,
                sstableSize,
                openSstablesMax,
                pageCacheSize,
                segmentSize,
                openSegmentsMax,
                inlineValueLimit,
                diskReserve,
                ledgerName,
                nodeName,
                environment);
    }

    /** A copy with {@link #segmentSize} set. */
    public Options withSegmentSize(long segmentSize) {
        return new Options(
                createIfMissing,
                readOnly,
                walSyncIntervalMillis,
                blockchainBatchSize,
                memtableSizeLimit,
                memtablesMax,
                compactionThreshold,
                sstableSize,
                openSstablesMax,
                pageCacheSize,
                segmentSize,
                openSegmentsMax,
                inlineValueLimit,
                diskReserve,
                ledgerName,
                nodeName,
                environment);
    }

    /** A copy with {@link #openSegmentsMax} set. */
    public Options withOpenSegmentsMax(int openSegmentsMax) {
        return new Options(
                createIfMissing,
                readOnly,
                walSyncIntervalMillis,
                blockchainBatchSize,
                memtableSizeLimit,
                memtablesMax,
                compactionThreshold,
                sstableSize,
                openSstablesMax,
                pageCacheSize,
                segmentSize,
                openSegmentsMax,
                inlineValueLimit,
                diskReserve,
                ledgerName,
                nodeName,
                environment);
    }

    /** A copy with {@link #inlineValueLimit} set. */
    public Options withInlineValueLimit(int inlineValueLimit) {
        return new Options(
                createIfMissing,
                readOnly,
                walSyncIntervalMillis,
                blockchainBatchSize,
                memtableSizeLimit,
                memtablesMax,
                compactionThreshold,
                sstableSize,
                openSstablesMax,
                pageCacheSize,
                segmentSize,
                openSegmentsMax,
                inlineValueLimit,
                diskReserve,
                ledgerName,
                nodeName,
                environment);
    }

    /** A copy with {@link #diskReserve} set. */
    public Options withDiskReserve(long diskReserve) {
        return new Options(
                createIfMissing,
                readOnly,
                walSyncIntervalMillis,
                blockchainBatchSize,
                memtableSizeLimit,
                memtablesMax,
                compactionThreshold,
                sstableSize,
                openSstablesMax,
                pageCacheSize,
                segmentSize,
                openSegmentsMax,
                inlineValueLimit,
                diskReserve,
                ledgerName,
                nodeName,
                environment);
    }

    /** A copy with {@link #ledgerName} set. */
    public Options withLedgerName(String ledgerName) {
        return new Options(
                createIfMissing,
                readOnly,
                walSyncIntervalMillis,
                blockchainBatchSize,
                memtableSizeLimit,
                memtablesMax,
                compactionThreshold,
                sstableSize,
                openSstablesMax,
                pageCacheSize,
                segmentSize,
                openSegmentsMax,
                inlineValueLimit,
                diskReserve,
                ledgerName,
                nodeName,
                environment);
    }

    /** A copy with {@link #nodeName} set. */
    public Options withNodeName(String nodeName) {
        return new Options(
                createIfMissing,
                readOnly,
                walSyncIntervalMillis,
                blockchainBatchSize,
                memtableSizeLimit,
                memtablesMax,
                compactionThreshold,
                sstableSize,
                openSstablesMax,
                pageCacheSize,
                segmentSize,
                openSegmentsMax,
                inlineValueLimit,
                diskReserve,
                ledgerName,
                nodeName,
                environment);
    }

    /** A copy with {@link #environment} set. */
    public Options withEnvironment(Environment environment) {
        return new Options(
                createIfMissing,
                readOnly,
                walSyncIntervalMillis,
                blockchainBatchSize,
                memtableSizeLimit,
                memtablesMax,
                compactionThreshold,
                sstableSize,
                openSstablesMax,
                pageCacheSize,
                segmentSize,
                openSegmentsMax,
                inlineValueLimit,
                diskReserve,
                ledgerName,
                nodeName,
                environment);
    }
}
