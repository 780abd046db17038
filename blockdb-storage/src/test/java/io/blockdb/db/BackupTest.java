package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Seed;
import io.blockdb.base.TableName;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.io.MemoryFileSystem.UnsyncedPolicy;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.LedgerCursor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Backups of an open database: what they hold, what they share, what they refuse, and what a crash leaves of them. */
class BackupTest {
    private static final Path BACKUP = Path.of("/mnt/backup");
    private static final CopyProgress QUIET = (done, total) -> {};

    private final Random random = Seed.random();
    private final long seed = random.nextLong();
    private final MemoryFileSystem files = new MemoryFileSystem();
    private final Workload workload = new Workload(files, seed, 0);

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private BackupReport backup() throws IOException {
        return workload.db().backup(BACKUP, BackupOptions.DEFAULT, QUIET);
    }

    private static Options readOnly(MemoryFileSystem disk, long seed) {
        return Workload.options(disk, seed).withReadOnly(true).withCreateIfMissing(false);
    }

    private Map<String, String> backupFiles() {
        return new TreeMap<>(files.snapshot().tailMap(BACKUP + "/").headMap(BACKUP + "0"));
    }

    /** Opens the backup as it lies there and holds it against what was written. */
    private void check(MemoryFileSystem disk) throws IOException {
        try (BlockDb db = BlockDb.open(BACKUP, readOnly(disk, seed))) {
            workload.check(db, false);
            assertEquals(List.of(), db.recoveryNotes());
        }
        disk.assertNoOpenFiles();
    }

    @Test
    void aBackupIsADatabaseThatCanBeRead() throws IOException {
        workload.open();
        workload.createTables();
        workload.write(25);
        BackupReport report = backup();
        assertEquals(workload.blocks(), report.blocks());
        assertTrue(report.recorded());
        assertFalse(report.withKeys());
        assertTrue(report.filesLinked() > 0 && report.filesCopied() > 0, report::toString);
        assertEquals(List.of("ANCHOR"), files.list(BACKUP.resolve("keys")));
        assertEquals(
                List.of(new KnownBackups.Known(
                        BACKUP, KnownBackups.read(files, Workload.ROOT).get(0).timeMicros(), report.blocks() - 1)),
                KnownBackups.read(files, Workload.ROOT));
        workload.close();
        check(files);
    }

    @Test
    void whatIsWrittenLaterNeverReachesIt() throws IOException {
        workload.open();
        workload.createTables();
        workload.write(12);
        backup();
        Map<String, String> before = backupFiles();
        workload.write(20);
        Set<Long> salted = new TreeSet<>();
        try (LedgerCursor cursor = workload.db().engine().blocksFrom(0)) {
            for (LedgerBlock block; (block = cursor.next()) != null; ) {
                for (int i = 0; i < block.entryCount(); i++) {
                    if (block.leaf(i).saltLength() > 0) {
                        salted.add(block.place().segment());
                    }
                }
            }
        }
        workload.close();
        assertFalse(salted.isEmpty());
        for (long segment : salted) {
            // As an erasure does: it overwrites salted values in place.
            Path file = Workload.ROOT.resolve("ledger").resolve("%010d.seg".formatted(segment));
            files.corrupt(file, files.size(file) / 2, 0xff);
        }
        assertEquals(before, backupFiles());
    }

    @Test
    void theNextRunAddsWhatIsNew() throws IOException {
        workload.open();
        workload.createTables();
        workload.write(12);
        BackupReport first = backup();
        Map<String, String> before = backupFiles();
        BackupReport again = backup();
        assertEquals(first.blocks(), again.blocks());
        assertEquals(0, again.bytesCopied(), again::toString);
        workload.write(15);
        BackupReport second = backup();
        assertTrue(second.blocks() > first.blocks() && second.filesKept() > 0, second::toString);
        workload.close();
        check(files);
        Map<String, String> after = backupFiles();
        int segments = 0;
        for (Map.Entry<String, String> file : before.entrySet()) {
            if (file.getKey().endsWith(".seg") && file.getValue().equals(after.get(file.getKey()))) {
                segments++;
            }
        }
        assertTrue(segments > 0, "no segment was left as it was");
        assertEquals(1, KnownBackups.read(files, Workload.ROOT).size());
    }

    @Test
    void withoutLinksEverythingIsCopied() throws IOException {
        files.setLinkable(false);
        workload.open();
        workload.createTables();
        workload.write(12);
        assertEquals(0, backup().filesLinked());
        assertEquals(0, backup().bytesCopied());
        workload.write(3);
        BackupReport report = workload.db().backup(BACKUP, new BackupOptions(true, false), QUIET);
        assertTrue(report.withKeys());
        assertEquals(
                files.list(Workload.ROOT.resolve("keys")).stream()
                        .filter(name -> name.endsWith(".pem"))
                        .toList(),
                files.list(BACKUP.resolve("keys")).stream()
                        .filter(name -> name.endsWith(".pem"))
                        .toList());
        workload.close();
        check(files);
    }

    @Test
    void writersGoOnMeanwhile() throws Exception {
        workload.open();
        BlockDb db = workload.db();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger written = new AtomicInteger();
        List<Thread> writers = new ArrayList<>();
        List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
        for (int w = 0; w < 3; w++) {
            int writer = w;
            writers.add(new Thread(() -> {
                try {
                    for (int i = 0; !stop.get() && i < 3000; i++) {
                        db.put(bytes(writer + "-" + i), bytes("value " + writer + "-" + i));
                        written.incrementAndGet();
                    }
                } catch (IOException | RuntimeException | Error e) {
                    failures.add(e);
                }
            }));
        }
        writers.forEach(Thread::start);
        List<BackupReport> reports = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            reports.add(backup());
        }
        stop.set(true);
        for (Thread each : writers) {
            each.join();
        }
        assertEquals(List.of(), failures);
        BackupReport last = reports.get(3);
        try (BlockDb copy = BlockDb.open(BACKUP, readOnly(files, seed))) {
            assertTrue(copy.verify((done, total, blocks) -> {}).valid());
            Snapshot then = db.snapshotAt(last.blocks() - 1);
            try (Cursor here = copy.cursor(TableName.DEFAULT, KeyRange.all());
                    Cursor there = then.cursor(TableName.DEFAULT, KeyRange.all())) {
                while (there.next()) {
                    assertTrue(here.next());
                    assertArrayEquals(there.revision().key(), here.revision().key());
                    assertArrayEquals(there.revision().value(), here.revision().value());
                }
                assertFalse(here.next());
            }
        }
        workload.close();
    }

    @Test
    void whatIsNotABackupOfItIsRefusedAndNotTouched() throws IOException {
        workload.open();
        workload.createTables();
        workload.write(3);
        files.createDirectories(BACKUP);
        files.setContent(BACKUP.resolve("letter.txt"), bytes("dear"));
        assertRefused();
        files.delete(BACKUP.resolve("letter.txt"));
        files.createDirectories(BACKUP.resolve("ledger"));
        files.setContent(BACKUP.resolve("ledger/0000000001.seg"), bytes("of somebody"));
        assertRefused();
        assertThrows(
                IllegalArgumentException.class,
                () -> workload.db().backup(Workload.ROOT.resolve("inside"), BackupOptions.DEFAULT, QUIET));
        assertThrows(
                IllegalArgumentException.class,
                () -> workload.db().backup(Workload.ROOT.getParent(), BackupOptions.DEFAULT, QUIET));
        workload.close();
    }

    private void assertRefused() throws IOException {
        Map<String, String> before = backupFiles();
        assertThrows(BackupRefusedException.class, this::backup);
        assertEquals(before, backupFiles());
    }

    @Test
    void aBackupOfAnotherLedgerIsRefused() throws IOException {
        Path other = Path.of("/data/other");
        try (BlockDb db = BlockDb.open(other, Workload.options(files, seed + 1))) {
            db.backup(BACKUP, BackupOptions.DEFAULT, QUIET);
        }
        workload.open();
        workload.createTables();
        workload.write(3);
        assertRefused();
        workload.close();
    }

    @Test
    void aCopyThatWasWrittenToIsRefused() throws IOException {
        workload.open();
        workload.createTables();
        workload.write(3);
        backup();
        workload.close();
        try (BlockDb copy = BlockDb.open(BACKUP, Workload.options(files, seed + 2))) {
            copy.put(bytes("only here"), bytes("x"));
        }
        workload.open();
        workload.createTables();
        workload.write(3);
        assertRefused();
        workload.close();
    }

    @Test
    void aDatabaseThatLostBlocksIsNotBackedUpOverThem() throws IOException {
        workload.open();
        workload.createTables();
        workload.write(3);
        MemoryFileSystem earlier = files.crashClone(UnsyncedPolicy.DROP_NONE, random);
        workload.write(3);
        backup();
        workload.close();
        for (String path : files.snapshot().keySet()) {
            if (path.startsWith(Workload.ROOT + "/ledger/0")
                    || path.startsWith(Workload.ROOT + "/index/")
                    || path.startsWith(Workload.ROOT + "/tree/")
                    || path.startsWith(Workload.ROOT + "/keys/")) {
                Path file = Path.of(path);
                if (earlier.exists(file) && !path.endsWith("/")) {
                    files.setContent(file, earlier.content(file));
                } else if (!path.endsWith("/")) {
                    files.delete(file);
                }
            }
        }
        files.delete(Workload.ROOT.resolve("ledger/HEAD"));
        workload.open();
        assertRefused();
        workload.close();
    }

    @Test
    void readOnlyItWorksAndIsNotRemembered() throws IOException {
        workload.run();
        Map<String, String> before = files.snapshot().subMap(Workload.ROOT + "/", Workload.ROOT + "0");
        try (BlockDb db = BlockDb.open(Workload.ROOT, readOnly(files, seed))) {
            assertFalse(db.backup(BACKUP, BackupOptions.DEFAULT, QUIET).recorded());
        }
        assertEquals(before, files.snapshot().subMap(Workload.ROOT + "/", Workload.ROOT + "0"));
        check(files);
    }

    @Test
    void aDamagedDatabaseIsNotBackedUp() throws IOException {
        workload.run();
        Path segment = Workload.ROOT.resolve("ledger/0000000001.seg");
        files.corrupt(segment, files.size(segment) / 2, 4);
        try (BlockDb db = BlockDb.open(Workload.ROOT, readOnly(files, seed))) {
            assertThrows(CorruptionException.class, () -> db.backup(BACKUP, BackupOptions.DEFAULT, QUIET));
        }
        assertFalse(files.exists(BACKUP.resolve(BackupFormat.FILE_NAME)));
    }

    @Test
    void aCrashAtAnyOperationLeavesABackupOrOneThatTheNextRunCompletes() throws IOException {
        workload.open();
        workload.createTables();
        workload.write(10);
        backup();
        workload.write(6);
        workload.close();
        MemoryFileSystem counted = files.processCrashClone();
        long mutations = backupOf(counted);
        for (long n = 1; n <= mutations; n++) {
            MemoryFileSystem disk = files.processCrashClone();
            try (BlockDb db = BlockDb.open(Workload.ROOT, readOnly(disk, seed))) {
                disk.crashAt(n, random);
                long place = n;
                assertThrows(IOException.class, () -> db.backup(BACKUP, BackupOptions.DEFAULT, QUIET), "n=" + place);
            }
            for (UnsyncedPolicy policy : UnsyncedPolicy.values()) {
                MemoryFileSystem found = disk.crashClone(policy, random);
                BackupFormat.Content content = BackupFormat.read(found, BACKUP, BackupFormat.FILE_NAME);
                try (BlockDb copy = BlockDb.open(BACKUP, readOnly(found, seed))) {
                    assertTrue(
                            copy.engine().published().blocks() >= content.head().blocks(), "n=" + n + " " + policy);
                }
                backupOf(found);
                check(found);
            }
        }
    }

    /** Backs a closed database up and answers how many operations that took. */
    private long backupOf(MemoryFileSystem disk) throws IOException {
        try (BlockDb db = BlockDb.open(Workload.ROOT, readOnly(disk, seed))) {
            long before = disk.mutations();
            db.backup(BACKUP, BackupOptions.DEFAULT, QUIET);
            return disk.mutations() - before;
        }
    }

    @Test
    void aFirstRunThatCrashedIsTakenUp() throws IOException {
        workload.run();
        MemoryFileSystem counted = files.processCrashClone();
        long mutations = backupOf(counted);
        for (long n = 1; n <= mutations; n++) {
            MemoryFileSystem disk = files.processCrashClone();
            try (BlockDb db = BlockDb.open(Workload.ROOT, readOnly(disk, seed))) {
                disk.crashAt(n, random);
                assertThrows(IOException.class, () -> db.backup(BACKUP, BackupOptions.DEFAULT, QUIET));
            }
            MemoryFileSystem found = disk.crashClone(UnsyncedPolicy.DROP_RANDOM, random);
            backupOf(found);
            check(found);
        }
    }
}
