package io.blockdb.base;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.ListCursor.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Merged cursors against one over everything, through all operations and changes of direction. */
final class MergingCursorTest {
    private static final int ROUNDS = 400;
    private static final int STEPS = 300;

    @Test
    void walksAsOneCursorWould() throws IOException {
        Random random = Seed.random();
        for (int round = 0; round < ROUNDS; round++) {
            List<Entry> entries = entries(random, random.nextInt(60));
            int[] dealt = random.ints(entries.size(), 0, 1 + random.nextInt(9)).toArray();
            List<ListCursor> children = ListCursor.deal(entries, 10, i -> dealt[i]);
            ListCursor oracle = new ListCursor(entries);
            try (MergingCursor merged = new MergingCursor(children)) {
                for (int step = 0; step < STEPS; step++) {
                    moveBoth(random, oracle, merged);
                    assertSame(oracle, merged);
                }
            }
            assertTrue(children.stream().allMatch(ListCursor::isClosed));
        }
    }

    private static void moveBoth(Random random, ListCursor oracle, MergingCursor merged) throws IOException {
        int operation = random.nextInt(20);
        if (operation < 4 || !oracle.valid()) {
            byte[] key = key(random);
            long sequence = random.nextInt(4) == 0 ? Long.MAX_VALUE : random.nextInt(12);
            switch (random.nextInt(4)) {
                case 0 -> assertEquals(oracle.first(), merged.first());
                case 1 -> assertEquals(oracle.last(), merged.last());
                case 2 -> assertEquals(oracle.seek(key, sequence), merged.seek(key, sequence));
                default -> assertEquals(oracle.seekBefore(key, sequence), merged.seekBefore(key, sequence));
            }
        } else if (operation < 12) {
            assertEquals(oracle.next(), merged.next());
        } else {
            assertEquals(oracle.previous(), merged.previous());
        }
    }

    private static void assertSame(ListCursor oracle, MergingCursor merged) {
        assertEquals(oracle.valid(), merged.valid());
        if (!oracle.valid()) {
            assertThrows(IllegalStateException.class, merged::next);
            assertThrows(IllegalStateException.class, merged::previous);
            assertThrows(IllegalStateException.class, merged::sequence);
            return;
        }
        int from = merged.keyOffset();
        assertArrayEquals(oracle.entry().key(), Arrays.copyOfRange(merged.keyArray(), from, from + merged.keyLength()));
        assertEquals(oracle.sequence(), merged.sequence());
        int value = merged.valueOffset();
        assertArrayEquals(
                oracle.entry().value(), Arrays.copyOfRange(merged.valueArray(), value, value + merged.valueLength()));
    }

    @Test
    void isAtNoEntryAfterAFailureAndCanBeSoughtAgain() throws IOException {
        List<Entry> entries = entries(Seed.random(), 30);
        List<ListCursor> children = ListCursor.deal(entries, 3, i -> i % 3);
        try (MergingCursor merged = new MergingCursor(children)) {
            assertTrue(merged.first());
            children.forEach(child -> child.setFailing(true));
            assertThrows(IOException.class, merged::next);
            assertFalse(merged.valid());
            assertThrows(IllegalStateException.class, merged::next);
            children.forEach(child -> child.setFailing(false));
            assertTrue(merged.last());
            children.forEach(child -> child.setFailing(true));
            assertThrows(IOException.class, () -> merged.seek(new byte[0], 0));
            assertFalse(merged.valid());
            children.forEach(child -> child.setFailing(false));
            assertTrue(merged.first());
            ListCursor oracle = new ListCursor(entries);
            assertTrue(oracle.first());
            assertSame(oracle, merged);
        }
    }

    @Test
    void mergesNothingToNothing() throws IOException {
        try (MergingCursor merged = new MergingCursor(List.of())) {
            assertFalse(merged.first());
            assertFalse(merged.last());
            assertFalse(merged.seek(new byte[1], 1));
            assertFalse(merged.seekBefore(new byte[1], 1));
        }
    }

    private static List<Entry> entries(Random random, int count) {
        SortedSet<Entry> entries = new TreeSet<>(Entry.ORDER);
        for (int i = 0; i < count; i++) {
            byte[] value = new byte[random.nextInt(3)];
            random.nextBytes(value);
            entries.add(new Entry(key(random), random.nextInt(10), value));
        }
        return new ArrayList<>(entries);
    }

    /** Few different ones, of different lengths, with bytes that are negative as Java sees them. */
    private static byte[] key(Random random) {
        byte[] key = new byte[random.nextInt(3)];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (random.nextInt(4) * 80);
        }
        return key;
    }
}
