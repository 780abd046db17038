package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.TableName;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.io.MemoryFileSystem.UnsyncedPolicy;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.LedgerCursor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Somebody cuts blocks off the end of a ledger, or tampers with the files that remember what was signed: each of them tells by
 * itself of a ledger that was cut, and one that was altered is named itself, not the ledger.
 */
class AnchorTamperTest {
    private static final Path ROOT = Workload.ROOT;
    private static final Path SEGMENT = ROOT.resolve("ledger/0000000001.seg");
    private static final Path HEAD = ROOT.resolve("ledger/HEAD");
    private static final Path ANCHOR = ROOT.resolve("keys/ANCHOR");
    private static final Path OUTSIDE = Path.of("/other/anchor");
    private static final int BLOCKS = 10;

    private static final VerifyScope QUICK = new VerifyScope(0, true);

    private final MemoryFileSystem disk = new MemoryFileSystem();
    /** Where each block begins, and where the last one ends. */
    private final List<Long> offsets = new ArrayList<>();

    private byte[] olderAnchor = {};

    private static Options options(MemoryFileSystem files) {
        return Workload.options(files, 1).withSegmentSize(1 << 20).withCheckpointIntervalMillis(0);
    }

    private static Options both(MemoryFileSystem files) {
        return options(files).withAnchorPath(OUTSIDE);
    }

    private static void put(BlockDb db, int from, int to) throws IOException {
        for (int i = from; i < to; i++) {
            db.put(TableName.DEFAULT, ("key" + i).getBytes(UTF_8), ("value " + i).getBytes(UTF_8));
        }
    }

    @BeforeEach
    void write() throws IOException {
        disk.createDirectories(OUTSIDE.getParent());
        try (BlockDb db = BlockDb.open(ROOT, both(disk))) {
            put(db, 1, 5);
            db.checkpoint();
            olderAnchor = disk.content(ANCHOR);
            put(db, 5, BLOCKS);
            db.engine()
                    .index()
                    .freeze(java.util.Objects.requireNonNull(db.engine().head()));
            new Quiet(db).await();
        }
        try (BlockDb db = BlockDb.open(ROOT, options(disk).withReadOnly(true));
                LedgerCursor cursor = db.engine().blocksFrom(0)) {
            for (LedgerBlock block; (block = cursor.next()) != null; ) {
                offsets.add(block.place().offset());
                if (offsets.size() == BLOCKS) {
                    offsets.add(block.place().offset() + block.frameLength());
                }
            }
        }
    }

    private MemoryFileSystem copy() {
        return disk.crashClone(UnsyncedPolicy.DROP_NONE, new Random(1));
    }

    /** The ledger ends behind so many blocks, and of all files that know more these are left alone. */
    private MemoryFileSystem cut(int blocks, Path... left) throws IOException {
        MemoryFileSystem cut = copy();
        cut.truncate(SEGMENT, offsets.get(blocks));
        List<Path> kept = List.of(left);
        for (String path : disk.snapshot().keySet()) {
            Path file = Path.of(path);
            boolean knows = List.of(HEAD, ANCHOR, OUTSIDE).contains(file)
                    || file.startsWith(ROOT.resolve("index"))
                    || file.startsWith(ROOT.resolve("tree"));
            boolean keep = kept.stream().anyMatch(file::startsWith);
            if (knows && !keep && !disk.isDirectory(file)) {
                cut.delete(file);
            }
        }
        return cut;
    }

    private static VerifyReport verify(Options options, VerifyScope scope) throws IOException {
        return BlockDb.verify(ROOT, options, scope, (done, total, blocks) -> {});
    }

    /** Damage is found, and the first place is in this file. */
    private static VerifyReport.Failure first(String file, VerifyReport report) {
        assertFalse(report.valid(), report::toString);
        assertEquals(file, report.failures().get(0).file(), report::toString);
        return report.failures().get(0);
    }

    @Test
    void anyEvidenceTellsOfALedgerThatWasCut() throws IOException {
        for (int blocks = 1; blocks < BLOCKS; blocks++) {
            assertTrue(verify(options(cut(blocks)), VerifyScope.ALL).valid(), "nothing is left that tells");
            for (VerifyScope scope : List.of(VerifyScope.ALL, QUICK)) {
                for (Path left : List.of(HEAD, ANCHOR, ROOT.resolve("index"))) {
                    VerifyReport report = verify(options(cut(blocks, left)), scope);
                    assertFalse(report.valid(), left::toString);
                    assertTrue(report.failures().get(0).file().startsWith("ledger/"), report::toString);
                    assertEquals(blocks, report.failures().get(0).height(), report::toString);
                }
                VerifyReport report = verify(both(cut(blocks, OUTSIDE)), scope);
                VerifyReport.Failure failure = first("ledger/0000000001.seg", report);
                assertEquals(blocks, failure.height(), report::toString);
                assertEquals(offsets.get(blocks), failure.offset(), report::toString);
                assertTrue(failure.reason().contains(OUTSIDE + " remembers 10 blocks"), report::toString);
            }
        }
    }

    @Test
    void anOlderAnchorIsTrueAndTheOtherTellsOfALedgerThatWasCut() throws IOException {
        MemoryFileSystem older = copy();
        older.setContent(ANCHOR, olderAnchor);
        assertTrue(verify(both(older), VerifyScope.ALL).valid());
        MemoryFileSystem cut = cut(7, ANCHOR, OUTSIDE);
        cut.setContent(ANCHOR, olderAnchor);
        assertTrue(verify(options(cut), VerifyScope.ALL).valid(), "the older one covers 5 blocks");
        VerifyReport.Failure failure = first("ledger/0000000001.seg", verify(both(cut), VerifyScope.ALL));
        assertEquals(7, failure.height());
    }

    @Test
    void anAnchorThatIsMissingIsSaid() throws IOException {
        MemoryFileSystem inside = copy();
        inside.delete(OUTSIDE);
        assertEquals(List.of(), verify(both(inside), VerifyScope.ALL).failures());
        inside.delete(ANCHOR);
        VerifyReport report = verify(both(inside), VerifyScope.ALL);
        assertTrue(report.valid(), report::toString);
        assertTrue(report.notes().toString().contains("nothing says what was signed last"), report::toString);
    }

    @Test
    void anAnchorOfAnotherLedgerIsNamedNotTheLedger() throws IOException {
        MemoryFileSystem other = new MemoryFileSystem();
        try (BlockDb db = BlockDb.open(ROOT, Workload.options(other, 99).withSegmentSize(1 << 20))) {
            put(db, 1, 4);
        }
        for (VerifyScope scope : List.of(VerifyScope.ALL, QUICK)) {
            MemoryFileSystem changed = copy();
            changed.setContent(ANCHOR, other.content(ANCHOR));
            VerifyReport report = verify(both(changed), scope);
            assertEquals(1, report.failures().size(), report::toString);
            assertTrue(first("keys/ANCHOR", report).reason().contains("of another ledger"), report::toString);
            changed = copy();
            changed.setContent(OUTSIDE, other.content(ANCHOR));
            first(OUTSIDE.toString(), verify(both(changed), scope));
        }
    }

    @Test
    void aBitOfAnAnchorIsNamedThereNotInTheLedger() throws IOException {
        String note = new String(disk.content(ANCHOR), UTF_8);
        int signatures = note.indexOf("\n\n");
        int length = disk.content(ANCHOR).length;
        for (int i = 0; i < 8 * length; i += 5) {
            for (Path anchor : List.of(ANCHOR, OUTSIDE)) {
                MemoryFileSystem changed = copy();
                changed.corrupt(anchor, i / 8, 1 << (i % 8));
                String name = anchor.equals(ANCHOR) ? "keys/ANCHOR" : OUTSIDE.toString();
                VerifyReport report = verify(both(changed), VerifyScope.ALL);
                first(name, report);
                assertEquals(1, report.failures().size(), report::toString);
                // Quickly, the ledger's keys are not read: whose a signature is may stay open, but not what is signed.
                report = verify(both(changed), QUICK);
                if (i / 8 < signatures || !report.valid()) {
                    first(name, report);
                }
            }
        }
    }

    @Test
    void anAnchorIsNamedBesideDamageOfTheLedgerToo() throws IOException {
        String note = new String(disk.content(ANCHOR), UTF_8);
        MemoryFileSystem changed = copy();
        changed.setContent(ANCHOR, note.replace("\n" + BLOCKS + "\n", "\n4\n").getBytes(UTF_8));
        changed.corrupt(SEGMENT, offsets.get(6) + 150, 1);
        VerifyReport report = verify(options(changed), VerifyScope.ALL);
        assertEquals(2, report.failures().size(), report::toString);
        assertEquals(6, first("ledger/0000000001.seg", report).height());
        assertEquals("keys/ANCHOR", report.failures().get(1).file());
    }
}
