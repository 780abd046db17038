package io.blockdb.sstable;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.ByteWriter;
import io.blockdb.base.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Searching and walking a page, held against a sorted list, with keys chosen to be hard to tell apart. */
final class PageCursorTest {
    private record Entry(byte[] key, long sequence, byte[] value) {}

    private static final Comparator<Entry> ORDER = (a, b) -> {
        int order = Arrays.compareUnsigned(a.key, b.key);
        return order != 0 ? order : Long.compare(b.sequence, a.sequence);
    };

    @Test
    void findsWhatASortedListFinds() {
        Random random = Seed.random();
        for (int round = 0; round < 400; round++) {
            List<Entry> entries = randomEntries(random);
            Page page = page(entries, 1 + random.nextInt(20));
            PageCursor withKeys = new PageCursor(true);
            PageCursor withoutKeys = new PageCursor(false);
            withKeys.reset(page);
            withoutKeys.reset(page);
            for (int i = 0; i < 50; i++) {
                checkSeek(entries, withKeys, withoutKeys, randomTarget(entries, random));
            }
            checkWalk(entries, withKeys);
        }
    }

    private static void checkSeek(List<Entry> entries, PageCursor withKeys, PageCursor withoutKeys, Entry target) {
        int found = 0;
        while (found < entries.size() && ORDER.compare(entries.get(found), target) < 0) {
            found++;
        }
        boolean there = found < entries.size();
        assertEquals(there, withKeys.seek(target.key, target.key.length, target.sequence));
        assertEquals(there, withoutKeys.seek(target.key, target.key.length, target.sequence));
        if (there) {
            checkAt(entries.get(found), withKeys);
            assertEquals(withKeys.entryAt(), withoutKeys.entryAt());
            assertEquals(Arrays.equals(entries.get(found).key, target.key), withoutKeys.isExact());
            assertEquals(found > 0, withKeys.previous());
            if (found > 0) {
                checkAt(entries.get(found - 1), withKeys);
            }
        }
    }

    private static void checkWalk(List<Entry> entries, PageCursor cursor) {
        cursor.first();
        for (int i = 0; i < entries.size(); i++) {
            checkAt(entries.get(i), cursor);
            assertEquals(i + 1 < entries.size(), cursor.next());
        }
        cursor.last();
        for (int i = entries.size() - 1; i >= 0; i--) {
            checkAt(entries.get(i), cursor);
            assertEquals(i > 0, cursor.previous());
        }
        assertFalse(cursor.valid());
    }

    private static void checkAt(Entry entry, PageCursor cursor) {
        assertTrue(cursor.valid());
        assertArrayEquals(entry.key, Arrays.copyOf(cursor.key(), cursor.keyLength()));
        assertEquals(entry.sequence, cursor.sequence());
        assertArrayEquals(
                entry.value,
                Arrays.copyOfRange(cursor.bytes(), cursor.valueAt(), cursor.valueAt() + cursor.valueLength()));
    }

    private static Entry randomTarget(List<Entry> entries, Random random) {
        Entry near = entries.get(random.nextInt(entries.size()));
        byte[] key = near.key;
        switch (random.nextInt(4)) {
            case 0 -> key = Arrays.copyOf(key, random.nextInt(key.length + 1));
            case 1 -> key = Arrays.copyOf(key, key.length + 1 + random.nextInt(9));
            case 2 -> {
                key = key.clone();
                if (key.length > 0) {
                    key[random.nextInt(key.length)] += (byte) (random.nextInt(3) - 1);
                }
            }
            default -> {
                // The very key.
            }
        }
        long sequence = random.nextInt(3) == 0 ? SstableFormat.MAX_SEQUENCE : near.sequence + random.nextInt(3) - 1;
        return new Entry(key, Math.max(0, sequence), new byte[0]);
    }

    /** Keys that share long beginnings, contain each other, end in zeros, and come in several revisions. */
    private static List<Entry> randomEntries(Random random) {
        TreeSet<Entry> entries = new TreeSet<>(ORDER);
        int count = 1 + random.nextInt(200);
        int bytes = 1 + random.nextInt(4);
        byte[] prefix = new byte[random.nextInt(30)];
        random.nextBytes(prefix);
        while (entries.size() < count) {
            byte[] key = Arrays.copyOf(prefix, prefix.length + random.nextInt(24));
            for (int i = prefix.length; i < key.length; i++) {
                key[i] = (byte) (random.nextInt(bytes) - (bytes > 2 ? 1 : 0));
            }
            byte[] value = new byte[random.nextInt(10) == 0 ? random.nextInt(400) : random.nextInt(20)];
            random.nextBytes(value);
            int revisions = random.nextInt(20) == 0 ? 40 : 1 + random.nextInt(2);
            for (int i = 0; i < revisions; i++) {
                long sequence = random.nextInt(4) == 0 ? SstableFormat.MAX_SEQUENCE - i : random.nextInt(1 << 20);
                entries.add(new Entry(key, sequence, value));
            }
        }
        return new ArrayList<>(entries);
    }

    private static Page page(List<Entry> entries, int restartInterval) {
        PageBuilder builder = new PageBuilder(4096, restartInterval);
        for (Entry entry : entries) {
            int shared = builder.isEmpty()
                    ? 0
                    : Arrays.mismatch(builder.lastKey(), 0, builder.lastKeyLength(), entry.key, 0, entry.key.length);
            builder.add(
                    entry.key,
                    0,
                    entry.key.length,
                    shared < 0 ? entry.key.length : shared,
                    entry.sequence,
                    entry.value,
                    0,
                    entry.value.length);
        }
        ByteWriter raw = builder.finish();
        return Page.ofEntries(1, 24, Arrays.copyOf(raw.array(), raw.size()));
    }
}
