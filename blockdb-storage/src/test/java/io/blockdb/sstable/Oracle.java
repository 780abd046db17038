package io.blockdb.sstable;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.EntryCursor;
import io.blockdb.base.TableName;
import io.blockdb.io.FileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What an SSTable must hold, in a {@link TreeMap}, and comparisons with it. */
final class Oracle {
    /** A place in the order of entries. */
    record At(byte[] key, long sequence) {
        @Override
        public String toString() {
            return HexFormat.of().formatHex(key, 0, Math.min(40, key.length)) + "#" + sequence;
        }
    }

    private static final Comparator<At> ORDER = (a, b) -> {
        int order = Arrays.compareUnsigned(a.key, b.key);
        return order != 0 ? order : Long.compare(b.sequence, a.sequence);
    };

    final TreeMap<At, byte[]> entries = new TreeMap<>(ORDER);

    /** A random SSTable's worth of entries, in a few tables, of keys that are made to be hard to tell apart. */
    static Oracle random(Random random, int count, TableName... tables) {
        Oracle oracle = new Oracle();
        byte[][] stems = new byte[1 + random.nextInt(8)][];
        for (int i = 0; i < stems.length; i++) {
            stems[i] = bytes(random, random.nextInt(8) == 0 ? random.nextInt(3000) : random.nextInt(12));
        }
        long sequence = random.nextInt(1000);
        byte[] key = {0};
        while (oracle.entries.size() < count) {
            if (random.nextInt(3) > 0) {
                key = concat(stems[random.nextInt(stems.length)], bytes(random, random.nextInt(6)));
            }
            int revisions = random.nextInt(20) == 0 ? random.nextInt(40) : 1;
            TableName table = tables[random.nextInt(tables.length)];
            for (int i = 0; i < revisions; i++) {
                sequence += 1 + random.nextInt(5);
                oracle.entries.put(new At(table.indexKey(key), sequence), value(random));
            }
        }
        return oracle;
    }

    private static byte[] value(Random random) {
        int length = random.nextInt(30) == 0 ? random.nextInt(3000) : random.nextInt(20);
        byte[] value = new byte[length];
        if (random.nextBoolean()) {
            random.nextBytes(value);
        }
        return value;
    }

    /** Bytes of which half are the extremes. */
    static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        for (int i = 0; i < length; i++) {
            switch (random.nextInt(6)) {
                case 0 -> bytes[i] = 0;
                case 1 -> bytes[i] = (byte) 0xff;
                case 2 -> bytes[i] = (byte) random.nextInt(2);
                default -> {}
            }
        }
        return bytes;
    }

    static byte[] concat(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    /** What a cursor over one table must show: keys without the prefix. */
    Oracle of(TableName table) {
        Oracle part = new Oracle();
        entries.forEach((at, value) -> {
            if (table.isPrefixOf(at.key, 0, at.key.length)) {
                byte[] key = Arrays.copyOfRange(at.key, table.indexPrefixLength(), at.key.length);
                part.entries.put(new At(key, at.sequence), value);
            }
        });
        return part;
    }

    SstableSummary write(FileSystem files, Path path, long number, SstableOptions options) throws IOException {
        try (SstableWriter writer = new SstableWriter(files, path, number, options)) {
            for (Map.Entry<At, byte[]> entry : entries.entrySet()) {
                byte[] key = concat(new byte[3], entry.getKey().key);
                byte[] value = concat(new byte[2], entry.getValue());
                writer.add(key, 3, key.length - 3, entry.getKey().sequence, value, 2, value.length - 2);
            }
            return writer.finish();
        }
    }

    /** The newest entry at or below a sequence. */
    Map.@Nullable Entry<At, byte[]> get(byte[] key, long maxSequence) {
        Map.Entry<At, byte[]> entry = entries.ceilingEntry(new At(key, maxSequence));
        return entry != null && Arrays.equals(entry.getKey().key, key) ? entry : null;
    }

    /** A place near those that there are. */
    At near(Random random) {
        if (entries.isEmpty() || random.nextInt(10) == 0) {
            return new At(bytes(random, random.nextInt(6)), random.nextInt(2000));
        }
        At at = ((NavigableMap<At, byte[]>) entries).firstKey();
        At probe = entries.ceilingKey(new At(bytes(random, random.nextInt(3)), Long.MAX_VALUE));
        at = probe == null ? at : probe;
        for (int i = random.nextInt(30); i > 0 && entries.higherKey(at) != null; i--) {
            at = entries.higherKey(at);
        }
        byte[] key = at.key;
        switch (random.nextInt(5)) {
            case 0 -> key = Arrays.copyOf(key, random.nextInt(key.length + 1));
            case 1 -> key = concat(key, bytes(random, 1 + random.nextInt(2)));
            case 2 -> {
                if (key.length > 0) {
                    key = key.clone();
                    key[random.nextInt(key.length)] += (byte) (random.nextInt(3) - 1);
                }
            }
            default -> {}
        }
        long sequence = switch (random.nextInt(4)) {
            case 0 -> Long.MAX_VALUE;
            case 1 -> random.nextInt(3) - 1;
            default -> at.sequence + random.nextInt(3) - 1;
        };
        return new At(key, sequence);
    }

    /** That the cursor is at this entry, or at none. */
    static void assertAt(Map.@Nullable Entry<At, byte[]> expected, EntryCursor cursor, boolean returned) {
        assertEquals(returned, cursor.valid());
        if (expected == null) {
            assertFalse(cursor.valid(), "expected the cursor at no entry");
            return;
        }
        assertTrue(cursor.valid(), () -> "expected the cursor at " + expected.getKey());
        byte[] key = Arrays.copyOfRange(cursor.keyArray(), cursor.keyOffset(), cursor.keyOffset() + cursor.keyLength());
        assertArrayEquals(expected.getKey().key, key);
        assertEquals(expected.getKey().sequence, cursor.sequence());
        byte[] value = Arrays.copyOfRange(
                cursor.valueArray(), cursor.valueOffset(), cursor.valueOffset() + cursor.valueLength());
        assertArrayEquals(expected.getValue(), value);
    }
}
