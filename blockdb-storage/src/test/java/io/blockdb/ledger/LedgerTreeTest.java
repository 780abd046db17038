package io.blockdb.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Hash;
import io.blockdb.base.LedgerId;
import io.blockdb.base.Seed;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.proof.ConsistencyProof;
import io.blockdb.proof.InclusionProof;
import io.blockdb.proof.MerkleTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The tree beside a ledger: every size, every path, before and after it was closed. */
class LedgerTreeTest {
    private final Random random = Seed.random();
    private final LedgerFixture fixture = new LedgerFixture(random);

    private List<BlockEntry> small() {
        return List.of(fixture.entry("k" + random.nextInt(100), 3, false, true));
    }

    private void append(Ledger ledger, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            fixture.append(ledger, small());
        }
    }

    @Test
    void everySizeUpToSixHundred() throws IOException {
        MemoryFileSystem files = LedgerFixture.newFileSystem();
        try (Ledger ledger = fixture.open(files, 1 << 20)) {
            assertEquals(MerkleTree.EMPTY_ROOT, ledger.tree().root());
            for (int size = 1; size <= 600; size++) {
                append(ledger, 1);
                fixture.checkTree(ledger.tree(), 3);
            }
        }
        try (Ledger ledger = fixture.open(files, 1 << 20)) {
            assertEquals(List.of(), ledger.recoveryNotes());
            fixture.checkTree(ledger.tree(), 200);
            append(ledger, 30);
            fixture.checkTree(ledger.tree(), 200);
        }
        try (Ledger ledger = fixture.open(files, LedgerFixture.readOnly(), null)) {
            fixture.checkTree(ledger.tree(), 200);
        }
        files.assertNoOpenFiles();
    }

    @Test
    void refusesWhatIsNotThere() throws IOException {
        MemoryFileSystem files = LedgerFixture.newFileSystem();
        try (Ledger ledger = fixture.open(files, 1 << 20)) {
            append(ledger, 5);
            LedgerTree tree = ledger.tree();
            assertThrows(IllegalArgumentException.class, () -> tree.rootAt(6));
            assertThrows(IllegalArgumentException.class, () -> tree.rootAt(-1));
            assertThrows(IllegalArgumentException.class, () -> tree.inclusionPath(5, 5));
            assertThrows(IllegalArgumentException.class, () -> tree.inclusionPath(-1, 5));
            assertThrows(IllegalArgumentException.class, () -> tree.inclusionPath(0, 6));
            assertThrows(IllegalArgumentException.class, () -> tree.consistencyPath(4, 3));
            assertThrows(IllegalArgumentException.class, () -> tree.consistencyPath(-1, 3));
            assertThrows(IllegalArgumentException.class, () -> tree.consistencyPath(2, 6));
        }
    }

    // ---- Sizes at the edges of tiles

    private static Hash made(long number) {
        return MerkleTree.leafHash(("leaf " + number).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void sizesAcrossTiles() throws IOException {
        MemoryFileSystem files = LedgerFixture.newFileSystem();
        files.createDirectories(LedgerFixture.TREE);
        List<Long> sizes = List.of(255L, 256L, 257L, 4095L, 4096L, 4097L, 65_535L, 65_536L, 65_537L, 70_001L);
        MerkleTree naive = new MerkleTree();
        Map<Long, Hash> roots = new TreeMap<>();
        try (TreeNodes nodes = new TreeNodes(files, LedgerFixture.TREE)) {
            nodes.startAt(0, 0);
            for (long number = 0; number < 70_001; number++) {
                nodes.append(made(number));
                naive.append(made(number));
                if (sizes.contains(number + 1)) {
                    roots.put(number + 1, naive.root());
                    assertEquals(naive.root(), nodes.root(number + 1));
                }
            }
            checkNodes(nodes, roots);
            nodes.persist(70_001);
        }
        assertEquals(70_001 * 32, files.size(LedgerFixture.TREE.resolve("height-00")));
        assertEquals(70_001 / 16 * 32, files.size(LedgerFixture.TREE.resolve("height-04")));
        assertEquals(70_001 / 256 * 32, files.size(LedgerFixture.TREE.resolve("height-08")));
        assertEquals(32, files.size(LedgerFixture.TREE.resolve("height-16")));
        assertFalse(files.exists(LedgerFixture.TREE.resolve("height-20")));
        try (TreeNodes nodes = new TreeNodes(files, LedgerFixture.TREE)) {
            nodes.startAt(70_001, 70_001);
            checkNodes(nodes, roots);
        }
        files.assertNoOpenFiles();
    }

    private void checkNodes(TreeNodes nodes, Map<Long, Hash> roots) throws IOException {
        for (long size : roots.keySet()) {
            assertEquals(roots.get(size), nodes.root(size));
            for (int i = 0; i < 30; i++) {
                long height = i == 0 ? size - 1 : random.nextInt((int) size);
                InclusionProof proof = new InclusionProof(height, size, nodes.inclusionPath(height, size));
                assertTrue(proof.proves(made(height), roots.get(size)), () -> height + " of " + size);
            }
            for (long from : roots.keySet()) {
                if (from <= size) {
                    ConsistencyProof proof = new ConsistencyProof(from, size, nodes.consistencyPath(from, size));
                    assertTrue(proof.proves(roots.get(from), roots.get(size)), () -> from + " to " + size);
                }
            }
        }
    }

    // ---- Files that are not what they were

    /** A ledger of 700 blocks, closed, whose tree was recorded. */
    private MemoryFileSystem sevenHundred() throws IOException {
        MemoryFileSystem files = LedgerFixture.newFileSystem();
        try (Ledger ledger = fixture.open(files, 40_000)) {
            append(ledger, 700);
        }
        return files;
    }

    private static List<Path> treeFiles(MemoryFileSystem files) throws IOException {
        return files.list(LedgerFixture.TREE).stream()
                .map(LedgerFixture.TREE::resolve)
                .toList();
    }

    @Test
    void aFlippedByteNeverMakesAWrongProof() throws IOException {
        MemoryFileSystem whole = sevenHundred();
        assertEquals(
                List.of("STATE", "height-00", "height-04", "height-08"),
                treeFiles(whole).stream().map(p -> p.getFileName().toString()).toList());
        for (Path path : treeFiles(whole)) {
            int length = (int) whole.size(path);
            for (int round = 0; round < 25; round++) {
                MemoryFileSystem files = whole.processCrashClone();
                int offset = random.nextInt(length);
                files.corrupt(path, offset, 1 << random.nextInt(8));
                checkDamaged(files, path, offset);
            }
        }
    }

    private void checkDamaged(MemoryFileSystem files, Path path, int offset) throws IOException {
        String what = path + " @" + offset;
        List<CorruptionException> audited = audit(files);
        assertEquals(1, audited.size(), () -> what + ": " + audited);
        assertEquals("tree/" + path.getFileName(), audited.get(0).file());
        boolean found = false;
        try (Ledger ledger = fixture.open(files, 40_000)) {
            if (!ledger.recoveryNotes().isEmpty()) {
                assertTrue(ledger.recoveryNotes().get(0).contains("built"), ledger.recoveryNotes()::toString);
                fixture.checkTree(ledger.tree(), 50);
                return;
            }
            for (int height = 0; height < 700; height++) {
                try {
                    Hash leaf = fixture.blocks.get(height).header().hash();
                    assertEquals(leaf, ledger.tree().leaf(height));
                    InclusionProof proof =
                            new InclusionProof(height, 700, ledger.tree().inclusionPath(height, 700));
                    assertTrue(proof.proves(leaf, ledger.tree().root()), what);
                } catch (CorruptionException e) {
                    found = true;
                    assertEquals("tree/" + path.getFileName(), e.file(), e.getMessage());
                    assertTrue(e.offset() <= offset && offset < e.offset() + e.length(), what + ": " + e.getMessage());
                    assertSame(e, ledger.tree().damage());
                }
            }
        }
        assertTrue(found, what);
        try (Ledger ledger = fixture.open(files, 40_000)) {
            fixture.checkTree(ledger.tree(), 50);
        }
        assertEquals(List.of(), audit(files));
    }

    private List<CorruptionException> audit(MemoryFileSystem files) throws IOException {
        LedgerId id = fixture.blocks.get(0).header().ledgerId();
        try (TreeAudit audit = TreeAudit.open(files, LedgerFixture.TREE, id)) {
            for (LedgerFixture.Block block : fixture.blocks) {
                audit.add(block.header().hash());
            }
            return audit.finish();
        }
    }

    @Test
    void whatIsMissingCutOrSwappedIsBuiltAnew() throws IOException {
        MemoryFileSystem whole = sevenHundred();
        for (Path path : treeFiles(whole)) {
            byte[] content = whole.content(path);
            MemoryFileSystem files = whole.processCrashClone();
            files.delete(path);
            expectBuiltAnew(files, 1);
            files = whole.processCrashClone();
            files.setContent(path, new byte[0]);
            expectBuiltAnew(files, 1);
            files = whole.processCrashClone();
            files.setContent(path, Arrays.copyOf(content, content.length - 1));
            expectBuiltAnew(files, 1);
        }
        MemoryFileSystem files = whole.processCrashClone();
        Path other = LedgerFixture.TREE.resolve("height-04");
        files.setContent(LedgerFixture.TREE.resolve("height-00"), Arrays.copyOf(whole.content(other), 700 * 32));
        expectBuiltAnew(files, 1);
    }

    @Test
    void theTreeOfAnotherLedgerIsBuiltAnew() throws IOException {
        MemoryFileSystem other = sevenHundred();
        LedgerFixture second = new LedgerFixture(random);
        MemoryFileSystem files = LedgerFixture.newFileSystem();
        try (Ledger ledger = second.open(files, 1 << 20)) {
            second.append(ledger, 800);
        }
        for (Path path : treeFiles(other)) {
            files.setContent(path, other.content(path));
        }
        try (Ledger ledger = second.open(files, 1 << 20)) {
            assertEquals(1, ledger.recoveryNotes().size());
            second.checkTree(ledger.tree(), 50);
        }
    }

    @Test
    void anOlderCopyOfTheTreeIsTakenUp() throws IOException {
        MemoryFileSystem files = sevenHundred();
        MemoryFileSystem old = files.processCrashClone();
        try (Ledger ledger = fixture.open(files, 40_000)) {
            append(ledger, 700);
        }
        for (Path path : treeFiles(old)) {
            files.setContent(path, old.content(path));
        }
        expectBuiltAnew(files, 0);
    }

    @Test
    void aTreeThatWasRecordedBehindTheHeadIsBuiltAnew() throws IOException {
        MemoryFileSystem files = sevenHundred();
        MemoryFileSystem old = files.processCrashClone();
        try (Ledger ledger = fixture.open(files, 40_000)) {
            append(ledger, 700);
        }
        for (Path path : treeFiles(files)) {
            old.setContent(path, files.content(path));
        }
        fixture.blocks.subList(700, 1400).clear();
        assertEquals(1, audit(old).size());
        expectBuiltAnew(old, 1);
    }

    /** Opens twice: read-only, which changes nothing, and for writing. */
    private void expectBuiltAnew(MemoryFileSystem files, int notes) throws IOException {
        files.setReadOnly(true);
        try (Ledger ledger = fixture.open(files, LedgerFixture.readOnly(), null)) {
            fixture.checkTree(ledger.tree(), 50);
        }
        files.setReadOnly(false);
        try (Ledger ledger = fixture.open(files, 40_000)) {
            assertEquals(notes, ledger.recoveryNotes().size(), ledger.recoveryNotes()::toString);
            fixture.checkTree(ledger.tree(), 50);
        }
        assertEquals(List.of(), audit(files));
        assertTrue(files.exists(LedgerFixture.TREE.resolve(TreeFormat.STATE)));
        try (Ledger ledger = fixture.open(files, 40_000)) {
            assertEquals(List.of(), ledger.recoveryNotes());
            fixture.checkTree(ledger.tree(), 50);
        }
        files.assertNoOpenFiles();
    }

    @Test
    void theAuditTellsEveryPlace() throws IOException {
        MemoryFileSystem files = sevenHundred();
        Path leaves = LedgerFixture.TREE.resolve("height-00");
        files.corrupt(leaves, 10 * 32 + 5, 1);
        files.corrupt(leaves, 11 * 32 + 5, 1);
        files.corrupt(leaves, 600 * 32, 1);
        files.corrupt(LedgerFixture.TREE.resolve("height-04"), 64, 1);
        List<CorruptionException> found = audit(files);
        assertEquals(
                List.of("tree/height-00 320+64", "tree/height-04 64+32", "tree/height-00 19200+32"),
                found.stream()
                        .map(e -> e.file() + " " + e.offset() + "+" + e.length())
                        .toList());
    }

    // ---- Failures

    @Test
    void aTreeThatCannotBeWrittenCostsNoBlock() throws IOException {
        MemoryFileSystem files = LedgerFixture.newFileSystem();
        try (Ledger ledger = fixture.open(files, 1 << 20)) {
            append(ledger, 2000);
            files.failWhen((operation, path, number) ->
                    operation == MemoryFileSystem.Operation.CREATE && path.startsWith(LedgerFixture.TREE));
            append(ledger, 100);
            files.clearFaults();
            IOException refused =
                    assertThrows(IOException.class, () -> ledger.tree().root());
            assertTrue(refused.getMessage().contains("injected"), refused.getMessage());
            assertThrows(IOException.class, () -> ledger.tree().inclusionPath(3, 100));
            append(ledger, 100);
            assertEquals(2200, ledger.head().blocks());
        }
        expectBuiltAnew(files, 1);
    }

    @Test
    void readersBesideTheOneWhoAppends() throws Exception {
        MemoryFileSystem files = LedgerFixture.newFileSystem();
        try (Ledger ledger = fixture.open(files, 8 << 20)) {
            append(ledger, 10);
            AtomicBoolean done = new AtomicBoolean();
            List<Thread> readers = new ArrayList<>();
            Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
            for (int i = 0; i < 2; i++) {
                long seed = random.nextLong();
                Thread reader = new Thread(() -> {
                    Random chance = new Random(seed);
                    try {
                        while (!done.get()) {
                            int size = 1 + chance.nextInt((int) ledger.tree().size());
                            Hash root = ledger.tree().rootAt(size);
                            int height = chance.nextInt(size);
                            List<Hash> path = ledger.tree().inclusionPath(height, size);
                            Hash leaf = ledger.tree().leaf(height);
                            assertTrue(new InclusionProof(height, size, path).proves(leaf, root));
                            ledger.tree().consistencyPath(height, size);
                        }
                    } catch (Throwable e) {
                        failures.add(e);
                    }
                });
                readers.add(reader);
                reader.start();
            }
            for (int i = 0; i < 10; i++) {
                append(ledger, 600);
                ledger.sync();
                ledger.recordTree(ledger.head());
            }
            done.set(true);
            for (Thread reader : readers) {
                reader.join();
            }
            assertEquals(List.of(), List.copyOf(failures));
            fixture.checkTree(ledger.tree(), 100);
        }
        expectBuiltAnew(files, 0);
    }
}
