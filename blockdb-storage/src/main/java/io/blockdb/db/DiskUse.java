package io.blockdb.db;

/**
 * Where the disk went, and how long what is left of it will last. All sizes are bytes.
 *
 * @param ledger the ledger's files
 * @param values the part of {@code ledger} that values take, as they are stored; estimated from a sample, -1 where the ledger is
 *     damaged. The rest of it is what makes them provable: keys, digests, headers, checksums
 * @param index the SSTables
 * @param tree the files of the ledger tree, which receipts are made from
 * @param quarantine what recovery cut off and repairs replaced; nothing reads it, people may delete it
 * @param free what the file system has left for this user
 * @param writable what may still be written before writes are refused, because the rest is reserved; 0: they are refused
 * @param growthSince time of the block since when growth was looked at, in microseconds since the Unix epoch: about a day ago, or
 *     when a younger ledger began; 0 where nothing can be said
 * @param growthPerDay by how much ledger, index and tree have grown a day since then
 */
public record DiskUse(
        long ledger,
        long values,
        long index,
        long tree,
        long quarantine,
        long free,
        long writable,
        long growthSince,
        long growthPerDay) {
    private static final long SECONDS_PER_DAY = 24L * 60 * 60;

    /** What the database takes in all. */
    public long total() {
        return ledger + index + tree + quarantine;
    }

    /** The same where writes are refused already while less than so many bytes are free. */
    public DiskUse above(long watermark) {
        return new DiskUse(
                ledger,
                values,
                index,
                tree,
                quarantine,
                free,
                Math.max(0, Math.min(writable, free - watermark)),
                growthSince,
                growthPerDay);
    }

    /** In how many seconds writes will be refused if the database goes on growing as it did; -1 where it does not grow. */
    public long secondsLeft() {
        return growthPerDay <= 0 ? -1 : (long) ((double) writable / growthPerDay * SECONDS_PER_DAY);
    }
}
