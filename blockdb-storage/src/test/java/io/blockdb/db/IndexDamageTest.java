package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Seed;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.io.MemoryFileSystem.UnsyncedPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The index is derived: whatever becomes of it, the same answers come from the ledger; only evidence against the ledger counts. */
@Timeout(120)
class IndexDamageTest {
    private static final Path INDEX = Workload.ROOT.resolve("index");
    private static final Path LEDGER = Workload.ROOT.resolve("ledger");
    private static final Path MANIFEST = INDEX.resolve("MANIFEST");

    private final Random random = Seed.random();
    private final long seed = random.nextLong();
    private final MemoryFileSystem disk = new MemoryFileSystem();
    private final Workload workload = new Workload(disk, seed, 0);

    @BeforeEach
    void write() throws IOException {
        workload.run();
    }

    private Options options() {
        return options(disk);
    }

    private Options options(MemoryFileSystem files) {
        return Workload.options(files, seed + 1).withMemtableSizeLimit(8 << 10);
    }

    private List<String> files(String extension) throws IOException {
        return disk.list(INDEX).stream()
                .filter(name -> name.endsWith(extension))
                .toList();
    }

    /** Opens twice: the first time the index is built anew and says so, the second time it is there. */
    private void assertRebuilt(String reason) throws IOException {
        try (BlockDb db = BlockDb.open(Workload.ROOT, options())) {
            assertTrue(
                    db.recoveryNotes().stream().anyMatch(note -> note.contains("built anew") && note.contains(reason)),
                    db.recoveryNotes()::toString);
            workload.check(db, false);
        }
        assertGood();
    }

    private void assertGood() throws IOException {
        try (BlockDb db = BlockDb.open(Workload.ROOT, options())) {
            assertEquals(List.of(), db.recoveryNotes());
            workload.check(db, false);
        }
        disk.assertNoOpenFiles();
    }

    @Test
    void anIndexThatIsGoneIsBuiltAnew() throws IOException {
        for (String name : disk.list(INDEX)) {
            disk.delete(INDEX.resolve(name));
        }
        disk.delete(INDEX);
        try (BlockDb db = BlockDb.open(Workload.ROOT, options())) {
            workload.check(db, false);
        }
        assertGood();
    }

    @Test
    void aManifestThatIsGoneIsMadeAnew() throws IOException {
        disk.delete(MANIFEST);
        try (BlockDb db = BlockDb.open(Workload.ROOT, options())) {
            workload.check(db, false);
        }
        assertGood();
    }

    @Test
    void aDamagedManifestIsMadeAnew() throws IOException {
        disk.corrupt(MANIFEST, random.nextInt(disk.content(MANIFEST).length), 4);
        assertRebuilt("MANIFEST");
    }

    @Test
    void aCrashWhileItIsMadeAnewLeavesNoDamageOfItsOwn() throws IOException {
        disk.corrupt(MANIFEST, random.nextInt(disk.content(MANIFEST).length), 4);
        byte[] damaged = disk.content(MANIFEST);
        MemoryFileSystem counted = disk.processCrashClone();
        long before = counted.mutations();
        BlockDb.open(Workload.ROOT, options(counted)).close();
        for (long n = 1; n <= counted.mutations() - before; n++) {
            MemoryFileSystem crashing = disk.processCrashClone();
            crashing.crashAt(n);
            try {
                BlockDb.open(Workload.ROOT, options(crashing)).close();
            } catch (IOException died) {
                assertTrue(crashing.crashed(), died::toString);
            }
            for (UnsyncedPolicy policy : UnsyncedPolicy.values()) {
                MemoryFileSystem left = crashing.crashClone(policy, random);
                if (!Arrays.equals(damaged, left.content(MANIFEST))) {
                    VerifyReport report = BlockDb.verify(Workload.ROOT, options(left), (done, total, blocks) -> {});
                    assertTrue(report.valid(), "operation " + n + ", " + policy + ": " + report);
                }
            }
        }
    }

    @Test
    void aForeignManifestIsMadeAnew() throws IOException {
        disk.setContent(MANIFEST, "of some other program".getBytes(UTF_8));
        assertRebuilt("is not a manifest");
    }

    @Test
    void anSstableThatIsGoneOrCutIsMadeAnew() throws IOException {
        List<String> names = files(".sst");
        disk.delete(INDEX.resolve(names.get(random.nextInt(names.size()))));
        assertRebuilt("is missing");
        Path cut = INDEX.resolve(files(".sst").get(0));
        disk.truncate(cut, disk.content(cut).length - 1);
        assertRebuilt("another length");
    }

    @Test
    void anSstableDamagedWhereOpeningReadsItIsMadeAnew() throws IOException {
        for (String name : files(".sst")) {
            byte[] bytes = disk.content(INDEX.resolve(name));
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] ^= 1;
            }
            disk.setContent(INDEX.resolve(name), bytes);
        }
        assertRebuilt(".sst");
    }

    @Test
    void aDamagedPageMetByAReadIsNamedAndGoneWithTheIndex() throws IOException {
        Options whole = options().withInlineValueLimit(1024).withMemtableSizeLimit(128 << 10);
        Path root = Path.of("/other");
        try (BlockDb db = BlockDb.open(root, whole)) {
            byte[] value = new byte[900];
            for (int i = 0; i < 160; i++) {
                random.nextBytes(value);
                db.put("key%03d".formatted(i).getBytes(UTF_8), value.clone());
            }
        }
        Path table = root.resolve("index").resolve("000001.sst");
        assertTrue(disk.content(table).length > 40_000);
        // Behind the header and the pages of the system tables, which opening reads.
        disk.corrupt(table, disk.content(table).length / 2, 8);
        try (BlockDb db = BlockDb.open(root, whole)) {
            CorruptionException damaged = assertThrows(CorruptionException.class, () -> readAll(db));
            assertEquals("000001.sst", damaged.file());
        }
        for (String name : disk.list(root.resolve("index"))) {
            disk.delete(root.resolve("index").resolve(name));
        }
        try (BlockDb db = BlockDb.open(root, whole)) {
            readAll(db);
        }
    }

    private static void readAll(BlockDb db) throws IOException {
        for (int i = 0; i < 160; i++) {
            assertEquals(900, db.get("key%03d".formatted(i).getBytes(UTF_8)).length);
        }
    }

    @Test
    void theWholeIndexOfAnotherDatabaseIsNotTakenForThisOnes() throws IOException {
        MemoryFileSystem other = new MemoryFileSystem();
        Workload more = new Workload(other, seed + 7, 0);
        more.run();
        more.open();
        more.write(30);
        more.flush();
        more.close();
        for (String name : disk.list(INDEX)) {
            disk.delete(INDEX.resolve(name));
        }
        for (String name : other.list(INDEX)) {
            disk.setContent(INDEX.resolve(name), other.content(INDEX.resolve(name)));
        }
        VerifyReport report = BlockDb.verify(Workload.ROOT, options(), (done, total, blocks) -> {});
        assertEquals(1, report.failures().size(), report::toString);
        assertEquals("index/MANIFEST", report.failures().get(0).file());
        assertTrue(report.failures().get(0).reason().contains("of another ledger"), report::toString);
        assertRebuilt("it is of ledger");
    }

    @Test
    void anOlderIndexIsBroughtUp() throws IOException {
        MemoryFileSystem before = disk.crashClone(UnsyncedPolicy.DROP_NONE, random);
        workload.open();
        workload.write(20);
        workload.close();
        for (String name : disk.list(INDEX)) {
            disk.delete(INDEX.resolve(name));
        }
        for (String name : before.list(INDEX)) {
            disk.setContent(INDEX.resolve(name), before.content(INDEX.resolve(name)));
        }
        assertGood();
    }

    @Test
    void anIndexThatReachesBeyondTheLedgerIsEvidenceOfLostBlocks() throws IOException {
        MemoryFileSystem before = disk.crashClone(UnsyncedPolicy.DROP_NONE, random);
        workload.open();
        workload.write(20);
        workload.flush();
        workload.close();
        for (String name : disk.list(LEDGER)) {
            disk.delete(LEDGER.resolve(name));
        }
        for (String name : before.list(LEDGER)) {
            disk.setContent(LEDGER.resolve(name), before.content(LEDGER.resolve(name)));
        }
        var files = disk.snapshot();
        CorruptionException lost =
                assertThrows(CorruptionException.class, () -> BlockDb.open(Workload.ROOT, options()));
        assertTrue(lost.file().startsWith("ledger/"), lost::getMessage);
        assertEquals(files, disk.snapshot());
        VerifyReport report = BlockDb.verify(Workload.ROOT, options(), (done, total, blocks) -> {});
        // The manifest knows of more, and so do the newest signed checkpoint and the tree.
        assertEquals(3, report.failures().size(), report::toString);
        assertTrue(report.failures().get(0).reason().contains("index/MANIFEST"), report::toString);
        assertTrue(report.failures().get(1).reason().contains("keys/ANCHOR"), report::toString);
        assertEquals("tree/STATE", report.failures().get(2).file());
        disk.assertNoOpenFiles();
    }

    @Test
    void aManifestWithoutItsFilesIsStillEvidence() throws IOException {
        for (String name : files(".sst")) {
            disk.delete(INDEX.resolve(name));
        }
        disk.delete(LEDGER.resolve("HEAD"));
        List<String> segments = disk.list(LEDGER);
        disk.delete(LEDGER.resolve(segments.get(segments.size() - 1)));
        assertThrows(CorruptionException.class, () -> BlockDb.open(Workload.ROOT, options()));
        disk.assertNoOpenFiles();
    }
}
