package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Hash;
import io.blockdb.base.IndexHit;
import io.blockdb.base.LedgerId;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.Position;
import io.blockdb.ledger.BlockEntry;
import io.blockdb.ledger.DiskFullException;
import io.blockdb.ledger.ErasedValues;
import io.blockdb.ledger.Ledger;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.LedgerCursor;
import io.blockdb.ledger.StoredValue;
import io.blockdb.proof.BlockHeader;
import io.blockdb.proof.EntryLeaf;
import io.blockdb.proof.MerkleTree;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The deterministic core of a database: what replication calls, and what the commit pipeline of an embedded database calls as
 * replication would. There is one way in, {@link #apply}; it decides, appends and indexes, and reads no clock, no configuration
 * and no randomness. Readers see nothing of it before {@link #publish}.
 *
 * <p>State is a function of the ledger alone: an engine whose ledger was filled by {@link #appendVerified} from another's
 * {@link #blocksFrom} decides every later proposal as the other does.
 *
 * <p>After a failed write or sync the engine takes no more proposals: only opening the database again finds out what is on
 * disk. A {@link DiskFullException} changes nothing, and the proposal can be applied again.
 *
 * <p>Threading: all methods may be called from any thread; apply, appendVerified and publish exclude each other.
 */
public final class Engine {
    private final Ledger ledger;
    private final Index index;
    private final Catalog catalog;
    private final boolean readOnly;
    private final Timings timings;
    private final ReentrantLock commitLock = new ReentrantLock();

    /** Who is told that more was published. */
    private final List<Runnable> bells = new CopyOnWriteArrayList<>();

    /** Applied proposals that are not published yet, oldest first; guarded by {@link #commitLock}. */
    private final Deque<Unpublished> unpublished = new ArrayDeque<>();

    /** Guarded by {@link #commitLock}. */
    private int level;

    /** Held while syncing, so that {@link #syncedPosition} never goes back. */
    private final Object syncLock = new Object();

    private final @Nullable CorruptionException damage;

    private volatile @Nullable LedgerId ledgerId;
    private volatile Position appliedPosition;
    private volatile Position syncedPosition;
    private volatile Published published;
    private volatile @Nullable Throwable failure;
    private volatile boolean stopped;

    /** How far readers see. */
    record Published(long entries, long blocks, long timestamp) {}

    /**
     * A proposal that is not published yet.
     *
     * @param head the point of the ledger behind it, null while the ledger is unborn
     */
    private record Unpublished(Position position, @Nullable LedgerPoint head) {}

    /**
     * @param seen how far readers see
     * @param damage where the ledger goes on and cannot be read, only when it is opened read-only; else null
     */
    Engine(
            Ledger ledger,
            Index index,
            Catalog catalog,
            int level,
            @Nullable LedgerId ledgerId,
            boolean readOnly,
            Timings timings,
            @Nullable LedgerPoint seen,
            @Nullable CorruptionException damage) {
        this.ledger = ledger;
        this.index = index;
        this.catalog = catalog;
        this.level = level;
        this.ledgerId = ledgerId;
        this.readOnly = readOnly;
        this.timings = timings;
        LedgerPoint head = ledger.head();
        this.appliedPosition = head == null ? Position.NONE : head.position();
        this.syncedPosition = appliedPosition;
        this.published =
                seen == null ? new Published(0, 0, 0) : new Published(seen.entries(), seen.blocks(), seen.timestamp());
        this.damage = damage;
        index.erasures().loaded(() -> published().entries());
        index.wake();
    }

    /** The ledger's id, or null while it is unborn: while it has no block. */
    public @Nullable LedgerId ledgerId() {
        return ledgerId;
    }

    /** The point behind the last block that was applied, or null while the ledger is unborn. */
    public @Nullable LedgerPoint head() {
        return ledger.head();
    }

    /**
     * Position of the last proposal that was applied; after opening, that of the last one that left a block. Proposals at or
     * before it must not be applied again.
     */
    public Position appliedPosition() {
        return appliedPosition;
    }

    /** Position of the last proposal whose effects, and those of all before it, are safe against power failure. */
    public Position syncedPosition() {
        return syncedPosition;
    }

    /**
     * Decides a proposal and appends what it adds as one block. Neither syncs nor publishes. May wait for the index to catch
     * up.
     *
     * @throws DiskFullException if there is too little room; nothing was changed
     * @throws ReadOnlyException if the database takes no writes
     * @throws IOException if writing failed: the engine then takes no more proposals ({@link #hasFailed}); or if something that
     *     the decision rests on could not be read: then nothing was changed, and the proposal can be applied again
     */
    public Applied apply(Proposal proposal) throws IOException {
        index.awaitRoom();
        commitLock.lock();
        try {
            return applyOrFail(proposal);
        } finally {
            commitLock.unlock();
        }
    }

    private Applied applyOrFail(Proposal proposal) throws IOException {
        checkWritable();
        LedgerPoint before = ledger.head();
        try {
            return applyLocked(proposal);
        } catch (DiskFullException | ReadOnlyException e) {
            throw e;
        } catch (IOException e) {
            if (ledger.failure() != null || !Objects.equals(before, ledger.head())) {
                fail(e);
            }
            throw e;
        } catch (RuntimeException | Error e) {
            fail(e);
            throw e;
        }
    }

    private Applied applyLocked(Proposal proposal) throws IOException {
        long begin = timings.now();
        LedgerPoint before = ledger.head();
        long timestamp = Math.max(proposal.timestamp(), before == null ? 0 : before.timestamp());
        LedgerId id = before == null ? proposal.ledgerId() : ledgerId;
        Standing standing = new Standing(index, before == null ? null : ledger, before == null ? 0 : before.entries());
        Decider decider = new Decider(standing, catalog, level, id, timestamp);
        List<Decision> decisions = new ArrayList<>(proposal.batches().size());
        for (Batch batch : proposal.batches()) {
            String unfit = timestamp > EntryLeaf.NUMBER_MAX
                    ? "the proposal's time " + timestamp + " is over 2^53 - 1: set the clock of who proposes right"
                    : unfit(batch, before != null, proposal.ledgerId() != null, standing);
            decisions.add(unfit == null ? decider.decide(batch) : refusedAsInvalid(unfit));
        }
        timings.record(Timings.Stage.DECIDE, begin);
        Ledger.Appended appended = null;
        if (!standing.planned().isEmpty() && id != null) {
            appended = append(standing, id, timestamp, proposal.position());
            ledgerId = id;
            decider.tablesChanged().forEach(catalog::put);
            level = decider.level();
        }
        appliedPosition = proposal.position();
        unpublished.add(new Unpublished(proposal.position(), ledger.head()));
        return new Applied(outcomes(decisions, appended), appended == null ? null : ledger.head());
    }

    /** Why a batch cannot be decided at all, or null: it comes before the ledger is founded, or founds it anew. */
    private static @Nullable String unfit(Batch batch, boolean born, boolean founds, Standing standing) {
        if (born) {
            return founds ? "the ledger was founded before" : null;
        }
        return founds
                ? Founding.problem(batch, standing.planned().isEmpty())
                : "the ledger was not founded yet: it has no block 0";
    }

    private static Decision refusedAsInvalid(String why) {
        return new Decision.Refused(new RefusedException(RefusedException.Reason.INVALID, List.of(), why));
    }

    private Ledger.Appended append(Standing standing, LedgerId id, long timestamp, Position position)
            throws IOException {
        long begin = timings.now();
        List<Planned> planned = standing.planned();
        List<BlockEntry> entries = new ArrayList<>(planned.size());
        byte[] hashes = new byte[planned.size() * Hash.LENGTH];
        for (int i = 0; i < planned.size(); i++) {
            BlockEntry entry = planned.get(i).encode(standing.author(i), standing.isJoined(i));
            System.arraycopy(entry.leafHash(), 0, hashes, i * Hash.LENGTH, Hash.LENGTH);
            entries.add(entry);
        }
        LedgerPoint before = ledger.head();
        BlockHeader header = new BlockHeader(
                entries.size(),
                before == null ? 0 : before.blocks(),
                standing.firstSequence(),
                timestamp,
                id,
                before == null ? Hash.ZERO : before.lastHash(),
                MerkleTree.root(hashes, entries.size()));
        ledger.keepFree(index.unflushedBytes());
        Ledger.Appended appended = ledger.append(header, entries, position);
        begin = timings.record(Timings.Stage.WRITE, begin);
        for (int i = 0; i < entries.size(); i++) {
            Planned entry = planned.get(i);
            index.insert(
                    entry.table(),
                    entry.key(),
                    0,
                    entry.key().length,
                    standing.firstSequence() + i,
                    entry.kind(),
                    entry.expiresAt(),
                    entry.value(),
                    ledger.appendedValuePlace(appended, i, entries.get(i)));
        }
        index.blockInserted(headAfterAppend());
        timings.record(Timings.Stage.INDEX, begin);
        return appended;
    }

    private LedgerPoint headAfterAppend() {
        LedgerPoint head = ledger.head();
        if (head == null) {
            throw new IllegalStateException("a ledger without a head after an append");
        }
        return head;
    }

    private List<Outcome> outcomes(List<Decision> decisions, Ledger.@Nullable Appended appended) throws IOException {
        List<Outcome> outcomes = new ArrayList<>(decisions.size());
        for (Decision decision : decisions) {
            if (decision instanceof Decision.Refused refused) {
                outcomes.add(new Outcome.Refused(refused.reason()));
            } else if (decision instanceof Decision.Added added && appended != null) {
                long sequence = appended.header().firstSequence() + added.firstEntry();
                outcomes.add(new Outcome.Committed(commit(appended, sequence, added.entries(), false)));
            } else if (decision instanceof Decision.Existing existing) {
                outcomes.add(new Outcome.Committed(existing(existing, appended)));
            } else {
                throw new IllegalStateException("entries were decided and not appended");
            }
        }
        return outcomes;
    }

    private Commit existing(Decision.Existing existing, Ledger.@Nullable Appended appended) throws IOException {
        if (appended != null && existing.sequence() >= appended.header().firstSequence()) {
            return commit(appended, existing.sequence(), existing.entries(), true);
        }
        BlockHeader header = ledger.blockOfSequence(existing.sequence()).header();
        return new Commit(
                existing.sequence(), existing.entries(), header.height(), header.hash(), header.timestamp(), true);
    }

    private static Commit commit(Ledger.Appended block, long sequence, int entries, boolean existing) {
        return new Commit(
                sequence,
                entries,
                block.header().height(),
                block.hash(),
                block.header().timestamp(),
                existing);
    }

    /**
     * Appends a block that another engine of this ledger made, after checking that it follows the head, that its root is that
     * of its entries, that every entry obeys LEDGER.md, and that every value that is there is the one its entry commits to.
     * Only a salted value may be missing, and the block is not published before an entry that erases it is. Neither syncs nor
     * publishes.
     *
     * @throws CorruptionException if the block does not check out; nothing was changed
     * @throws io.blockdb.base.UnsupportedFormatException if it raises the rules to a level that this version does not know;
     *     nothing was changed
     * @throws DiskFullException if there is too little room; nothing was changed
     * @throws ReadOnlyException if the database takes no writes
     * @throws IOException if writing failed; the engine then takes no more blocks
     */
    public void appendVerified(LedgerBlock block) throws IOException {
        index.awaitRoom();
        commitLock.lock();
        try {
            checkWritable();
            LedgerPoint before = ledger.head();
            VerifiedBlock verified =
                    VerifiedBlock.of(block, before == null ? Ledger.GENESIS : before, ledgerId, catalog, level);
            appendChecked(verified);
        } finally {
            commitLock.unlock();
        }
    }

    private void appendChecked(VerifiedBlock verified) throws IOException {
        try {
            ledger.keepFree(index.unflushedBytes());
            long begin = timings.now();
            Ledger.Appended appended = ledger.append(verified.header(), verified.entries(), verified.position());
            begin = timings.record(Timings.Stage.WRITE, begin);
            insert(verified, appended);
            timings.record(Timings.Stage.INDEX, begin);
        } catch (DiskFullException e) {
            throw e;
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
            throw e;
        }
    }

    private void insert(VerifiedBlock block, Ledger.Appended appended) {
        for (int i = 0; i < block.entries().size(); i++) {
            EntryLeaf leaf = block.leaf(i);
            StoredValue value = block.entries().get(i).value();
            byte[] key = leaf.key();
            if (value.isErased()) {
                index.erasures().lacks(block.header().firstSequence() + i);
            }
            index.insert(
                    leaf.table(),
                    key,
                    0,
                    key.length,
                    block.header().firstSequence() + i,
                    leaf.kind(),
                    leaf.expiresAt(),
                    value.isErased() ? new byte[0] : value.value(),
                    ledger.appendedValuePlace(appended, i, block.entries().get(i)));
        }
        index.blockInserted(headAfterAppend());
        ledgerId = block.header().ledgerId();
        block.tablesChanged().forEach(catalog::put);
        level = block.level();
        appliedPosition = block.position();
        unpublished.add(new Unpublished(block.position(), headAfterAppend()));
    }

    /**
     * Makes everything up to the proposal of a position visible to readers; where several have that position, up to the last.
     * Blocks that came without a value which no entry up to there erases stay invisible, and what follows them, until that entry
     * is published too.
     *
     * @throws IllegalArgumentException if no applied proposal with that position waits to be published; nothing was changed
     */
    public void publish(Position position) {
        commitLock.lock();
        try {
            Unpublished last = null;
            int number = 0;
            int through = 0;
            for (Unpublished next : unpublished) {
                number++;
                if (next.position().equals(position)) {
                    last = next;
                    through = number;
                }
            }
            if (last == null) {
                throw new IllegalArgumentException("no applied proposal waits for publication at position " + position);
            }
            for (int i = 0; i < through; i++) {
                unpublished.remove();
            }
            publishThrough(last.head());
        } finally {
            commitLock.unlock();
        }
    }

    /** Makes everything that was applied visible to readers. */
    void publishAll() {
        commitLock.lock();
        try {
            unpublished.clear();
            publishThrough(ledger.head());
        } finally {
            commitLock.unlock();
        }
    }

    private void publishThrough(@Nullable LedgerPoint head) {
        if (head != null && !index.erasures().holdsBack(head.entries())) {
            published = new Published(head.entries(), head.blocks(), head.timestamp());
            if (index.erasures().pending() > 0) {
                index.wake();
            }
            bells.forEach(Runnable::run);
        }
    }

    /** Has a bell rung after every publication, by the committer, under its lock: it must neither block nor throw. */
    void addBell(Runnable bell) {
        bells.add(bell);
    }

    /** Has it rung no more; it may be ringing right now. */
    void removeBell(Runnable bell) {
        bells.remove(bell);
    }

    /** Which values were erased by an entry that was applied: a look into the index for each, once there are any. */
    public ErasedValues erasedValues() {
        if (!index.isReadable()) {
            return new ScannedErasures(ledger);
        }
        return sequence -> index.erasures().any() && erasedBy(sequence, Long.MAX_VALUE) >= 0;
    }

    /** Sequence of the entry with a sequence of at most {@code maxSequence} that erased a value, or -1. */
    long erasedBy(long sequence, long maxSequence) throws IOException {
        IndexHit hit = index.get(SystemTables.ERASURES, SystemTables.erasureKey(sequence), maxSequence);
        return hit == null ? -1 : hit.sequence();
    }

    /** Where the ledger goes on behind what readers see and cannot be read, or null. */
    @Nullable
    CorruptionException damage() {
        return damage;
    }

    /**
     * Fails where the ledger goes on behind what readers see and cannot be read: of a block or an entry that they do not see, nobody
     * can say then that there is none.
     */
    public void requireWhole() throws CorruptionException {
        CorruptionException behind = damage;
        if (behind != null) {
            throw View.behind(behind);
        }
    }

    /** Whether {@link #requireWhole} does not fail. */
    public boolean isWhole() {
        return damage == null;
    }

    /** How many blocks readers see. */
    public long publishedBlocks() {
        return published.blocks();
    }

    /** How far readers see. */
    Published published() {
        return published;
    }

    /**
     * Makes what was applied before the call safe against power failure.
     *
     * @throws IOException if it failed; the engine then takes no more proposals
     */
    public void sync() throws IOException {
        long begin = timings.now();
        synchronized (syncLock) {
            Position position = appliedPosition;
            try {
                ledger.sync();
            } catch (IOException | RuntimeException | Error e) {
                fail(e);
                throw e;
            }
            syncedPosition = position;
        }
        timings.record(Timings.Stage.SYNC, begin);
    }

    /**
     * How many bytes may still be written before writes are refused with {@link DiskFullException}, because what is left of the
     * disk is reserved; 0: they are refused. Asks the file system, which takes some microseconds.
     */
    public long writableBytes() throws IOException {
        return ledger.writableBytes(index.unflushedBytes());
    }

    /**
     * Reads the blocks from a height on, in order, up to the head as it is now. Erased values are not in them, whether they are
     * gone from the disk or not; a value that is gone and was not erased is damage. Where the ledger is damaged and goes on behind
     * what can be read, the last step fails.
     *
     * @param height at most the head's
     */
    public LedgerCursor blocksFrom(long height) throws IOException {
        return ledger.blocksFrom(ledger.pointAt(height), erasedValues());
    }

    Index index() {
        return index;
    }

    Ledger ledger() {
        return ledger;
    }

    Catalog catalog() {
        return catalog;
    }

    Timings timings() {
        return timings;
    }

    /** Keeps the first failure: nothing is written after it. */
    void fail(Throwable cause) {
        if (failure == null) {
            failure = cause;
        }
    }

    /** Whether writing or syncing has failed: what is on disk is not known until the database is opened again. */
    public boolean hasFailed() {
        return failure != null;
    }

    /** What ended writing, until the database is opened again: a write, a sync, or the upkeep of the index that failed; else null. */
    public @Nullable Throwable writeFailure() {
        Throwable cause = failure;
        return cause != null ? cause : index.failure();
    }

    /** Takes no more proposals, because the database is being closed; waits for one that is being applied. */
    void stop() {
        stopped = true;
        index.stopWaiting();
        commitLock.lock();
        try {
            unpublished.clear();
        } finally {
            commitLock.unlock();
        }
    }

    void checkWritable() throws ReadOnlyException {
        if (readOnly) {
            throw new ReadOnlyException("the database was opened read-only", null);
        }
        if (stopped) {
            throw new ReadOnlyException("the database was closed", null);
        }
        Throwable cause = writeFailure();
        if (cause != null) {
            throw new ReadOnlyException(
                    "the database takes no more writes since one failed: " + cause.getMessage()
                            + "; close it and open it again",
                    cause);
        }
    }
}
