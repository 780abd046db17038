package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Hash;
import io.blockdb.base.TableName;
import io.blockdb.io.Environment;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.ledger.Ledger;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.LedgerCursor;
import io.blockdb.proof.InclusionProof;
import io.blockdb.proof.MerkleTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes to a database in memory that can be repeated exactly, what became of each of them, and what must be found later. One
 * thread writes, so every write has a block of its own. Memtables are flushed only where the workload says so, and it waits
 * until the background work is done: the same seed makes the same file operations, nearly always in the same order.
 *
 * <p>Threading: one thread at a time.
 */
final class Workload {
    static final Path ROOT = Path.of("/data/db");
    static final TableName USERS = TableName.of("users");
    /** Its values are salted, so each is framed by itself in the ledger. */
    static final TableName VAULT = TableName.of("vault");

    private static final List<TableName> VERSIONED = List.of(USERS, VAULT);
    private static final int FLUSH_INTERVAL = 5;

    private final Options options;
    private final long seed;
    private final List<Attempt> attempts = new ArrayList<>();
    private @Nullable BlockDb db;

    /** What the caller knows of a batch. */
    enum Outcome {
        /** It was answered: it must be there. */
        ANSWERED,
        /** It failed underway: it may be there, whole. */
        UNKNOWN,
        /** It was refused: nothing of it may be there. */
        REFUSED
    }

    /** A put, or a delete where the value is null. */
    record Write(TableName table, String key, byte @Nullable [] value) {}

    /** One batch; its first write, of a key of its own in table {@code default}, tells whether it is there. */
    static final class Attempt {
        final List<Write> writes;
        final @Nullable TableName creates;
        Outcome outcome = Outcome.UNKNOWN;

        Attempt(List<Write> writes, @Nullable TableName creates) {
            this.writes = writes;
            this.creates = creates;
        }
    }

    Workload(MemoryFileSystem files, long seed, long walSyncIntervalMillis) {
        this.seed = seed;
        this.options = options(files, seed).withWalSyncIntervalMillis(walSyncIntervalMillis);
    }

    /** Tiny limits, a clock and randomness that repeat themselves. */
    static Options options(MemoryFileSystem files, long seed) {
        AtomicLong time = new AtomicLong(1_700_000_000_000_000L);
        return Options.defaults()
                .withEnvironment(new Environment(files, () -> time.addAndGet(1000), new Random(seed)::nextBytes))
                .withSegmentSize(4096)
                .withOpenSegmentsMax(2)
                .withCompactionThreshold(2)
                .withSstableSize(4096)
                .withOpenSstablesMax(2)
                .withMemtableSizeLimit(1 << 20)
                .withPageCacheSize(16 << 10)
                .withInlineValueLimit(128)
                .withDiskReserve(0);
    }

    Options options() {
        return options;
    }

    BlockDb db() {
        BlockDb open = db;
        if (open == null) {
            throw new IllegalStateException("not open");
        }
        return open;
    }

    // ---- What is done

    /** Founds the database, writes, closes it, opens it again, writes more, and closes it. */
    void run() throws IOException {
        open();
        createTables();
        write(22);
        close();
        open();
        write(11);
        close();
    }

    void open() throws IOException {
        db = BlockDb.open(ROOT, options);
    }

    void close() throws IOException {
        BlockDb open = db;
        db = null;
        if (open != null) {
            open.close();
        }
    }

    boolean isOpen() {
        return db != null;
    }

    /** Closes after a failure, which may fail again. */
    void closeAfterFailure() {
        try {
            close();
        } catch (IOException failed) {
            assertFalse(String.valueOf(failed.getMessage()).isEmpty(), failed::toString);
        }
    }

    /** Creates the tables that are not there yet. */
    void createTables() throws IOException {
        for (TableName table : VERSIONED) {
            boolean there = attempts.stream()
                    .anyMatch(attempt -> table.equals(attempt.creates) && attempt.outcome == Outcome.ANSWERED);
            if (!there) {
                attempts.removeIf(refused -> table.equals(refused.creates));
                attempt(new Attempt(List.of(), table));
            }
        }
    }

    void write(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            attempt(next());
            if (attempts.size() % FLUSH_INTERVAL == 0) {
                flush();
            }
        }
    }

    /** Freezes the memtable and waits until it is flushed and nothing is left to compact, or that has failed. */
    void flush() {
        Engine engine = db().engine();
        engine.index().freeze(java.util.Objects.requireNonNull(engine.head()));
        new Quiet(db()).await();
    }

    private void attempt(Attempt attempt) throws IOException {
        attempts.add(attempt);
        try {
            commit(db(), attempt);
            attempt.outcome = Outcome.ANSWERED;
        } catch (OutcomeUnknownException e) {
            throw e;
        } catch (IOException e) {
            attempt.outcome = Outcome.REFUSED;
            throw e;
        }
    }

    private static void commit(BlockDb db, Attempt attempt) throws IOException {
        if (attempt.creates != null) {
            db.createTable(attempt.creates, TablePolicy.VERSIONED, attempt.creates.equals(VAULT));
            return;
        }
        WriteBatch batch = new WriteBatch();
        for (Write write : attempt.writes) {
            if (write.value() == null) {
                batch.delete(write.table(), write.key().getBytes(UTF_8));
            } else {
                batch.put(write.table(), write.key().getBytes(UTF_8), write.value());
            }
        }
        db.write(batch);
    }

    private Attempt next() {
        int number = attempts.size();
        Random random = new Random(seed + 1_000_003L * number);
        Expected expected = new Expected(attempts, Outcome.ANSWERED);
        List<Write> writes = new ArrayList<>();
        writes.add(new Write(TableName.DEFAULT, "m%05d".formatted(number), value(random)));
        Set<String> keys = new HashSet<>();
        for (int i = random.nextInt(3) == 0 ? random.nextInt(7) : random.nextInt(2); i > 0; i--) {
            int kind = random.nextInt(3);
            if (kind == 0) {
                writes.add(new Write(TableName.DEFAULT, "d%05d-%d".formatted(number, i), value(random)));
                continue;
            }
            TableName table = VERSIONED.get(kind - 1);
            String key = "key" + random.nextInt(6);
            boolean delete = expected.value(table, key) != null && random.nextInt(3) == 0;
            if (keys.add(table + key)) {
                writes.add(new Write(table, key, delete ? null : value(random)));
            }
        }
        return new Attempt(writes, null);
    }

    private static byte[] value(Random random) {
        byte[] value = new byte[random.nextInt(6) == 0 ? random.nextInt(1200) : random.nextInt(50)];
        if (random.nextBoolean()) {
            random.nextBytes(value);
        }
        return value;
    }

    // ---- What must be found

    /**
     * Takes note of which batches of unknown outcome are there after opening again: from now on that must stay so.
     */
    void settle() throws IOException {
        for (Attempt attempt : attempts) {
            if (attempt.outcome == Outcome.UNKNOWN) {
                attempt.outcome = isThere(db(), attempt) ? Outcome.ANSWERED : Outcome.REFUSED;
            }
        }
    }

    private static boolean isThere(BlockDb database, Attempt attempt) throws IOException {
        if (attempt.creates != null) {
            TableName table = attempt.creates;
            return database.tables().stream().anyMatch(info -> info.name().equals(table));
        }
        Write marker = attempt.writes.get(0);
        return database.get(marker.table(), marker.key().getBytes(UTF_8)) != null;
    }

    /**
     * Checks a database that was opened after a crash or failure: nothing answered is missing, nothing refused is there,
     * batches are whole, all values and histories are right, and the ledger checks out.
     *
     * @param answeredMayBeLost whether the last ones of the answered batches may be missing: never one before another that is
     *     there
     */
    void check(BlockDb database, boolean answeredMayBeLost) throws IOException {
        int there = checkReads(database, answeredMayBeLost);
        VerifyReport report = database.verify((done, total, blocks) -> {});
        assertTrue(report.valid(), report::toString);
        assertEquals(there + 1, report.blocks(), "blocks");
        checkTree(database);
    }

    /** Holds the ledger tree, unless it cannot be had, against the blocks: its root, and the path of each. */
    static void checkTree(BlockDb database) throws IOException {
        Ledger ledger = database.engine().ledger();
        if (ledger.tree().failure() != null) {
            return;
        }
        MerkleTree naive = new MerkleTree();
        List<Hash> leaves = new ArrayList<>();
        try (LedgerCursor cursor = database.engine().blocksFrom(0)) {
            for (LedgerBlock block; (block = cursor.next()) != null; ) {
                naive.append(block.hash());
                leaves.add(block.hash());
            }
        }
        assertEquals(naive.root(), ledger.tree().root());
        for (int height = 0; height < leaves.size(); height++) {
            InclusionProof proof =
                    new InclusionProof(height, leaves.size(), ledger.tree().inclusionPath(height, leaves.size()));
            assertTrue(proof.proves(leaves.get(height), naive.root()), "block " + height);
        }
    }

    /** As {@link #check}, without the ledger. Returns how many batches are there. */
    int checkReads(BlockDb database, boolean answeredMayBeLost) throws IOException {
        List<Attempt> there = new ArrayList<>();
        int missing = -1;
        for (int i = 0; i < attempts.size(); i++) {
            Attempt attempt = attempts.get(i);
            if (isThere(database, attempt)) {
                assertTrue(attempt.outcome != Outcome.REFUSED, "batch " + i + " was refused and is there");
                assertFalse(missing >= 0, "batch " + i + " is there, " + missing + " before it is not");
                there.add(attempt);
            } else if (attempt.outcome == Outcome.ANSWERED) {
                assertTrue(answeredMayBeLost, "batch " + i + " was answered and is lost");
                missing = i;
            }
        }
        new Expected(there, null).check(database);
        return there.size();
    }

    /** How many blocks all that was answered has made, block 0 included. */
    long blocks() {
        return 1
                + attempts.stream()
                        .filter(attempt -> attempt.outcome == Outcome.ANSWERED)
                        .count();
    }

    /** Checks that a database that was just checked takes a write, keeps it, and is found good by who does not open it. */
    void checkGoesOn(Options reopening) throws IOException {
        byte[] key = "afterwards".getBytes(UTF_8);
        try (BlockDb database = BlockDb.open(ROOT, reopening)) {
            database.put(key, key);
            assertArrayEquals(key, database.get(key));
        }
        try (BlockDb database = BlockDb.open(ROOT, reopening)) {
            assertArrayEquals(key, database.get(key));
            assertEquals(List.of(), database.recoveryNotes());
        }
        VerifyReport report = BlockDb.verify(ROOT, reopening, (done, total, blocks) -> {});
        assertTrue(report.valid(), report::toString);
    }
}
