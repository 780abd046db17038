package io.blockdb.memtable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.EntryCursor;
import io.blockdb.base.IndexHit;
import io.blockdb.base.Seed;
import io.blockdb.base.TableName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * One writer, several readers. The key of each sequence follows from it, and the value from both, so that a reader knows
 * what it must find and whether what it finds is whole.
 */
class MemtableConcurrencyTest {
    private static final int ENTRIES = 250_000;
    private static final int READERS = 3;
    private static final List<TableName> TABLES = List.of(TableName.of("one"), TableName.of("two"));

    private final Random random = Seed.random();
    private final long salt = random.nextLong();
    private final Memtable memtable = new Memtable();

    @Test
    @Timeout(120)
    void readersSeeAllThatWasPublishedWholeAndInOrder() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(READERS);
        try {
            List<Future<?>> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                long seed = random.nextLong();
                readers.add(threads.submit(() -> {
                    read(new Random(seed));
                    return null;
                }));
            }
            for (int sequence = 0; sequence < ENTRIES; sequence++) {
                byte[] key = key(sequence);
                byte[] value = value(key, sequence);
                memtable.insert(table(sequence), key, 0, key.length, sequence, value, 0, value.length);
            }
            for (Future<?> reader : readers) {
                reader.get();
            }
        } finally {
            threads.shutdownNow();
            assertTrue(threads.awaitTermination(1, TimeUnit.MINUTES));
        }
    }

    private void read(Random random) throws Exception {
        List<EntryCursor> cursors = new ArrayList<>();
        for (TableName table : TABLES) {
            cursors.add(memtable.cursor(table));
        }
        long published;
        do {
            published = memtable.entryCount();
            for (int i = 0; i < 100 && published > 0; i++) {
                getPublished(random.nextInt((int) published));
                chaseWriter();
            }
            int table = random.nextInt(TABLES.size());
            walk(cursors.get(table), random, published);
            if (random.nextInt(20) == 0 || published == ENTRIES) {
                walkAll(cursors.get(table), table, published);
            }
        } while (published < ENTRIES);
    }

    /** Looks for the entry that is about to be inserted until it is there, to meet it as early as can be. */
    private void chaseWriter() {
        int sequence = (int) memtable.entryCount();
        if (sequence < ENTRIES) {
            byte[] key = key(sequence);
            IndexHit hit;
            do {
                hit = memtable.get(table(sequence), key, sequence);
            } while ((hit == null || hit.sequence() < sequence) && memtable.entryCount() <= sequence);
            if (hit != null && hit.sequence() == sequence) {
                assertWhole(key, sequence, hit.array(), hit.offset(), hit.length());
            }
            getPublished(sequence);
        }
    }

    private void getPublished(int sequence) {
        byte[] key = key(sequence);
        IndexHit hit = memtable.get(table(sequence), key, sequence);
        assertNotNull(hit);
        assertEquals(sequence, hit.sequence());
        assertWhole(key, sequence, hit.array(), hit.offset(), hit.length());
    }

    /** Some steps one way, and as many back, from the place of a published entry. */
    private void walk(EntryCursor cursor, Random random, long published) throws Exception {
        if (published < TABLES.size()) {
            return;
        }
        boolean forward = random.nextBoolean();
        byte[] start = key(random.nextInt((int) published));
        boolean valid = forward ? cursor.seek(start, Long.MAX_VALUE) : cursor.seekBefore(start, Long.MAX_VALUE);
        byte[] keyBefore = start;
        long sequenceBefore = Long.MAX_VALUE;
        for (int i = 0; i < 100 && valid; i++) {
            byte[] key = checkedKey(cursor);
            int order = compare(keyBefore, sequenceBefore, key, cursor.sequence());
            assertTrue(forward ? order < 0 : order > 0, "out of order");
            keyBefore = key;
            sequenceBefore = cursor.sequence();
            valid = forward ? cursor.next() : cursor.previous();
        }
    }

    private void walkAll(EntryCursor cursor, int table, long published) throws Exception {
        long expected = 0;
        for (int sequence = 0; sequence < published; sequence++) {
            expected += sequence % TABLES.size() == table ? 1 : 0;
        }
        long found = 0;
        byte[] keyBefore = new byte[0];
        long sequenceBefore = 0;
        for (boolean valid = cursor.first(); valid; valid = cursor.next()) {
            byte[] key = checkedKey(cursor);
            assertTrue(compare(keyBefore, sequenceBefore, key, cursor.sequence()) < 0, "out of order");
            keyBefore = key;
            sequenceBefore = cursor.sequence();
            found += cursor.sequence() < published ? 1 : 0;
        }
        assertEquals(expected, found);
    }

    private byte[] checkedKey(EntryCursor cursor) {
        byte[] key = Arrays.copyOfRange(cursor.keyArray(), cursor.keyOffset(), cursor.keyOffset() + cursor.keyLength());
        int sequence = (int) cursor.sequence();
        assertTrue(Arrays.equals(key(sequence), key), "torn key");
        assertWhole(key, sequence, cursor.valueArray(), cursor.valueOffset(), cursor.valueLength());
        return key;
    }

    private static int compare(byte[] key, long sequence, byte[] otherKey, long otherSequence) {
        int order = Arrays.compareUnsigned(key, otherKey);
        return order != 0 ? order : Long.compare(otherSequence, sequence);
    }

    private static TableName table(int sequence) {
        return TABLES.get(sequence % TABLES.size());
    }

    /** In runs of 1,000: scattered, ascending, or revisions of few keys. 4 to 19 bytes. */
    private byte[] key(int sequence) {
        int kind = sequence / 1_000 % 3;
        long mixed = (kind == 0 ? sequence : sequence / 1_000 + kind * (sequence % 5)) * 0x9e3779b97f4a7c15L;
        mixed ^= salt;
        mixed = (mixed ^ (mixed >>> 29)) * 0xbf58476d1ce4e5b9L;
        byte[] key = new byte[4 + (int) (mixed >>> 60)];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (mixed >>> (i % 8 * 8));
        }
        if (kind == 1) {
            for (int i = 0; i < 4; i++) {
                key[i] = (byte) (sequence >>> (24 - 8 * i));
            }
        }
        return key;
    }

    private static byte[] value(byte[] key, int sequence) {
        byte[] value = new byte[sequence % 10_000 == 0 ? 100_000 : 8 + sequence % 90];
        Arrays.fill(value, (byte) (Arrays.hashCode(key) + sequence * 31));
        return value;
    }

    private static void assertWhole(byte[] key, int sequence, byte[] array, int offset, int length) {
        byte[] expected = value(key, sequence);
        assertTrue(Arrays.equals(expected, 0, expected.length, array, offset, offset + length), "torn value");
    }
}
