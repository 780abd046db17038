package io.blockdb.sstable;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.EntryCursor;
import io.blockdb.base.IndexHit;
import io.blockdb.base.Seed;
import io.blockdb.base.TableName;
import io.blockdb.io.DiskFileSystem;
import io.blockdb.io.FileSystem;
import io.blockdb.io.MemoryFileSystem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Point reads and cursors against a {@link java.util.TreeMap}. */
final class SstableTest {
    private static final Path FILE = Path.of("/1.sst");
    private static final TableName[] TABLES = {
        TableName.of("a"), TableName.of("a b"), TableName.of("ab"), TableName.of("b")
    };

    @Test
    void answersAsATreeMapDoes() throws IOException {
        Random random = Seed.random();
        for (int round = 0; round < 100; round++) {
            MemoryFileSystem files = new MemoryFileSystem();
            SstableOptions options = new SstableOptions(
                    64 << random.nextInt(6), 1 + random.nextInt(20), 4 + random.nextInt(12), random.nextBoolean());
            TableName[] tables = Arrays.copyOf(TABLES, 1 + random.nextInt(TABLES.length));
            Oracle oracle = Oracle.random(random, 1 + random.nextInt(1 << random.nextInt(12)), tables);
            check(random, files, FILE, options, oracle);
            files.assertNoOpenFiles();
        }
    }

    @Test
    void readsMappedFilesOfTheDisk(@TempDir Path directory) throws IOException {
        Random random = Seed.random();
        Oracle oracle = Oracle.random(random, 5000, TABLES);
        check(random, new DiskFileSystem(), directory.resolve("7.sst"), SstableOptions.DEFAULT, oracle);
    }

    private static void check(Random random, FileSystem files, Path path, SstableOptions options, Oracle oracle)
            throws IOException {
        SstableSummary written = oracle.write(files, path, 7, options);
        assertEquals(files.size(path), written.fileSize());
        PageCache pages = new PageCache(random.nextInt(3) * 20_000L);
        try (Sstable table = Sstable.open(files, path, 7, pages)) {
            checkSummary(oracle, written);
            checkSummary(oracle, table.summary());
            assertEquals(written.fileSize(), table.summary().fileSize());
            checkGets(random, oracle, table);
            try (EntryCursor cursor = table.cursor()) {
                checkCursor(random, oracle, cursor);
            }
            for (TableName name : TABLES) {
                try (EntryCursor cursor = table.cursor(name)) {
                    checkCursor(random, oracle.of(name), cursor);
                }
            }
            table.verify();
        }
    }

    private static void checkSummary(Oracle oracle, SstableSummary summary) {
        assertEquals(7, summary.fileNumber());
        assertEquals(oracle.entries.size(), summary.entries());
        assertArrayEquals(oracle.entries.firstKey().key(), summary.smallestKey());
        assertArrayEquals(oracle.entries.lastKey().key(), summary.largestKey());
        assertEquals(
                oracle.entries.keySet().stream()
                        .mapToLong(Oracle.At::sequence)
                        .min()
                        .orElseThrow(),
                summary.smallestSequence());
        assertEquals(
                oracle.entries.keySet().stream()
                        .mapToLong(Oracle.At::sequence)
                        .max()
                        .orElseThrow(),
                summary.largestSequence());
    }

    private static void checkGets(Random random, Oracle oracle, Sstable table) throws IOException {
        for (Oracle.At at : oracle.entries.keySet()) {
            checkGet(oracle, table, at);
            checkGet(oracle, table, new Oracle.At(at.key(), at.sequence() - 1));
        }
        for (int i = 0; i < 300; i++) {
            checkGet(oracle, table, oracle.near(random));
        }
    }

    private static void checkGet(Oracle oracle, Sstable table, Oracle.At at) throws IOException {
        Map.Entry<Oracle.At, byte[]> expected = oracle.get(at.key(), at.sequence());
        IndexHit hit = table.get(at.key(), at.sequence());
        if (expected == null) {
            assertNull(hit, at::toString);
        } else {
            assertNotNull(hit, at::toString);
            assertEquals(expected.getKey().sequence(), hit.sequence());
            assertArrayEquals(
                    expected.getValue(), Arrays.copyOfRange(hit.array(), hit.offset(), hit.offset() + hit.length()));
        }
    }

    private static void checkCursor(Random random, Oracle oracle, EntryCursor cursor) throws IOException {
        boolean at = cursor.first();
        for (Map.Entry<Oracle.At, byte[]> entry : oracle.entries.entrySet()) {
            Oracle.assertAt(entry, cursor, at);
            at = cursor.next();
        }
        Oracle.assertAt(null, cursor, at);
        assertThrows(IllegalStateException.class, cursor::next);
        at = cursor.last();
        for (Map.Entry<Oracle.At, byte[]> entry : oracle.entries.descendingMap().entrySet()) {
            Oracle.assertAt(entry, cursor, at);
            at = cursor.previous();
        }
        Oracle.assertAt(null, cursor, at);
        assertThrows(IllegalStateException.class, cursor::previous);
        walkAtRandom(random, oracle, cursor);
    }

    private static void walkAtRandom(Random random, Oracle oracle, EntryCursor cursor) throws IOException {
        Map.Entry<Oracle.At, byte[]> expected = null;
        for (int i = 0; i < 400; i++) {
            Oracle.At to = oracle.near(random);
            int step = expected == null ? 6 + random.nextInt(4) : random.nextInt(10);
            if (step < 3) {
                expected = oracle.entries.higherEntry(expected.getKey());
                Oracle.assertAt(expected, cursor, cursor.next());
            } else if (step < 6) {
                expected = oracle.entries.lowerEntry(expected.getKey());
                Oracle.assertAt(expected, cursor, cursor.previous());
            } else if (step < 8) {
                expected = oracle.entries.ceilingEntry(to);
                Oracle.assertAt(expected, cursor, cursor.seek(to.key(), to.sequence()));
            } else {
                expected = oracle.entries.lowerEntry(to);
                Oracle.assertAt(expected, cursor, cursor.seekBefore(to.key(), to.sequence()));
            }
        }
    }

    @Test
    void oneKeyWithRevisionsOverManyPages() throws IOException {
        MemoryFileSystem files = new MemoryFileSystem();
        Oracle oracle = new Oracle();
        byte[] key = TABLES[0].indexKey("only".getBytes(StandardCharsets.UTF_8));
        for (long sequence = 10; sequence < 30_000; sequence += 10) {
            oracle.entries.put(new Oracle.At(key, sequence), new byte[] {(byte) sequence});
        }
        check(Seed.random(), files, FILE, new SstableOptions(128, 4, 10, false), oracle);
    }

    @Test
    void extremesOfKeysValuesAndSequences() throws IOException {
        MemoryFileSystem files = new MemoryFileSystem();
        Oracle oracle = new Oracle();
        oracle.entries.put(new Oracle.At(new byte[0], 0), new byte[0]);
        oracle.entries.put(new Oracle.At(new byte[0], SstableFormat.MAX_SEQUENCE), new byte[0]);
        oracle.entries.put(new Oracle.At(new byte[] {(byte) 0xff}, SstableFormat.MAX_SEQUENCE), new byte[5 << 20]);
        byte[] longest = new byte[SstableFormat.MAX_KEY_LENGTH];
        for (int i = 0; i < 300; i++) {
            longest[longest.length - 1] = (byte) (i >> 1);
            longest[longest.length - 2] = (byte) (i >> 8);
            oracle.entries.put(new Oracle.At(longest.clone(), i), new byte[i]);
        }
        check(Seed.random(), files, FILE, SstableOptions.DEFAULT, oracle);
        // Long keys that share nearly everything must not cost their length each, neither in the data nor in the index.
        SstableSummary plain = oracle.write(files, Path.of("/2.sst"), 2, new SstableOptions(4096, 16, 12, false));
        assertTrue(plain.fileSize() - (5 << 20) < 60L * longest.length, () -> plain.fileSize() + " bytes");
    }

    @Test
    void separatorsOfLongKeysAreCut() throws IOException {
        MemoryFileSystem files = new MemoryFileSystem();
        Random random = Seed.random();
        Oracle oracle = new Oracle();
        long raw = 0;
        for (int i = 0; i < 200; i++) {
            byte[] key = new byte[64_000];
            random.nextBytes(key);
            oracle.entries.put(new Oracle.At(key, i), new byte[10]);
            raw += key.length;
        }
        long size = oracle.write(files, FILE, 7, SstableOptions.DEFAULT).fileSize();
        assertTrue(size < raw + raw / 50, size + " bytes for " + raw);
        try (Sstable table = Sstable.open(files, FILE, 7, new PageCache(1 << 20))) {
            assertTrue(
                    table.root().bytes().length < 8192,
                    () -> "root of " + table.root().bytes().length);
            table.verify();
        }
    }

    @Test
    void whatWasHitStaysAfterTheFileIsClosed() throws IOException {
        MemoryFileSystem files = new MemoryFileSystem();
        Oracle oracle = Oracle.random(Seed.random(), 50, TABLES);
        oracle.write(files, FILE, 7, SstableOptions.DEFAULT);
        Sstable table = Sstable.open(files, FILE, 7, new PageCache(0));
        Map.Entry<Oracle.At, byte[]> entry = oracle.entries.lastEntry();
        IndexHit hit = table.get(entry.getKey().key(), Long.MAX_VALUE);
        table.close();
        table.close();
        assertNotNull(hit);
        assertArrayEquals(
                oracle.get(entry.getKey().key(), Long.MAX_VALUE).getValue(),
                Arrays.copyOfRange(hit.array(), hit.offset(), hit.offset() + hit.length()));
        assertThrows(IllegalStateException.class, () -> table.get(entry.getKey().key(), Long.MAX_VALUE));
    }
}
