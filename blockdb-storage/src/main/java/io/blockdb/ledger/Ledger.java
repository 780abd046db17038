package io.blockdb.ledger;

import io.blockdb.base.BlockPlace;
import io.blockdb.base.ByteWriter;
import io.blockdb.base.Hash;
import io.blockdb.base.LedgerId;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.Position;
import io.blockdb.io.Environment;
import io.blockdb.io.FileSystem;
import io.blockdb.proof.BlockHeader;
import io.blockdb.proof.MerkleTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Appends blocks and reads them back by height, by sequence, or in order. Nothing written is ever rewritten.
 *
 * <p>Invariants: heights and sequences are gap-free; {@code syncedBlocks() <= head().blocks()}; a segment is sealed and synced
 * before the next one begins. After a failed write or sync nothing is appended any more: what is on disk is then unknown,
 * and only opening the ledger again finds out.
 *
 * <p>Threading: {@link #append} on the committer only; {@link #sync} and reads from any thread. Rejected: a separate
 * write-ahead log (two logs can disagree, and everything would be written and synced twice).
 */
public final class Ledger implements AutoCloseable {
    private final Environment environment;
    private final Path directory;
    private final LedgerOptions options;
    private final SegmentPool pool;
    private final List<String> recoveryNotes;
    private final boolean clean;
    private final FrameEncoder encoder;
    /** Held while the last segment is synced or replaced. */
    private final Object syncLock = new Object();

    /** Written by the committer, read by all. */
    private volatile @Nullable LedgerPoint head;

    private volatile long syncedBlocks;
    private volatile @Nullable IOException failure;

    /** The committer's, replaced under {@link #syncLock}; null until the first append after the last segment was sealed. */
    private @Nullable SegmentWriter writer;

    /** The committer's: bytes that may be appended before the free space is looked at again. */
    private long spaceAllowance;

    private Ledger(
            Environment environment,
            Path directory,
            LedgerOptions options,
            LedgerRecovery.Found found,
            @Nullable SegmentWriter writer) {
        this.environment = environment;
        this.directory = directory;
        this.options = options;
        this.pool =
                new SegmentPool(environment.fileSystem(), directory, options.openSegmentsMax(), found.lastSegment());
        this.recoveryNotes = List.copyOf(found.notes());
        this.clean = found.clean();
        this.encoder = new FrameEncoder(options.inlineValueLimit());
        this.head = found.end();
        this.syncedBlocks = found.end() == null ? 0 : found.end().blocks();
        this.writer = writer;
    }

    /**
     * Opens the ledger in a directory that exists, and brings its end in order.
     *
     * @param quarantine where a torn tail is kept
     * @param known a point of this ledger that is known from elsewhere to be synced, or null
     * @throws io.blockdb.base.CorruptionException if the ledger is damaged where it must not be
     */
    public static Ledger open(
            Environment environment,
            Path directory,
            Path quarantine,
            LedgerOptions options,
            @Nullable LedgerPoint known)
            throws IOException {
        FileSystem fileSystem = environment.fileSystem();
        LedgerRecovery.Found found =
                new LedgerRecovery(fileSystem, directory, quarantine, options.readOnly()).run(known);
        SegmentWriter writer = null;
        LedgerPoint end = found.end();
        if (end != null && !found.sealed() && !options.readOnly()) {
            try (SegmentPool pool = new SegmentPool(fileSystem, directory, 2, found.lastSegment());
                    Segment segment = pool.acquire(found.lastSegment())) {
                writer = SegmentWriter.open(
                        fileSystem,
                        segment.path(),
                        segment.header(),
                        end.place().offset());
            }
        }
        return new Ledger(environment, directory, options, found, writer);
    }

    /** The point behind the last block appended, or null while the ledger is unborn. */
    public @Nullable LedgerPoint head() {
        return head;
    }

    /** The ledger's id, which every segment states; the ledger must not be unborn. */
    public LedgerId ledgerId() throws IOException {
        return pool.header(pool.last()).ledgerId();
    }

    /** How many blocks are known to be synced. */
    public long syncedBlocks() {
        return syncedBlocks;
    }

    /** What was found and done when the ledger was opened, a sentence each. */
    public List<String> recoveryNotes() {
        return recoveryNotes;
    }

    /** Whether the ledger had been closed in good order, with nothing written since. */
    public boolean wasClean() {
        return clean;
    }

    /** Why nothing can be appended any more, or null. */
    public @Nullable IOException failure() {
        return failure;
    }

    /**
     * Where a block was put.
     *
     * @param header the block's header
     * @param hash the block's hash
     * @param place where its frame begins
     */
    public record Appended(BlockHeader header, Hash hash, BlockPlace place) {}

    /**
     * Appends a block. It is not synced.
     *
     * @param header must follow {@link #head}
     * @param entries the block's entries, as many as the header says
     * @throws DiskFullException if there is too little room; nothing was changed
     * @throws IOException if the write failed; the ledger then takes no more
     */
    public Appended append(BlockHeader header, List<BlockEntry> entries, Position position) throws IOException {
        IOException failed = failure;
        if (failed != null) {
            throw new IOException("the ledger takes no more writes since one failed: " + failed.getMessage(), failed);
        }
        LedgerPoint before = head;
        assert header.entryCount() == entries.size() : header;
        assert header.height() == (before == null ? 0 : before.blocks()) : header;
        checkSpace(entries);
        try {
            return appendFrame(before, header, entries, position);
        } catch (IOException | RuntimeException e) {
            throw fail(e);
        }
    }

    private Appended appendFrame(
            @Nullable LedgerPoint before, BlockHeader header, List<BlockEntry> entries, Position position)
            throws IOException {
        byte[] headerBytes = header.encode();
        SegmentWriter segment = writer;
        if (segment == null) {
            segment = beginSegment(before, header);
        }
        ByteWriter frame = encode(segment, headerBytes, header, entries, position);
        if (before != null
                && segment.hasFrames()
                && segment.next().offset() + frame.size() + SegmentFormat.SEAL_LENGTH > options.segmentSize()) {
            segment = rollSegment(segment, before, header);
            frame = encode(segment, headerBytes, header, entries, position);
        }
        BlockPlace place = segment.next();
        segment.append(frame);
        spaceAllowance -= frame.size();
        Hash hash = MerkleTree.leafHash(headerBytes);
        try (Segment readable = pool.acquire(place.segment())) {
            readable.frames().note(header.height(), header.firstSequence(), place.offset());
        }
        head = new LedgerPoint(
                header.height() + 1,
                header.firstSequence() + header.entryCount(),
                hash,
                header.timestamp(),
                position,
                segment.next());
        return new Appended(header, hash, place);
    }

    private ByteWriter encode(
            SegmentWriter segment,
            byte[] headerBytes,
            BlockHeader header,
            List<BlockEntry> entries,
            Position position) {
        return encoder.encode(
                headerBytes,
                entries,
                header.height(),
                syncedBlocks,
                position,
                segment.header().nonce(),
                segment.next().offset());
    }

    /** Where the value of an entry of the block appended last is framed by itself, or null where it is a small one. */
    public @Nullable ValuePlace appendedValuePlace(Appended block, int index, BlockEntry entry) {
        int offset = encoder.valueOffset(index);
        if (offset == 0) {
            return null;
        }
        return new ValuePlace(
                block.place().segment(),
                block.place().offset() + offset,
                SegmentFormat.getInt(entry.leaf(), 12),
                entry.leaf()[2]);
    }

    private SegmentWriter beginSegment(@Nullable LedgerPoint before, BlockHeader header) throws IOException {
        long number = pool.last() + 1;
        LedgerPoint point = before == null ? GENESIS : before;
        SegmentWriter created = SegmentWriter.create(environment, directory, number, point, header.ledgerId());
        pool.setLast(number);
        synchronized (syncLock) {
            writer = created;
        }
        return created;
    }

    /** The point before block 0. */
    public static final LedgerPoint GENESIS =
            new LedgerPoint(0, 0, Hash.ZERO, 0, Position.NONE, new BlockPlace(1, SegmentFormat.HEADER_LENGTH));

    private SegmentWriter rollSegment(SegmentWriter full, LedgerPoint before, BlockHeader header) throws IOException {
        synchronized (syncLock) {
            full.seal(before);
            full.close();
            writer = null;
            syncedBlocks = before.blocks();
        }
        return beginSegment(before, header);
    }

    private void checkSpace(List<BlockEntry> entries) throws IOException {
        long needed = FrameFormat.HEAD_LENGTH + SegmentFormat.HEADER_LENGTH + SegmentFormat.SEAL_LENGTH;
        for (BlockEntry entry : entries) {
            needed += entry.leaf().length
                    + 64L
                    + (entry.value().isErased() ? 0 : entry.value().value().length);
        }
        if (spaceAllowance >= needed) {
            return;
        }
        long usable = environment.fileSystem().usableSpace(directory);
        long free = usable - options.diskReserve();
        if (free < needed) {
            throw new DiskFullException(directory.toString(), needed, usable, options.diskReserve());
        }
        spaceAllowance = Math.min(free / 4 + needed, 8L << 20);
    }

    /**
     * Makes all that was appended before the call safe against power failure.
     *
     * @throws IOException if the sync failed; the ledger then takes no more writes, and the sync is not tried again
     */
    public void sync() throws IOException {
        synchronized (syncLock) {
            IOException failed = failure;
            if (failed != null) {
                throw new IOException("the ledger was not synced since a write failed: " + failed.getMessage(), failed);
            }
            LedgerPoint target = head;
            if (target == null || target.blocks() == syncedBlocks) {
                return;
            }
            SegmentWriter current = writer;
            try {
                if (current != null) {
                    current.sync();
                }
            } catch (IOException | RuntimeException e) {
                throw fail(e);
            }
            syncedBlocks = Math.max(syncedBlocks, target.blocks());
        }
    }

    private IOException fail(Exception cause) {
        IOException failed = cause instanceof IOException e ? e : new IOException(cause.toString(), cause);
        if (failure == null) {
            failure = failed;
        }
        return failed;
    }

    /** Reads the block of a height, which must be below the head's. */
    public LedgerBlock blockAtHeight(long height) throws IOException {
        try (Segment segment = pool.acquire(pool.segmentOfHeight(height))) {
            FrameReader reader = new FrameReader(segment);
            FrameIndex.Start start = segment.frames().atHeight(height, firstFrame(segment));
            return reader.blockAt(walk(reader, start, height, Long.MAX_VALUE));
        }
    }

    /** Reads the block that holds a sequence, which must be below the head's. */
    public LedgerBlock blockOfSequence(long sequence) throws IOException {
        try (Segment segment = pool.acquire(pool.segmentOfSequence(sequence))) {
            FrameReader reader = new FrameReader(segment);
            FrameIndex.Start start = segment.frames().atSequence(sequence, firstFrame(segment));
            return reader.blockAt(walk(reader, start, Long.MAX_VALUE, sequence));
        }
    }

    /** Reads the block at a place. */
    public LedgerBlock blockAt(BlockPlace place) throws IOException {
        try (Segment segment = pool.acquire(place.segment())) {
            return new FrameReader(segment).blockAt(place.offset());
        }
    }

    private static FrameIndex.Start firstFrame(Segment segment) {
        SegmentFormat.Header header = segment.header();
        return new FrameIndex.Start(header.firstHeight(), header.firstSequence(), SegmentFormat.HEADER_LENGTH);
    }

    /** Walks over heads from a frame to the one of the height, or the one that holds the sequence. */
    private static long walk(FrameReader reader, FrameIndex.Start start, long height, long sequence)
            throws IOException {
        long offset = start.offset();
        for (; ; ) {
            BlockHeader header = reader.headerAt(offset);
            reader.segment().frames().note(header.height(), header.firstSequence(), offset);
            if (header.height() >= height || header.firstSequence() + header.entryCount() > sequence) {
                return offset;
            }
            offset += reader.headAt(offset).frameLength();
        }
    }

    /** Reads blocks in order, from a point up to the head as it is now. */
    public LedgerCursor blocksFrom(LedgerPoint start) {
        LedgerPoint end = head;
        return new LedgerCursor(pool, start, end == null ? 0 : end.blocks());
    }

    /** The point before the block of a height, which must be at or below the head's. */
    public LedgerPoint pointAt(long height) throws IOException {
        if (height == 0) {
            return GENESIS;
        }
        LedgerPoint end = head;
        if (end != null && height == end.blocks()) {
            return end;
        }
        LedgerBlock block = blockAtHeight(height - 1);
        BlockHeader header = block.header();
        return new LedgerPoint(
                height,
                header.firstSequence() + header.entryCount(),
                header.hash(),
                header.timestamp(),
                block.position(),
                new BlockPlace(block.place().segment(), block.place().offset() + block.frameLength()));
    }

    /** Reads a value that is framed by itself. */
    public StoredValue value(ValuePlace place) throws IOException {
        try (Segment segment = pool.acquire(place.segment())) {
            return segment.readValue(place);
        }
    }

    /** Bytes of all segments. */
    public long sizeBytes() throws IOException {
        long size = 0;
        for (long number = 1; number <= pool.last(); number++) {
            size += environment.fileSystem().size(directory.resolve(SegmentFormat.fileName(number)));
        }
        return size;
    }

    /** Number of segments. */
    public long segmentCount() {
        return pool.last();
    }

    /**
     * Closes the ledger. Unless it was opened read-only or a write failed, all is synced first and the clean close is
     * recorded.
     */
    @Override
    public void close() throws IOException {
        try {
            LedgerPoint end = head;
            if (!options.readOnly() && failure == null && end != null) {
                sync();
                HeadFormat.write(environment.fileSystem(), directory, end);
            }
        } finally {
            abandon();
        }
    }

    /** Closes the files and leaves everything as it is: for who could not make use of the ledger. */
    public void abandon() throws IOException {
        try (pool) {
            synchronized (syncLock) {
                // Without a writer an append would begin a new segment, in a directory that may be another's by now.
                if (failure == null) {
                    failure = new IOException("the ledger is closed");
                }
                SegmentWriter current = writer;
                writer = null;
                if (current != null) {
                    current.close();
                }
            }
        }
    }
}
