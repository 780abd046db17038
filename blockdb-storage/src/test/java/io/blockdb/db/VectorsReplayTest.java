package io.blockdb.db;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Hash;
import io.blockdb.base.LedgerPoint;
import io.blockdb.ledger.BlockEntry;
import io.blockdb.ledger.Blocks;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.StoredValue;
import io.blockdb.proof.MerkleTree;
import io.blockdb.proof.Vectors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The ledgers of the vectors, appended block by block to an engine that was unborn. */
class VectorsReplayTest {
    private static List<BlockEntry> entries(Vectors block) {
        List<BlockEntry> entries = new ArrayList<>();
        for (Vectors entry : block.objects("entries")) {
            byte[] leaf = entry.base64("entry");
            StoredValue value = entry.isNull("value")
                    ? StoredValue.ERASED
                    : new StoredValue(entry.base64("value"), entry.base64("salt"));
            entries.add(new BlockEntry(leaf, entry.hash("entry_hash").toBytes(), value));
        }
        return entries;
    }

    @Test
    void everyLedgerOfTheVectorsCanBeAppended() throws IOException {
        for (Vectors ledger : Vectors.load().objects("ledgers")) {
            try (EngineFixture engine = EngineFixture.unborn()) {
                for (Vectors block : ledger.objects("blocks")) {
                    List<BlockEntry> entries = entries(block);
                    engine.engine.appendVerified(Blocks.of(block.base64("header"), entries, engine.nextPosition()));
                    engine.engine.publish(engine.engine.appliedPosition());
                    LedgerPoint head = engine.engine.head();
                    assertEquals(block.hash("block_hash"), head.lastHash());
                    assertEquals(block.number("height") + 1, head.blocks());
                    assertEquals(block.hash("tree_root"), treeRoot(engine));
                    holds(block, entries, engine.lastBlock());
                }
                assertEquals(
                        ledger.string("ledger_id"), engine.engine.ledgerId().toString());
                assertTrue(engine.db.verify((done, total, blocks) -> {}).valid());
                engine.shut();
                try (EngineFixture again = EngineFixture.reopened(engine.files)) {
                    assertEquals(
                            ledger.string("ledger_id"), again.engine.ledgerId().toString());
                    assertTrue(again.db.verify((done, total, blocks) -> {}).valid());
                }
            }
        }
    }

    private static Hash treeRoot(EngineFixture engine) throws IOException {
        int blocks = (int) engine.engine.head().blocks();
        byte[] hashes = new byte[blocks * Hash.LENGTH];
        for (int i = 0; i < blocks; i++) {
            engine.engine.ledger().blockAtHeight(i).hash().copyTo(hashes, i * Hash.LENGTH);
        }
        return MerkleTree.root(hashes, blocks);
    }

    private static void holds(Vectors expected, List<BlockEntry> entries, LedgerBlock found) throws IOException {
        assertArrayEquals(expected.base64("header"), found.headerBytes());
        assertEquals(expected.hash("entries_root"), found.header().entriesRoot());
        assertEquals(entries.size(), found.entryCount());
        for (int i = 0; i < entries.size(); i++) {
            assertArrayEquals(entries.get(i).leaf(), found.leafBytes(i));
            StoredValue value = found.value(i);
            assertEquals(entries.get(i).value().isErased(), value.isErased());
            if (!value.isErased()) {
                assertArrayEquals(entries.get(i).value().value(), value.value());
                assertArrayEquals(entries.get(i).value().salt(), value.salt());
            }
        }
    }
}
