package io.blockdb.db;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.blockdb.base.Position;
import io.blockdb.base.TableName;
import io.blockdb.io.Environment;
import io.blockdb.io.FileSystem;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.ledger.Ledger;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.LedgerCursor;
import io.blockdb.proof.EntryLeaf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Runs a {@link Script} on a database and holds every answer against a {@link ModelDatabase}. */
final class ScriptRun {
    static final long CLOCK_BEGIN = 1_700_000_000_000_000L;

    private final FileSystem fileSystem;
    private final Path directory;
    private final Random optionsRandom;
    private final Environment environment;
    private final AtomicLong clock = new AtomicLong(CLOCK_BEGIN);
    private final ModelDatabase model;
    private final List<TakenSnapshot> snapshots = new ArrayList<>();
    private final List<OpenCursor> cursors = new ArrayList<>();
    private Options options;
    private BlockDb db;
    private long compactions;
    private int deepestLevel;

    private record TakenSnapshot(Snapshot snapshot, ModelDatabase.Moment moment) {}

    /** A cursor and what it must show. */
    private static final class OpenCursor {
        final Cursor cursor;
        final TableName table;
        final NavigableMap<byte[], ModelDatabase.Entry> shown;
        boolean started;
        byte @Nullable [] key;

        OpenCursor(Cursor cursor, TableName table, NavigableMap<byte[], ModelDatabase.Entry> shown) {
            this.cursor = cursor;
            this.table = table;
            this.shown = shown;
        }
    }

    /** @param optionsRandom draws the options */
    ScriptRun(FileSystem fileSystem, Path directory, Random optionsRandom) throws IOException {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.optionsRandom = optionsRandom;
        // One stream for each length: how many segments there are does not change what salts are drawn.
        Random salts = new Random(1);
        Random others = new Random(2);
        this.environment = new Environment(fileSystem, clock::get, target -> {
            synchronized (salts) {
                (target.length == EntryLeaf.SALT_LENGTH ? salts : others).nextBytes(target);
            }
        });
        this.options = drawOptions();
        this.db = BlockDb.open(directory, options);
        this.model = new ModelDatabase(CLOCK_BEGIN);
    }

    /** Options from tiny to ample. */
    private Options drawOptions() {
        Random random = optionsRandom;
        int[] inlineLimits = {0, 64, 512, 64 << 10};
        int[] batchSizes = {1, 10, 1000};
        long[] cacheSizes = {0, 10_000, 64 << 20};
        return Options.defaults()
                .withEnvironment(environment)
                .withDiskReserve(0)
                .withMemtableSizeLimit(4L << (10 + random.nextInt(9)))
                .withMemtablesMax(1 + random.nextInt(4))
                .withSegmentSize(4L << (10 + random.nextInt(9)))
                .withSstableSize(4L << (10 + random.nextInt(9)))
                .withInlineValueLimit(inlineLimits[random.nextInt(inlineLimits.length)])
                .withPageCacheSize(cacheSizes[random.nextInt(cacheSizes.length)])
                .withCompactionThreshold(2 + random.nextInt(9))
                .withBlockchainBatchSize(batchSizes[random.nextInt(batchSizes.length)])
                .withOpenSegmentsMax(2 + random.nextInt(3))
                .withOpenSstablesMax(1 + random.nextInt(20))
                .withWalSyncIntervalMillis(random.nextInt(4) == 0 ? 5 : 0);
    }

    /** Runs all steps, then checks everything that the database holds. */
    void run(List<Script.Step> steps) throws IOException {
        int number = 0;
        try {
            for (Script.Step step : steps) {
                run(step);
                number++;
            }
            forgetReaders();
            checkAll();
            close();
        } catch (IOException | RuntimeException | AssertionError e) {
            throw new AssertionError(
                    "step " + number + (number < steps.size() ? ", " + steps.get(number) : "") + ", with " + options,
                    e);
        }
    }

    /** How many compactions ran. */
    long compactions() {
        return compactions;
    }

    /** The deepest level that held an SSTable when the database was closed. */
    int deepestLevel() {
        return deepestLevel;
    }

    private void close() throws IOException {
        Stats stats = db.stats();
        compactions += stats.compactions();
        for (int level = 0; level < stats.sstablesPerLevel().size(); level++) {
            if (stats.sstablesPerLevel().get(level) > 0) {
                deepestLevel = Math.max(deepestLevel, level);
            }
        }
        db.close();
    }

    private void run(Script.Step step) throws IOException {
        if (step instanceof Script.Step.Write write) {
            check(model.write(write.batch(), clock.get()), () -> db.write(write.batch()));
        } else if (step instanceof Script.Step.WriteTogether together) {
            writeTogether(together.batches());
        } else if (step instanceof Script.Step.CreateTable create) {
            check(
                    model.createTable(create.table(), create.policy(), create.erasable(), clock.get()),
                    () -> db.createTable(create.table(), create.policy(), create.erasable()));
        } else if (step instanceof Script.Step.AlterTable alter) {
            check(
                    model.alterTable(alter.table(), alter.erasable(), clock.get()),
                    () -> db.alterTable(alter.table(), alter.erasable()));
        } else if (step instanceof Script.Step.Erase erase) {
            erase(erase.pick());
        } else if (step instanceof Script.Step.Tick tick) {
            clock.addAndGet(tick.micros());
        } else if (step instanceof Script.Step.Reopen reopen) {
            reopen(reopen);
        } else {
            read(step);
        }
    }

    private interface Writing {
        Commit run() throws IOException;
    }

    private static void check(ModelDatabase.Answer expected, Writing writing) throws IOException {
        if (expected instanceof ModelDatabase.Answer.Refused refused) {
            RefusedException thrown = assertThrows(RefusedException.class, writing::run);
            assertEquals(refused.reason(), thrown.reason());
        } else {
            check(expected, writing.run());
        }
    }

    private static void check(ModelDatabase.Answer expected, Commit commit) {
        if (expected instanceof ModelDatabase.Answer.Added added) {
            assertFalse(commit.existing());
            assertEquals(added.firstSequence(), commit.sequence());
            assertEquals(added.entries(), commit.entries());
        } else if (expected instanceof ModelDatabase.Answer.Existing existing) {
            assertTrue(commit.existing());
            if (existing.sequence() >= 0) {
                assertEquals(existing.sequence(), commit.sequence());
            }
        } else {
            fail("expected " + expected + ", found " + commit);
        }
    }

    private void writeTogether(List<WriteBatch> batches) throws IOException {
        List<CompletableFuture<Commit>> futures = new ArrayList<>();
        for (WriteBatch batch : batches) {
            futures.add(db.writeAsync(batch));
        }
        for (int i = 0; i < batches.size(); i++) {
            ModelDatabase.Answer expected = model.write(batches.get(i), clock.get());
            CompletableFuture<Commit> future = futures.get(i);
            if (expected instanceof ModelDatabase.Answer.Refused refused) {
                Throwable thrown =
                        assertThrows(CompletionException.class, future::join).getCause();
                assertEquals(refused.reason(), ((RefusedException) thrown).reason());
            } else {
                check(expected, future.join());
            }
        }
    }

    private void erase(int pick) throws IOException {
        List<Long> erasable = model.entries().stream()
                .map(ModelDatabase.Entry::sequence)
                .filter(model::isErasable)
                .toList();
        if (erasable.isEmpty()) {
            return;
        }
        long sequence = erasable.get(pick % erasable.size());
        Batch batch = new Batch("", List.of(new Operation.Erase(sequence, "asked for")), List.of(Batch.NO_SALT), null);
        Engine engine = db.engine();
        Applied applied = engine.apply(new Proposal(Position.NONE, clock.get(), null, List.of(batch)));
        assertTrue(applied.outcomes().get(0) instanceof Outcome.Committed, applied::toString);
        engine.sync();
        engine.publishAll();
        model.erase(sequence, clock.get());
    }

    private void reopen(Script.Step.Reopen reopen) throws IOException {
        forgetReaders();
        close();
        if (reopen.readOnlyBetween()) {
            checkReadOnly(options);
        }
        if (reopen.dropIndex()) {
            for (String name : fileSystem.list(directory.resolve("index"))) {
                fileSystem.delete(directory.resolve("index").resolve(name));
            }
            fileSystem.delete(directory.resolve("index"));
            if (reopen.readOnlyBetween()) {
                checkReadOnly(Options.defaults().withEnvironment(environment));
            }
        }
        if (reopen.otherOptions()) {
            options = drawOptions();
        }
        db = BlockDb.open(directory, options);
        assertEquals(List.of(), reopen.dropIndex() ? List.of() : db.recoveryNotes());
    }

    private void checkReadOnly(Options with) throws IOException {
        Object before = contents();
        db = BlockDb.open(directory, with.withReadOnly(true));
        checkAll();
        assertThrows(ReadOnlyException.class, () -> db.put(new byte[] {1}, new byte[0]));
        db.close();
        assertEquals(before, contents());
    }

    private Object contents() {
        return fileSystem instanceof MemoryFileSystem memory ? memory.digest() : List.of();
    }

    private void forgetReaders() {
        snapshots.clear();
        cursors.forEach(open -> open.cursor.close());
        cursors.clear();
    }

    // ---- Reading

    private void read(Script.Step step) throws IOException {
        ModelDatabase.Moment now = model.moment(clock.get());
        if (step instanceof Script.Step.Get get) {
            checkKey(db.snapshot(), get.table(), get.key(), now);
            checkValue(() -> db.get(get.table(), get.key()), model.visible(get.table(), get.key(), now));
        } else if (step instanceof Script.Step.History history) {
            checkHistory(db.history(history.table(), history.key()), history.table(), history.key(), now);
        } else if (step instanceof Script.Step.TakeSnapshot) {
            snapshots.add(new TakenSnapshot(db.snapshot(), now));
        } else if (step instanceof Script.Step.ReadSnapshot read) {
            readSnapshot(read);
        } else if (step instanceof Script.Step.ReadHeight read) {
            readHeight(read, now);
        } else if (step instanceof Script.Step.Scan scan) {
            NavigableMap<byte[], ModelDatabase.Entry> shown = model.scan(scan.table(), scan.range(), now);
            try (Cursor cursor = db.cursor(scan.table(), scan.range())) {
                checkScan(cursor, scan.table(), scan.forward() ? shown : shown.descendingMap(), scan.forward());
            }
        } else if (step instanceof Script.Step.OpenCursor open) {
            cursors.add(new OpenCursor(
                    db.cursor(open.table(), open.range()), open.table(), model.scan(open.table(), open.range(), now)));
        } else if (step instanceof Script.Step.Walk walk) {
            if (!cursors.isEmpty()) {
                OpenCursor open = cursors.get(walk.pick() % cursors.size());
                for (Script.Move move : walk.moves()) {
                    walk(open, move);
                }
            }
        } else if (step instanceof Script.Step.CloseCursor close) {
            if (!cursors.isEmpty()) {
                cursors.remove(close.pick() % cursors.size()).cursor.close();
            }
        } else {
            assertEquals(model.tables(), db.tables());
        }
    }

    private void readSnapshot(Script.Step.ReadSnapshot read) throws IOException {
        if (snapshots.isEmpty()) {
            return;
        }
        TakenSnapshot taken = snapshots.get(read.pick() % snapshots.size());
        checkKey(taken.snapshot(), read.table(), read.key(), taken.moment());
        checkHistory(taken.snapshot().history(read.table(), read.key()), read.table(), read.key(), taken.moment());
        try (Cursor cursor = taken.snapshot().cursor(read.table(), read.range())) {
            checkScan(cursor, read.table(), model.scan(read.table(), read.range(), taken.moment()), true);
        }
    }

    private void readHeight(Script.Step.ReadHeight read, ModelDatabase.Moment now) throws IOException {
        long height = read.pick() % db.stats().blocks();
        BlockInfo block = db.block(height);
        assertEquals(height, db.blockOf(block.firstSequence()).height());
        Snapshot snapshot = db.snapshotAt(height);
        assertEquals(block.firstSequence() + block.entryCount(), snapshot.sequence());
        checkKey(snapshot, read.table(), read.key(), new ModelDatabase.Moment(snapshot.sequence(), now.timeMicros()));
    }

    private interface Reading {
        byte @Nullable [] run() throws IOException;
    }

    private void checkValue(Reading reading, ModelDatabase.@Nullable Entry expected) throws IOException {
        if (expected == null) {
            assertNull(reading.run());
        } else if (model.erasedBy(expected.sequence()) >= 0) {
            ErasedException thrown = assertThrows(ErasedException.class, reading::run);
            assertEquals(model.erasedBy(expected.sequence()), thrown.erasureSequence());
        } else {
            assertArrayEquals(expected.value(), reading.run());
        }
    }

    private void checkKey(Snapshot snapshot, TableName table, byte[] key, ModelDatabase.Moment moment)
            throws IOException {
        ModelDatabase.Entry expected = model.visible(table, key, moment);
        checkValue(() -> snapshot.get(table, key), expected);
        Revision found = snapshot.find(table, key);
        if (expected == null) {
            assertNull(found);
        } else {
            assertNotNull(found);
            checkRevision(expected, found);
        }
    }

    private void checkRevision(ModelDatabase.Entry expected, Revision found) {
        assertEquals(expected.table(), found.table());
        assertArrayEquals(expected.key(), found.key());
        assertEquals(expected.sequence(), found.sequence());
        assertEquals(expected.expiresAt(), found.expiresAt());
        assertEquals(model.erasedBy(expected.sequence()), found.erasureSequence());
        boolean erased = model.erasedBy(expected.sequence()) >= 0;
        Revision.State state =
                expected.delete() ? Revision.State.DELETED : erased ? Revision.State.ERASED : Revision.State.PRESENT;
        assertEquals(state, found.state());
        if (state == Revision.State.PRESENT) {
            assertArrayEquals(expected.value(), found.value());
        } else {
            assertNull(found.value());
        }
    }

    private void checkHistory(List<Revision> found, TableName table, byte[] key, ModelDatabase.Moment moment) {
        List<ModelDatabase.Entry> expected = model.history(table, key, moment);
        assertEquals(expected.size(), found.size());
        for (int i = 0; i < found.size(); i++) {
            checkRevision(expected.get(i), found.get(i));
        }
    }

    private void checkScan(
            Cursor cursor, TableName table, NavigableMap<byte[], ModelDatabase.Entry> shown, boolean forward)
            throws IOException {
        for (ModelDatabase.Entry expected : shown.values()) {
            assertTrue(forward ? cursor.next() : cursor.previous());
            checkAt(cursor, table, expected);
        }
        assertFalse(forward ? cursor.next() : cursor.previous());
        assertFalse(cursor.valid());
    }

    private void checkAt(Cursor cursor, TableName table, ModelDatabase.Entry expected) throws IOException {
        assertTrue(cursor.valid());
        assertEquals(table, expected.table());
        assertArrayEquals(expected.key(), cursor.key());
        assertEquals(expected.sequence(), cursor.sequence());
        checkValue(cursor::value, expected);
        checkRevision(expected, cursor.revision());
    }

    private void walk(OpenCursor open, Script.Move move) throws IOException {
        NavigableMap<byte[], ModelDatabase.Entry> shown = open.shown;
        byte[] at = open.key;
        boolean found;
        switch (move.kind()) {
            case FIRST:
                found = open.cursor.first();
                open.key = shown.isEmpty() ? null : shown.firstKey();
                break;
            case LAST:
                found = open.cursor.last();
                open.key = shown.isEmpty() ? null : shown.lastKey();
                break;
            case SEEK:
                found = open.cursor.seek(move.key());
                open.key = shown.ceilingKey(move.key());
                break;
            case NEXT:
                found = open.cursor.next();
                open.key = !open.started
                        ? (shown.isEmpty() ? null : shown.firstKey())
                        : at == null ? null : shown.higherKey(at);
                break;
            default:
                found = open.cursor.previous();
                open.key = !open.started
                        ? (shown.isEmpty() ? null : shown.lastKey())
                        : at == null ? null : shown.lowerKey(at);
                break;
        }
        open.started = true;
        assertEquals(open.key != null, found, move.kind()::toString);
        assertEquals(found, open.cursor.valid());
        if (open.key != null) {
            checkAt(open.cursor, open.table, shown.get(open.key));
        }
    }

    // ---- Everything

    private void checkAll() throws IOException {
        ModelDatabase.Moment now = model.moment(clock.get());
        assertEquals(model.tables(), db.tables());
        for (TableName table : Script.TABLES) {
            NavigableMap<byte[], ModelDatabase.Entry> shown = model.scan(table, KeyRange.all(), now);
            try (Cursor cursor = db.cursor(table, KeyRange.all())) {
                checkScan(cursor, table, shown, true);
            }
            try (Cursor cursor = db.cursor(table, KeyRange.all())) {
                checkScan(cursor, table, shown.descendingMap(), false);
            }
            for (byte[] key : shown.keySet()) {
                checkHistory(db.history(table, key), table, key, now);
            }
        }
        checkLedger();
        IndexAudit.check(db);
    }

    /** The ledger holds the entries of the model, in order, whatever blocks they stand in. */
    private void checkLedger() throws IOException {
        Ledger ledger = db.engine().ledger();
        int sequence = 0;
        try (LedgerCursor cursor = ledger.blocksFrom(Ledger.GENESIS)) {
            for (LedgerBlock block; (block = cursor.next()) != null; ) {
                for (int i = 0; i < block.entryCount(); i++) {
                    checkLeaf(model.entries().get(sequence++), block.leaf(i));
                }
            }
        }
        assertEquals(model.entries().size(), sequence);
    }

    private static void checkLeaf(ModelDatabase.Entry expected, EntryLeaf leaf) {
        assertEquals(expected.table(), leaf.table());
        assertEquals(expected.joined(), leaf.joined());
        if (!expected.table().isSystem()) {
            assertArrayEquals(expected.key(), leaf.key());
            assertEquals(expected.delete(), leaf.kind() == EntryLeaf.KIND_DELETE);
            assertEquals(expected.expiresAt(), leaf.expiresAt());
            assertEquals(expected.salted(), leaf.saltLength() > 0);
            assertEquals(expected.value().length, leaf.valueLength());
            assertEquals(expected.author(), leaf.author());
        }
    }
}
