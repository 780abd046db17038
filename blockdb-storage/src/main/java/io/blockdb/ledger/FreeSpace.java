package io.blockdb.ledger;

import io.blockdb.io.FileSystem;
import io.blockdb.proof.BlockHeader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Keeps the disk from running full under the ledger: a block that would use what is reserved is refused before it is written.
 * The free space is asked for only now and then.
 *
 * <p>Threading: the committer only.
 */
final class FreeSpace {
    /** What an entry takes at most besides its leaf data and its value: a value frame with its salt, padding, and place. */
    private static final int ENTRY_OVERHEAD = 64;

    private final FileSystem fileSystem;
    private final Path directory;
    private final long reserve;

    /** Bytes that may be appended before the free space is looked at again; a part of what is reserved. */
    private long allowance;

    /** Bytes to be left free besides the reserve. */
    private long kept;

    FreeSpace(FileSystem fileSystem, Path directory, long reserve) {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.reserve = reserve;
    }

    /** An upper bound of what a block takes. */
    static long neededBy(List<BlockEntry> entries) {
        long content = 0;
        for (BlockEntry entry : entries) {
            content += entry.leaf().length + (long) entry.valueLength() + ENTRY_OVERHEAD;
        }
        if (content > FrameFormat.CONTENT_LENGTH_MAX) {
            throw new IllegalArgumentException("a block of " + entries.size() + " entries takes up to " + content
                    + " bytes, at most " + FrameFormat.CONTENT_LENGTH_MAX + " are allowed");
        }
        return content
                + FrameFormat.HEAD_LENGTH
                + BlockHeader.LENGTH
                + SegmentFormat.HEADER_LENGTH
                + SegmentFormat.SEAL_LENGTH;
    }

    /** Says how many bytes are to be left free besides the reserve, for what others will have to write. */
    void keep(long bytes) {
        kept = bytes;
    }

    /** Bytes that may be appended without asking. */
    long allowance() {
        return allowance;
    }

    /** So many bytes were appended. */
    void spend(long bytes) {
        allowance -= bytes;
    }

    /**
     * Fails where there is no room for so many bytes.
     *
     * @param wanted bytes that the ledger's tree will want
     */
    void check(long needed, long wanted) throws IOException {
        if (allowance >= needed) {
            return;
        }
        long usable = fileSystem.usableSpace(directory);
        long free = usable - reserve - kept - wanted;
        if (free < needed) {
            throw new DiskFullException(directory.toString(), needed, usable, reserve);
        }
        allowance = needed + Math.min((free - needed) / 4, reserve / 8);
    }
}
