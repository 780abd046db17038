package io.blockdb.db;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.blockdb.base.CorruptionException;
import io.blockdb.base.EntryCursor;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.TableName;
import io.blockdb.base.UnsupportedFormatException;
import io.blockdb.compaction.Compaction;
import io.blockdb.compaction.CompactionOptions;
import io.blockdb.compaction.CompactionPicker;
import io.blockdb.compaction.CompactionRun;
import io.blockdb.io.FileSystem;
import io.blockdb.ledger.Ledger;
import io.blockdb.manifest.Manifest;
import io.blockdb.manifest.SstableInfo;
import io.blockdb.manifest.Version;
import io.blockdb.sstable.SharedSstable;
import io.blockdb.sstable.SstableFormat;
import io.blockdb.sstable.SstableOptions;
import io.blockdb.sstable.SstableSummary;
import io.blockdb.sstable.SstableWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flushes full memtables, carries out erasures and compacts SSTables: the one thread that owns the manifest.
 *
 * <ol>
 *   <li>Flush before compaction: a memtable that waits is written as an SSTable of level 0, table by table, key by key.
 *   <li>The ledger is synced through the newest entry of what is written, before the manifest says that the index holds it.
 *   <li>The manifest is replaced, then the new version is shown to readers, and files that only older versions have are
 *       deleted when their last reader leaves.
 * </ol>
 *
 * <p>A failure ends the work and makes the database read-only; the index on disk stays as the manifest has it. An SSTable that
 * is found damaged ends it too, and the next open builds the index anew from the ledger.
 *
 * <p>Threading: its own thread; {@link #stop} and {@link #start} from any.
 */
final class IndexMaintenance implements Runnable {
    /** After a clean close, an open has at most so many bytes of the ledger to index again. */
    private static final long REPLAY_MAX = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(IndexMaintenance.class);

    private final FileSystem fileSystem;
    private final Path root;
    private final Path directory;
    private final Index index;
    private final Ledger ledger;
    private final long diskReserve;
    private final Timings timings;
    private final Eraser eraser;
    private final CompactionPicker picker;
    private final CompactionRun run;
    private final Thread thread = new Thread(this, "blockdb-maintenance");

    @GuardedBy("this")
    private boolean work = true;

    private volatile boolean stopping;
    private final AtomicLong flushes = new AtomicLong();
    private final AtomicLong compactions = new AtomicLong();

    /** The maintenance thread's; before {@link #start} the opener's. */
    private Version version;

    /** Above every file number given out, also to files that came to nothing. */
    private long nextFileNumber;

    IndexMaintenance(
            FileSystem fileSystem,
            DataDirectory directory,
            Options options,
            Index index,
            Ledger ledger,
            Version version) {
        this.fileSystem = fileSystem;
        this.root = directory.root();
        this.directory = directory.index();
        this.index = index;
        this.ledger = ledger;
        this.version = version;
        this.diskReserve = options.diskReserve();
        this.timings = options.timings();
        this.eraser = new Eraser(ledger, index.erasures());
        CompactionOptions compactionOptions =
                new CompactionOptions(options.compactionThreshold(), options.sstableSize());
        this.picker = new CompactionPicker(compactionOptions);
        this.run = new CompactionRun(
                fileSystem,
                root,
                compactionOptions,
                SstableOptions.DEFAULT,
                this::newFileNumber,
                this::pauseCompaction);
        thread.setDaemon(true);
        index.onWork(this::wake);
    }

    void start() {
        thread.start();
    }

    private synchronized void wake() {
        work = true;
        notifyAll();
    }

    /**
     * Stops compacting, flushes nothing more, and waits for the thread to end.
     *
     * @throws IOException if the index is damaged, and could not be given up
     */
    void stop() throws IOException {
        stopping = true;
        wake();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (index.damage() != null) {
            giveUpIndex();
        }
    }

    /** Leaves a manifest without files, so that the next open builds the index anew. It still says how far the ledger was synced. */
    private void giveUpIndex() throws IOException {
        if (!version.files().isEmpty()) {
            version = version.givenUp();
            Manifest.write(fileSystem, directory, version);
        }
    }

    @Override
    public void run() {
        try {
            while (!stopping) {
                if (!step()) {
                    await();
                }
            }
        } catch (IOException | RuntimeException | Error e) {
            if (index.damage() != null) {
                LOG.error(
                        "the index is damaged and is built anew by the next open; until then no more writes: {}",
                        e.getMessage());
            } else if (!stopping) {
                LOG.error("flushing or compacting the index failed; the database takes no more writes", e);
            }
            index.fail(e);
        }
    }

    private synchronized void await() {
        while (!work) {
            try {
                wait();
            } catch (InterruptedException e) {
                LOG.debug("the maintenance thread ends with its database, not by interrupts");
            }
        }
        work = false;
    }

    /** Does the most urgent piece of work; false when there is none. */
    private boolean step() throws IOException {
        IOException damage = index.damage();
        if (damage != null) {
            giveUpIndex();
            throw damage;
        }
        IndexState.Frozen oldest = index.state().oldest();
        if (oldest != null) {
            flush(oldest);
            return true;
        }
        if (eraseSome()) {
            return true;
        }
        Compaction compaction = picker.pick(version);
        if (compaction == null) {
            return false;
        }
        if (!compaction.isTrivialMove() && !hasRoomFor(compaction)) {
            return false;
        }
        compact(compaction);
        return true;
    }

    /** Whether the outputs will find room. Without it compaction rests until the next flush; nothing is lost by that. */
    private boolean hasRoomFor(Compaction compaction) throws IOException {
        long usable = fileSystem.usableSpace(directory);
        boolean room = usable >= compaction.inputBytes() + diskReserve;
        if (!room) {
            LOG.warn(
                    "too little room to compact: {} bytes are left on the disk, {} are needed; reads get slower until"
                            + " there is more",
                    usable,
                    compaction.inputBytes() + diskReserve);
        }
        index.setCompactionBlocked(!room);
        return room;
    }

    private void compact(Compaction compaction) throws IOException {
        if (compaction.isTrivialMove()) {
            commit(compaction.applyTo(version, compaction.moved()), null);
            compactions.incrementAndGet();
            return;
        }
        long begin = timings.now();
        List<EntryCursor> cursors = new ArrayList<>();
        List<SharedSstable> opened = new ArrayList<>();
        try {
            for (SstableInfo input : compaction.inputs()) {
                SharedSstable shared = index.acquire(input);
                opened.add(shared);
                cursors.add(shared.table().cursor());
            }
            List<SstableInfo> outputs = run.run(compaction, cursors);
            commit(compaction.applyTo(version, outputs), null);
            compactions.incrementAndGet();
            timings.record(Timings.Stage.COMPACTION, begin);
        } catch (CorruptionException | UnsupportedFormatException e) {
            index.noteDamage(e);
        } catch (CancellationException e) {
            LOG.debug("a compaction was given up: the database is closed");
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            opened.forEach(SharedSstable::close);
        }
    }

    /** Between the entries of a compaction: a memtable that waits is flushed first, so that writers need not wait. */
    private boolean pauseCompaction() {
        try {
            for (IndexState.Frozen oldest; !stopping && (oldest = index.state().oldest()) != null; ) {
                flush(oldest);
            }
            while (!stopping && eraseSome()) {
                // A compaction may take long, and what is to be gone should be gone soon.
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return stopping;
    }

    private long newFileNumber() {
        nextFileNumber = Math.max(nextFileNumber, version.nextFileNumber());
        return nextFileNumber++;
    }

    /** Flushes all memtables that wait; the caller is the only one that works on the index. */
    void flushAll() throws IOException {
        for (IndexState.Frozen oldest; (oldest = index.state().oldest()) != null; ) {
            flush(oldest);
        }
    }

    /**
     * Carries out what waits, and flushes so much that the next open has little to do; the caller is the only one that works on the
     * index.
     */
    void flushBeforeClose() throws IOException {
        LedgerPoint head = ledger.head();
        if (head == null || index.failure() != null || index.damage() != null) {
            return;
        }
        flushAll();
        eraseAll();
        LedgerPoint reached = version.reached();
        LedgerPoint from = reached == null ? Ledger.GENESIS : reached;
        boolean near = from.place().segment() == head.place().segment()
                && head.place().offset() - from.place().offset() <= REPLAY_MAX;
        if (!near) {
            index.freeze(head);
            flushAll();
        }
    }

    /** Carries out all erasures that can be; the caller is the only one that works on the index. */
    void eraseAll() throws IOException {
        while (eraseSome()) {
            // Some more.
        }
    }

    private boolean eraseSome() throws IOException {
        long synced = eraser.step();
        if (synced < 0) {
            return false;
        }
        Version next = afterErasures(version, synced);
        if (next != version) {
            commit(next, null);
            index.erasures().recorded(next.erasuresDoneThrough());
        }
        return true;
    }

    /** A version that says how far erasures were carried out, where every entry below {@code entries} is synced. */
    private Version afterErasures(Version before, long entries) throws IOException {
        long through = index.erasures().doneThrough(entries);
        return through > before.erasuresDoneThrough()
                ? before.afterErasures(ledger.ledgerId(), Ledger.GENESIS, through)
                : before;
    }

    private void flush(IndexState.Frozen frozen) throws IOException {
        long begin = timings.now();
        if (version.number() == 0) {
            // No crash and no failure leaves an SSTable without a manifest: then it was lost.
            commit(Version.begun(), null);
        }
        long number = newFileNumber();
        SstableSummary summary = write(frozen, number);
        ledger.sync();
        Version flushed =
                version.afterFlush(List.of(CompactionRun.info(summary, 0)), ledger.ledgerId(), frozen.reached());
        // So that the next open need not look for pending erasures in what is flushed.
        Version next = afterErasures(flushed, frozen.reached().entries());
        commit(next, frozen);
        index.erasures().recorded(next.erasuresDoneThrough());
        ledger.recordTree(frozen.reached());
        flushes.incrementAndGet();
        timings.record(Timings.Stage.FLUSH, begin);
    }

    private SstableSummary write(IndexState.Frozen frozen, long number) throws IOException {
        try (SstableWriter writer =
                new SstableWriter(fileSystem, SstableFormat.path(root, number), number, SstableOptions.DEFAULT)) {
            for (TableName table : frozen.memtable().tables()) {
                try (EntryCursor cursor = frozen.memtable().cursor(table)) {
                    for (boolean there = cursor.first(); there; there = cursor.next()) {
                        byte[] key = table.indexKey(cursor.keyArray(), cursor.keyOffset(), cursor.keyLength());
                        writer.add(
                                key,
                                0,
                                key.length,
                                cursor.sequence(),
                                cursor.valueArray(),
                                cursor.valueOffset(),
                                cursor.valueLength());
                    }
                }
            }
            return writer.finish();
        }
    }

    private void commit(Version next, IndexState.@Nullable Frozen flushed) throws IOException {
        fileSystem.syncDirectory(directory);
        Manifest.write(fileSystem, directory, next);
        version = next;
        index.install(version, flushed);
    }

    long flushes() {
        return flushes.get();
    }

    /** Bytes of a version's SSTables that wait to be compacted. Any thread. */
    long compactionDebt(Version of) {
        return picker.compactionDebt(of);
    }

    long compactions() {
        return compactions.get();
    }
}
