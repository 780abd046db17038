package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.TableName;
import io.blockdb.io.Environment;
import io.blockdb.ledger.LedgerCursor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ledger read without the index, and what a snapshot shows when nothing has expired. */
class LedgerEntriesTest {
    private static final TableName TABLE = TableName.of("t");

    @TempDir
    private Path directory;

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static List<String> all(LedgerEntries entries) throws IOException {
        List<String> all = new ArrayList<>();
        while (entries.next()) {
            assertEquals(all.size(), entries.sequence() - 2);
            byte[] value = entries.value();
            all.add(entries.table() + " " + new String(entries.key(), UTF_8) + " "
                    + (entries.isDelete() ? "deleted" : new String(value == null ? bytes("erased") : value, UTF_8)));
        }
        return all;
    }

    /** Moves to the first entry that is not of the founding of the database. */
    private static LedgerEntries behindTheFirstTwo(BlockDb db, long end) throws IOException {
        LedgerEntries entries = db.ledgerEntries(end);
        assertTrue(entries.next());
        assertTrue(entries.next());
        return entries;
    }

    @Test
    void everyEntryIsThereInTheOrderOfItsSequence() throws IOException {
        try (BlockDb db = BlockDb.open(directory, Options.defaults())) {
            db.createTable(TABLE, TablePolicy.VERSIONED, false);
            db.write(new WriteBatch().put(bytes("a"), bytes("1")).put(TABLE, bytes("b"), bytes("2")));
            db.put(TABLE, bytes("b"), bytes("3"));
            db.delete(TABLE, bytes("b"));
            List<String> expected = List.of(
                    "_tables t {\"policy\":\"versioned\",\"erasable\":false}",
                    "default a 1",
                    "t b 2",
                    "t b 3",
                    "t b deleted");
            try (LedgerEntries entries = behindTheFirstTwo(db, Long.MAX_VALUE)) {
                assertEquals(expected, all(entries));
                assertThrows(IllegalStateException.class, entries::sequence);
            }
            try (LedgerEntries entries = behindTheFirstTwo(db, 4)) {
                assertEquals(expected.subList(0, 2), all(entries));
            }
            try (LedgerEntries entries = behindTheFirstTwo(db, 3)) {
                assertTrue(entries.next());
                assertEquals(new TableInfo(TABLE, TablePolicy.VERSIONED, false, true), entries.tableInfo());
                assertFalse(entries.next());
            }
        }
    }

    @Test
    void itDoesNotEndBeforeDamageAsIfThatWereAll() throws IOException {
        Path segment = directory.resolve("ledger/0000000001.seg");
        long start;
        try (BlockDb db = BlockDb.open(directory, Options.defaults())) {
            db.put(bytes("a"), bytes("1"));
            start = Files.size(segment);
            db.put(bytes("b"), bytes("2"));
        }
        byte[] content = Files.readAllBytes(segment);
        content[(int) start + 150] ^= 1;
        Files.write(segment, content, StandardOpenOption.TRUNCATE_EXISTING);
        try (BlockDb db = BlockDb.open(directory, Options.defaults().withReadOnly(true));
                LedgerEntries entries = behindTheFirstTwo(db, Long.MAX_VALUE)) {
            assertTrue(entries.next());
            assertEquals("a", new String(entries.key(), UTF_8));
            assertThrows(CorruptionException.class, entries::next);
        }
    }

    @Test
    void itDoesNotEndBeforeDamageWhereTheIndexReachesFurther() throws IOException {
        Options options = Options.defaults().withSegmentSize(4 << 10);
        long good;
        try (BlockDb db = BlockDb.open(directory, options)) {
            for (int i = 0; db.engine().ledger().survey().segments() < 2; i++) {
                db.put(bytes("key" + i), new byte[500]);
            }
            good = db.snapshot().sequence() - 2;
        }
        Path segment = directory.resolve("ledger/0000000001.seg");
        byte[] content = Files.readAllBytes(segment);
        // In the last block before the seal. Opening looks at that one: the ledger ends before it, the index does not.
        content[content.length - 200] ^= 1;
        Files.write(segment, content, StandardOpenOption.TRUNCATE_EXISTING);
        try (BlockDb db = BlockDb.open(directory, options.withReadOnly(true))) {
            assertEquals(good + 2, db.snapshot().sequence());
            for (long end : new long[] {good + 1, good + 2, Long.MAX_VALUE}) {
                try (LedgerEntries entries = db.ledgerEntries(end)) {
                    for (long i = 0; i < good; i++) {
                        assertTrue(entries.next());
                    }
                    assertThrows(CorruptionException.class, entries::next, "up to " + end);
                }
            }
            try (LedgerEntries entries = db.ledgerEntries(good)) {
                for (long i = 0; i < good; i++) {
                    assertTrue(entries.next());
                }
                assertFalse(entries.next());
            }
            try (LedgerCursor blocks = db.engine().blocksFrom(0)) {
                assertThrows(CorruptionException.class, () -> {
                    while (blocks.next() != null) {
                        assertTrue(blocks.point().entries() <= good);
                    }
                });
            }
        }
    }

    @Test
    void whatHasExpiredCanBeAskedFor() throws IOException {
        long[] now = {1_000_000};
        Environment system = Environment.system();
        Environment environment = new Environment(system.fileSystem(), () -> now[0], system.randomness());
        try (BlockDb db = BlockDb.open(directory, Options.defaults().withEnvironment(environment))) {
            db.createTable(TABLE, TablePolicy.VERSIONED, false);
            db.write(new WriteBatch().put(TABLE, bytes("k"), bytes("v"), 2_000_000));
            now[0] = 3_000_000;
            assertNull(db.get(TABLE, bytes("k")));
            Snapshot snapshot = db.snapshot();
            assertNull(snapshot.get(TABLE, bytes("k")));
            assertArrayEquals(bytes("v"), snapshot.withExpired().get(TABLE, bytes("k")));
            assertEquals(snapshot.sequence(), snapshot.withExpired().sequence());
            assertEquals(List.of("default", "t"), names(snapshot));
            assertEquals(List.of("default"), names(db.snapshotAt(0)));
        }
    }

    private static List<String> names(Snapshot snapshot) throws IOException {
        return snapshot.tables().stream().map(info -> info.name().toString()).toList();
    }
}
