package io.blockdb.compaction;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.EntryCursor;
import io.blockdb.base.Seed;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.io.MemoryFileSystem.UnsyncedPolicy;
import io.blockdb.manifest.SstableInfo;
import io.blockdb.sstable.PageCache;
import io.blockdb.sstable.Sstable;
import io.blockdb.sstable.SstableFormat;
import io.blockdb.sstable.SstableOptions;
import io.blockdb.sstable.SstableWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Compactions of real SSTables in memory: what goes in comes out, is cut where it may be, or leaves nothing behind. */
final class CompactionRunTest {
    private static final Path DATABASE = Path.of("/db");
    private static final Path INDEX = DATABASE.resolve("index");
    private static final SstableOptions SMALL_PAGES = new SstableOptions(256, 4, 10, true);
    private static final CompactionOptions OPTIONS = new CompactionOptions(4, 8 << 10);

    private final MemoryFileSystem files = new MemoryFileSystem();
    private final PageCache pages = new PageCache(1 << 20);
    private final AtomicLong nextNumber = new AtomicLong(1);
    private final List<Sstable> open = new ArrayList<>();
    /** Key, sequence and value of all entries written, as text that sorts as they do. */
    private final SortedSet<String> written = new TreeSet<>();

    @BeforeEach
    void createDirectory() throws IOException {
        files.createDirectories(INDEX);
        files.syncDirectory(DATABASE);
        files.syncDirectory(Path.of("/"));
    }

    @Test
    void bringsOutWhatWentIn() throws IOException {
        Random random = Seed.random();
        Compaction compaction = compaction(random, 5, 600);
        List<SstableInfo> outputs = run(compaction, () -> false);
        assertEquals(new ArrayList<>(written), read(outputs));
        assertTrue(outputs.size() > 1);
        MemoryFileSystem afterPowerFailure = files.crashClone(UnsyncedPolicy.DROP_ALL, random);
        for (int i = 0; i < outputs.size(); i++) {
            SstableInfo output = outputs.get(i);
            assertEquals(1, output.level());
            Path path = SstableFormat.path(DATABASE, output.fileNumber());
            assertEquals(files.size(path), output.fileSize());
            assertArrayEquals(files.content(path), afterPowerFailure.content(path));
            if (i > 0) {
                byte[] before = outputs.get(i - 1).largestKey();
                assertTrue(Arrays.compareUnsigned(before, output.smallestKey()) < 0, "a key is in two files");
                assertTrue(outputs.get(i - 1).fileSize() > OPTIONS.sstableSize() / 2, "cut too early");
            }
            assertTrue(output.fileSize() < 3 * OPTIONS.sstableSize(), "cut too late: " + output);
        }
        closeAll();
    }

    @Test
    void doesNotCutTheRevisionsOfAKey() throws IOException {
        List<SstableInfo> inputs = new ArrayList<>();
        for (int file = 0; file < 3; file++) {
            List<String> entries = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                entries.add(entry("hot", 500 * file + i, Seed.random().nextLong() + "." + i));
            }
            inputs.add(write(entries));
        }
        inputs.add(write(List.of(entry("cold", 5000, ""), entry("warm", 5001, ""))));
        List<SstableInfo> outputs = run(new Compaction(0, inputs, List.of(), List.of(), false), () -> false);
        assertEquals(2, outputs.size(), "cut behind the hot key only");
        assertEquals(new ArrayList<>(written), read(outputs));
        closeAll();
    }

    @Test
    void cutsWhereItMeetsTooManyGrandparents() throws IOException {
        List<SstableInfo> grandparents = new ArrayList<>();
        List<String> entries = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            byte[] key = "k%03d".formatted(i).getBytes(StandardCharsets.UTF_8);
            grandparents.add(new SstableInfo(1000 + i, 2, OPTIONS.sstableSize(), 1, key, key, 0, 0));
            entries.add(entry("k%03d".formatted(i), i, "v"));
        }
        SstableInfo input = write(entries);
        List<SstableInfo> outputs = run(new Compaction(0, List.of(input), List.of(), grandparents, false), () -> false);
        assertEquals(new ArrayList<>(written), read(outputs));
        assertEquals(4, outputs.size(), outputs.toString());
        for (SstableInfo output : outputs) {
            long met = grandparents.stream()
                    .filter(file -> file.overlaps(output.smallestKey(), output.largestKey()))
                    .mapToLong(SstableInfo::fileSize)
                    .sum();
            assertTrue(met <= OPTIONS.grandparentBytesMax() + 2 * OPTIONS.sstableSize(), "meets " + met);
        }
        closeAll();
    }

    @Test
    void leavesNothingWhenCancelled() throws IOException {
        Compaction compaction = compaction(Seed.random(), 4, 500);
        List<String> before = files.list(INDEX);
        AtomicInteger looks = new AtomicInteger();
        run(compaction, () -> looks.incrementAndGet() < 0).forEach(this::delete);
        int all = looks.get();
        assertTrue(all > 3, "looks at the flag now and then: " + all);
        for (int n = 1; n <= all; n++) {
            AtomicInteger left = new AtomicInteger(n);
            assertThrows(CancellationException.class, () -> run(compaction, () -> left.decrementAndGet() == 0));
            assertEquals(before, files.list(INDEX), "cancelled at look " + n);
        }
        closeAll();
    }

    @Test
    void leavesNothingWhenAnOperationFails() throws IOException {
        Compaction compaction = compaction(Seed.random(), 3, 300);
        List<String> before = files.list(INDEX);
        long start = files.operations();
        run(compaction, () -> false).forEach(this::delete);
        long all = files.operations() - start - 1;
        for (long n = 1; n <= all; n++) {
            files.failOperation(n);
            try {
                List<SstableInfo> outputs = run(compaction, () -> false);
                files.clearFaults();
                outputs.forEach(this::delete);
            } catch (IOException e) {
                assertTrue(e.getMessage().contains("injected"), e.toString());
            }
            files.clearFaults();
            assertEquals(before, files.list(INDEX), "failed at operation " + n);
        }
        closeAll();
    }

    @Test
    void refusesCursorsThatBringFewerEntries() throws IOException {
        Compaction compaction = compaction(Seed.random(), 3, 100);
        List<String> before = files.list(INDEX);
        CompactionRun run =
                new CompactionRun(files, DATABASE, OPTIONS, SMALL_PAGES, nextNumber::getAndIncrement, () -> false);
        List<EntryCursor> cursors = cursors(compaction.inputs()).subList(0, 2);
        assertThrows(IllegalStateException.class, () -> run.run(compaction, cursors));
        assertEquals(before, files.list(INDEX));
        closeAll();
    }

    // ---- Making and reading SSTables

    private Compaction compaction(Random random, int inputs, int entriesEach) throws IOException {
        List<SstableInfo> upper = new ArrayList<>();
        long sequence = 0;
        for (int i = 0; i < inputs; i++) {
            List<String> entries = new ArrayList<>();
            for (int j = 0; j < entriesEach; j++) {
                byte[] value = new byte[random.nextInt(60)];
                random.nextBytes(value);
                entries.add(entry(
                        "key" + random.nextInt(1000), sequence++, HexFormat.of().formatHex(value)));
            }
            upper.add(write(entries));
        }
        return new Compaction(0, upper, List.of(), List.of(), false);
    }

    /** An entry as text: sorts by key, then sequence descending. */
    private static String entry(String key, long sequence, String value) {
        return "%-10s %08d %s".formatted(key, 99_999_999 - sequence, value);
    }

    private SstableInfo write(List<String> entries) throws IOException {
        long number = nextNumber.getAndIncrement();
        try (SstableWriter writer =
                new SstableWriter(files, SstableFormat.path(DATABASE, number), number, SMALL_PAGES)) {
            for (String entry : new TreeSet<>(entries)) {
                byte[] key = entry.substring(0, 10).getBytes(StandardCharsets.UTF_8);
                byte[] value = entry.substring(20).getBytes(StandardCharsets.UTF_8);
                long sequence = 99_999_999 - Long.parseLong(entry.substring(11, 19));
                writer.add(key, 0, key.length, sequence, value, 0, value.length);
            }
            written.addAll(entries);
            return CompactionRun.info(writer.finish(), 0);
        }
    }

    private List<SstableInfo> run(Compaction compaction, BooleanSupplier cancelled) throws IOException {
        CompactionRun run =
                new CompactionRun(files, DATABASE, OPTIONS, SMALL_PAGES, nextNumber::getAndIncrement, cancelled);
        return run.run(compaction, cursors(compaction.inputs()));
    }

    private List<EntryCursor> cursors(List<SstableInfo> infos) throws IOException {
        List<EntryCursor> cursors = new ArrayList<>();
        for (SstableInfo info : infos) {
            Sstable table = table(info.fileNumber());
            cursors.add(table.cursor());
        }
        return cursors;
    }

    private Sstable table(long number) throws IOException {
        for (Sstable table : open) {
            if (table.fileNumber() == number) {
                return table;
            }
        }
        Sstable table = Sstable.open(files, SstableFormat.path(DATABASE, number), number, pages);
        open.add(table);
        return table;
    }

    private List<String> read(List<SstableInfo> infos) throws IOException {
        List<String> found = new ArrayList<>();
        for (SstableInfo info : infos) {
            table(info.fileNumber()).verify();
            try (EntryCursor cursor = table(info.fileNumber()).cursor()) {
                for (boolean more = cursor.first(); more; more = cursor.next()) {
                    String key = text(cursor.keyArray(), cursor.keyOffset(), cursor.keyLength());
                    String value = text(cursor.valueArray(), cursor.valueOffset(), cursor.valueLength());
                    found.add(entry(key, cursor.sequence(), value));
                }
            }
        }
        return found;
    }

    private static String text(byte[] array, int offset, int length) {
        return new String(array, offset, length, StandardCharsets.UTF_8);
    }

    private void delete(SstableInfo output) {
        try {
            files.delete(SstableFormat.path(DATABASE, output.fileNumber()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void closeAll() {
        open.forEach(Sstable::close);
        files.assertNoOpenFiles();
    }
}
