package io.blockdb.db;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.blockdb.base.ByteWriter;
import io.blockdb.base.CorruptionException;
import io.blockdb.base.EntryCursor;
import io.blockdb.base.IndexHit;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.MergingCursor;
import io.blockdb.base.TableName;
import io.blockdb.base.UnsupportedFormatException;
import io.blockdb.ledger.ValuePlace;
import io.blockdb.manifest.SstableInfo;
import io.blockdb.manifest.Version;
import io.blockdb.memtable.Memtable;
import io.blockdb.sstable.PageCache;
import io.blockdb.sstable.SharedSstable;
import io.blockdb.sstable.SstableCache;
import io.blockdb.sstable.SstableFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The LSM index: the newest entries in a memtable, older ones in memtables that wait to be flushed, the rest in SSTables.
 * Derived from the ledger: losing it loses nothing.
 *
 * <p>The committer inserts; when the memtable is full it freezes it and goes on with a new one. {@link IndexMaintenance}
 * flushes and compacts in the background. When too many memtables or SSTables of level 0 wait for it, the committer waits
 * ({@link #awaitRoom}), so memory stays bounded; those stalls are counted.
 *
 * <p>Threading: {@link #insert}, {@link #blockInserted} and {@link #freeze} on the committer only; reads from any thread, without
 * locks: a reader takes the {@link IndexState} that is current.
 */
final class Index implements AutoCloseable {
    private final Options options;
    private final SstableCache cache;
    private final LongConsumer deleteFile;

    private volatile IndexState state;
    private volatile @Nullable Throwable failure;
    private volatile boolean stopped;
    private volatile @Nullable IOException damage;
    private volatile @Nullable IndexBehindException unreadable;

    private final Object monitor = new Object();

    @GuardedBy("monitor")
    private final Map<Long, Integer> fileUsers = new HashMap<>();

    @GuardedBy("monitor")
    private Runnable wakeMaintenance = () -> {};

    @GuardedBy("monitor")
    private boolean closed;

    /** Whether there is too little room on the disk to compact. */
    private volatile boolean compactionBlocked;

    private final ErasureQueue erasures = new ErasureQueue();

    private volatile long stalls;
    private volatile long stallMicros;

    /** The committer's. */
    private final ByteWriter value = new ByteWriter(1024);

    /**
     * @param deleteFile deletes an SSTable that nobody needs any more
     */
    Index(Options options, SstableCache cache, Version version, LongConsumer deleteFile) {
        this.options = options;
        this.cache = cache;
        this.deleteFile = deleteFile;
        synchronized (monitor) {
            this.state = new IndexState(new Memtable(), List.of(), live(version));
        }
    }

    /** Says whom to wake when there is something to flush or compact. */
    void onWork(Runnable wake) {
        synchronized (monitor) {
            wakeMaintenance = wake;
        }
    }

    IndexState state() {
        return state;
    }

    /** The erasures that are to be carried out. */
    ErasureQueue erasures() {
        return erasures;
    }

    /** Wakes whoever flushes, compacts and erases. */
    void wake() {
        synchronized (monitor) {
            wakeMaintenance.run();
        }
    }

    /** Inserts an entry. It shows to whoever asks for its sequence. */
    void insert(
            TableName table,
            byte[] key,
            int keyOffset,
            int keyLength,
            long sequence,
            int kind,
            long expiresAt,
            byte[] entryValue,
            @Nullable ValuePlace place) {
        value.clear();
        IndexValue.encode(value, kind, expiresAt, entryValue, place);
        state.active().insert(table, key, keyOffset, keyLength, sequence, value.array(), 0, value.size());
        if (table.isSystem() && table.equals(SystemTables.ERASURES)) {
            erasures.applied(sequence, SystemTables.erasedSequence(key, keyOffset, keyLength));
        }
    }

    /**
     * Ends the entries of a block. Freezes the memtable if it is full.
     *
     * @param head the point of the ledger behind the block
     */
    void blockInserted(LedgerPoint head) {
        if (state.active().memoryBytes() >= options.memtableSizeLimit()) {
            freeze(head);
        }
    }

    /** Makes the memtable, unless it is empty, one that waits to be flushed, and begins a new one. */
    void freeze(LedgerPoint head) {
        synchronized (monitor) {
            IndexState before = state;
            if (before.active().entryCount() == 0) {
                return;
            }
            List<IndexState.Frozen> frozen = new ArrayList<>(before.frozen().size() + 1);
            frozen.add(new IndexState.Frozen(before.active(), head));
            frozen.addAll(before.frozen());
            state = new IndexState(before.active().next(), List.copyOf(frozen), before.tables());
            wakeMaintenance.run();
        }
    }

    /** Nobody waits for room any more: nothing will be flushed or compacted to make some. */
    void stopWaiting() {
        synchronized (monitor) {
            stopped = true;
            monitor.notifyAll();
        }
    }

    /** Waits while too much waits to be flushed or compacted. Returns at once when the index has failed or is closed. */
    void awaitRoom() {
        if (hasRoom()) {
            return;
        }
        long begin = System.nanoTime();
        boolean interrupted = false;
        synchronized (monitor) {
            stalls++;
            while (!hasRoom()) {
                try {
                    monitor.wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            stallMicros += (System.nanoTime() - begin) / 1000;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean hasRoom() {
        IndexState now = state;
        return failure != null
                || stopped
                || options.readOnly()
                || (now.frozen().size() < options.memtablesMax()
                        && (compactionBlocked || now.tables().version().level(0).size() < levelZeroMax()));
    }

    /** Bytes of memory whose content has to be flushed one day: about what that will take on the disk at most. */
    long unflushedBytes() {
        IndexState now = state;
        long bytes = now.active().memoryBytes();
        for (IndexState.Frozen frozen : now.frozen()) {
            bytes += frozen.memtable().memoryBytes();
        }
        return bytes;
    }

    /** Says whether there is too little room on the disk to compact: then nobody waits for compactions. */
    void setCompactionBlocked(boolean blocked) {
        synchronized (monitor) {
            compactionBlocked = blocked;
            monitor.notifyAll();
        }
    }

    /** At so many SSTables of level 0 writers wait: reads have to look into each of them. */
    private int levelZeroMax() {
        return 4 * options.compactionThreshold() + 4;
    }

    /**
     * Puts a new version of the SSTables in place of the current one.
     *
     * @param flushed the memtable that the new version holds, null where none was flushed
     */
    void install(Version version, IndexState.@Nullable Frozen flushed) {
        LiveTables over;
        synchronized (monitor) {
            IndexState before = state;
            over = before.tables();
            List<IndexState.Frozen> frozen = new ArrayList<>(before.frozen());
            if (flushed != null) {
                frozen.remove(flushed);
            }
            state = new IndexState(before.active(), List.copyOf(frozen), live(version));
            monitor.notifyAll();
        }
        over.retire();
    }

    @GuardedBy("monitor")
    private LiveTables live(Version version) {
        for (long file : files(version)) {
            fileUsers.merge(file, 1, Integer::sum);
        }
        return new LiveTables(version, () -> letGo(version));
    }

    private void letGo(Version version) {
        List<Long> unused = new ArrayList<>();
        synchronized (monitor) {
            for (long file : files(version)) {
                if (fileUsers.merge(file, -1, Integer::sum) == 0) {
                    fileUsers.remove(file);
                    unused.add(file);
                }
            }
            if (closed) {
                // A cursor that outlives its database. The directory may be another's by now, and the file's name too.
                return;
            }
        }
        for (long file : unused) {
            cache.drop(file, () -> deleteFile.accept(file));
        }
    }

    private static Set<Long> files(Version version) {
        Set<Long> files = new HashSet<>();
        for (SstableInfo file : version.files()) {
            files.add(file.fileNumber());
        }
        return files;
    }

    /** Keeps the first failure of the background work: nothing is written after it. */
    void fail(Throwable cause) {
        synchronized (monitor) {
            if (failure == null) {
                failure = cause;
            }
            monitor.notifyAll();
        }
        erasures.stop(cause);
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    /** Says that an SSTable is damaged, or of another version: the index is to be built anew from the ledger. */
    void noteDamage(IOException found) {
        synchronized (monitor) {
            if (damage == null) {
                damage = found;
            }
            wakeMaintenance.run();
        }
    }

    /** The first damage found, or null. */
    @Nullable
    IOException damage() {
        return damage;
    }

    /** Says that reads cannot be answered, because the index is too far behind the ledger. */
    void setUnreadable(IndexBehindException reason) {
        unreadable = reason;
    }

    /** Whether reads can be answered. */
    boolean isReadable() {
        return unreadable == null;
    }

    /** Fails where reads cannot be answered. */
    void checkReadable() throws IndexBehindException {
        IndexBehindException reason = unreadable;
        if (reason != null) {
            throw new IndexBehindException(String.valueOf(reason.getMessage()));
        }
    }

    /** The newest entry of a key with a sequence of at most {@code maxSequence}, or null. */
    @Nullable
    IndexHit get(TableName table, byte[] key, long maxSequence) throws IOException {
        for (; ; ) {
            IndexState now = state;
            IndexHit hit = now.active().get(table, key, maxSequence);
            for (int i = 0; hit == null && i < now.frozen().size(); i++) {
                hit = now.frozen().get(i).memtable().get(table, key, maxSequence);
            }
            if (hit != null) {
                return hit;
            }
            LiveTables tables = now.tables();
            if (tables.version().totalBytes() == 0) {
                return null;
            }
            if (!tables.acquire()) {
                continue;
            }
            try {
                return getFromTables(tables.version(), table.indexKey(key), maxSequence);
            } finally {
                tables.release();
            }
        }
    }

    private @Nullable IndexHit getFromTables(Version version, byte[] indexKey, long maxSequence) throws IOException {
        for (SstableInfo file : version.level(0)) {
            if (file.covers(indexKey) && file.smallestSequence() <= maxSequence) {
                IndexHit hit = getFromFile(file, indexKey, maxSequence);
                if (hit != null) {
                    return hit;
                }
            }
        }
        for (int level = 1; level < Version.LEVELS; level++) {
            SstableInfo file = version.fileFor(level, indexKey);
            if (file != null && file.smallestSequence() <= maxSequence) {
                IndexHit hit = getFromFile(file, indexKey, maxSequence);
                if (hit != null) {
                    return hit;
                }
            }
        }
        return null;
    }

    /**
     * Opens an SSTable for reading; to be closed.
     *
     * @throws CorruptionException if it is damaged, or no SSTable that this version reads: the manifest would not name it
     */
    SharedSstable acquire(SstableInfo file) throws IOException {
        try {
            return cache.acquire(file.fileNumber());
        } catch (UnsupportedFormatException e) {
            throw new CorruptionException(
                    SstableFormat.fileName(file.fileNumber()), 0, 0, String.valueOf(e.getMessage()), e);
        }
    }

    private @Nullable IndexHit getFromFile(SstableInfo file, byte[] indexKey, long maxSequence) throws IOException {
        try (SharedSstable shared = acquire(file)) {
            return shared.table().get(indexKey, maxSequence);
        } catch (CorruptionException | UnsupportedFormatException e) {
            noteDamage(e);
            throw e;
        }
    }

    /** Whether a table has entries. */
    boolean hasEntries(TableName table) throws IOException {
        try (EntryCursor cursor = cursor(table)) {
            return cursor.first();
        }
    }

    /** The tables that have entries, sorted. */
    Set<TableName> tables() throws IOException {
        for (; ; ) {
            IndexState now = state;
            if (!now.tables().acquire()) {
                continue;
            }
            try {
                Set<TableName> tables = new TreeSet<>(now.active().tables());
                now.frozen().forEach(frozen -> tables.addAll(frozen.memtable().tables()));
                for (SstableInfo file : now.tables().version().files()) {
                    addTables(file, tables);
                }
                return tables;
            } catch (CorruptionException | UnsupportedFormatException e) {
                noteDamage(e);
                throw e;
            } finally {
                now.tables().release();
            }
        }
    }

    /** Hops from table to table of one file. */
    private void addTables(SstableInfo file, Set<TableName> tables) throws IOException {
        try (SharedSstable shared = acquire(file);
                EntryCursor cursor = shared.table().cursor()) {
            boolean there = cursor.first();
            while (there) {
                TableName table = TableName.ofIndexKey(cursor.keyArray(), cursor.keyOffset(), cursor.keyLength());
                tables.add(table);
                there = cursor.seek(table.indexKeyBehindAll(), Long.MAX_VALUE);
            }
        }
    }

    /** A cursor over all entries of a table, of all sequences, keys without the table; to be closed. */
    EntryCursor cursor(TableName table) throws IOException {
        for (; ; ) {
            IndexState now = state;
            if (!now.tables().acquire()) {
                continue;
            }
            List<SharedSstable> opened = new ArrayList<>();
            boolean done = false;
            try {
                EntryCursor cursor = cursor(table, now, opened);
                done = true;
                return cursor;
            } catch (CorruptionException | UnsupportedFormatException e) {
                noteDamage(e);
                throw e;
            } finally {
                if (!done) {
                    opened.forEach(SharedSstable::close);
                    now.tables().release();
                }
            }
        }
    }

    private EntryCursor cursor(TableName table, IndexState now, List<SharedSstable> opened) throws IOException {
        List<EntryCursor> cursors = new ArrayList<>();
        cursors.add(now.active().cursor(table));
        for (IndexState.Frozen frozen : now.frozen()) {
            cursors.add(frozen.memtable().cursor(table));
        }
        byte[] first = table.indexKey(new byte[0]);
        for (SstableInfo file : now.tables().version().files()) {
            if (file.overlaps(first, table.indexKeyBehindAll())) {
                SharedSstable shared = acquire(file);
                opened.add(shared);
                cursors.add(shared.table().cursor(table));
            }
        }
        Runnable release = () -> {
            opened.forEach(SharedSstable::close);
            now.tables().release();
        };
        return new PinnedCursor(new MergingCursor(cursors), release, this::noteDamage);
    }

    /** The pages of SSTables that are kept in memory. */
    PageCache pages() {
        return cache.pages();
    }

    long stalls() {
        return stalls;
    }

    long stallMicros() {
        return stallMicros;
    }

    /** Closes the SSTables; those still read, with their last reader. No file is deleted any more. */
    @Override
    public void close() {
        synchronized (monitor) {
            closed = true;
        }
        erasures.stop(new IOException("the database was closed"));
        cache.close();
    }
}
