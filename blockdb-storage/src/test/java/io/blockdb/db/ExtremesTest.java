package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Seed;
import io.blockdb.base.TableName;
import io.blockdb.io.Environment;
import io.blockdb.io.MemoryFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The shortest and the longest, the fewest and the most. */
class ExtremesTest {
    private static final Path DATA = Path.of("/data");
    private static final TableName VERSIONS = TableName.of("versions");
    private static final int KEY_MAX = 64_000;
    private static final int KEY_AND_VALUE_MAX = 8 << 20;

    private final MemoryFileSystem fileSystem = new MemoryFileSystem();
    private final Options options = Options.defaults()
            .withDiskReserve(0)
            .withEnvironment(new Environment(fileSystem, () -> 1_000_000, new Random(1)::nextBytes));

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static byte[] filled(int length, int with) {
        byte[] array = new byte[length];
        Arrays.fill(array, (byte) with);
        return array;
    }

    private interface Reading {
        void check(BlockDb db) throws IOException;
    }

    /** Checks from the memtable, from SSTables, from an index built anew, and read-only. */
    private void everywhere(Options with, Reading reading) throws IOException {
        try (BlockDb db = BlockDb.open(DATA, with)) {
            reading.check(db);
            db.engine().index().freeze(db.engine().ledger().head());
        }
        try (BlockDb db = BlockDb.open(DATA, with)) {
            assertEquals(0, db.stats().memtableEntries());
            reading.check(db);
            IndexAudit.check(db);
        }
        for (String name : fileSystem.list(DATA.resolve("index"))) {
            fileSystem.delete(DATA.resolve("index").resolve(name));
        }
        try (BlockDb db = BlockDb.open(DATA, with.withReadOnly(true))) {
            reading.check(db);
        }
        try (BlockDb db = BlockDb.open(DATA, with)) {
            reading.check(db);
            IndexAudit.check(db);
        }
        fileSystem.assertNoOpenFiles();
    }

    @Test
    void keysOfAllLengthsAndBytes() throws IOException {
        NavigableMap<byte[], byte[]> expected = new TreeMap<>(Arrays::compareUnsigned);
        for (int filler : new int[] {0, 1, 0x7f, 0x80, 0xff}) {
            for (int length : new int[] {1, 2, 7, 8, 9, 63, 64, 65, 255, 256, 1000, KEY_MAX - 1, KEY_MAX}) {
                expected.put(filled(length, filler), bytes(filler + " " + length));
                byte[] other = filled(length, filler);
                other[length - 1] ^= 1;
                expected.put(other, bytes(filler + " other " + length));
            }
        }
        try (BlockDb db = BlockDb.open(DATA, options)) {
            for (byte[] key : expected.keySet()) {
                db.put(key, expected.get(key));
            }
        }
        everywhere(options, db -> checkAll(db, expected));
        try (BlockDb db = BlockDb.open(DATA, options)) {
            assertThrows(IllegalArgumentException.class, () -> db.put(new byte[0], new byte[0]));
            assertThrows(IllegalArgumentException.class, () -> db.put(new byte[KEY_MAX + 1], new byte[0]));
            assertThrows(IllegalArgumentException.class, () -> db.get(new byte[0]));
            assertThrows(IllegalArgumentException.class, () -> db.get(new byte[KEY_MAX + 1]));
            assertThrows(IllegalArgumentException.class, () -> db.history(TableName.DEFAULT, new byte[0]));
            assertEquals(expected.size() + 1, db.stats().blocks());
        }
    }

    private static void checkAll(BlockDb db, NavigableMap<byte[], byte[]> expected) throws IOException {
        for (byte[] key : expected.keySet()) {
            assertArrayEquals(expected.get(key), db.get(key));
            assertEquals(1, db.history(TableName.DEFAULT, key).size());
            byte[] longer = Arrays.copyOf(key, Math.min(KEY_MAX, key.length + 1));
            if (!expected.containsKey(longer)) {
                assertNull(db.get(longer));
            }
        }
        try (Cursor cursor = db.cursor(TableName.DEFAULT, KeyRange.all())) {
            for (byte[] key : expected.keySet()) {
                assertTrue(cursor.next());
                assertArrayEquals(key, cursor.key());
            }
            assertFalse(cursor.next());
            for (byte[] key : expected.keySet()) {
                assertTrue(cursor.seek(key));
                assertArrayEquals(key, cursor.key());
                assertArrayEquals(expected.get(key), cursor.value());
                byte[] before = expected.lowerKey(key);
                assertEquals(before != null, cursor.previous());
                if (before != null) {
                    assertArrayEquals(before, cursor.key());
                }
            }
        }
        for (byte[] prefix : List.of(filled(9, 0), filled(9, 0xff), filled(KEY_MAX, 0xff), filled(1, 0x7f))) {
            int found = 0;
            try (Cursor cursor = db.cursor(TableName.DEFAULT, KeyRange.prefix(prefix))) {
                while (cursor.next()) {
                    assertArrayEquals(prefix, Arrays.copyOf(cursor.key(), prefix.length));
                    found++;
                }
            }
            long want = expected.keySet().stream()
                    .filter(key ->
                            key.length >= prefix.length && Arrays.equals(Arrays.copyOf(key, prefix.length), prefix))
                    .count();
            assertEquals(want, found);
        }
    }

    @Test
    void valuesAroundTheLimits() throws IOException {
        int limit = options.inlineValueLimit();
        Random random = Seed.random();
        List<byte[]> values = new ArrayList<>();
        for (int length : new int[] {0, 1, limit - 1, limit, limit + 1, 64 << 10, 1 << 20, KEY_AND_VALUE_MAX - 1}) {
            byte[] value = new byte[length];
            random.nextBytes(value);
            values.add(value);
            values.add(filled(length, 'a'));
        }
        try (BlockDb db = BlockDb.open(DATA, options)) {
            db.createTable(VERSIONS, TablePolicy.VERSIONED, true);
            for (int i = 0; i < values.size(); i++) {
                db.put(new byte[] {(byte) i}, values.get(i));
                db.put(VERSIONS, new byte[] {'k'}, values.get(i));
            }
            byte[] tooLong = new byte[KEY_AND_VALUE_MAX];
            assertThrows(IllegalArgumentException.class, () -> db.put(new byte[] {100}, tooLong));
            assertThrows(IllegalArgumentException.class, () -> db.put(new byte[] {1, 1}, values.get(15)));
        }
        everywhere(options, db -> {
            for (int i = 0; i < values.size(); i++) {
                assertArrayEquals(values.get(i), db.get(new byte[] {(byte) i}));
            }
            List<Revision> history = db.history(VERSIONS, new byte[] {'k'});
            for (int i = 0; i < values.size(); i++) {
                assertArrayEquals(
                        values.get(values.size() - 1 - i), history.get(i).value());
            }
            try (Cursor cursor = db.cursor(TableName.DEFAULT, KeyRange.all())) {
                for (byte[] value : values) {
                    assertTrue(cursor.next());
                    assertArrayEquals(value, cursor.value());
                }
            }
        });
    }

    @Test
    void aKeyWithManyRevisions() throws IOException {
        int revisions = 100_000;
        Options small = options.withMemtableSizeLimit(256 << 10).withSegmentSize(1 << 20);
        byte[] key = bytes("counter");
        try (BlockDb db = BlockDb.open(DATA, small)) {
            db.createTable(VERSIONS, TablePolicy.VERSIONED, false);
            db.put(VERSIONS, bytes("a"), bytes("before"));
            db.put(VERSIONS, bytes("z"), bytes("behind"));
            List<Snapshot> snapshots = new ArrayList<>();
            for (int i = 0; i < revisions; i++) {
                db.put(VERSIONS, key, bytes("" + i));
                if (i % 9_999 == 0) {
                    snapshots.add(db.snapshot());
                }
            }
            for (int i = 0; i < snapshots.size(); i++) {
                assertArrayEquals(bytes("" + 9_999 * i), snapshots.get(i).get(VERSIONS, key));
            }
        }
        try (BlockDb db = BlockDb.open(DATA, small)) {
            assertArrayEquals(bytes("" + (revisions - 1)), db.get(VERSIONS, key));
            List<Revision> history = db.history(VERSIONS, key);
            assertEquals(revisions, history.size());
            for (int i = 0; i < revisions; i++) {
                assertArrayEquals(
                        bytes("" + (revisions - 1 - i)), history.get(i).value());
            }
            for (int i = 0; i < revisions; i += 7_777) {
                long height =
                        db.blockOf(history.get(revisions - 1 - i).sequence()).height();
                assertArrayEquals(bytes("" + i), db.snapshotAt(height).get(VERSIONS, key));
            }
            try (Cursor cursor = db.cursor(VERSIONS, KeyRange.all())) {
                assertEquals(List.of("a", "counter", "z"), keys(cursor, true));
            }
            try (Cursor cursor = db.cursor(VERSIONS, KeyRange.all())) {
                assertEquals(List.of("z", "counter", "a"), keys(cursor, false));
            }
        }
    }

    private static List<String> keys(Cursor cursor, boolean forward) throws IOException {
        List<String> keys = new ArrayList<>();
        while (forward ? cursor.next() : cursor.previous()) {
            keys.add(new String(cursor.key(), UTF_8));
        }
        return keys;
    }

    @Test
    void manyTablesWithNamesThatArePrefixes() throws IOException {
        List<TableName> tables = new ArrayList<>();
        for (int length : new int[] {1, 2, 3, 254, 255}) {
            tables.add(TableName.of("a".repeat(length)));
            tables.add(TableName.of("\uD83D\uDE00".repeat(length / 4) + "b".repeat(length % 4 + (length < 4 ? 1 : 0))));
        }
        for (int i = 0; i < 1000; i++) {
            tables.add(TableName.of("table " + i));
        }
        List<TableName> sorted = tables.stream().distinct().sorted().toList();
        Options small = options.withMemtableSizeLimit(2 << 20);
        try (BlockDb db = BlockDb.open(DATA, small)) {
            for (TableName table : sorted) {
                WriteBatch batch = new WriteBatch();
                batch.put(table, new byte[] {0}, bytes(table.toString()));
                batch.put(table, new byte[] {(byte) 0xff}, bytes("last of " + table));
                db.write(batch);
            }
        }
        everywhere(small.withMemtableSizeLimit(64 << 20), db -> {
            List<TableName> found = db.tables().stream().map(TableInfo::name).toList();
            List<TableName> expected = new ArrayList<>(sorted);
            expected.add(TableName.DEFAULT);
            assertEquals(expected.stream().sorted().toList(), found);
            for (TableName table : sorted) {
                assertArrayEquals(bytes(table.toString()), db.get(table, new byte[] {0}));
                try (Cursor cursor = db.cursor(table, KeyRange.all())) {
                    assertTrue(cursor.next());
                    assertTrue(cursor.next());
                    assertArrayEquals(bytes("last of " + table), cursor.value());
                    assertFalse(cursor.next());
                }
            }
        });
    }
}
