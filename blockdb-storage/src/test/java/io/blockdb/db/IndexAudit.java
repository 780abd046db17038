package io.blockdb.db;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.EntryCursor;
import io.blockdb.base.IndexHit;
import io.blockdb.base.TableName;
import io.blockdb.ledger.Ledger;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.LedgerCursor;
import io.blockdb.ledger.StoredValue;
import io.blockdb.ledger.ValuePlace;
import io.blockdb.proof.EntryLeaf;
import java.io.IOException;
import java.util.Arrays;

/** Holds the index against the ledger, both ways: nothing missing, nothing extra, same answers. */
final class IndexAudit {
    private IndexAudit() {}

    /** Fails unless the index of a database at rest holds exactly what its ledger holds, and its ledger is sound. */
    static void check(BlockDb db) throws IOException {
        Index index = db.engine().index();
        long inLedger = checkLedgerEntries(db.engine().ledger(), index);
        long forward = 0;
        long backward = 0;
        for (TableName table : index.tables()) {
            forward += walk(index, table, true);
            backward += walk(index, table, false);
        }
        assertEquals(inLedger, forward, "entries of the index, walked forward");
        assertEquals(inLedger, backward, "entries of the index, walked backward");
        VerifyReport report = db.verify((done, total, blocks) -> {});
        assertTrue(report.valid(), report::toString);
        assertEquals(inLedger, report.entries());
    }

    private static long checkLedgerEntries(Ledger ledger, Index index) throws IOException {
        long entries = 0;
        try (LedgerCursor blocks = ledger.blocksFrom(Ledger.GENESIS)) {
            for (LedgerBlock block; (block = blocks.next()) != null; ) {
                for (int i = 0; i < block.entryCount(); i++) {
                    checkEntry(ledger, index, block, i);
                    entries++;
                }
            }
        }
        return entries;
    }

    private static void checkEntry(Ledger ledger, Index index, LedgerBlock block, int number) throws IOException {
        long sequence = block.header().firstSequence() + number;
        EntryLeaf leaf = block.leaf(number);
        IndexHit hit = index.get(leaf.table(), leaf.key(), sequence);
        assertNotNull(hit, () -> "the index lacks sequence " + sequence);
        assertEquals(sequence, hit.sequence());
        IndexValue value = IndexValue.decode(hit);
        assertEquals(leaf.kind() == EntryLeaf.KIND_DELETE, value.isDelete());
        assertEquals(leaf.expiresAt(), value.expiresAt());
        assertEquals(leaf.saltLength() > 0, value.isSalted());
        if (leaf.saltLength() > 0
                && index.get(SystemTables.ERASURES, SystemTables.erasureKey(sequence), Long.MAX_VALUE) != null) {
            assertNotNull(value.place(), "an erased value is not inline");
            return;
        }
        StoredValue stored = block.value(number);
        ValuePlace place = value.place();
        assertArrayEquals(
                stored.value(),
                place == null ? value.inlineValue() : ledger.value(place).value());
    }

    private static long walk(Index index, TableName table, boolean forward) throws IOException {
        long count = 0;
        byte[] lastKey = null;
        long lastSequence = 0;
        try (EntryCursor cursor = index.cursor(table)) {
            boolean there = forward ? cursor.first() : cursor.last();
            while (there) {
                byte[] key = Arrays.copyOfRange(
                        cursor.keyArray(), cursor.keyOffset(), cursor.keyOffset() + cursor.keyLength());
                if (lastKey != null) {
                    int order = Arrays.compareUnsigned(lastKey, key);
                    order = order != 0 ? order : Long.compare(cursor.sequence(), lastSequence);
                    assertTrue(forward ? order < 0 : order > 0, "entries of a cursor out of order");
                }
                lastKey = key;
                lastSequence = cursor.sequence();
                count++;
                there = forward ? cursor.next() : cursor.previous();
            }
        }
        return count;
    }
}
