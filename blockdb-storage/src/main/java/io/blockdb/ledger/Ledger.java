package io.blockdb.ledger;

import io.blockdb.base.BlockPlace;
import io.blockdb.base.ByteWriter;
import io.blockdb.base.CorruptionException;
import io.blockdb.base.Hash;
import io.blockdb.base.LedgerId;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.Position;
import io.blockdb.io.Environment;
import io.blockdb.io.FileSystem;
import io.blockdb.io.WritableFile;
import io.blockdb.proof.BlockHeader;
import io.blockdb.proof.MerkleTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * Appends blocks and reads them back by height, by sequence, or in order. Nothing written is ever rewritten, but a value that
 * is erased.
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

    /** The head at a clean open, which the record of the clean close tells already; else null. */
    private final @Nullable LedgerPoint recorded;

    private final @Nullable CorruptionException damage;
    private final FrameEncoder encoder;
    /** Held while the end of the ledger is recorded. */
    private final Object recordLock = new Object();
    /** Held while the last segment is synced or replaced. */
    private final Object syncLock = new Object();

    /** Written by the committer, read by all. */
    private volatile @Nullable LedgerPoint head;

    private volatile long syncedBlocks;
    /** Through where the last segment was synced, or less. */
    private volatile BlockPlace syncedPlace;

    private volatile @Nullable IOException failure;
    private volatile boolean closed;

    /** There from the begin where the ledger is written to; where it is only read, from the first question on. */
    private volatile @Nullable LedgerTree tree;

    /** The committer's, replaced under {@link #syncLock}; null until the first append after the last segment was sealed. */
    private @Nullable SegmentWriter writer;

    private final DiskRoom room;

    private Ledger(
            Environment environment,
            Path directory,
            LedgerOptions options,
            LedgerRecovery.Found found,
            SegmentPool pool,
            @Nullable LedgerTree tree,
            List<String> notes,
            @Nullable SegmentWriter writer) {
        this.environment = environment;
        this.directory = directory;
        this.options = options;
        this.pool = pool;
        this.tree = tree;
        this.recoveryNotes = List.copyOf(notes);
        this.clean = found.clean();
        this.recorded = found.clean() ? found.end() : null;
        this.damage = found.damage();
        this.room = new DiskRoom(environment.fileSystem(), directory, options.diskReserve());
        this.encoder = new FrameEncoder(options.inlineValueLimit());
        this.head = found.end();
        this.syncedBlocks = found.durableBlocks();
        this.syncedPlace = Segment.beginOf(Math.max(1, found.lastSegment()));
        this.writer = writer;
    }

    /**
     * Opens the ledger in a directory that exists, and brings its end in order.
     *
     * @param quarantine where a torn tail is kept
     * @param known a point of this ledger that is known from elsewhere to be synced, or null
     * @param signed what is known from a signature of how far the ledger went
     * @throws CorruptionException if the ledger is damaged where it must not be, and is opened for writing; read-only, what
     *     lies before the damage can be read, and {@link #damage} tells of it
     * @throws io.blockdb.base.UnsupportedFormatException if it is of a newer format; nothing was changed
     */
    public static Ledger open(
            Environment environment,
            Path directory,
            Path quarantine,
            LedgerOptions options,
            @Nullable LedgerPoint known,
            SignedEvidence signed)
            throws IOException {
        FileSystem fileSystem = environment.fileSystem();
        LedgerRecovery.Found found =
                LedgerRecovery.run(fileSystem, directory, quarantine, options.readOnly(), known, signed);
        SegmentPool pool = new SegmentPool(fileSystem, directory, options.openSegmentsMax(), found.lastSegment());
        SegmentWriter writer = null;
        LedgerPoint end = found.end();
        if (end != null && !found.sealed() && !options.readOnly()) {
            try (Segment segment = pool.acquire(found.lastSegment())) {
                writer = SegmentWriter.open(
                        fileSystem,
                        segment.path(),
                        segment.header(),
                        end.place().offset());
            } catch (IOException | RuntimeException e) {
                pool.close();
                throw e;
            }
        }
        List<String> notes = new ArrayList<>(found.notes());
        LedgerTree tree = options.readOnly()
                ? null
                : LedgerTree.open(fileSystem, directory, false, pool, end, found.clean(), notes);
        return new Ledger(environment, directory, options, found, pool, tree, notes, writer);
    }

    /** The id that the segments in a directory state, or null where none is there whose header is whole. Changes nothing. */
    public static @Nullable LedgerId idOf(FileSystem fileSystem, Path directory) throws IOException {
        return SegmentPool.ledgerId(fileSystem, directory);
    }

    /** The point behind the last block appended, or null while the ledger is unborn. */
    public @Nullable LedgerPoint head() {
        return head;
    }

    /** The tree over the ledger's blocks. */
    public LedgerTree tree() {
        LedgerTree known = tree;
        if (known == null) {
            synchronized (syncLock) {
                known = tree;
                if (known == null) {
                    known = LedgerTree.open(
                            environment.fileSystem(), directory, true, pool, head, clean, new ArrayList<>());
                    tree = known;
                }
            }
        }
        return known;
    }

    /** The ledger's id, which every segment states; the ledger must not be unborn. */
    public LedgerId ledgerId() throws IOException {
        return pool.header(pool.last()).ledgerId();
    }

    /** About how many bytes were appended since the last sync. Any thread. */
    public long unsyncedBytes() {
        LedgerPoint end = head;
        if (end == null) {
            return 0;
        }
        BlockPlace synced = syncedPlace;
        long offset = end.place().offset();
        return end.place().segment() == synced.segment() ? offset - synced.offset() : offset;
    }

    /** How many blocks are known to be synced; read-only, what was read may be more. */
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

    /** Where the ledger goes on behind {@link #head} and cannot be read; null for one that is whole, or open for writing. */
    public @Nullable CorruptionException damage() {
        return damage;
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
     * @throws IllegalArgumentException if the block is larger than any that keeps to the limits; nothing was changed
     * @throws IOException if the write failed; the ledger then takes no more
     */
    public Appended append(BlockHeader header, List<BlockEntry> entries, Position position) throws IOException {
        checkAppendable();
        LedgerPoint end = head;
        LedgerPoint before = end == null ? GENESIS : end;
        assert header.entryCount() == entries.size() : header;
        assert header.height() == before.blocks() : header;
        assert header.firstSequence() == before.entries() : header;
        assert header.previousHash().equals(before.lastHash()) : header;
        SegmentWriter current = writer;
        long needed = DiskRoom.upperBound(entries) - (current == null ? 0 : current.ahead());
        if (room.allowed() < needed) {
            room.check(needed, tree().spaceWanted());
        }
        int length = encoder.encode(header, entries);
        try {
            return appendEncoded(before, header, position, length);
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
            throw e;
        }
    }

    private void checkAppendable() throws IOException {
        if (closed || options.readOnly()) {
            throw new IllegalStateException(closed ? "the ledger is closed" : "the ledger is open for reading only");
        }
        IOException failed = failure;
        if (failed != null) {
            throw new IOException("the ledger takes no more writes since one failed: " + failed.getMessage(), failed);
        }
    }

    private Appended appendEncoded(LedgerPoint before, BlockHeader header, Position position, int length)
            throws IOException {
        SegmentWriter segment = segmentFor(before, header, length);
        BlockPlace place = segment.next();
        ByteWriter frame = encoder.placed(segment.header().nonce(), place.offset(), syncedBlocks, position);
        room.take(segment.append(frame, lengthMax(segment)) + TreeNodes.BYTES_PER_LEAF);
        pool.index(place.segment()).note(header.height(), header.firstSequence(), place.offset());
        Hash hash = MerkleTree.leafHash(frame.array(), FrameFormat.HEAD_LENGTH, BlockHeader.LENGTH);
        tree().append(hash);
        head = new LedgerPoint(
                header.height() + 1,
                header.firstSequence() + header.entryCount(),
                hash,
                header.timestamp(),
                position,
                segment.next());
        return new Appended(header, hash, place);
    }

    /** How long a segment may get by zeros ahead: they take nothing that is reserved. */
    private long lengthMax(SegmentWriter segment) {
        return Math.min(options.segmentSize(), segment.end() + segment.ahead() + room.allowed());
    }

    /** The segment that takes a frame of so many bytes: the last one, or a new one behind it. */
    private SegmentWriter segmentFor(LedgerPoint before, BlockHeader header, int length) throws IOException {
        SegmentWriter current = writer;
        if (current == null) {
            return beginSegment(before, header);
        }
        long end = current.end() + length + SegmentFormat.SEAL_LENGTH;
        if (end <= options.segmentSize() || !current.hasFrames()) {
            return current;
        }
        sealSegment(current, before);
        return beginSegment(before, header);
    }

    /** Where the value of an entry of the block appended last is framed by itself, or null where it is a small one. */
    public @Nullable ValuePlace appendedValuePlace(Appended block, int index, BlockEntry entry) {
        int offset = encoder.valueOffset(index);
        if (offset == 0) {
            return null;
        }
        return new ValuePlace(
                block.place().segment(), block.place().offset() + offset, entry.valueLength(), entry.saltLength());
    }

    /** The point before block 0. */
    public static final LedgerPoint GENESIS = new LedgerPoint(0, 0, Hash.ZERO, 0, Position.NONE, Segment.beginOf(1));

    private void sealSegment(SegmentWriter full, LedgerPoint before) throws IOException {
        synchronized (syncLock) {
            full.seal(before);
            full.close();
            writer = null;
            syncedBlocks = before.blocks();
        }
    }

    /**
     * Says how many bytes are to be left free besides the reserve, for what others will have to write.
     *
     * <p>Threading: the committer only.
     */
    public void keepFree(long bytes) {
        room.keepFree(bytes);
    }

    private SegmentWriter beginSegment(LedgerPoint before, BlockHeader header) throws IOException {
        SegmentWriter created =
                SegmentWriter.create(environment, directory, pool.last() + 1, before, header.ledgerId());
        synchronized (syncLock) {
            writer = created;
        }
        pool.begun(created.header());
        return created;
    }

    /**
     * Makes all that was appended before the call safe against power failure.
     *
     * @throws IOException if the sync failed; the ledger then takes no more writes, and the sync is not tried again
     */
    public void sync() throws IOException {
        syncSegments();
        if (!options.readOnly()) {
            tree().settle();
        }
    }

    private void syncSegments() throws IOException {
        synchronized (syncLock) {
            IOException failed = failure;
            if (failed != null) {
                throw new IOException("the ledger was not synced since a write failed: " + failed.getMessage(), failed);
            }
            LedgerPoint target = head;
            if (target == null || target.blocks() <= syncedBlocks || options.readOnly()) {
                return;
            }
            SegmentWriter current = writer;
            if (current == null) {
                throw new IllegalStateException("the ledger is closed");
            }
            try {
                current.sync(target.place().offset());
            } catch (IOException | RuntimeException | Error e) {
                fail(e);
                throw e;
            }
            syncedBlocks = target.blocks();
            syncedPlace = target.place();
        }
    }

    /** Nothing is written any more; the first cause is kept. */
    private void fail(Throwable cause) {
        synchronized (syncLock) {
            if (failure == null) {
                failure = cause instanceof IOException e ? e : new IOException(cause.toString(), cause);
            }
        }
    }

    /**
     * Reads the block of a height, which must be below the head's.
     *
     * @throws IllegalArgumentException if it is not
     */
    public LedgerBlock blockAtHeight(long height) throws IOException {
        LedgerPoint end = head;
        checkBelow("height", height, end == null ? 0 : end.blocks());
        long number = pool.segmentOfHeight(height);
        try (Segment segment = pool.acquire(number)) {
            FrameReader reader = new FrameReader(segment, FrameReader.SMALL_WINDOW);
            return reader.blockAt(reader.find(pool.index(number), height, Long.MAX_VALUE));
        }
    }

    /**
     * Reads the block that holds a sequence, which must be below the head's.
     *
     * @throws IllegalArgumentException if it is not
     */
    public LedgerBlock blockOfSequence(long sequence) throws IOException {
        return ofSequence(sequence, FrameReader::blockAt);
    }

    /**
     * As {@link #blockOfSequence}, without the values that are framed by themselves: those have a
     * {@link LedgerBlock#valuePlace}, and are read by {@link #value}.
     *
     * @throws IllegalArgumentException if the ledger has no such sequence
     */
    public LedgerBlock bodyOfSequence(long sequence) throws IOException {
        return ofSequence(sequence, FrameReader::bodyAt);
    }

    private interface BlockReading {
        LedgerBlock read(FrameReader reader, long offset) throws IOException;
    }

    private LedgerBlock ofSequence(long sequence, BlockReading reading) throws IOException {
        LedgerPoint end = head;
        checkBelow("sequence", sequence, end == null ? 0 : end.entries());
        long number = pool.segmentOfSequence(sequence);
        try (Segment segment = pool.acquire(number)) {
            FrameReader reader = new FrameReader(segment, FrameReader.SMALL_WINDOW);
            return reading.read(reader, reader.find(pool.index(number), Long.MAX_VALUE, sequence));
        }
    }

    private void checkBelow(String what, long found, long end) throws CorruptionException {
        if (found >= 0 && found < end) {
            return;
        }
        CorruptionException damaged = damage;
        if (found >= 0 && damaged != null) {
            throw new CorruptionException(
                    damaged.file(), damaged.offset(), damaged.length(), damaged.reason(), damaged);
        }
        throw new IllegalArgumentException(what + " " + found + " is not in the ledger, which ends at " + end);
    }

    /** Reads the block at a place. */
    public LedgerBlock blockAt(BlockPlace place) throws IOException {
        try (Segment segment = pool.acquire(place.segment())) {
            return new FrameReader(segment, FrameReader.SMALL_WINDOW).blockAt(place.offset());
        }
    }

    /** Reads blocks in order, from a point up to the head as it is now; whether the ledger goes on there, {@link #damage} tells. */
    public LedgerCursor blocksFrom(LedgerPoint start) {
        return new LedgerCursor(pool, start, head, null, null);
    }

    /**
     * As {@link #blocksFrom(LedgerPoint)}, without the values that were erased, whether they are gone from the disk or not. Where
     * the ledger goes on behind its head and cannot be read, the last step fails with {@link #damage}.
     */
    public LedgerCursor blocksFrom(LedgerPoint start, ErasedValues erased) {
        return new LedgerCursor(pool, start, head, erased, damage);
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
        return blockAtHeight(height - 1).pointBehind();
    }

    /** Reads a value that is framed by itself. */
    public StoredValue value(ValuePlace place) throws IOException {
        try (Segment segment = pool.acquire(place.segment())) {
            return segment.readValue(place);
        }
    }

    /** What its files are made of, and how fast they grow. */
    public LedgerSurvey survey() {
        return new LedgerSurvey(environment.fileSystem(), directory, pool, this::head);
    }

    /**
     * How many bytes may still be appended before that is refused, where so many are to be left free besides the reserve; at least 0.
     */
    public long writableBytes(long keptFree) throws IOException {
        return room.writable(keptFree + tree().spaceWanted());
    }

    /**
     * Records how far the ledger goes, as a clean close does: for who is about to delete other evidence of it, or to overwrite
     * what recovery would take for a torn write.
     *
     * @throws IOException if the ledger cannot be synced, or the record not be written
     */
    public void recordHead() throws IOException {
        synchronized (recordLock) {
            LedgerPoint end = head;
            sync();
            if (end != null) {
                HeadFormat.write(environment.fileSystem(), directory, end);
            }
        }
    }

    /**
     * Overwrites values and their salts on the disk, and syncs that. A crash underway leaves any mixture of the old and the new
     * bytes, in these values alone. That the entries which erase them are synced, and recorded to be ({@link #recordHead}), is
     * for the caller to see to.
     *
     * <p>Threading: one thread at a time, beside readers and the committer. The ledger is not synced while a segment is.
     *
     * @param sequences of the entries whose values go
     * @return those whose value could not be found, each with the reason; the others are gone
     * @throws IOException if writing or syncing failed; the ledger then takes no more writes
     */
    public Map<Long, CorruptionException> eraseValues(SortedSet<Long> sequences) throws IOException {
        checkAppendable();
        try (ValueEraser eraser = new ValueEraser(environment.fileSystem(), directory)) {
            LedgerPoint end = head;
            return eraser.erase(sequences, end == null ? 0 : end.entries(), this::blockOfSequence, this::syncErased);
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
            throw e;
        }
    }

    /** Under the lock of other syncs: what a failed one has lost must not be taken for written by the next. */
    private void syncErased(WritableFile file) throws IOException {
        synchronized (syncLock) {
            checkAppendable();
            try {
                file.sync();
            } catch (IOException | RuntimeException | Error e) {
                fail(e);
                throw e;
            }
        }
    }

    /**
     * Writes down how far the tree goes, where that is worth it, so that less is read again by the next open. A failure costs
     * the tree, not the ledger.
     *
     * @param synced a point of this ledger through which it is synced
     */
    public void recordTree(LedgerPoint synced) {
        tree().record(synced);
    }

    /**
     * Closes the ledger. Unless it was opened read-only or a write failed, all is synced first and the clean close is
     * recorded. Closing twice is legal.
     */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        try {
            LedgerPoint end = head;
            if (!options.readOnly() && failure == null && end != null && !end.equals(recorded)) {
                recordHead();
                tree().record(end);
            }
            cutAhead();
        } finally {
            abandon();
        }
    }

    private void cutAhead() throws IOException {
        synchronized (syncLock) {
            SegmentWriter current = writer;
            if (current != null && failure == null) {
                current.cutAhead();
            }
        }
    }

    /** Closes the files and leaves everything as it is: for who could not make use of the ledger. */
    public void abandon() throws IOException {
        LedgerTree openTree = tree;
        try (pool;
                openTree) {
            synchronized (syncLock) {
                closed = true;
                SegmentWriter current = writer;
                writer = null;
                if (current != null) {
                    current.close();
                }
            }
        }
    }
}
