package io.blockdb.memtable;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.EntryCursor;
import io.blockdb.base.IndexHit;
import io.blockdb.base.Seed;
import io.blockdb.base.TableName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MemtableTest {
    private static final TableName TABLE = TableName.of("birds");
    private static final byte[] KEY = "wren".getBytes(UTF_8);

    @Test
    void emptyMemtableHasNothing() throws IOException {
        Memtable memtable = new Memtable();
        assertEquals(0, memtable.memoryBytes());
        assertEquals(0, memtable.entryCount());
        assertEquals(-1, memtable.firstSequence());
        assertEquals(-1, memtable.lastSequence());
        assertEquals(List.of(), memtable.tables());
        assertNull(memtable.get(TABLE, KEY, Long.MAX_VALUE));
        EntryCursor cursor = memtable.cursor(TABLE);
        assertFalse(cursor.valid());
        assertFalse(cursor.first());
        assertFalse(cursor.last());
        assertFalse(cursor.seek(KEY, Long.MAX_VALUE));
        assertFalse(cursor.seekBefore(KEY, 0));
    }

    @Test
    void cursorOpenedBeforeItsTableSeesIt() throws IOException {
        Memtable memtable = new Memtable();
        EntryCursor cursor = memtable.cursor(TABLE);
        assertFalse(cursor.first());
        insert(memtable, TABLE, KEY, 7, new byte[] {1});
        assertTrue(cursor.first());
        assertEquals(7, cursor.sequence());
    }

    @Test
    void cursorAtNoEntryHasNoContent() throws IOException {
        Memtable memtable = new Memtable();
        insert(memtable, TABLE, KEY, 7, new byte[] {1});
        EntryCursor cursor = memtable.cursor(TABLE);
        assertThrows(IllegalStateException.class, cursor::keyArray);
        assertThrows(IllegalStateException.class, cursor::next);
        assertTrue(cursor.first());
        assertFalse(cursor.next());
        assertThrows(IllegalStateException.class, cursor::sequence);
        assertThrows(IllegalStateException.class, cursor::previous);
        assertTrue(cursor.last());
        cursor.close();
        assertFalse(cursor.valid());
    }

    @Test
    void newestEntryUpToASequenceIsFound() {
        Memtable memtable = new Memtable();
        insert(memtable, TABLE, KEY, 10, "ten".getBytes(UTF_8));
        insert(memtable, TABLE, KEY, 20, "twenty".getBytes(UTF_8));
        assertNull(memtable.get(TABLE, KEY, 9));
        assertEquals("ten", value(memtable.get(TABLE, KEY, 10)));
        assertEquals("ten", value(memtable.get(TABLE, KEY, 19)));
        assertEquals("twenty", value(memtable.get(TABLE, KEY, Long.MAX_VALUE)));
        assertNull(memtable.get(TABLE, "wre".getBytes(UTF_8), Long.MAX_VALUE));
        assertNull(memtable.get(TABLE, "wren\0".getBytes(UTF_8), Long.MAX_VALUE));
        assertNull(memtable.get(TABLE, new byte[0], Long.MAX_VALUE));
        assertNull(memtable.get(TableName.of("bird"), KEY, Long.MAX_VALUE));
        assertEquals(2, memtable.entryCount());
        assertEquals(10, memtable.firstSequence());
        assertEquals(20, memtable.lastSequence());
    }

    @Test
    void partsOfArraysAreInsertedByCopy() {
        Memtable memtable = new Memtable();
        byte[] key = "the wren is".getBytes(UTF_8);
        byte[] value = "a small bird".getBytes(UTF_8);
        memtable.insert(TABLE, key, 4, 4, 1, value, 2, 5);
        Arrays.fill(key, (byte) 0);
        Arrays.fill(value, (byte) 0);
        assertEquals("small", value(memtable.get(TABLE, KEY, 1)));
    }

    @Test
    void refusesWhatIsNoEntry() {
        Memtable memtable = new Memtable();
        byte[] some = new byte[Memtable.MAX_KEY_LENGTH + 1];
        assertThrows(IllegalArgumentException.class, () -> memtable.insert(TABLE, some, 0, 0, 1, some, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> memtable.insert(TABLE, some, 0, some.length, 1, some, 0, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> memtable.insert(TABLE, KEY, 1, KEY.length, 1, some, 0, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> memtable.insert(TABLE, KEY, 0, 1, 1, some, some.length, 1));
        assertThrows(AssertionError.class, () -> memtable.insert(TABLE, KEY, 0, 1, -1, some, 0, 1));
        insert(memtable, TABLE, KEY, 5, KEY);
        assertThrows(AssertionError.class, () -> insert(memtable, TABLE, KEY, 5, KEY));
        assertEquals(1, memtable.entryCount());
        assertEquals(5, memtable.lastSequence());
    }

    @Test
    void tablesAreSortedByBytes() {
        Memtable memtable = new Memtable();
        List<TableName> sorted = List.of(
                TableName.of("_keys"), TableName.of("a"), TableName.of("aa"), TableName.of("b"), TableName.of("größe"));
        for (int i : new int[] {3, 0, 4, 2, 1}) {
            insert(memtable, sorted.get(i), KEY, i, KEY);
        }
        assertEquals(sorted, memtable.tables());
    }

    @Test
    void longestKeysAndLongValuesStandBesideShortOnes() throws IOException {
        Random random = Seed.random();
        Memtable memtable = new Memtable();
        byte[][] keys = new byte[24][];
        byte[][] values = new byte[keys.length][];
        for (int i = 0; i < keys.length; i++) {
            // All alike but for the last byte, or the length.
            keys[i] = new byte[Memtable.MAX_KEY_LENGTH - i % 3];
            keys[i][keys[i].length - 1] = (byte) i;
            values[i] = new byte[i % 4 == 0 ? 8 << 20 : i % 4 == 1 ? Arena.MAX_SHARED_VALUE + i % 2 : i % 7];
            random.nextBytes(values[i]);
            insert(memtable, TABLE, keys[i], i, values[i]);
            insert(memtable, TABLE, new byte[] {1, (byte) i}, 1000 + i, values[i % 4]);
        }
        for (int i = 0; i < keys.length; i++) {
            IndexHit hit = memtable.get(TABLE, keys[i], i);
            assertNotNull(hit);
            assertArrayEquals(values[i], bytes(hit.array(), hit.offset(), hit.length()));
        }
        EntryCursor cursor = memtable.cursor(TABLE);
        assertTrue(cursor.seek(keys[5], Long.MAX_VALUE));
        assertArrayEquals(keys[5], bytes(cursor.keyArray(), cursor.keyOffset(), cursor.keyLength()));
        assertTrue(cursor.previous() && cursor.next());
        assertArrayEquals(keys[5], bytes(cursor.keyArray(), cursor.keyOffset(), cursor.keyLength()));
    }

    @Test
    void memoryIsCountedHonestly() {
        Random random = Seed.random();
        Memtable memtable = new Memtable();
        byte[] key = new byte[16];
        byte[] value = new byte[24];
        long content = 0;
        long before = 0;
        for (int i = 0; i < 50_000; i++) {
            random.nextBytes(key);
            insert(memtable, TABLE, key, i, value);
            content += key.length + value.length;
            long now = memtable.memoryBytes();
            assertTrue(now >= before && now >= content, "memory falls or is less than its content");
            before = now;
            if (i == 0) {
                assertTrue(now <= 16 << 10, "a single entry takes " + now);
            }
        }
        assertTrue(before < content * 11 / 4, before + " bytes for a content of " + content);

        insert(memtable, TABLE, key, 1_000_000, new byte[8 << 20]);
        long grown = memtable.memoryBytes() - before;
        assertTrue(grown >= 8 << 20 && grown <= (8 << 20) + Arena.MAX_SLAB_BYTES, "grows by " + grown);
    }

    @Test
    void oneValueInManyTablesIsCheap() {
        Memtable memtable = new Memtable();
        for (int i = 0; i < 5_000; i++) {
            insert(memtable, TableName.of("table" + i), KEY, i, KEY);
        }
        assertEquals(5_000, memtable.tables().size());
        assertTrue(memtable.memoryBytes() < 5_000 * 400, "takes " + memtable.memoryBytes());
        assertEquals("wren", value(memtable.get(TableName.of("table4711"), KEY, 4711)));
    }

    @Test
    void findsTheNewestOfEachKeyAmongVeryMany() {
        Random random = Seed.random();
        Memtable memtable = new Memtable();
        Map<Integer, List<Long>> written = new HashMap<>();
        List<Long> sequences = new ArrayList<>();
        for (long i = 0; i < 60_000; i++) {
            sequences.add(i);
        }
        Collections.shuffle(sequences, random); // The order of sequences is not the order of inserts.
        for (long sequence : sequences) {
            int number = random.nextInt(40_000);
            written.computeIfAbsent(number, key -> new ArrayList<>()).add(sequence);
            insert(memtable, TABLE, numbered(number), sequence, KEY);
        }
        for (int number = 0; number < 40_000; number++) {
            List<Long> of = written.getOrDefault(number, List.of());
            IndexHit newest = memtable.get(TABLE, numbered(number), Long.MAX_VALUE);
            assertEquals(newestOf(of, Long.MAX_VALUE), newest == null ? -1 : newest.sequence());
            long asked = random.nextInt(60_000);
            IndexHit older = memtable.get(TABLE, numbered(number), asked);
            assertEquals(newestOf(of, asked), older == null ? -1 : older.sequence());
        }
    }

    private static long newestOf(List<Long> sequences, long max) {
        return sequences.stream()
                .mapToLong(Long::longValue)
                .filter(sequence -> sequence <= max)
                .max()
                .orElse(-1);
    }

    /** Keys that begin alike, some of them a prefix of others. */
    private static byte[] numbered(int number) {
        return "user:%s".formatted(Integer.toString(number, 3)).getBytes(UTF_8);
    }

    private static void insert(Memtable memtable, TableName table, byte[] key, long sequence, byte[] value) {
        memtable.insert(table, key, 0, key.length, sequence, value, 0, value.length);
    }

    private static String value(IndexHit hit) {
        assertNotNull(hit);
        return new String(hit.array(), hit.offset(), hit.length(), UTF_8);
    }

    private static byte[] bytes(byte[] array, int offset, int length) {
        return Arrays.copyOfRange(array, offset, offset + length);
    }
}
