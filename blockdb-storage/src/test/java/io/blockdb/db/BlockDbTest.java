package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.TableName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The face on a real disk: what a first user tries, with JVM flags and without. */
@Tag("no-flags")
class BlockDbTest {
    private static final Options OPTIONS = Options.defaults().withDiskReserve(0);

    @TempDir
    Path directory;

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @Test
    void whatWasPutIsThereAfterReopening() throws IOException {
        Commit first;
        try (BlockDb db = BlockDb.open(directory, OPTIONS)) {
            first = db.put(bytes("größe"), bytes("✓"));
            assertArrayEquals(bytes("✓"), db.get(bytes("größe")));
            assertNull(db.get(bytes("other")));
            assertEquals(2, first.sequence());
            assertEquals(1, first.height());
            assertFalse(first.existing());
        }
        try (BlockDb db = BlockDb.open(directory, OPTIONS)) {
            assertArrayEquals(bytes("✓"), db.get(bytes("größe")));
            Commit again = db.put(bytes("größe"), bytes("✓"));
            assertTrue(again.existing());
            assertEquals(first.blockHash(), again.blockHash());
            assertThrows(DuplicateKeyException.class, () -> db.put(bytes("größe"), bytes("x")));
            assertTrue(db.verify((done, total, blocks) -> {}).valid());
            assertEquals(List.of(), db.recoveryNotes());
        }
        VerifyReport report = BlockDb.verify(directory, OPTIONS, (done, total, blocks) -> {});
        assertTrue(report.valid(), report::toString);
        assertEquals(2, report.blocks());
    }

    @Test
    void versionedTablesKeepEveryRevision() throws IOException {
        TableName users = TableName.of("users");
        try (BlockDb db = BlockDb.open(directory, OPTIONS)) {
            db.createTable(users, TablePolicy.VERSIONED, true);
            db.put(users, bytes("ada"), bytes("1"));
            db.put(users, bytes("ada"), bytes("2"));
            db.put(users, bytes("bob"), bytes("3"));
            db.delete(users, bytes("ada"));
            assertNull(db.get(users, bytes("ada")));
            assertEquals(3, db.history(users, bytes("ada")).size());
            List<String> keys = new ArrayList<>();
            try (Cursor cursor = db.cursor(users, KeyRange.all())) {
                while (cursor.next()) {
                    keys.add(new String(cursor.key(), UTF_8));
                }
            }
            assertEquals(List.of("bob"), keys);
            assertArrayEquals(bytes("2"), db.snapshotAt(3).get(users, bytes("ada")));
        }
    }

    /** Parts of every size, put together, are the whole, also where it stands in memtable and SSTables. */
    @Test
    void aHistoryComesInParts() throws IOException {
        TableName users = TableName.of("users");
        try (BlockDb db = BlockDb.open(directory, OPTIONS.withMemtableSizeLimit(4 << 10))) {
            db.createTable(users, TablePolicy.VERSIONED, false);
            for (int i = 0; i < 60; i++) {
                db.put(users, bytes("ada"), bytes("x".repeat(100 + i)));
                db.put(users, bytes("ada" + i), bytes("other"));
                if (i % 7 == 6) {
                    db.delete(users, bytes("ada"));
                }
            }
            List<Long> whole = new ArrayList<>();
            db.history(users, bytes("ada")).forEach(revision -> whole.add(0, revision.sequence()));
            for (int count : new int[] {1, 2, 7, 67, 68, 69, 1000}) {
                for (long length : new long[] {1, 250, 5_000, Long.MAX_VALUE}) {
                    List<Long> parts = new ArrayList<>();
                    for (long from = 0; from >= 0; ) {
                        HistoryPage page = db.snapshot().history(users, bytes("ada"), from, count, length);
                        assertTrue(page.revisions().size() <= count
                                && !page.revisions().isEmpty());
                        page.revisions().forEach(revision -> parts.add(revision.sequence()));
                        from = page.next();
                    }
                    assertEquals(whole, parts);
                }
            }
            assertEquals(new HistoryPage(List.of(), -1), db.snapshot().history(users, bytes("nobody"), 0, 5, 5));
        }
    }

    @Test
    void manyEntriesSurviveFlushes() throws IOException {
        Options small = OPTIONS.withMemtableSizeLimit(64 << 10).withSegmentSize(64 << 10);
        try (BlockDb db = BlockDb.open(directory, small)) {
            for (int i = 0; i < 200; i++) {
                WriteBatch batch = new WriteBatch();
                for (int j = 0; j < 100; j++) {
                    batch.put(bytes("key" + (i * 100 + j)), bytes("value " + j + "x".repeat(j)));
                }
                db.write(batch);
            }
            check(db);
        }
        try (BlockDb db = BlockDb.open(directory, small)) {
            check(db);
            assertTrue(db.stats().sstables() > 0);
        }
        try (BlockDb db = BlockDb.open(directory, small.withReadOnly(true))) {
            check(db);
        }
    }

    private static void check(BlockDb db) throws IOException {
        for (int i = 0; i < 20_000; i++) {
            assertArrayEquals(bytes("value " + i % 100 + "x".repeat(i % 100)), db.get(bytes("key" + i)));
        }
        int count = 0;
        try (Cursor cursor = db.cursor(TableName.DEFAULT, KeyRange.all())) {
            while (cursor.next()) {
                count++;
            }
        }
        assertEquals(20_000, count);
        assertTrue(db.verify((done, total, blocks) -> {}).valid());
    }
}
