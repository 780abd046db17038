package io.blockdb.db;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Hash;
import io.blockdb.base.LedgerId;
import io.blockdb.base.Seed;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.LedgerTree;
import io.blockdb.ledger.StoredValue;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.EntryLeaf;
import io.blockdb.proof.InclusionProof;
import io.blockdb.proof.Origin;
import io.blockdb.proof.ProvedEntry;
import io.blockdb.proof.Receipt;
import io.blockdb.proof.ReceiptVerifier;
import io.blockdb.proof.Signer;
import io.blockdb.proof.SigningKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Receipts of every kind of entry, checked as a stranger checks them. */
class ReceiptsTest {
    private static final SigningKey KEY = key();

    private final Random random = Seed.random();

    private static SigningKey key() {
        byte[] seed = new byte[SigningKey.SEED_LENGTH];
        Arrays.fill(seed, (byte) 1);
        return SigningKey.of(seed);
    }

    private static Checkpoint checkpoint(Engine engine, long size) throws IOException {
        return signed(EngineFixture.ID, size, engine.ledger().tree().rootAt(size));
    }

    private static Checkpoint signed(LedgerId id, long size, Hash root) {
        return Checkpoint.sign(new Origin(Origin.DEFAULT_NAME, id), size, root, List.of(KEY));
    }

    /** Blocks of all kinds of entries, up to 60 in one. */
    private void fill(EngineFixture fixture) throws IOException {
        fixture.commits(new Ask()
                .create("versioned", TablePolicy.VERSIONED, false)
                .create("erasable", TablePolicy.WRITE_ONCE, true));
        for (int block = 0; block < 40; block++) {
            Ask ask = new Ask().author(random.nextBoolean() ? "somebody" : "");
            int entries = block == 7 ? 60 : 1 + random.nextInt(5);
            for (int i = 0; i < entries; i++) {
                String key = "key " + block + "." + i;
                String value = "v".repeat(random.nextInt(200));
                switch (random.nextInt(4)) {
                    case 0 -> ask.put("default", key, value);
                    case 1 -> ask.put("versioned", key, value, EngineFixture.BEGIN + EngineFixture.DAY);
                    case 2 -> ask.putSalted("erasable", key, value, random.nextInt(100));
                    default -> ask.put("other", key, value);
                }
            }
            fixture.commits(ask.put("versioned", "deleted " + block, "there"));
            fixture.commits(new Ask().delete("versioned", "deleted " + block));
        }
    }

    private static ProvedEntry verify(Receipt receipt) throws Exception {
        Signer signer = Signer.of(KEY.verifierKey(new Origin(Origin.DEFAULT_NAME, EngineFixture.ID)));
        return ReceiptVerifier.verify(Receipt.parse(receipt.toJsonBytes()), List.of(signer), 1);
    }

    @Test
    void everyEntryHasOne() throws Exception {
        try (EngineFixture fixture = EngineFixture.founded()) {
            fill(fixture);
            Receipts receipts = new Receipts(fixture.engine);
            long blocks = fixture.engine.head().blocks();
            Checkpoint newest = checkpoint(fixture.engine, blocks);
            for (LedgerBlock block : fixture.blocksFrom(0)) {
                long height = block.header().height();
                Checkpoint older = checkpoint(fixture.engine, height + 1 + random.nextInt((int) (blocks - height)));
                for (int i = 0; i < block.entryCount(); i++) {
                    long sequence = block.header().firstSequence() + i;
                    check(receipts.of(sequence, newest), block, i);
                    check(receipts.of(sequence, older), block, i);
                }
            }
        }
    }

    private static void check(Receipt receipt, LedgerBlock block, int index) throws Exception {
        ProvedEntry proved = verify(receipt);
        EntryLeaf leaf = block.leaf(index);
        assertEquals(leaf.table(), proved.table());
        assertArrayEquals(leaf.key(), proved.key());
        assertEquals(block.header().height(), proved.height());
        assertEquals(block.header().firstSequence() + index, proved.sequence());
        if (leaf.kind() == EntryLeaf.KIND_DELETE) {
            assertTrue(proved.deletion());
            assertNull(receipt.value());
        } else {
            StoredValue value = block.value(index);
            assertArrayEquals(value.value(), receipt.value());
            assertArrayEquals(value.salt(), receipt.salt());
        }
    }

    @Test
    void theValueOfAnErasedEntryIsWithheld() throws Exception {
        try (EngineFixture fixture = EngineFixture.founded()) {
            fixture.commits(new Ask().create("erasable", TablePolicy.WRITE_ONCE, true));
            long first = fixture.commits(
                            new Ask().putSalted("erasable", "a", "one", 1).putSalted("erasable", "b", "two", 2))
                    .sequence();
            Receipts receipts = new Receipts(fixture.engine);
            long blocks = fixture.engine.head().blocks();
            assertNotNull(receipts.of(first, checkpoint(fixture.engine, blocks)).value());
            fixture.commits(new Ask().erase(first));
            Receipt erased = receipts.of(first, checkpoint(fixture.engine, blocks));
            assertNull(erased.value());
            assertNull(erased.salt());
            assertNull(verify(erased).value());
            Receipt other = receipts.of(first + 1, checkpoint(fixture.engine, blocks + 1));
            assertArrayEquals(Ask.bytes("two"), other.value());
            verify(other);
        }
    }

    @Test
    void aCheckpointThatDoesNotCoverOrIsOfSomethingElseIsRefused() throws Exception {
        try (EngineFixture fixture = EngineFixture.founded()) {
            fill(fixture);
            Engine engine = fixture.engine;
            Receipts receipts = new Receipts(engine);
            LedgerTree tree = engine.ledger().tree();
            LedgerId other = LedgerId.parse("f00102030405060708090a0b0c0d0e0f");
            long newest = engine.head().entries() - 1;
            long size = tree.size();
            for (Checkpoint wrong : List.of(
                    checkpoint(engine, 0),
                    checkpoint(engine, size - 1),
                    signed(EngineFixture.ID, size, tree.rootAt(size - 1)),
                    signed(EngineFixture.ID, size + 1, tree.root()),
                    signed(other, size, tree.root()))) {
                assertThrows(IllegalArgumentException.class, () -> receipts.of(newest, wrong));
            }
            assertThrows(IllegalArgumentException.class, () -> receipts.of(newest + 1, checkpoint(engine, size)));
            assertTrue(receipts.consistency(3, size).proves(tree.rootAt(3), tree.root()));
        }
    }

    @Test
    void aDamagedTreeOrBlockMakesNoReceipt() throws Exception {
        MemoryFileSystem files;
        try (EngineFixture fixture = EngineFixture.founded()) {
            for (int i = 0; i < 300; i++) {
                fixture.commits(new Ask().put("default", "key" + i, "value" + i));
            }
            files = fixture.files;
        }
        Path leaves = EngineFixture.ROOT.resolve("tree").resolve("height-00");
        files.corrupt(leaves, 100 * 32 + 7, 4);
        try (EngineFixture fixture = EngineFixture.reopened(files)) {
            Receipts receipts = new Receipts(fixture.engine);
            Checkpoint newest = checkpoint(fixture.engine, fixture.engine.head().blocks());
            int refused = 0;
            for (LedgerBlock block : fixture.blocksFrom(0)) {
                try {
                    check(receipts.of(block.header().firstSequence(), newest), block, 0);
                } catch (CorruptionException e) {
                    assertEquals("tree/height-00", e.file());
                    refused++;
                }
            }
            assertTrue(refused > 0 && refused <= 16, "refused " + refused);
        }
        try (EngineFixture fixture = EngineFixture.reopened(files)) {
            Receipts receipts = new Receipts(fixture.engine);
            Checkpoint newest = checkpoint(fixture.engine, fixture.engine.head().blocks());
            for (LedgerBlock block : fixture.blocksFrom(0)) {
                check(receipts.of(block.header().firstSequence(), newest), block, 0);
            }
            files.corrupt(EngineFixture.ROOT.resolve("ledger/0000000001.seg"), 5000, 1);
            int refused = 0;
            Receipts fresh = new Receipts(fixture.engine);
            for (long sequence = 0; sequence < 300; sequence++) {
                try {
                    verify(fresh.of(sequence, newest));
                } catch (CorruptionException e) {
                    assertEquals("ledger/0000000001.seg", e.file());
                    refused++;
                }
            }
            assertTrue(refused > 0, "the flipped bit was not met");
        }
    }

    @Test
    void pathsOfEntriesAreThoseOfTheTree() {
        for (int count = 1; count <= 70; count++) {
            byte[] hashes = new byte[count * Hash.LENGTH];
            random.nextBytes(hashes);
            EntryTree tree = new EntryTree(hashes.clone());
            for (int i = 0; i < count; i++) {
                int first = i / 16 * 16;
                int end = Math.min(count, first + 16);
                byte[] group = Arrays.copyOfRange(hashes, first * Hash.LENGTH, end * Hash.LENGTH);
                List<Hash> within =
                        InclusionProof.build(group, i - first, end - first).path();
                List<Hash> expected =
                        InclusionProof.build(hashes.clone(), i, count).path();
                assertEquals(expected, tree.path(i, within), i + " of " + count);
            }
        }
    }
}
