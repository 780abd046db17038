package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.TableName;
import io.blockdb.base.UnsupportedFormatException;
import io.blockdb.io.Environment;
import io.blockdb.io.MemoryFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A damaged index never gives a wrong answer, and is built anew from the ledger at the latest by the next open. */
class DamagedIndexTest {
    private static final Path DATA = Path.of("/data");
    private static final Path INDEX = DATA.resolve("index");
    private static final TableName VERSIONS = TableName.of("versions");
    private static final int KEYS = 600;

    private final MemoryFileSystem fileSystem = new MemoryFileSystem();
    private final Options options = Options.defaults()
            .withDiskReserve(0)
            .withMemtableSizeLimit(32 << 10)
            .withSstableSize(8 << 10)
            .withEnvironment(new Environment(fileSystem, () -> 1_000_000, new Random(1)::nextBytes));
    private List<String> sstables = List.of();

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @BeforeEach
    void create() throws IOException {
        try (BlockDb db = BlockDb.open(DATA, options)) {
            db.createTable(VERSIONS, TablePolicy.VERSIONED, false);
            for (int i = 0; i < KEYS; i++) {
                db.put(bytes("key" + i), bytes("value" + i));
                db.put(VERSIONS, bytes("key" + i % 10), bytes("value" + i));
            }
        }
        sstables = fileSystem.list(INDEX).stream()
                .filter(name -> name.endsWith(".sst"))
                .toList();
        assertTrue(sstables.size() > 1, sstables::toString);
    }

    /** Whether everything was read; false if the damage was met. A wrong answer fails. */
    private static boolean reads(BlockDb db) throws IOException {
        try {
            for (int i = 0; i < KEYS; i++) {
                assertArrayEquals(bytes("value" + i), db.get(bytes("key" + i)));
            }
            for (int i = 0; i < 10; i++) {
                assertEquals(KEYS / 10, db.history(VERSIONS, bytes("key" + i)).size());
            }
            int found = 0;
            try (Cursor cursor = db.cursor(TableName.DEFAULT, KeyRange.all())) {
                while (cursor.next()) {
                    found++;
                }
            }
            assertEquals(KEYS, found);
            assertEquals(2, db.tables().size());
            return true;
        } catch (CorruptionException e) {
            assertTrue(e.file().endsWith(".sst"), e::toString);
            return false;
        } catch (UnsupportedFormatException e) {
            assertTrue(String.valueOf(e.getMessage()).contains(".sst: "), e::toString);
            return false;
        }
    }

    @Test
    void anyByteOfAnSstable() throws IOException {
        Random random = new Random(7);
        List<String> places = new ArrayList<>();
        for (String name : sstables) {
            Path file = INDEX.resolve(name);
            int length = fileSystem.content(file).length;
            for (int i = 0; i < 12; i++) {
                // Header, footer, and anywhere.
                int offset = i < 2 ? i * 9 : i < 4 ? length - 1 - i * 8 : random.nextInt(length);
                MemoryFileSystem copy = fileSystem.processCrashClone();
                copy.corrupt(file, offset, 1 << random.nextInt(8));
                try {
                    checkHeals(copy);
                } catch (IOException | RuntimeException | AssertionError e) {
                    throw new AssertionError(name + " @" + offset + " of " + length, e);
                }
                places.add(name + "@" + offset);
            }
        }
        assertTrue(places.size() >= 24);
    }

    private void checkHeals(MemoryFileSystem files) throws IOException {
        Options with = options.withEnvironment(new Environment(files, () -> 1_000_000, new Random(1)::nextBytes));
        try (BlockDb reader =
                BlockDb.open(DATA, with.withMemtableSizeLimit(1 << 20).withReadOnly(true))) {
            reads(reader);
            VerifyReport report = reader.verify((done, total, blocks) -> {});
            assertTrue(
                    report.failures().stream()
                            .allMatch(failure -> failure.file().startsWith("index/")),
                    report::toString);
        }
        boolean whole;
        try (BlockDb db = BlockDb.open(DATA, with)) {
            whole = reads(db);
        }
        files.assertNoOpenFiles();
        try (BlockDb db = BlockDb.open(DATA, with)) {
            assertTrue(reads(db), "the index did not heal");
            if (!whole) {
                IndexAudit.check(db);
            }
            db.put(bytes("another"), bytes("one"));
        }
        files.assertNoOpenFiles();
    }

    @Test
    void damageEndsWritingUntilTheNextOpen() throws IOException {
        for (String name : sstables) {
            Path file = INDEX.resolve(name);
            // All but the frame: whatever is read of it does not check out.
            for (int offset = 200; offset < fileSystem.content(file).length - 200; offset += 50) {
                fileSystem.corrupt(file, offset, 0x10);
            }
        }
        try (BlockDb db = BlockDb.open(DATA, options)) {
            if (db.recoveryNotes().isEmpty()) {
                assertThrows(CorruptionException.class, () -> db.get(bytes("key1")));
                assertThrows(IOException.class, () -> {
                    for (int i = 0; i < 10_000; i++) {
                        db.put(TableName.of("other"), bytes("key" + i), bytes("x"));
                    }
                });
            }
        }
        try (BlockDb db = BlockDb.open(DATA, options)) {
            assertTrue(reads(db));
        }
    }

    @Test
    void filesThatAreGoneOrNotSstables() throws IOException {
        for (String name : fileSystem.list(INDEX)) {
            for (int kind = 0; kind < 4; kind++) {
                MemoryFileSystem copy = fileSystem.processCrashClone();
                Path file = INDEX.resolve(name);
                switch (kind) {
                    case 0 -> copy.delete(file);
                    case 1 -> copy.setContent(file, new byte[0]);
                    case 2 -> copy.truncate(file, fileSystem.content(file).length / 2);
                    default -> copy.setContent(file, new byte[fileSystem.content(file).length]);
                }
                checkHeals(copy);
            }
        }
    }
}
