package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.TableName;
import io.blockdb.io.DiskFileSystem;
import io.blockdb.io.Environment;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole directory that version 1 wrote must be opened, read, continued and rebuilt for ever. It is never written again.
 *
 * <p>It has four tables (write-once, versioned, versioned and erasable, and one that was never created), several segments and
 * SSTables, and a rest that only the ledger holds; authors, request ids, batches, deletes, expiry, values that are empty, short,
 * long, salted, and of all sorts compressible. {@code expected.txt} is what {@link #dump} made of it then.
 */
class GoldenDatabaseTest {
    static final TableName VERSIONS = TableName.of("versions");
    static final TableName ERASABLE = TableName.of("erasable");
    static final TableName UNDECLARED = TableName.of("größe");

    /** When the first block was written; the last one was within the hour. */
    static final long BEGIN = 1_767_225_600_000_000L;

    private static final long HOUR = 3_600_000_000L;

    /** Of the inline value limit the directory knows nothing: the index has places, whatever it is now. */
    private final Options options = Options.defaults()
            .withDiskReserve(0)
            .withEnvironment(new Environment(new DiskFileSystem(), () -> BEGIN + 2 * HOUR, new Random(5)::nextBytes));

    @TempDir
    Path temporary;

    private Path data = Path.of("");

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static Path golden() {
        try {
            return Path.of(GoldenDatabaseTest.class
                    .getResource("/golden/database-v1/data")
                    .toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void copy() throws IOException {
        data = temporary.resolve("data");
        try (Stream<Path> paths = Files.walk(golden())) {
            for (Path path : paths.toList()) {
                Files.copy(path, data.resolve(golden().relativize(path).toString()));
            }
        }
    }

    private static String expected() throws IOException {
        return Files.readString(golden().resolveSibling("expected.txt"));
    }

    /** Every block, every table, and every revision of every key, a line each. */
    static String dump(BlockDb db) throws IOException {
        StringBuilder text = new StringBuilder();
        for (long height = 0; height < db.stats().blocks(); height++) {
            BlockInfo block = db.block(height);
            text.append("block %d %s first %d entries %d at %d%n"
                    .formatted(height, block.hash(), block.firstSequence(), block.entryCount(), block.timestamp()));
        }
        for (TableInfo table : db.tables()) {
            text.append("table %s %s erasable %s declared %s%n"
                    .formatted(table.name(), table.policy(), table.erasable(), table.declared()));
            for (byte[] key : keys(db, table.name())) {
                Revision visible = db.find(table.name(), key);
                text.append("key %s shows %s%n"
                        .formatted(base64(key), visible == null ? "nothing" : "" + visible.sequence()));
                for (Revision revision : db.history(table.name(), key)) {
                    byte[] value = revision.value();
                    text.append("  %d %s expires %d value %s%n"
                            .formatted(
                                    revision.sequence(),
                                    revision.state(),
                                    revision.expiresAt(),
                                    value == null ? "none" : value.length + " " + sha256(value)));
                }
            }
        }
        return text.toString().replace("\r\n", "\n");
    }

    /** All keys that a table ever had, in order. */
    private static List<byte[]> keys(BlockDb db, TableName table) throws IOException {
        List<byte[]> keys = new ArrayList<>();
        try (var cursor = db.engine().index().cursor(table)) {
            for (boolean there = cursor.first(); there; there = cursor.next()) {
                byte[] key = java.util.Arrays.copyOfRange(
                        cursor.keyArray(), cursor.keyOffset(), cursor.keyOffset() + cursor.keyLength());
                if (keys.isEmpty() || !java.util.Arrays.equals(keys.get(keys.size() - 1), key)) {
                    keys.add(key);
                }
            }
        }
        return keys;
    }

    private static String base64(byte[] key) {
        return Base64.getEncoder().encodeToString(key);
    }

    private static String sha256(byte[] value) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(value));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void isReadAndContinued() throws IOException {
        try (BlockDb db = BlockDb.open(data, options)) {
            assertEquals(List.of(), db.recoveryNotes());
            assertTrue(db.stats().sstables() > 1 && db.stats().ledgerSegments() > 2);
            assertEquals(expected(), dump(db));
            IndexAudit.check(db);

            Commit repeated = db.write(new WriteBatch()
                    .put(VERSIONS, bytes("asked"), bytes("once"))
                    .author("ada")
                    .requestId("request-1"));
            assertTrue(repeated.existing());
            assertThrows(DuplicateKeyException.class, () -> db.put(bytes("key 1"), bytes("another")));
            assertNull(db.get(VERSIONS, bytes("deleted")));
            assertNull(db.get(VERSIONS, bytes("expired")));
            assertArrayEquals(bytes("still there"), db.get(VERSIONS, bytes("expires late")));
            assertEquals(expected(), dump(db));

            assertFalse(db.put(bytes("continued"), bytes("yes")).existing());
            db.put(ERASABLE, bytes("continued"), new byte[10_000]);
        }
        try (BlockDb db = BlockDb.open(data, options.withReadOnly(true))) {
            assertArrayEquals(bytes("yes"), db.get(bytes("continued")));
            assertArrayEquals(new byte[10_000], db.get(ERASABLE, bytes("continued")));
            IndexAudit.check(db);
        }
    }

    @Test
    void isReadWithoutAChange() throws IOException {
        try (BlockDb db = BlockDb.open(data, options.withReadOnly(true))) {
            assertEquals(List.of(), db.recoveryNotes());
            assertEquals(expected(), dump(db));
        }
        assertTrue(BlockDb.verify(data, options, (done, total, blocks) -> {}).valid());
        try (Stream<Path> paths = Files.walk(golden())) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                Path copied = data.resolve(golden().relativize(path).toString());
                assertEquals(-1, Files.mismatch(path, copied), copied::toString);
            }
        }
    }

    @Test
    void itsIndexIsBuiltAnew() throws IOException {
        try (Stream<Path> files = Files.list(data.resolve("index"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(data.resolve("index"));
        try (BlockDb db = BlockDb.open(data, options.withReadOnly(true))) {
            assertEquals(expected(), dump(db));
        }
        try (BlockDb db = BlockDb.open(data, options.withMemtableSizeLimit(8 << 10))) {
            assertEquals(expected(), dump(db));
            IndexAudit.check(db);
            assertNotNull(db.put(bytes("continued"), bytes("yes")));
        }
    }
}
