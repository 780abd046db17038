package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Seed;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.io.MemoryFileSystem.UnsyncedPolicy;
import io.blockdb.proof.CheckpointVerifier;
import io.blockdb.proof.Signer;
import io.blockdb.proof.VerifierKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Restoring backups: what is proved, what is refused, what a crash leaves. */
class RestoreTest {
    private static final Path BACKUP = Path.of("/mnt/backup");
    private static final Path ELSEWHERE = Path.of("/mnt/moved");
    private static final CopyProgress QUIET = (done, total) -> {};

    private final Random random = Seed.random();
    private final long seed = random.nextLong();
    private final MemoryFileSystem files = new MemoryFileSystem();
    private final Workload workload = new Workload(files, seed, 0);

    /** Writes, backs up, and moves the database out of the way, so that the restored one takes its place. */
    private VerifierKey backedUp(boolean withKeys) throws IOException {
        workload.open();
        workload.createTables();
        workload.write(20);
        BlockDb db = workload.db();
        BackupReport report = db.backup(BACKUP, new BackupOptions(withKeys, true), QUIET);
        assertEquals(report.blocks(), report.checkpointSize());
        assertEquals("", report.notSigned());
        VerifierKey key = db.keys().get(0).key();
        workload.close();
        files.rename(Workload.ROOT, Workload.ROOT.resolveSibling("gone"));
        return key;
    }

    private Options options(MemoryFileSystem disk) {
        return Workload.options(disk, seed);
    }

    private RestoreReport restore(MemoryFileSystem disk, @Nullable VerifierKey key) throws IOException {
        CheckpointVerifier trusted = key == null ? null : new CheckpointVerifier(List.of(Signer.of(key)), 1);
        return Restore.restore(BACKUP, Workload.ROOT, options(disk), trusted, QUIET);
    }

    private void check(MemoryFileSystem disk) throws IOException {
        try (BlockDb db = BlockDb.open(Workload.ROOT, options(disk))) {
            workload.check(db, false);
            assertEquals(List.of(), db.recoveryNotes());
        }
        disk.assertNoOpenFiles();
    }

    @Test
    void aRestoredDatabaseIsTheOneThatWasBackedUp() throws IOException {
        VerifierKey key = backedUp(true);
        RestoreReport report = restore(files, key);
        assertTrue(report.trusted() && report.withKeys());
        assertEquals(List.of(key), report.keys());
        assertEquals(workload.blocks(), report.blocks());
        assertEquals(report.blocks(), report.checkpointSize());
        check(files);
        try (BlockDb db = BlockDb.open(Workload.ROOT, options(files))) {
            db.put("more".getBytes(UTF_8), "1".getBytes(UTF_8));
            assertEquals(report.blocks() + 1, db.checkpoint().treeSize());
        }
        assertFalse(files.exists(Workload.ROOT.resolveSibling(Workload.ROOT.getFileName() + ".restoring")));
        assertEquals(
                List.of("BACKUPS", "LOCK", "index", "keys", "ledger", "tree"),
                files.list(Workload.ROOT).stream()
                        .filter(name -> !name.equals("OWNER"))
                        .toList());
    }

    @Test
    void withoutTheKeyItIsReadAndWrittenAndSignsAfterTheKeyIsReplaced() throws IOException {
        backedUp(false);
        RestoreReport report = restore(files, null);
        assertFalse(report.trusted() || report.withKeys());
        check(files);
        try (BlockDb db = BlockDb.open(Workload.ROOT, options(files))) {
            db.put("more".getBytes(UTF_8), "1".getBytes(UTF_8));
            assertArrayEquals("1".getBytes(UTF_8), db.get("more".getBytes(UTF_8)));
            assertNotNull(db.newestCheckpoint());
            assertThrows(CannotSignException.class, db::checkpoint);
            db.replaceLostKey();
            assertEquals(
                    java.util.Objects.requireNonNull(db.engine().head()).blocks(),
                    db.checkpoint().treeSize());
        }
    }

    @Test
    void anEmptyTargetIsTakenAndNoOther() throws IOException {
        backedUp(false);
        files.createDirectories(Workload.ROOT);
        restore(files, null);
        check(files);
        Map<String, String> before = Map.copyOf(files.snapshot());
        assertThrows(BackupRefusedException.class, () -> restore(files, null));
        assertThrows(
                IllegalArgumentException.class,
                () -> Restore.restore(BACKUP, BACKUP.resolve("in"), options(files), null, QUIET));
        assertEquals(before, Map.copyOf(files.snapshot()));
    }

    @Test
    void whatIsNoBackupIsRefused() throws IOException {
        workload.run();
        assertThrows(
                BackupRefusedException.class,
                () -> Restore.restore(Workload.ROOT, ELSEWHERE, options(files), null, QUIET));
        assertThrows(
                NoDatabaseException.class,
                () -> Restore.restore(Path.of("/nothing"), ELSEWHERE, options(files), null, QUIET));
        assertFalse(files.exists(ELSEWHERE));
    }

    @Test
    void aKeyOfSomebodyElseRefusesIt() throws IOException {
        backedUp(false);
        assertThrows(BackupRefusedException.class, () -> restore(files, EngineFixture.key(9)));
        assertFalse(files.exists(Workload.ROOT));
    }

    @Test
    void anyFlippedBitOfWhatCountsIsRefused() throws IOException {
        backedUp(true);
        int refused = 0;
        for (int i = 0; i < 120; i++) {
            MemoryFileSystem disk = files.processCrashClone();
            List<String> paths = disk.snapshot().keySet().stream()
                    .filter(path -> path.startsWith(BACKUP + "/") && !path.endsWith("/"))
                    .filter(path ->
                            path.contains("/ledger/0") || path.endsWith("BACKUP") || path.endsWith("CHECKPOINT"))
                    .toList();
            Path file = Path.of(paths.get(random.nextInt(paths.size())));
            long offset = random.nextInt((int) disk.size(file));
            disk.corrupt(file, offset, 1 << random.nextInt(8));
            String where = file + " @" + offset;
            assertThrows(BackupRefusedException.class, () -> restore(disk, null), where);
            assertFalse(disk.exists(Workload.ROOT), where);
            disk.assertNoOpenFiles();
            refused++;
        }
        assertEquals(120, refused);
    }

    @Test
    void aBackupWhoseFilesWereExchangedIsRefused() throws IOException {
        backedUp(false);
        Path other = Path.of("/mnt/other");
        try (BlockDb db = BlockDb.open(Path.of("/data/other"), Workload.options(files, seed + 1))) {
            db.backup(other, BackupOptions.DEFAULT, QUIET);
        }
        MemoryFileSystem disk = files.processCrashClone();
        disk.setContent(BACKUP.resolve("CHECKPOINT"), disk.content(other.resolve("CHECKPOINT")));
        assertThrows(BackupRefusedException.class, () -> restore(disk, null));
        MemoryFileSystem second = files.processCrashClone();
        second.setContent(
                BACKUP.resolve("ledger/0000000001.seg"), second.content(other.resolve("ledger/0000000001.seg")));
        assertThrows(BackupRefusedException.class, () -> restore(second, null));
        MemoryFileSystem third = files.processCrashClone();
        third.delete(BACKUP.resolve("CHECKPOINT"));
        assertThrows(BackupRefusedException.class, () -> restore(third, null));
    }

    @Test
    void theIndexOfTheBackupIsNotBelieved() throws IOException {
        backedUp(false);
        for (String name : files.list(BACKUP.resolve("index"))) {
            files.setContent(BACKUP.resolve("index").resolve(name), new byte[100]);
        }
        restore(files, null);
        check(files);
    }

    @Test
    void aCrashAtAnyOperationLeavesNothingOrAllAndTheNextRunCompletes() throws IOException {
        backedUp(true);
        MemoryFileSystem counted = files.processCrashClone();
        long before = counted.mutations();
        restore(counted, null);
        long mutations = counted.mutations() - before;
        for (long n = 1; n <= mutations; n++) {
            MemoryFileSystem disk = files.processCrashClone();
            disk.crashAt(n, random);
            boolean done = false;
            try {
                restore(disk, null);
                done = true;
            } catch (IOException crashed) {
                assertTrue(disk.crashed(), crashed::toString);
            }
            for (UnsyncedPolicy policy : UnsyncedPolicy.values()) {
                MemoryFileSystem found = disk.crashClone(policy, random);
                if (!found.exists(Workload.ROOT) || found.list(Workload.ROOT).isEmpty()) {
                    assertFalse(done, "n=" + n);
                    restore(found, null);
                }
                check(found);
            }
        }
    }
}
