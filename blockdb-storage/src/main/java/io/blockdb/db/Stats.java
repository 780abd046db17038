package io.blockdb.db;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What there is to know of an open database without reading through it.
 *
 * @param directory the data directory
 * @param ledgerId id of the ledger in hex
 * @param blocks number of blocks
 * @param entries number of entries
 * @param headHash hash of the newest block in hex
 * @param headTimestamp time of the newest block, in microseconds since the Unix epoch
 * @param syncedBlocks how many blocks are known to be on disk
 * @param signedBlocks how many blocks the newest signed checkpoint covers, as the memory of it states; 0: none was signed
 * @param signingProblem what keeps checkpoints from being signed by themselves, or null
 * @param tables number of tables that were created
 * @param ledgerBytes size of the ledger's files
 * @param ledgerSegments number of the ledger's files
 * @param indexBytes size of the SSTables
 * @param sstablesPerLevel number of SSTables in each level, level 0 first
 * @param memtables number of memtables: the one that is written to, and those that wait to be flushed
 * @param memtableEntries entries in memtables
 * @param memtableBytes memory that memtables take
 * @param flushes memtables flushed since the database was opened
 * @param compactions compactions since then
 * @param compactionDebtBytes bytes of SSTables that wait to be compacted
 * @param stalls how often a writer waited for the index since then
 * @param stallMicros how long in all, in microseconds
 * @param pageCache what the cache of pages was good for since then
 * @param disk where the disk went
 * @param scrub what verifying in the background has found
 * @param pendingErasures erased values whose bytes may still be on the disk
 * @param recoveryNotes what was found and done when the database was opened, a sentence each
 * @param options how it was opened
 */
public record Stats(
        Path directory,
        String ledgerId,
        long blocks,
        long entries,
        String headHash,
        long headTimestamp,
        long syncedBlocks,
        long signedBlocks,
        @Nullable String signingProblem,
        int tables,
        long ledgerBytes,
        long ledgerSegments,
        long indexBytes,
        List<Integer> sstablesPerLevel,
        int memtables,
        long memtableEntries,
        long memtableBytes,
        long flushes,
        long compactions,
        long compactionDebtBytes,
        long stalls,
        long stallMicros,
        PageCacheUse pageCache,
        DiskUse disk,
        Scrub scrub,
        long pendingErasures,
        List<String> recoveryNotes,
        Options options) {
    /** Number of SSTables. */
    public int sstables() {
        return sstablesPerLevel.stream().mapToInt(Integer::intValue).sum();
    }

    /** The same with other figures of the disk. */
    public Stats withDisk(DiskUse use) {
        return new Stats(
                directory,
                ledgerId,
                blocks,
                entries,
                headHash,
                headTimestamp,
                syncedBlocks,
                signedBlocks,
                signingProblem,
                tables,
                ledgerBytes,
                ledgerSegments,
                indexBytes,
                sstablesPerLevel,
                memtables,
                memtableEntries,
                memtableBytes,
                flushes,
                compactions,
                compactionDebtBytes,
                stalls,
                stallMicros,
                pageCache,
                use,
                scrub,
                pendingErasures,
                recoveryNotes,
                options);
    }
}
