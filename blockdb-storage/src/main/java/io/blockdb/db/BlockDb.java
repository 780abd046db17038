package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.TableName;
import io.blockdb.io.Environment;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.ConsistencyProof;
import io.blockdb.proof.Receipt;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An embedded database whose every write stands in a chained ledger.
 *
 * <pre>{@code
 * try (BlockDb db = BlockDb.open(Path.of("data"), Options.defaults())) {
 *     Commit commit = db.put("invoice-17".getBytes(UTF_8), "paid".getBytes(UTF_8));
 *     byte[] value = db.get("invoice-17".getBytes(UTF_8));
 * }
 * }</pre>
 *
 * <p><b>Tables.</b> Keys live in tables. A table is write-once unless it was created as versioned: a key takes one value for
 * good, and putting the same value again is the same write. In a versioned table a put adds a revision and a delete hides the
 * key; every revision stays in the {@link #history}. Keys have 1 to 64,000 bytes, key and value together at most 8 MiB.
 *
 * <p><b>Durability.</b> A write that was answered is on disk, unless {@link Options#walSyncIntervalMillis} says otherwise.
 * Writers that come at once are committed together, with one sync.
 *
 * <p><b>Proofs.</b> A {@link #receipt} proves an entry to whoever has the ledger's verifier keys ({@link #keys}), under a signed
 * {@link #checkpoint}. Closing the database signs one, and an interval does while something is written.
 *
 * <p><b>Failures.</b> When writing or syncing fails, the write is answered {@link OutcomeUnknownException} and the database takes
 * no more writes ({@link ReadOnlyException}) until it is closed and opened again; reads go on. When the disk is nearly full, writes
 * are refused with {@link io.blockdb.ledger.DiskFullException} and change nothing.
 *
 * <p>Threading: all methods may be called from any thread. One process at a time may have a directory open for writing; others are
 * refused.
 */
public final class BlockDb implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BlockDb.class);

    private final DataDirectory directory;
    private final Options options;
    private final Environment environment;
    private final Engine engine;
    private final @Nullable IndexMaintenance maintenance;
    private final Writes writes;
    private final Scrubber scrubber;
    private final Signing signing;
    private final Erasing erasing;
    private final StatsReader figures;
    private final BlockInfos blocks;
    private final List<String> recoveryNotes;
    private final AtomicBoolean closed = new AtomicBoolean();

    private BlockDb(DataDirectory directory, Options options, Opener.Opened opened, boolean alone) {
        this.directory = directory;
        this.options = options;
        this.environment = options.environment();
        this.engine = opened.engine();
        this.maintenance = opened.maintenance();
        this.recoveryNotes = List.copyOf(opened.notes());
        recoveryNotes.forEach(note -> LOG.warn("{}: {}", directory.root(), note));
        this.writes = new Writes(engine, options, alone);
        this.scrubber = new Scrubber(directory, options, engine);
        this.signing = new Signing(directory, options, engine, writes, alone);
        this.blocks = new BlockInfos(engine);
        this.erasing = new Erasing(engine, directory, environment.fileSystem());
        this.figures = new StatsReader(directory, options, engine, maintenance, recoveryNotes);
    }

    /**
     * Opens the database in a directory; creates one where there is none, unless the options say not to.
     *
     * @throws NoDatabaseException if there is none, and none is to be created
     * @throws NotADatabaseException if the directory holds something else; it was not touched
     * @throws DatabaseInUseException if another process, or this one, has it open
     * @throws io.blockdb.base.UnsupportedFormatException if it was written by a newer version; it was not touched
     * @throws CorruptionException if the ledger is damaged; opened read-only, what lies before the
     *     damage is served, and whatever may lie behind it throws
     * @throws IOException if a file cannot be read or written
     */
    public static BlockDb open(Path directory, Options options) throws IOException {
        return open(directory, options, true);
    }

    /**
     * Opens the database of one member of a cluster. It is written by proposals to its {@link #engine} alone, and where there is
     * none, it is created <i>unborn</i>: without a block and without a ledger id, until a proposal founds the ledger or a block 0 is
     * appended.
     *
     * @throws IOException as {@link #open}
     */
    public static BlockDb openMember(Path directory, Options options) throws IOException {
        return open(directory, options, false);
    }

    private static BlockDb open(Path directory, Options options, boolean alone) throws IOException {
        DataDirectory data = DataDirectory.open(
                options.environment().fileSystem(), directory, options.readOnly(), options.createIfMissing());
        try {
            Opener.Opened opened = new Opener(data, options).open();
            BlockDb database = new BlockDb(data, options, opened, alone);
            if (alone && opened.engine().head() == null && !options.readOnly()) {
                new Founding(data, options, opened.engine()).runOrClose(database);
            }
            database.scrubber.start();
            return database;
        } catch (IOException | RuntimeException | Error e) {
            data.closeAfter(e);
            throw e;
        }
    }

    // ---- Writing

    /** Puts a key of table {@code default}. As {@link #write}. */
    public Commit put(byte[] key, byte[] value) throws IOException {
        return put(TableName.DEFAULT, key, value);
    }

    /** Puts a key. As {@link #write}. */
    public Commit put(TableName table, byte[] key, byte[] value) throws IOException {
        checkOpen();
        return writes.write(List.of(new Operation.Put(table, key, value, 0)), "", null);
    }

    /**
     * Deletes a key of a versioned table: it reads as absent from then on, its history stays. As {@link #write}.
     *
     * @throws RefusedException if the table is write-once, or the key is absent
     */
    public Commit delete(TableName table, byte[] key) throws IOException {
        return write(new WriteBatch().delete(table, key));
    }

    /**
     * Writes a batch, whole or not at all, and returns when it is durable.
     *
     * @return where the batch stands; of a write that stood there already, where it was first
     * @throws IllegalArgumentException if the batch breaks a limit; nothing was written
     * @throws DuplicateKeyException if a key of a write-once table holds another value; nothing was written
     * @throws RefusedException if another rule refuses the batch; nothing was written
     * @throws ReadOnlyException if the database takes no writes; nothing was written
     * @throws io.blockdb.ledger.DiskFullException if the disk is nearly full; nothing was written
     * @throws OutcomeUnknownException if writing failed underway
     * @throws IOException if what the decision rests on could not be read; nothing was written
     */
    public Commit write(WriteBatch batch) throws IOException {
        checkOpen();
        return writes.write(batch.operations(), batch.author(), batch.requestId());
    }

    /**
     * Writes a batch without waiting: the future completes as {@link #write} would return or throw. Limits are checked before
     * this returns; it waits itself only while very many writes are under way.
     *
     * <p>The future completes in {@link ForkJoinPool#commonPool}, so what depends on it may write again.
     */
    public CompletableFuture<Commit> writeAsync(WriteBatch batch) throws IOException {
        return writeAsync(batch, ForkJoinPool.commonPool());
    }

    /** As {@link #writeAsync(WriteBatch)}; the future completes in an executor of the caller's. */
    public CompletableFuture<Commit> writeAsync(WriteBatch batch, Executor answers) throws IOException {
        checkOpen();
        return writes.writeAsync(batch, answers);
    }

    /**
     * Creates a table. Creating it again alike is the same write.
     *
     * @param erasable whether values get a salt, so that they can be erased one day
     * @throws RefusedException if the table exists otherwise, or was written to before
     */
    public Commit createTable(TableName table, TablePolicy policy, boolean erasable) throws IOException {
        return createTable(table, policy, erasable, "");
    }

    /** As {@link #createTable(TableName, TablePolicy, boolean)}, in the name of an author. */
    public Commit createTable(TableName table, TablePolicy policy, boolean erasable, String author) throws IOException {
        checkOpen();
        return writes.system(List.of(new Operation.CreateTable(table, policy, erasable)), author);
    }

    /**
     * Switches whether values written to a table from now on get a salt, so that they can be erased one day.
     *
     * @throws RefusedException if there is no such table
     */
    public Commit alterTable(TableName table, boolean erasable) throws IOException {
        return alterTable(table, erasable, "");
    }

    /** As {@link #alterTable(TableName, boolean)}, in the name of an author. */
    public Commit alterTable(TableName table, boolean erasable, String author) throws IOException {
        checkOpen();
        return writes.system(List.of(new Operation.AlterTable(table, erasable)), author);
    }

    /** Who may use the database over a network, and what proves them. */
    public Principals principals() {
        return new Principals(this::view, engine, writes, environment);
    }

    // ---- Erasing

    /**
     * Erases the value of one entry: from now on reads of it, in views of any age, are answered {@link ErasedException}, and a
     * write-once key takes no other value. When this returns the erasure is recorded and durable; the bytes of value and salt are
     * overwritten soon after ({@link #awaitErased}). Every proof stays valid. Erasing again is the same write, whatever its reason.
     *
     * @param sequence which entry of the key: as {@link #history} has it
     * @param reason why, for whoever asks later: at most 4,096 bytes of UTF-8; it is part of the ledger for ever
     * @param author who erases it, empty: nobody is named
     * @throws RefusedException if there is no such entry, if it is of another key, or if its value has no salt
     */
    public Commit erase(TableName table, byte[] key, long sequence, String reason, String author) throws IOException {
        checkOpen();
        erasing.check(table, key, sequence);
        return writes.system(List.of(new Operation.Erase(sequence, reason)), author);
    }

    /**
     * Waits until the value that an erasure erased is gone from the disk.
     *
     * @param erasure what {@link #erase} answered
     * @throws IOException if the value cannot be overwritten as long as the database is open; it is tried again by the next open
     */
    public void awaitErased(Commit erasure) throws IOException {
        checkOpen();
        engine.index().erasures().await(erasure.sequence());
    }

    /**
     * Tells of erasures, in the order of the sequences erased.
     *
     * @param pendingOnly whether only of those whose value may still be on the disk
     */
    public void erasures(boolean pendingOnly, Erasure.Visitor visitor) throws IOException {
        erasing.list(view(), pendingOnly, visitor);
    }

    /** Where the value of an entry, which must be in the ledger, may still stand once it is erased. */
    public ErasureCopies copiesOf(long sequence) throws IOException {
        checkOpen();
        return erasing.copiesOf(sequence);
    }

    /** Deletes the files of {@link ErasureCopies#quarantined}, for good; answers which. Backups are never touched. */
    public List<Path> purgeQuarantine() throws IOException {
        checkOpen();
        return erasing.purgeQuarantine();
    }

    // ---- Reading

    /** The value of a key of table {@code default}, or null where it is absent. As {@link #get(TableName, byte[])}. */
    public byte @Nullable [] get(byte[] key) throws IOException {
        return view().get(TableName.DEFAULT, key);
    }

    /**
     * The value of a key, or null where it is absent: never written, deleted, or expired.
     *
     * @throws ErasedException if the value was erased
     * @throws IndexBehindException if the database was opened read-only and its index is too far behind
     * @throws CorruptionException if the bytes read do not check out
     */
    public byte @Nullable [] get(TableName table, byte[] key) throws IOException {
        return view().get(table, key);
    }

    /** The newest revision of a key, or null where the key is absent. An erased one is found. */
    public @Nullable Revision find(TableName table, byte[] key) throws IOException {
        return view().find(table, key);
    }

    /** A cursor over the keys of a table that are there now; to be closed. */
    public Cursor cursor(TableName table, KeyRange range) throws IOException {
        return view().cursor(table, range);
    }

    /** Every revision of a key, the newest first, deletes and what has expired included. */
    public List<Revision> history(TableName table, byte[] key) throws IOException {
        return view().history(table, key);
    }

    /** The database as it stands now. */
    public Snapshot snapshot() {
        checkOpen();
        Engine.Published seen = engine.published();
        return new Snapshot(new View(engine, seen.entries(), now(seen), engine.damage()), seen.blocks() - 1);
    }

    /**
     * The database as it stood after the block of a height. What has expired by now is hidden here too.
     *
     * @throws IllegalArgumentException if there is no such block
     */
    public Snapshot snapshotAt(long height) throws IOException {
        BlockInfo block = block(height);
        return new Snapshot(
                new View(engine, block.firstSequence() + block.entryCount(), now(engine.published()), null), height);
    }

    /**
     * The database with its first entries only: those with a sequence below {@code entries}. What has expired by now is hidden
     * here too.
     *
     * @throws IllegalArgumentException if there are not so many entries
     */
    public Snapshot snapshotAtSequence(long entries) throws IOException {
        checkOpen();
        Engine.Published seen = engine.published();
        if (entries < 0 || entries > seen.entries()) {
            throw new IllegalArgumentException("there are " + seen.entries() + " entries, not " + entries);
        }
        long height = entries == 0 ? -1 : blockOf(entries - 1).height();
        return new Snapshot(new View(engine, entries, now(seen), null), height);
    }

    private View view() {
        checkOpen();
        Engine.Published seen = engine.published();
        return new View(engine, seen.entries(), now(seen), engine.damage());
    }

    /** The time of a view: the clock's, but never before the newest block's. */
    private long now(Engine.Published seen) {
        return Math.max(environment.clock().micros(), seen.timestamp());
    }

    /**
     * What there is to know of the block of a height.
     *
     * @throws IllegalArgumentException if there is no such block
     */
    public BlockInfo block(long height) throws IOException {
        checkOpen();
        return blocks.at(height);
    }

    /**
     * The block that holds an entry.
     *
     * @throws IllegalArgumentException if there is no such entry
     */
    public BlockInfo blockOf(long sequence) throws IOException {
        checkOpen();
        return blocks.of(sequence);
    }

    /** The tables, sorted by name: those that were created, those that were written to, and {@code default}. */
    public List<TableInfo> tables() throws IOException {
        return view().tables();
    }

    /**
     * The entries of the ledger with a sequence below {@code end}, in order, read without the index; to be closed.
     *
     * @param end 2^63 - 1: all that there are; then what lies behind damage makes the last step fail
     */
    public LedgerEntries ledgerEntries(long end) throws IOException {
        checkOpen();
        Engine.Published seen = engine.published();
        return new LedgerEntries(
                engine.blocksFrom(0),
                Math.min(end, seen.entries()),
                now(seen),
                end > seen.entries() ? engine.damage() : null);
    }

    /** The deterministic core, for who brings proposals of his own. */
    public Engine engine() {
        return engine;
    }

    /** Sizes, counts and heights; reads at most a few MB of the ledger. */
    public Stats stats() throws IOException {
        checkOpen();
        return figures.read(scrubber.state(), signing.newestSize(), signing.problem());
    }

    /** What was found and done when the database was opened, a sentence each; empty after a clean close. */
    public List<String> recoveryNotes() {
        return recoveryNotes;
    }

    // ---- Signing and proving

    /**
     * A signed checkpoint that covers every write answered before the call; signed now, unless the newest one does. What was
     * not signed yet is read back from disk and checked first, so after a large import this takes long.
     *
     * <p>Read-only, the newest one that was signed.
     *
     * @throws CannotSignException if no checkpoint can be signed, and why
     * @throws CorruptionException if what is to be signed does not check out
     */
    public Checkpoint checkpoint() throws IOException {
        checkOpen();
        return signing.checkpoint();
    }

    /**
     * The newest checkpoint that was signed, or null where none was; signs nothing.
     *
     * @throws CannotSignException if it is not known, or of another history than this ledger's
     */
    public @Nullable Checkpoint newestCheckpoint() throws IOException {
        checkOpen();
        return signing.newest();
    }

    /** The receipt of a key of table {@code default}. As {@link #receipt(TableName, byte[])}. */
    public @Nullable Receipt receipt(byte[] key) throws IOException {
        return receipt(TableName.DEFAULT, key);
    }

    /**
     * The receipt of the newest entry of a key, also where that is a delete or has expired; null where the key was never
     * written. As {@link #receipt(long)}.
     */
    public @Nullable Receipt receipt(TableName table, byte[] key) throws IOException {
        return signing.receipt(view(), table, key);
    }

    /**
     * The receipt of an entry, which proves it to whoever has the ledger's verifier keys. Where no signed checkpoint covers the
     * entry, one is signed.
     *
     * @throws IllegalArgumentException if there is no such entry
     * @throws CheckpointPendingException if very much is to be read back before one can be signed, which is being done
     * @throws CannotSignException if none can be signed, and why; also where the database is open read-only
     */
    public Receipt receipt(long sequence) throws IOException {
        checkOpen();
        return signing.receipt(sequence);
    }

    /**
     * Proves that the tree of the first {@code from} blocks is the beginning of that of the first {@code to}.
     *
     * @throws IllegalArgumentException unless 0 &lt;= from &lt;= to, and the ledger has so many blocks
     */
    public ConsistencyProof consistency(long from, long to) throws IOException {
        checkOpen();
        return signing.consistency(from, to);
    }

    /** The keys that sign, or signed, for this ledger, oldest first. */
    public List<LedgerKey> keys() throws IOException {
        checkOpen();
        return signing.keys();
    }

    /**
     * Changes the key that signs: adds a new one, has the old one sign a checkpoint that covers its entry, and retires the old one.
     * The new one is drawn, or is the one in {@link Options#signingKey} if the ledger never had that. A change that was cut off is
     * completed by the next.
     *
     * @throws CannotSignException if the old key cannot sign; nothing was changed
     */
    public KeyRotation rotateKey() throws IOException {
        checkOpen();
        return signing.rotate(false);
    }

    /**
     * Goes on with a new key after no key can sign any more: all are lost, or what was signed is unknown or another history.
     * Verifiers must be given the new key by hand.
     *
     * @throws IllegalArgumentException if a key can sign: {@link #rotateKey} replaces it
     */
    public KeyRotation replaceLostKey() throws IOException {
        checkOpen();
        return signing.rotate(true);
    }

    // ---- Verifying

    /**
     * Recomputes the whole ledger from the bytes on disk: every checksum, the digest of every value, every entry's hash, every
     * root and the chain. Runs beside writers, up to the head as it is now.
     */
    public VerifyReport verify(VerifyProgress progress) throws IOException {
        return verify(VerifyScope.ALL, progress);
    }

    /**
     * As {@link #verify(VerifyProgress)}, of a part.
     *
     * @throws IllegalArgumentException if the scope begins behind the newest block
     */
    public VerifyReport verify(VerifyScope scope, VerifyProgress progress) throws IOException {
        checkOpen();
        @Nullable Engine live = options.readOnly() ? null : engine;
        return new Verifier(directory, options, engine.ledger(), live, scope, progress, System::nanoTime)
                .runWhile(this::checkOpen);
    }

    /**
     * Verifies a database that is not open in this process, without changing a byte of it; works also where opening it fails
     * because it is damaged.
     */
    public static VerifyReport verify(Path directory, Options options, VerifyProgress progress) throws IOException {
        return verify(directory, options, VerifyScope.ALL, progress);
    }

    /**
     * As {@link #verify(Path, Options, VerifyProgress)}, of a part.
     *
     * @throws IllegalArgumentException if the scope begins behind the newest block
     */
    public static VerifyReport verify(Path directory, Options options, VerifyScope scope, VerifyProgress progress)
            throws IOException {
        return Verifier.closed(directory, options, scope, progress, System::nanoTime);
    }

    // ---- Copies

    /**
     * Copies the database into a directory, as it is at some moment during the call, whoever writes meanwhile; or brings an earlier
     * backup of it up to date. What is written is read back and checked: every block, the chain, the digests of the values.
     *
     * @param directory a directory that is empty, not there yet, or holds an earlier backup of this database
     * @throws BackupRefusedException if it holds something else; it was not touched
     * @throws CorruptionException if the database is damaged, or what was written cannot be read back
     * @throws io.blockdb.ledger.DiskFullException if there is too little room; the next call goes on from there
     * @throws IOException if a file cannot be read or written; the next call goes on from there
     */
    public BackupReport backup(Path directory, BackupOptions how, CopyProgress progress) throws IOException {
        checkOpen();
        return new Backup(this.directory, options, engine, how, progress)
                .run(directory, signing::checkpoint, signing::newest);
    }

    /**
     * Writes the whole ledger, as far as the checkpoint covers it, as a file that proves itself to whoever has a verifier key:
     * headers, entries, values, keys, and the checkpoint ({@link io.blockdb.proof.ProofExportChecker} checks it).
     *
     * @param checkpoint of this database
     * @param progress hears of blocks
     * @return how many entries were written
     */
    public long exportProofs(Checkpoint checkpoint, OutputStream out, CopyProgress progress) throws IOException {
        checkOpen();
        return new ProofExport(engine, out, progress).run(checkpoint, keys());
    }

    // ---- Closing

    private void checkOpen() {
        if (closed.get()) {
            throw new IllegalStateException("the database is closed");
        }
    }

    /**
     * Answers what was handed in, syncs, and closes the directory. Nothing may be called after it, but closing again.
     *
     * @throws IOException if the last sync failed, or a file could not be closed
     */
    @Override
    public void close() throws IOException {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        scrubber.close();
        signing.stop();
        writes.close();
        Index index = engine.index();
        try (directory;
                index) {
            try {
                signing.signAtClose();
                if (maintenance != null) {
                    maintenance.stop();
                    // After a failure a block may be in the ledger and only in part in the memtable: it must not be
                    // flushed as whole.
                    if (!engine.hasFailed()) {
                        maintenance.flushBeforeClose();
                    }
                }
            } finally {
                engine.ledger().close();
            }
        }
    }
}
