package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.TableName;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody cuts the SSTables of a database that is open: that is an error of the file, and not the end of the process. */
@Tag("no-flags")
class TruncatedIndexTest {
    private static final int KEYS = 20_000;

    @TempDir
    Path directory;

    private static byte[] key(int number) {
        return ("key" + number).getBytes(UTF_8);
    }

    /** Too random to be compressed, so that the files have many pages. */
    private static byte[] value(int number) {
        byte[] value = new byte[100];
        new Random(number).nextBytes(value);
        return value;
    }

    @Test
    void aMappedFileThatIsCutIsDamaged() throws IOException {
        // Without a page cache every read goes to the map.
        Options options = Options.defaults()
                .withDiskReserve(0)
                .withMemtableSizeLimit(1 << 20)
                .withPageCacheSize(0);
        try (BlockDb db = BlockDb.open(directory, options)) {
            for (int i = 0; i < KEYS; i += 100) {
                WriteBatch batch = new WriteBatch();
                for (int j = i; j < i + 100; j++) {
                    batch.put(key(j), value(j));
                }
                db.write(batch);
            }
        }
        try (BlockDb db = BlockDb.open(directory, options.withReadOnly(true));
                Cursor cursor = db.cursor(TableName.DEFAULT, KeyRange.all())) {
            assertEquals(0, damagedReads(db));
            assertTrue(cursor.next());
            cut();
            assertTrue(damagedReads(db) > 0);
            assertTrue(isDamaged(cursor));
            VerifyReport report = db.verify((done, total, blocks) -> {});
            assertFalse(report.valid());
            assertTrue(
                    report.failures().stream()
                            .allMatch(failure -> failure.file().startsWith("index/")),
                    report::toString);
        }
        try (BlockDb db = BlockDb.open(directory, options)) {
            assertEquals(0, damagedReads(db));
            assertTrue(db.recoveryNotes().toString().contains("built anew"), db.recoveryNotes()::toString);
        }
    }

    private void cut() throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.list(directory.resolve("index"))) {
            files = found.filter(file -> file.toString().endsWith(".sst")).toList();
        }
        assertTrue(files.size() > 1);
        for (Path file : files) {
            try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
                open.setLength(open.length() / 3);
            }
        }
    }

    private static int damagedReads(BlockDb db) throws IOException {
        int damaged = 0;
        for (int i = 0; i < KEYS; i++) {
            try {
                assertArrayEquals(value(i), db.get(key(i)));
            } catch (CorruptionException e) {
                assertTrue(e.file().endsWith(".sst"), e::toString);
                damaged++;
            }
        }
        return damaged;
    }

    private static boolean isDamaged(Cursor cursor) throws IOException {
        try {
            while (cursor.next()) {
                assertEquals(100, cursor.value().length);
            }
            return false;
        } catch (CorruptionException e) {
            assertTrue(e.file().endsWith(".sst"), e::toString);
            return true;
        }
    }
}
