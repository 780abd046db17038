package io.blockdb.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Hash;
import io.blockdb.base.Seed;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.proof.ConsistencyProof;
import io.blockdb.proof.InclusionProof;
import io.blockdb.proof.MerkleTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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

    /** Roots of the trees of the first 0, 1, 2, ... blocks. */
    private List<Hash> roots() {
        MerkleTree naive = new MerkleTree();
        List<Hash> roots = new ArrayList<>(List.of(naive.root()));
        for (LedgerFixture.Block block : fixture.blocks) {
            naive.append(block.header().hash());
            roots.add(naive.root());
        }
        return roots;
    }

    private void check(Ledger ledger, int paths) throws IOException {
        LedgerTree tree = ledger.tree();
        List<Hash> roots = roots();
        assertEquals(fixture.blocks.size(), tree.size());
        assertEquals(roots.get(roots.size() - 1), tree.root());
        for (int i = 0; i < paths; i++) {
            int size = 1 + random.nextInt(fixture.blocks.size());
            assertEquals(roots.get(size), tree.rootAt(size));
            int height = random.nextInt(size);
            Hash leaf = fixture.blocks.get(height).header().hash();
            assertEquals(leaf, tree.leaf(height));
            InclusionProof inclusion = new InclusionProof(height, size, tree.inclusionPath(height, size));
            assertTrue(inclusion.proves(leaf, roots.get(size)), () -> "block " + height + " of " + size);
            int from = random.nextInt(size + 1);
            ConsistencyProof consistency = new ConsistencyProof(from, size, tree.consistencyPath(from, size));
            assertTrue(consistency.proves(roots.get(from), roots.get(size)), () -> from + " to " + size);
        }
    }

    @Test
    void everySizeUpToSixHundred() throws IOException {
        MemoryFileSystem files = LedgerFixture.newFileSystem();
        try (Ledger ledger = fixture.open(files, 1 << 20)) {
            assertEquals(MerkleTree.EMPTY_ROOT, ledger.tree().root());
            for (int size = 1; size <= 600; size++) {
                append(ledger, 1);
                check(ledger, 3);
            }
        }
        try (Ledger ledger = fixture.open(files, 1 << 20)) {
            assertEquals(List.of(), ledger.recoveryNotes());
            check(ledger, 200);
            append(ledger, 30);
            check(ledger, 200);
        }
        try (Ledger ledger = fixture.open(files, LedgerFixture.readOnly(), null)) {
            check(ledger, 200);
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
}
