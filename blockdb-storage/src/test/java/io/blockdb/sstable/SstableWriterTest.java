package io.blockdb.sstable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Seed;
import io.blockdb.base.TableName;
import io.blockdb.io.MemoryFileSystem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the writer refuses, what it leaves behind, and how it fails. */
final class SstableWriterTest {
    private static final Path FILE = Path.of("/3.sst");

    private final MemoryFileSystem files = new MemoryFileSystem();

    private static void add(SstableWriter writer, String key, long sequence) throws IOException {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        writer.add(bytes, 0, bytes.length, sequence, bytes, 0, bytes.length);
    }

    @Test
    void refusesEntriesOutOfOrder() throws IOException {
        try (SstableWriter writer = new SstableWriter(files, FILE, 3, SstableOptions.DEFAULT)) {
            add(writer, "b", 5);
            add(writer, "bb", 5);
            String[] keys = {"a", "b", "ba", "bb", "bb", ""};
            long[] sequences = {9, 1, 9, 5, 6, 9};
            for (int i = 0; i < keys.length; i++) {
                String key = keys[i];
                long sequence = sequences[i];
                assertThrows(IllegalArgumentException.class, () -> add(writer, key, sequence), key);
            }
            add(writer, "bb", 4);
            add(writer, "bc", 9);
            assertEquals(4, writer.finish().entries());
        }
    }

    @Test
    void refusesWhatIsOutOfRange() throws IOException {
        try (SstableWriter writer = new SstableWriter(files, FILE, 3, SstableOptions.DEFAULT)) {
            assertThrows(IllegalArgumentException.class, () -> add(writer, "a", -1));
            assertThrows(IllegalArgumentException.class, () -> add(writer, "a", 1L << 53));
            byte[] large = new byte[SstableFormat.MAX_VALUE_LENGTH + 1];
            assertThrows(
                    IllegalArgumentException.class,
                    () -> writer.add(large, 0, SstableFormat.MAX_KEY_LENGTH + 1, 1, large, 0, 0));
            assertThrows(IllegalArgumentException.class, () -> writer.add(large, 0, 1, 1, large, 0, large.length));
            assertThrows(IllegalStateException.class, writer::finish);
        }
        assertThrows(IllegalArgumentException.class, () -> new SstableWriter(files, FILE, 0, SstableOptions.DEFAULT));
        assertThrows(IllegalArgumentException.class, () -> new SstableOptions(63, 16, 12, true));
        assertThrows(IllegalArgumentException.class, () -> new SstableOptions(64, 0, 12, true));
        assertThrows(IllegalArgumentException.class, () -> new SstableOptions(64, 16, 33, true));
    }

    @Test
    void leavesNoFileUnlessFinished() throws IOException {
        try (SstableWriter writer = new SstableWriter(files, FILE, 3, SstableOptions.DEFAULT)) {
            add(writer, "a", 1);
        }
        assertFalse(files.exists(FILE));
        SstableWriter finished = new SstableWriter(files, FILE, 3, SstableOptions.DEFAULT);
        add(finished, "a", 1);
        finished.finish();
        finished.close();
        assertTrue(files.exists(FILE));
        assertThrows(IllegalStateException.class, finished::finish);
        assertThrows(IllegalStateException.class, () -> add(finished, "b", 1));
        assertThrows(FileAlreadyExistsException.class, () -> new SstableWriter(files, FILE, 3, SstableOptions.DEFAULT));
        assertTrue(files.exists(FILE));
        files.assertNoOpenFiles();
    }

    @Test
    void whatIsFinishedSurvivesAPowerFailure() throws IOException {
        Random random = Seed.random();
        Oracle oracle = Oracle.random(random, 500, TableName.DEFAULT);
        oracle.write(files, FILE, 3, SstableOptions.DEFAULT);
        files.syncDirectory(FILE.getParent());
        MemoryFileSystem after = files.crashClone(MemoryFileSystem.UnsyncedPolicy.DROP_ALL, random);
        try (Sstable table = Sstable.open(after, FILE, 3, new PageCache(0))) {
            table.verify();
            assertEquals(oracle.entries.size(), table.summary().entries());
        }
    }

    @Test
    void everyFailureIsReportedAndLeavesNothing() throws IOException {
        Oracle oracle = Oracle.random(Seed.random(), 2000, TableName.DEFAULT);
        long begin = files.mutations();
        oracle.write(files, Path.of("/0.sst"), 9, SstableOptions.DEFAULT);
        long steps = files.mutations() - begin;
        for (long n = 1; n <= steps; n++) {
            files.failOperation(n);
            assertThrows(IOException.class, () -> oracle.write(files, FILE, 3, SstableOptions.DEFAULT));
            files.clearFaults();
            assertFalse(files.exists(FILE));
            files.assertNoOpenFiles();
        }
    }

    @Test
    void theEstimateIsNearTheSize() throws IOException {
        for (boolean compress : new boolean[] {false, true}) {
            try (SstableWriter writer = new SstableWriter(files, FILE, 3, new SstableOptions(4096, 16, 12, compress))) {
                for (int i = 0; i < 20_000; i++) {
                    add(writer, "key-%08d".formatted(i), i);
                }
                long estimate = writer.fileSizeEstimate();
                long size = writer.finish().fileSize();
                assertTrue(Math.abs(estimate - size) < 12_000, estimate + " estimated, " + size);
            }
            files.delete(FILE);
        }
    }

    @Test
    void namesOfFiles() {
        assertEquals(Path.of("/db/index/000012.sst"), SstableFormat.path(Path.of("/db"), 12));
        assertEquals(Path.of("/db/index/1234567.sst"), SstableFormat.path(Path.of("/db"), 1234567));
        assertEquals(OptionalLong.of(12), SstableFormat.fileNumber("000012.sst"));
        assertEquals(OptionalLong.of(1234567), SstableFormat.fileNumber("1234567.sst"));
        for (String other : new String[] {"12.sst", "0000012.sst", "000012.tmp", "000012.sst~", "-00012.sst", ".sst"}) {
            assertEquals(OptionalLong.empty(), SstableFormat.fileNumber(other), other);
        }
    }
}
