package io.blockdb.ledger;

import io.blockdb.io.FileSystem;
import io.blockdb.proof.BlockHeader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Sees to it that the disk is never filled up: what is appended leaves a reserve free, and what others will have to write. The file
 * system is asked once for many appends.
 *
 * <p>Threading: the committer only, where nothing else is said.
 */
final class DiskRoom {
    /** What an entry takes at most besides its leaf data and its value: a value frame with its salt, padding, and place. */
    private static final int ENTRY_OVERHEAD = 64;

    private final FileSystem fileSystem;
    private final Path directory;
    private final long reserve;

    /** Bytes that may be appended before the free space is looked at again; a part of what is reserved. */
    private long allowance;

    /** Bytes to be left free besides the reserve. */
    private long keptFree;

    DiskRoom(FileSystem fileSystem, Path directory, long reserve) {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.reserve = reserve;
    }

    /** Says how many bytes are to be left free besides the reserve. */
    void keepFree(long bytes) {
        keptFree = bytes;
    }

    /**
     * How many bytes may still be appended where so many are to be left free besides the reserve; at least 0.
     *
     * <p>Threading: any thread.
     */
    long writable(long kept) throws IOException {
        return Math.max(0, fileSystem.usableSpace(directory) - reserve - kept);
    }

    /** How many bytes may be written before the free space is looked at again. */
    long allowed() {
        return allowance;
    }

    /** So many bytes were written. */
    void take(long bytes) {
        allowance -= bytes;
    }

    /** An upper bound of what a block takes. */
    static long upperBound(List<BlockEntry> entries) {
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

    /**
     * Looks at the free space, and fails where there is no room for so many bytes.
     *
     * @param tree bytes that the ledger tree will have to write
     */
    void check(long needed, long tree) throws IOException {
        long usable = fileSystem.usableSpace(directory);
        long free = usable - reserve - keptFree - tree;
        if (free < needed) {
            throw new DiskFullException(directory.toString(), needed, usable, reserve + keptFree + tree);
        }
        allowance = needed + Math.min((free - needed) / 4, reserve / 8);
    }
}
