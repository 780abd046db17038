package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.EntryCursor;
import io.blockdb.base.TableName;
import io.blockdb.base.UnsupportedFormatException;
import io.blockdb.db.VerifyReport.Failure;
import io.blockdb.io.FileSystem;
import io.blockdb.manifest.SstableInfo;
import io.blockdb.memtable.Memtable;
import io.blockdb.sstable.Sstable;
import io.blockdb.sstable.SstableFormat;
import io.blockdb.sstable.SstableSink;
import io.blockdb.sstable.SstableSummary;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Reads the whole index, SSTables from the disk, and adds up what it holds, to be compared with what the ledger says that it must
 * hold: nothing missing, nothing extra, nothing else. Takes a constant amount of memory.
 *
 * <p>Threading: one thread at a time; SSTables are read by those of the {@link AuditPool}.
 */
final class IndexComparison {
    private final FileSystem fileSystem;
    private final Path root;
    private final IndexContent content;
    private final VerifyScope scope;
    private final Pace progress;
    private final Pace pace;
    private final byte[] hashKey;
    private final long begin;
    private final EntrySums sums;
    private final ConcurrentLinkedQueue<Side> idle = new ConcurrentLinkedQueue<>();
    private final List<Side> sides = new ArrayList<>();
    private boolean direct = true;
    private boolean whole = true;

    /**
     * The index.
     *
     * @param files its SSTables
     * @param memtables what is not in SSTables yet
     * @param end it holds every entry of the ledger with a lower sequence
     * @param mayHoldMore whether it may hold later ones too, because it is being written
     */
    record IndexContent(List<SstableInfo> files, List<Memtable> memtables, long end, boolean mayHoldMore) {}

    /** What one thread adds up. */
    private static final class Side {
        final EntrySums sums;
        final EntryHash hash;

        Side(EntrySums sums, EntryHash hash) {
            this.sums = sums;
            this.hash = hash;
        }
    }

    /** @param begin entries of a lower sequence are left out */
    IndexComparison(
            FileSystem fileSystem,
            Path root,
            IndexContent content,
            VerifyScope scope,
            byte[] hashKey,
            long begin,
            Pace progress,
            Pace pace) {
        this.fileSystem = fileSystem;
        this.root = root;
        this.content = content;
        this.scope = scope;
        this.hashKey = hashKey;
        this.begin = begin;
        this.progress = progress;
        this.pace = pace;
        this.sums = new EntrySums(content.end());
    }

    /** How reports name an SSTable. */
    static String name(SstableInfo file) {
        return "index/" + SstableFormat.fileName(file.fileNumber());
    }

    /** What came of a file. */
    private record FileResult(SstableInfo file, @Nullable Failure failure) {}

    /** Reads all of it. Returns whether all of it could be read. */
    boolean read(AuditPool pool, Damages damages) throws IOException {
        List<Callable<FileResult>> tasks = new ArrayList<>();
        for (SstableInfo file : content.files()) {
            if (mayHold(file)) {
                tasks.add(() -> new FileResult(file, read(file)));
            }
        }
        pool.all(tasks, result -> {
            Failure failure = result.failure();
            if (failure != null) {
                damages.add(failure);
                whole = false;
            }
            progress.read(result.file().fileSize());
        });
        for (Memtable memtable : content.memtables()) {
            read(memtable, sums, new EntryHash(hashKey));
        }
        sides.forEach(side -> sums.add(side.sums));
        return whole;
    }

    private boolean mayHold(SstableInfo file) {
        byte[] first = scope.firstIndexKey();
        byte[] last = scope.lastIndexKey();
        return first == null || last == null || file.overlaps(first, last);
    }

    private @Nullable Failure read(SstableInfo file) throws IOException {
        Side polled = idle.poll();
        Side side = polled != null ? polled : newSide();
        Failure failure = readFile(file, new Sink(file) {
            @Override
            void take(long pageOffset, byte[] key, long sequence, byte[] page, int offset, int length)
                    throws CorruptionException {
                if (sequence >= content.end()) {
                    if (!content.mayHoldMore()) {
                        throw new CorruptionException(
                                name(file),
                                pageOffset,
                                0,
                                "an entry of sequence " + sequence + ", where the manifest says that the index holds"
                                        + " those below " + content.end());
                    }
                } else if (sequence >= begin && scope.covers(key)) {
                    side.hash.ofIndex(key, 0, key.length, sequence, page, offset, length);
                    side.sums.add(sequence, side.hash);
                }
            }
        });
        idle.add(side);
        return failure;
    }

    private Side newSide() {
        Side side = new Side(new EntrySums(content.end()), new EntryHash(hashKey));
        synchronized (sides) {
            sides.add(side);
        }
        return side;
    }

    /** Reads a file from the disk; returns what is wrong with it. */
    @Nullable
    Failure readFile(SstableInfo file, SstableSink sink) throws IOException {
        try {
            SstableSummary summary =
                    Sstable.verify(fileSystem, SstableFormat.path(root, file.fileNumber()), file.fileNumber(), sink);
            SstableInfo found = new SstableInfo(
                    summary.fileNumber(),
                    file.level(),
                    summary.fileSize(),
                    summary.entries(),
                    summary.smallestKey(),
                    summary.largestKey(),
                    summary.smallestSequence(),
                    summary.largestSequence());
            return found.equals(file)
                    ? null
                    : new Failure(
                            name(file),
                            0,
                            -1,
                            "is not the SSTable that the manifest names: expected " + file + ", found " + found);
        } catch (CorruptionException e) {
            return new Failure(name(file), e.offset(), -1, e.reason());
        } catch (UnsupportedFormatException e) {
            return new Failure(name(file), 0, -1, String.valueOf(e.getMessage()));
        } catch (NoSuchFileException e) {
            return new Failure(name(file), 0, -1, "the SSTable is missing: the manifest names it");
        }
    }

    /** Hears of the entries of a file. */
    abstract class Sink implements SstableSink {
        final SstableInfo file;
        private long paced;

        Sink(SstableInfo file) {
            this.file = file;
        }

        @Override
        public void opened(boolean isDirect) {
            if (!isDirect) {
                synchronized (sides) {
                    direct = false;
                }
            }
        }

        @Override
        public void entry(long pageOffset, byte[] key, long sequence, byte[] page, int valueOffset, int valueLength)
                throws IOException {
            if (pageOffset > paced) {
                pace.read(pageOffset - paced);
                paced = pageOffset;
            }
            take(pageOffset, key, sequence, page, valueOffset, valueLength);
        }

        abstract void take(long pageOffset, byte[] key, long sequence, byte[] page, int offset, int length)
                throws IOException;
    }

    private void read(Memtable memtable, EntrySums to, EntryHash hash) throws IOException {
        forEach(memtable, (table, cursor) -> {
            long sequence = cursor.sequence();
            if (sequence >= begin
                    && sequence < content.end()
                    && scope.covers(table, cursor.keyArray(), cursor.keyOffset(), cursor.keyLength())) {
                byte[] key = table.indexKey(cursor.keyArray(), cursor.keyOffset(), cursor.keyLength());
                hash.ofIndex(
                        key, 0, key.length, sequence, cursor.valueArray(), cursor.valueOffset(), cursor.valueLength());
                to.add(sequence, hash);
            }
        });
    }

    /** Hears of an entry of a memtable. */
    interface MemtableSink {
        void entry(TableName table, EntryCursor at) throws IOException;
    }

    static void forEach(Memtable memtable, MemtableSink sink) throws IOException {
        for (TableName table : memtable.tables()) {
            try (EntryCursor cursor = memtable.cursor(table)) {
                for (boolean there = cursor.first(); there; there = cursor.next()) {
                    sink.entry(table, cursor);
                }
            }
        }
    }

    IndexContent content() {
        return content;
    }

    long begin() {
        return begin;
    }

    /** Whether all files were read from the disk. */
    boolean isDirect() {
        return direct;
    }

    /** The sums of what the index holds. */
    EntrySums sums() {
        return sums;
    }
}
