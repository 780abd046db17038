package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Seed;
import io.blockdb.base.TableName;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.io.MemoryFileSystem.Operation;
import io.blockdb.io.MemoryFileSystem.UnsyncedPolicy;
import io.blockdb.ledger.ValuePlace;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.CheckpointVerifier;
import io.blockdb.proof.ProofException;
import io.blockdb.proof.ProofExportChecker;
import io.blockdb.proof.ProvedEntry;
import io.blockdb.proof.Receipt;
import io.blockdb.proof.ReceiptVerifier;
import io.blockdb.proof.Signer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of an erased value in backups, restores, repairs, exports and receipts, and of these while it is overwritten. */
@Timeout(120)
class ErasureInCopiesTest {
    private static final TableName PEOPLE = TableName.of("people");
    private static final Path BACKUP = Path.of("/mnt/backup");
    private static final Path RESTORED = Path.of("/data/restored");
    private static final CopyProgress QUIET = (done, total) -> {};
    private static final int COUNT = 24;

    private final Random random = Seed.random();
    private final long seed = random.nextLong();
    private final MemoryFileSystem files = new MemoryFileSystem();
    private final Options options = Workload.options(files, seed).withCheckpointIntervalMillis(0);
    private final List<byte[]> values = new ArrayList<>();
    private final List<Commit> puts = new ArrayList<>();

    private BlockDb open() throws IOException {
        return BlockDb.open(Workload.ROOT, options);
    }

    private static byte[] key(int number) {
        return ("key" + number).getBytes(UTF_8);
    }

    /** Values over several segments, and others between them. */
    private void write(BlockDb db) throws IOException {
        if (values.isEmpty()) {
            db.createTable(PEOPLE, TablePolicy.WRITE_ONCE, true);
        }
        int from = values.size();
        // Salts are drawn with the seed itself: the same bytes must not occur twice.
        Random drawn = new Random(~seed * 31 + from);
        for (int i = from; i < from + COUNT; i++) {
            byte[] value = new byte[300 + drawn.nextInt(600)];
            drawn.nextBytes(value);
            values.add(value);
            puts.add(db.put(PEOPLE, key(i), value));
            db.put(key(i), ("other " + i).getBytes(UTF_8));
        }
    }

    private void erase(BlockDb db, int... numbers) throws IOException {
        for (int number : numbers) {
            db.awaitErased(db.erase(PEOPLE, key(number), puts.get(number).sequence(), "asked for", "dpo"));
        }
        new Quiet(db).await();
    }

    private static BackupReport backup(BlockDb db) throws IOException {
        return db.backup(BACKUP, BackupOptions.DEFAULT, QUIET);
    }

    private Options readOnly(MemoryFileSystem disk) {
        return Workload.options(disk, seed).withReadOnly(true).withCreateIfMissing(false);
    }

    private static void verifies(Path directory, Options how) throws IOException {
        VerifyReport report = BlockDb.verify(directory, how, (done, total, blocks) -> {});
        assertTrue(report.valid(), report::toString);
    }

    /** Which file below a directory holds a value, or null. */
    private @Nullable String holder(MemoryFileSystem disk, Path below, int number) throws IOException {
        return ErasureScript.holder(disk, values.get(number), path -> path.startsWith(below + "/"));
    }

    private void isErased(BlockDb db, int number) {
        assertThrows(ErasedException.class, () -> db.get(PEOPLE, key(number)));
    }

    /** A database of its own out of the backup, which is valid before and after it was opened. */
    private BlockDb restored(MemoryFileSystem disk) throws IOException {
        Options how = Workload.options(disk, ~seed);
        Restore.restore(BACKUP, RESTORED, how, null, QUIET);
        verifies(RESTORED, how);
        return BlockDb.open(RESTORED, how);
    }

    @Test
    void whatIsErasedLaterIsStillInTheBackupAndIsRestored() throws IOException {
        try (BlockDb db = open()) {
            write(db);
            backup(db);
            erase(db, 3, 17);
            assertEquals(
                    new ErasureCopies(List.of(), List.of(BACKUP)),
                    db.copiesOf(puts.get(3).sequence()));
            assertNull(holder(files, Workload.ROOT, 3));
            assertNotNull(holder(files, BACKUP, 3));
        }
        verifies(BACKUP, readOnly(files));
        try (BlockDb copy = BlockDb.open(BACKUP, readOnly(files))) {
            assertArrayEquals(values.get(3), copy.get(PEOPLE, key(3)));
        }
        try (BlockDb db = restored(files)) {
            assertArrayEquals(values.get(3), db.get(PEOPLE, key(3)));
            assertArrayEquals(values.get(17), db.get(PEOPLE, key(17)));
            erase(db, 3);
            assertNull(holder(files, RESTORED, 3));
            assertEquals(
                    new ErasureCopies(List.of(), List.of(BACKUP)),
                    db.copiesOf(puts.get(3).sequence()));
        }
        verifies(RESTORED, Workload.options(files, ~seed));
        assertNotNull(holder(files, BACKUP, 3));
    }

    @Test
    void aBackupBroughtUpToDateKnowsTheErasureAndWhatIsRestoredCarriesItOut() throws Exception {
        try (BlockDb db = open()) {
            write(db);
            backup(db);
            erase(db, 3, 17, 23);
            write(db);
            erase(db, 40);
            Receipt receipt = db.receipt(puts.get(3).sequence());
            assertNull(receipt.value());
            BackupReport report = backup(db);
            assertEquals(report.blocks(), report.checkpointSize());
            assertEquals(List.of(BACKUP), db.copiesOf(puts.get(3).sequence()).backups());
            assertEquals(3, report.erasedKept(), report::toString);
            assertEquals(0, backup(db).erasedKept());
            assertNotNull(holder(files, BACKUP, 3), "an earlier backup is not reached");
            assertNull(holder(files, BACKUP, 40));
        }
        verifies(BACKUP, readOnly(files));
        try (BlockDb copy = BlockDb.open(BACKUP, readOnly(files))) {
            isErased(copy, 3);
            isErased(copy, 40);
            List<Erasure> pending = new ArrayList<>();
            copy.erasures(true, pending::add);
            assertEquals(4, pending.size());
        }
        assertEquals(
                4,
                Restore.restore(BACKUP, Path.of("/data/other"), Workload.options(files, seed + 1), null, QUIET)
                        .valuesErased());
        try (BlockDb db = restored(files)) {
            for (int number : new int[] {3, 17, 23, 40}) {
                isErased(db, number);
                assertNull(holder(files, RESTORED, number), "value " + number);
                List<Signer> signers = List.of(
                        new Signer(db.keys().stream().map(LedgerKey::key).toList()));
                ProvedEntry proved =
                        ReceiptVerifier.verify(db.receipt(puts.get(number).sequence()), signers, 1);
                assertTrue(proved.value() == null && !proved.deletion());
            }
            assertArrayEquals(values.get(4), db.get(PEOPLE, key(4)));
            db.erasures(true, erasure -> {
                throw new AssertionError(erasure + " is pending");
            });
        }
        verifies(RESTORED, Workload.options(files, ~seed));
    }

    @Test
    void aBackupThatIsNotDoneIsNamedAlready() throws IOException {
        try (BlockDb db = open()) {
            write(db);
            files.failWhen((operation, path, number) ->
                    operation == Operation.WRITE && path.startsWith(BACKUP.resolve("ledger")) && number > 0);
            assertThrows(IOException.class, () -> backup(db));
            files.clearFaults();
            assertEquals(List.of(BACKUP), db.copiesOf(puts.get(3).sequence()).backups());
        }
    }

    @Test
    void aValueThatIsCopiedBeforeItIsOverwrittenIsToldOf() throws IOException {
        failMaintenanceWrites();
        try (BlockDb db = open()) {
            write(db);
            Commit erasure = db.erase(PEOPLE, key(3), puts.get(3).sequence(), "asked for", "");
            assertThrows(IOException.class, () -> db.awaitErased(erasure));
        }
        files.clearFaults();
        try (BlockDb db = BlockDb.open(Workload.ROOT, readOnly(files))) {
            assertEquals(1, backup(db).erasedKept());
        }
        try (BlockDb db = restored(files)) {
            isErased(db, 3);
            new Quiet(db).await();
            assertNull(holder(files, RESTORED, 3));
        }
    }

    private void failMaintenanceWrites() {
        files.failWhen((operation, path, number) -> operation == Operation.WRITE
                && path.toString().endsWith(".seg")
                && Thread.currentThread().getName().equals("blockdb-maintenance"));
    }

    @Test
    void aBackupOfADatabaseWhoseIndexIsNewNamesNoOldFiles() throws IOException {
        try (BlockDb db = open()) {
            write(db);
            db.engine().index().freeze(db.engine().head());
            new Quiet(db).await();
            backup(db);
        }
        for (String name : files.list(Workload.ROOT.resolve("index"))) {
            files.delete(Workload.ROOT.resolve("index").resolve(name));
        }
        try (BlockDb db = open()) {
            backup(db);
        }
        verifies(BACKUP, readOnly(files));
        try (BlockDb copy = BlockDb.open(BACKUP, readOnly(files))) {
            assertArrayEquals(values.get(3), copy.get(PEOPLE, key(3)));
        }
    }

    @Test
    void backupsBesideErasuresAreWhole() throws Exception {
        try (BlockDb db = open()) {
            write(db);
            write(db);
            AtomicReference<Throwable> wrong = new AtomicReference<>();
            Thread eraser = new Thread(() -> {
                try {
                    for (int i = 0; i < values.size(); i += 2) {
                        erase(db, i);
                    }
                } catch (IOException | RuntimeException | Error e) {
                    wrong.set(e);
                }
            });
            eraser.start();
            do {
                backup(db);
                db.checkpoint();
                verifies(BACKUP, readOnly(files));
            } while (eraser.isAlive());
            eraser.join();
            assertNull(wrong.get(), () -> String.valueOf(wrong.get()));
            backup(db);
        }
        verifies(BACKUP, readOnly(files));
        try (BlockDb db = restored(files)) {
            for (int i = 0; i < values.size(); i++) {
                if (i % 2 == 0) {
                    isErased(db, i);
                    assertNull(holder(files, RESTORED, i));
                } else {
                    assertArrayEquals(values.get(i), db.get(PEOPLE, key(i)));
                }
            }
        }
    }

    private Path segment(Commit put) throws IOException {
        try (BlockDb db = BlockDb.open(Workload.ROOT, readOnly(files))) {
            long number =
                    db.engine().ledger().blockOfSequence(put.sequence()).place().segment();
            return Workload.ROOT.resolve("ledger/%010d.seg".formatted(number));
        }
    }

    private long offset(Commit put) throws IOException {
        try (BlockDb db = BlockDb.open(Workload.ROOT, readOnly(files))) {
            ValuePlace place =
                    db.engine().ledger().blockOfSequence(put.sequence()).valuePlace(0);
            return assertNotNullPlace(place).offset();
        }
    }

    private static ValuePlace assertNotNullPlace(@Nullable ValuePlace place) {
        if (place == null) {
            throw new AssertionError("the value has no frame");
        }
        return place;
    }

    private static Map<String, String> findings(MemoryFileSystem disk, Options how) throws IOException {
        VerifyReport report = BlockDb.verify(Workload.ROOT, how, (done, total, blocks) -> {});
        assertFalse(report.valid());
        Map<String, String> findings = new LinkedHashMap<>();
        report.failures().forEach(failure -> findings.put(failure.file(), failure.reason()));
        assertTrue(disk.exists(Workload.ROOT));
        return findings;
    }

    private void isRepaired(MemoryFileSystem disk, int... erased) throws IOException {
        Options how = Workload.options(disk, seed);
        verifies(Workload.ROOT, how);
        try (BlockDb db = BlockDb.open(Workload.ROOT, how)) {
            for (int number : erased) {
                isErased(db, number);
                assertNull(
                        ErasureScript.holder(
                                disk, values.get(number), path -> path.startsWith(Workload.ROOT + "/ledger/")),
                        "value " + number + " came back");
            }
            assertArrayEquals(values.get(4), db.get(PEOPLE, key(4)));
            assertArrayEquals(values.get(5), db.get(PEOPLE, key(5)));
            db.erasures(true, erasure -> {
                throw new AssertionError(erasure + " is pending");
            });
        }
        verifies(Workload.ROOT, how);
    }

    /** A database whose values 3 and 20 are erased, 3 since the backup; the block of 5, of 3 or of both is damaged. */
    private void damaged(int... numbers) throws IOException {
        try (BlockDb db = open()) {
            write(db);
            erase(db, 20);
            backup(db);
            erase(db, 3);
        }
        for (int number : numbers) {
            files.corrupt(segment(puts.get(number)), offset(puts.get(number)) - 20, 1);
        }
    }

    @Test
    void whatARepairTakesFromABackupBringsNoErasedValueBack() throws IOException {
        damaged(3, 5);
        RepairReport report = Repair.repair(Workload.ROOT, options, findings(files, options), BACKUP, QUIET);
        assertTrue(report.repaired(), report::toString);
        isRepaired(files, 3, 20);
    }

    @Test
    void aRepairTakesNothingForBlocksThatLackErasedValues() throws IOException {
        damaged(5);
        RepairReport report = Repair.repair(Workload.ROOT, options, findings(files, options), BACKUP, QUIET);
        assertTrue(report.repaired(), report::toString);
        String taken = "the frame of block " + puts.get(5).height() + " taken";
        assertTrue(report.steps().get(0).what().startsWith(taken), report::toString);
        isRepaired(files, 3, 20);
    }

    @Test
    void noErasedValueComesBackWhereBlocksStayLost() throws IOException {
        damaged();
        Path segment = segment(puts.get(10));
        long offset = offset(puts.get(10)) - 20;
        files.corrupt(segment(puts.get(3)), offset(puts.get(3)) - 20, 1);
        files.corrupt(segment, offset, 1);
        files.corrupt(BACKUP.resolve("ledger").resolve(segment.getFileName()), offset, 1);
        RepairReport report = Repair.repair(Workload.ROOT, options, findings(files, options), BACKUP, QUIET);
        assertEquals(1, report.losses().size(), report::toString);
        assertEquals(1, report.steps().size(), report::toString);
        assertNull(holder(files, Workload.ROOT, 3));
        assertNull(holder(files, Workload.ROOT, 20));
    }

    @Test
    void aDamagedValueThatWasNotErasedIsTaken() throws IOException {
        damaged();
        files.corrupt(segment(puts.get(5)), offset(puts.get(5)) + 60, 1);
        RepairReport report = Repair.repair(Workload.ROOT, options, findings(files, options), BACKUP, QUIET);
        assertTrue(report.repaired(), report::toString);
        isRepaired(files, 3, 20);
    }

    @Test
    void anErasedValueThatCameBackIsOverwrittenByARepair() throws IOException {
        Path segment;
        byte[] before;
        try (BlockDb db = open()) {
            write(db);
            backup(db);
        }
        segment = segment(puts.get(3));
        before = files.content(segment);
        try (BlockDb db = open()) {
            erase(db, 3);
        }
        files.setContent(segment, before);
        RepairReport report = Repair.repair(Workload.ROOT, options, findings(files, options), null, QUIET);
        assertTrue(report.repaired(), report::toString);
        isRepaired(files, 3);
        files.corrupt(segment, offset(puts.get(3)) + 40, 1);
        assertTrue(Repair.repair(Workload.ROOT, options, findings(files, options), null, QUIET)
                .repaired());
        isRepaired(files, 3);
    }

    @Test
    void aRepairThatCrashesBringsNoErasedValueBack() throws IOException {
        damaged(3, 5);
        Map<String, String> found = findings(files, options);
        MemoryFileSystem counted = files.processCrashClone();
        long before = counted.mutations();
        Repair.repair(Workload.ROOT, Workload.options(counted, seed), found, BACKUP, QUIET);
        long mutations = counted.mutations() - before;
        for (long n = 1; n <= mutations; n++) {
            MemoryFileSystem disk = files.processCrashClone();
            disk.crashAt(n, random);
            assertThrows(
                    IOException.class,
                    () -> Repair.repair(Workload.ROOT, Workload.options(disk, seed), found, BACKUP, QUIET));
            for (UnsyncedPolicy policy : UnsyncedPolicy.values()) {
                MemoryFileSystem left = disk.crashClone(policy, random);
                Options how = Workload.options(left, seed);
                try {
                    VerifyReport report = BlockDb.verify(Workload.ROOT, how, (done, total, blocks) -> {});
                    Map<String, String> again = new LinkedHashMap<>();
                    report.failures().forEach(failure -> again.put(failure.file(), failure.reason()));
                    assertTrue(Repair.repair(Workload.ROOT, how, again, BACKUP, QUIET)
                            .repaired());
                    try (BlockDb db = BlockDb.open(Workload.ROOT, how)) {
                        db.purgeQuarantine();
                    }
                    isRepaired(left, 3, 20);
                } catch (IOException | RuntimeException | AssertionError e) {
                    throw new AssertionError("crash at " + n + " of " + mutations + ", " + policy + ": " + e, e);
                }
            }
        }
    }

    @Test
    void aRestoreThatCrashesCarriesTheErasureOutAllTheSame() throws IOException {
        try (BlockDb db = open()) {
            write(db);
            backup(db);
            erase(db, 3);
            backup(db);
        }
        MemoryFileSystem counted = files.processCrashClone();
        long before = counted.mutations();
        restored(counted).close();
        long mutations = counted.mutations() - before;
        for (long n = 1; n <= mutations; n += 1 + random.nextInt(3)) {
            MemoryFileSystem disk = files.processCrashClone();
            disk.crashAt(n, random);
            try {
                restored(disk).close();
            } catch (IOException died) {
                assertTrue(disk.crashed(), died::toString);
            }
            MemoryFileSystem left = disk.crashClone(UnsyncedPolicy.DROP_RANDOM, random);
            try (BlockDb db = left.exists(RESTORED.resolve("ledger"))
                    ? BlockDb.open(RESTORED, Workload.options(left, ~seed))
                    : restored(left)) {
                new Quiet(db).await();
                isErased(db, 3);
                assertArrayEquals(values.get(4), db.get(PEOPLE, key(4)));
            }
            assertNull(holder(left, RESTORED, 3), "crash at " + n);
            verifies(RESTORED, Workload.options(left, ~seed));
        }
    }

    @Test
    void aHalfOverwrittenValueIsSignedOverAndOneThatIsGoneIsNot() throws IOException {
        long sequence;
        try (BlockDb db = open()) {
            write(db);
            sequence = puts.get(3).sequence();
            failMaintenanceWrites();
            Commit erasure = db.erase(PEOPLE, key(3), sequence, "asked for", "");
            assertThrows(IOException.class, () -> db.awaitErased(erasure));
            files.clearFaults();
        }
        // What a crash in the middle of the overwriting leaves: zeros over a part of the value.
        Path segment = segment(puts.get(3));
        long offset = offset(puts.get(3));
        byte[] content = files.content(segment);
        Arrays.fill(content, (int) offset + 100, (int) offset + 200, (byte) 0);
        files.setContent(segment, content);
        failMaintenanceWrites();
        try (BlockDb db = open()) {
            assertEquals(db.stats().blocks(), db.checkpoint().treeSize());
            assertNull(db.receipt(sequence).value());
            files.clearFaults();
        }
        try (BlockDb db = open()) {
            write(db);
            db.engine()
                    .ledger()
                    .eraseValues(new TreeSet<>(List.of(puts.get(COUNT + 2).sequence())));
            assertThrows(CorruptionException.class, db::checkpoint);
        }
    }

    private static ProofExportChecker.Result check(BlockDb db, Checkpoint checkpoint)
            throws IOException, ProofException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        db.exportProofs(checkpoint, out, QUIET);
        ProofExportChecker checker = new ProofExportChecker(
                new CheckpointVerifier(List.of(Signer.of(db.keys().get(0).key())), 1));
        for (String line : out.toString(UTF_8).lines().toList()) {
            checker.line(line.getBytes(UTF_8));
        }
        return checker.finish();
    }

    @Test
    void anExportLeavesErasedValuesOutWhetherTheyAreGoneOrNot() throws Exception {
        try (BlockDb db = open()) {
            write(db);
            erase(db, 3);
            Checkpoint old = db.checkpoint();
            assertEquals(1, check(db, old).erased());
            db.erase(PEOPLE, key(4), puts.get(4).sequence(), "asked for", "");
            assertEquals(2, check(db, db.checkpoint()).erased());
            String why = String.valueOf(assertThrows(CannotSignException.class, () -> check(db, old))
                    .getMessage());
            assertTrue(why.contains("sign a newer checkpoint"), why);
        }
    }

    @Test
    void whatARepairPutAsideOrLeftBehindIsNamedAndPurged() throws IOException {
        damaged(3, 5);
        Path quarantine = Workload.ROOT.resolve("quarantine");
        byte[] leftOver = files.content(segment(puts.get(10)));
        assertTrue(Repair.repair(Workload.ROOT, options, findings(files, options), BACKUP, QUIET)
                .repaired());
        Path left = Workload.ROOT.resolve("ledger/0000000002.seg.repair");
        files.setContent(left, leftOver);
        try (BlockDb db = open()) {
            erase(db, 5, 10);
            assertNotNull(holder(files, quarantine, 5));
            assertTrue(db.copiesOf(puts.get(5).sequence()).quarantined().contains(left));
            List<Path> purged = db.purgeQuarantine();
            assertTrue(purged.size() > 1 && purged.contains(left), purged::toString);
            assertEquals(
                    new ErasureCopies(List.of(), List.of(BACKUP)),
                    db.copiesOf(puts.get(5).sequence()));
            assertNull(holder(files, Workload.ROOT, 5));
            assertNull(holder(files, Workload.ROOT, 10));
        }
        verifies(Workload.ROOT, options);
    }
}
