package io.blockdb.memtable;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.EntryCursor;
import io.blockdb.base.IndexHit;
import io.blockdb.base.Seed;
import io.blockdb.base.TableName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Holds a memtable against sorted maps: random inserts, and between them random moves of cursors that stay open. */
class MemtableOracleTest {
    private record Place(byte[] key, long sequence) {}

    private static final Comparator<Place> ORDER = Comparator.comparing(Place::key, Arrays::compareUnsigned)
            .thenComparing(Comparator.comparingLong(Place::sequence).reversed());

    private final Random random = Seed.random();
    private Memtable memtable = new Memtable();
    /** What some keys begin with. */
    private byte[] beginning = {};

    private final List<TableName> tables = List.of(TableName.of("_t"), TableName.of("t"), TableName.of("t2"));
    private final Map<TableName, NavigableMap<Place, byte[]>> oracle = new TreeMap<>();
    private final List<Walker> walkers = new ArrayList<>();

    /** Few letters, so that keys are prefixes of each other and share their first words; or many. */
    private byte[] key(byte[] alphabet) {
        byte[] rest = letters(alphabet);
        if (random.nextBoolean()) {
            return rest;
        }
        byte[] key = Arrays.copyOf(beginning, beginning.length + rest.length);
        System.arraycopy(rest, 0, key, beginning.length, rest.length);
        return key;
    }

    private byte[] letters(byte[] alphabet) {
        byte[] key = new byte[1 + random.nextInt(random.nextInt(4) == 0 ? 40 : 10)];
        for (int i = 0; i < key.length; i++) {
            key[i] = alphabet.length == 0 ? (byte) random.nextInt(256) : alphabet[random.nextInt(alphabet.length)];
        }
        return key;
    }

    @Test
    void fewLettersAndManyRevisions() throws IOException {
        run(new byte[] {0, -1}, 4_000);
    }

    @Test
    void zerosOnly() throws IOException {
        run(new byte[] {0}, 2_000);
    }

    @Test
    void allBytes() throws IOException {
        run(new byte[0], 4_000);
    }

    @Test
    void textWithSignBits() throws IOException {
        run(new byte[] {'a', 0x7f, -128, 'b'}, 4_000);
    }

    @Test
    void keysThatBeginAsTheyDidBefore() throws IOException {
        for (byte[] alphabet : List.of(new byte[] {0, -1}, new byte[] {0}, new byte[0], new byte[] {'a', 0x7f, -128})) {
            oracle.clear();
            walkers.clear();
            beginning = letters(alphabet);
            Memtable before = new Memtable();
            for (int i = 0; i < 10; i++) {
                for (TableName table : tables.subList(1, 3)) {
                    byte[] key = Arrays.copyOf(beginning, beginning.length + random.nextInt(3));
                    before.insert(table, key, 0, key.length, i, key, 0, key.length);
                }
            }
            memtable = before.next();
            run(alphabet, 2_000);
        }
    }

    private void run(byte[] alphabet, int steps) throws IOException {
        for (TableName table : tables) {
            oracle.put(table, new TreeMap<>(ORDER));
            walkers.add(new Walker(table));
        }
        int inserted = 0;
        for (int step = 0; step < steps; step++) {
            if (random.nextInt(3) == 0) {
                insert(alphabet, inserted++);
            }
            get(alphabet);
            walkers.get(random.nextInt(walkers.size())).move(alphabet);
        }
        assertEquals(inserted, memtable.entryCount());
        assertEquals(1, memtable.firstSequence());
        assertEquals(3L * inserted - 2, memtable.lastSequence());
        assertEquals(tables, memtable.tables());
        for (Walker walker : walkers) {
            walker.walkBothWays();
        }
    }

    private void insert(byte[] alphabet, int number) {
        TableName table = tables.get(number < tables.size() ? number : random.nextInt(tables.size()));
        NavigableMap<Place, byte[]> expected = entries(table);
        byte[] key = !expected.isEmpty() && random.nextInt(3) == 0 ? someKey(expected) : key(alphabet);
        byte[] value = new byte[random.nextInt(60)];
        random.nextBytes(value);
        long sequence = 3L * number + 1;
        memtable.insert(table, key, 0, key.length, sequence, value, 0, value.length);
        expected.put(new Place(key, sequence), value);
    }

    private void get(byte[] alphabet) {
        TableName table = tables.get(random.nextInt(tables.size()));
        Place place = place(table, alphabet);
        Map.Entry<Place, byte[]> expected = entries(table).ceilingEntry(place);
        IndexHit hit = memtable.get(table, place.key, place.sequence);
        if (expected == null || !Arrays.equals(expected.getKey().key, place.key)) {
            assertNull(hit);
        } else {
            assertNotNull(hit);
            assertEquals(expected.getKey().sequence, hit.sequence());
            assertArrayEquals(
                    expected.getValue(), Arrays.copyOfRange(hit.array(), hit.offset(), hit.offset() + hit.length()));
        }
    }

    private Place place(TableName table, byte[] alphabet) {
        NavigableMap<Place, byte[]> expected = entries(table);
        byte[] key = !expected.isEmpty() && random.nextBoolean() ? someKey(expected) : key(alphabet);
        long sequence = random.nextInt(3) == 0 ? Long.MAX_VALUE : random.nextInt(4_000);
        return new Place(key, sequence);
    }

    private byte[] someKey(NavigableMap<Place, byte[]> entries) {
        Map.Entry<Place, byte[]> near = entries.ceilingEntry(new Place(new byte[] {(byte) random.nextInt(256)}, 0));
        return (near == null || random.nextInt(4) == 0 ? entries.lastKey() : near.getKey()).key;
    }

    private NavigableMap<Place, byte[]> entries(TableName table) {
        NavigableMap<Place, byte[]> entries = oracle.get(table);
        assertNotNull(entries);
        return entries;
    }

    /** A cursor and where it ought to be. */
    private final class Walker {
        private final TableName table;
        private final NavigableMap<Place, byte[]> expected;
        private final EntryCursor cursor;
        private @Nullable Place at;

        Walker(TableName table) {
            this.table = table;
            this.expected = entries(table);
            this.cursor = memtable.cursor(table);
        }

        void move(byte[] alphabet) throws IOException {
            Place target = place(table, alphabet);
            boolean moved;
            int choice = random.nextInt(10);
            if (at != null && choice < 3) {
                at = expected.higherKey(at);
                moved = cursor.next();
            } else if (at != null && choice < 6) {
                at = expected.lowerKey(at);
                moved = cursor.previous();
            } else if (choice < 8) {
                at = expected.ceilingKey(target);
                moved = cursor.seek(target.key, target.sequence);
            } else if (choice < 9) {
                at = expected.lowerKey(target);
                moved = cursor.seekBefore(target.key, target.sequence);
            } else if (random.nextBoolean()) {
                at = expected.isEmpty() ? null : expected.firstKey();
                moved = cursor.first();
            } else {
                at = expected.isEmpty() ? null : expected.lastKey();
                moved = cursor.last();
            }
            assertEquals(moved, cursor.valid());
            check();
        }

        private void check() {
            assertEquals(at != null, cursor.valid());
            if (at != null) {
                byte[] key = cursor.keyArray();
                byte[] value = cursor.valueArray();
                assertEquals(at.sequence, cursor.sequence());
                assertArrayEquals(
                        at.key, Arrays.copyOfRange(key, cursor.keyOffset(), cursor.keyOffset() + cursor.keyLength()));
                assertArrayEquals(
                        expected.get(at),
                        Arrays.copyOfRange(value, cursor.valueOffset(), cursor.valueOffset() + cursor.valueLength()));
            }
        }

        void walkBothWays() throws IOException {
            cursor.first();
            for (Place place : expected.keySet()) {
                at = place;
                check();
                cursor.next();
            }
            assertFalse(cursor.valid());
            cursor.last();
            for (Place place : expected.descendingKeySet()) {
                at = place;
                check();
                cursor.previous();
            }
            assertFalse(cursor.valid());
            assertTrue(cursor.seek(new byte[0], 0), "an empty key stands before all");
            assertEquals(expected.firstKey().sequence, cursor.sequence());
            assertFalse(cursor.seekBefore(new byte[0], 0));
        }
    }
}
