package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Seed;
import io.blockdb.base.TableName;
import io.blockdb.io.Environment;
import io.blockdb.io.MemoryFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What readers see while others write, flush and compact, and what becomes of the files that they read. */
class ReadersTest {
    private static final Path DATA = Path.of("/data");
    private static final Path INDEX = DATA.resolve("index");
    private static final TableName VERSIONS = TableName.of("versions");

    private final MemoryFileSystem fileSystem = new MemoryFileSystem();
    private final Options tiny = Options.defaults()
            .withDiskReserve(0)
            .withMemtableSizeLimit(8 << 10)
            .withSstableSize(4 << 10)
            .withSegmentSize(16 << 10)
            .withCompactionThreshold(2)
            .withPageCacheSize(16 << 10)
            .withOpenSstablesMax(3)
            .withOpenSegmentsMax(2)
            .withEnvironment(new Environment(fileSystem, () -> 1_000_000, new Random(1)::nextBytes));

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static byte[] key(int number) {
        return bytes("key%05d".formatted(number));
    }

    private Set<String> sstables() throws IOException {
        Set<String> names = new HashSet<>(fileSystem.list(INDEX));
        names.removeIf(name -> !name.endsWith(".sst"));
        return names;
    }

    private static Set<String> live(BlockDb db) {
        Set<String> names = new HashSet<>();
        db.engine()
                .index()
                .state()
                .tables()
                .version()
                .files()
                .forEach(file -> names.add("%06d.sst".formatted(file.fileNumber())));
        return names;
    }

    @Test
    void aCursorKeepsItsFilesUntilItIsClosed() throws IOException {
        try (BlockDb db = BlockDb.open(DATA, tiny)) {
            db.createTable(VERSIONS, TablePolicy.VERSIONED, false);
            for (int i = 0; i < 500; i++) {
                db.put(VERSIONS, key(i), bytes("old " + i));
            }
            // Else a flush between the cursor and the look at what is live shows files that the cursor does not hold.
            new Quiet(db).await();
            Snapshot snapshot = db.snapshot();
            Set<String> pinned = live(db);
            Cursor cursor = db.cursor(VERSIONS, KeyRange.all());
            // What was live before and after it was opened, it holds; compaction goes on beside.
            pinned.retainAll(live(db));
            for (int i = 0; i < 100; i++) {
                assertTrue(cursor.next());
            }
            for (int round = 0; round < 5; round++) {
                for (int i = 0; i < 500; i++) {
                    db.put(VERSIONS, key(i), bytes("new " + round + " " + i));
                }
            }
            assertFalse(live(db).containsAll(pinned), "nothing was compacted");
            assertTrue(sstables().containsAll(pinned), "a file was deleted under a cursor");
            for (int i = 100; i < 500; i++) {
                assertTrue(cursor.next());
                assertArrayEquals(key(i), cursor.key());
                assertArrayEquals(bytes("old " + i), cursor.value());
            }
            assertFalse(cursor.next());
            assertTrue(cursor.last());
            for (int i = 498; i >= 0; i--) {
                assertTrue(cursor.previous());
                assertArrayEquals(bytes("old " + i), cursor.value());
            }
            for (int i = 0; i < 500; i++) {
                assertArrayEquals(bytes("old " + i), snapshot.get(VERSIONS, key(i)));
                assertArrayEquals(bytes("new 4 " + i), db.get(VERSIONS, key(i)));
            }
            pinned.removeAll(live(db));
            cursor.close();
            cursor.close();
            pinned.retainAll(sstables());
            assertEquals(Set.of(), pinned, "files that nobody reads any more");
            assertThrows(IllegalStateException.class, cursor::next);
        }
        fileSystem.assertNoOpenFiles();
    }

    @Test
    void aCursorThatOutlivesItsDatabaseDeletesNothing() throws IOException {
        Cursor cursor;
        try (BlockDb db = BlockDb.open(DATA, tiny)) {
            for (int i = 0; i < 300; i++) {
                db.put(key(i), bytes("" + i));
            }
            cursor = db.cursor(TableName.DEFAULT, KeyRange.all());
            for (int i = 300; i < 900; i++) {
                db.put(key(i), bytes("" + i));
            }
        }
        try (BlockDb db = BlockDb.open(DATA, tiny.withReadOnly(true))) {
            Set<String> before = sstables();
            cursor.close();
            assertEquals(before, sstables());
            IndexAudit.check(db);
        }
        fileSystem.assertNoOpenFiles();
    }

    /** The shape of a large database, by tiny limits: many segments, SSTables in several levels. */
    @Test
    void manySegmentsAndLevels() throws IOException {
        checkShape(25_000, 20, 3, 100);
    }

    /** The shape of a hundred gigabytes. */
    @Test
    @Tag("soak")
    void hundredsOfSegmentsAndFiveLevels() throws IOException {
        checkShape(100_000, 150, 5, 1000);
    }

    private void checkShape(int keys, int valueLength, int levels, int files) throws IOException {
        Options shaped = tiny.withMemtableSizeLimit(16 << 10);
        Random random = Seed.random();
        try (BlockDb db = BlockDb.open(DATA, shaped)) {
            for (int i = 0; i < keys; i += 50) {
                WriteBatch batch = new WriteBatch();
                for (int j = i; j < i + 50; j++) {
                    batch.put(scattered(j), shapedValue(j, j % 100 == 0 ? 600 : valueLength));
                }
                db.write(batch);
            }
            checkShaped(db, keys, random);
        }
        try (BlockDb db = BlockDb.open(DATA, shaped)) {
            Stats stats = db.stats();
            assertTrue(stats.ledgerSegments() > 100, stats::toString);
            int deepest = 0;
            for (int level = 0; level < stats.sstablesPerLevel().size(); level++) {
                deepest = stats.sstablesPerLevel().get(level) > 0 ? level : deepest;
            }
            assertTrue(deepest + 1 >= levels && stats.sstables() > files, stats::toString);
            checkShaped(db, keys, random);
            IndexAudit.check(db);
        }
        fileSystem.assertNoOpenFiles();
    }

    /** Begins with the number; the rest cannot be compressed. */
    private static byte[] shapedValue(int number, int length) {
        byte[] value = new byte[length];
        new Random(number).nextBytes(value);
        byte[] begin = bytes("value " + number + " ");
        System.arraycopy(begin, 0, value, 0, begin.length);
        return value;
    }

    /** Keys that go up and down, as hashes do. */
    private static byte[] scattered(int number) {
        return bytes("%08x".formatted(number * 0x9e3779b1));
    }

    private static void checkShaped(BlockDb db, int keys, Random random) throws IOException {
        for (int i = 0; i < 2000; i++) {
            int number = random.nextInt(keys);
            byte[] value = db.get(scattered(number));
            assertNotNull(value);
            assertArrayEquals(shapedValue(number, value.length), value);
        }
        int found = 0;
        byte[] last = new byte[0];
        try (Cursor cursor = db.cursor(TableName.DEFAULT, KeyRange.all())) {
            while (cursor.next()) {
                assertTrue(java.util.Arrays.compareUnsigned(last, cursor.key()) < 0);
                last = cursor.key();
                found++;
            }
        }
        assertEquals(keys, found);
    }

    /**
     * Writers put the same number under all keys of their group, in one batch each time, and readers must never see two
     * numbers of a group, nor a number go back, nor one that is behind what its writer was answered.
     */
    @Test
    void readersSeeWholeBatchesInOrderWhileOthersWrite() throws Exception {
        int writers = 3;
        int readers = 4;
        int groupKeys = 5;
        int rounds = 400;
        Random random = Seed.random();
        AtomicLongArray answered = new AtomicLongArray(writers);
        AtomicBoolean writing = new AtomicBoolean(true);
        ExecutorService threads = Executors.newFixedThreadPool(writers + readers);
        try (BlockDb db = BlockDb.open(DATA, tiny)) {
            db.createTable(VERSIONS, TablePolicy.VERSIONED, false);
            List<Future<Long>> writes = new ArrayList<>();
            for (int i = 0; i < writers; i++) {
                int group = i;
                writes.add(threads.submit(() -> writeGroup(db, group, groupKeys, rounds, answered)));
            }
            List<Future<Long>> reads = new ArrayList<>();
            for (int i = 0; i < readers; i++) {
                long seed = random.nextLong();
                Callable<Long> reader = i % 2 == 0
                        ? () -> readPoints(db, new Random(seed), groupKeys, answered, writing)
                        : () -> readScans(db, new Random(seed), groupKeys, answered, writing);
                reads.add(threads.submit(reader));
            }
            for (Future<Long> write : writes) {
                assertEquals(rounds, write.get());
            }
            writing.set(false);
            for (Future<Long> read : reads) {
                assertTrue(read.get() > 0);
            }
            assertTrue(db.stats().compactions() > 0);
            IndexAudit.check(db);
        } finally {
            threads.shutdownNow();
        }
        fileSystem.assertNoOpenFiles();
    }

    private static byte[] groupKey(int group, int member) {
        return bytes("group " + group + " member " + member);
    }

    private static long writeGroup(BlockDb db, int group, int members, int rounds, AtomicLongArray answered)
            throws IOException {
        for (int round = 1; round <= rounds; round++) {
            WriteBatch batch = new WriteBatch();
            for (int member = 0; member < members; member++) {
                batch.put(VERSIONS, groupKey(group, member), bytes("" + round));
            }
            db.write(batch);
            answered.set(group, round);
            assertArrayEquals(bytes("" + round), db.get(VERSIONS, groupKey(group, round % members)));
        }
        return rounds;
    }

    private static long number(byte[] value) {
        return value == null ? 0 : Long.parseLong(new String(value, UTF_8));
    }

    private static long readPoints(
            BlockDb db, Random random, int members, AtomicLongArray answered, AtomicBoolean writing)
            throws IOException {
        long[] seen = new long[answered.length()];
        long reads = 0;
        for (boolean last = false; !last; reads++) {
            last = !writing.get();
            int group = random.nextInt(answered.length());
            long atLeast = Math.max(seen[group], answered.get(group));
            Snapshot snapshot = db.snapshot();
            long found = number(snapshot.get(VERSIONS, groupKey(group, random.nextInt(members))));
            assertTrue(found >= atLeast, () -> "group " + group + ": " + found + " after " + atLeast);
            for (int member = 0; member < members; member++) {
                byte[] key = groupKey(group, member);
                assertEquals(found, number(snapshot.get(VERSIONS, key)), "one batch, seen in part");
                assertTrue(number(db.get(VERSIONS, key)) >= found);
            }
            assertEquals(found, snapshot.history(VERSIONS, groupKey(group, 0)).size());
            seen[group] = found;
        }
        return reads;
    }

    private static long readScans(
            BlockDb db, Random random, int members, AtomicLongArray answered, AtomicBoolean writing)
            throws IOException {
        long reads = 0;
        for (boolean last = false; !last; reads++) {
            last = !writing.get();
            int group = random.nextInt(answered.length());
            boolean forward = random.nextBoolean();
            long atLeast = answered.get(group);
            Set<Long> numbers = new HashSet<>();
            int found = 0;
            try (Cursor cursor = db.cursor(VERSIONS, KeyRange.prefix(bytes("group " + group + " ")))) {
                while (forward ? cursor.next() : cursor.previous()) {
                    numbers.add(number(cursor.value()));
                    found++;
                }
            }
            assertTrue(found == 0 || found == members, "one batch, seen in part");
            assertTrue(numbers.size() <= 1, () -> "one batch, seen in part: " + numbers);
            assertTrue(atLeast == 0 || numbers.iterator().next() >= atLeast);
        }
        return reads;
    }
}
