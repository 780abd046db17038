package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.TableName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ledger damaged before its end: opened read-only it serves what lies before, and says so where the answer may lie behind. */
class DamagedLedgerTest {
    private static final TableName VERSIONED = TableName.of("versioned");
    private static final Options READ_ONLY =
            Options.defaults().withReadOnly(true).withCreateIfMissing(false);

    @TempDir
    private Path directory;

    private final List<Long> blockStarts = new ArrayList<>();

    @BeforeEach
    void writeKeys() throws IOException {
        try (BlockDb db = BlockDb.open(directory, Options.defaults())) {
            db.createTable(VERSIONED, TablePolicy.VERSIONED, false);
            db.put(VERSIONED, bytes("v"), bytes("old"));
            for (int i = 1; i <= 5; i++) {
                blockStarts.add(Files.size(segment()));
                db.put(bytes("k" + i), bytes("value " + i));
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private Path segment() {
        return directory.resolve("ledger/0000000001.seg");
    }

    /** Changes a byte of the block that holds key {@code k<number>}. */
    private void damage(int number) throws IOException {
        damage(number, 150);
    }

    private void damage(int number, int offsetInFrame) throws IOException {
        try (FileChannel file = FileChannel.open(segment(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            long offset = blockStarts.get(number - 1) + offsetInFrame;
            file.read(one, offset);
            one.put(0, (byte) (one.get(0) ^ 1)).flip();
            file.write(one, offset);
        }
    }

    @Test
    void whatLiesBeforeIsServedAndTheRestThrows() throws IOException {
        for (int bad : new int[] {5, 3}) {
            damage(bad);
            assertThrows(CorruptionException.class, () -> open(Options.defaults()));
            try (BlockDb db = BlockDb.open(directory, READ_ONLY)) {
                for (int i = 1; i < bad; i++) {
                    assertArrayEquals(bytes("value " + i), db.get(bytes("k" + i)));
                    assertEquals(
                            1, db.history(TableName.DEFAULT, bytes("k" + i)).size());
                }
                for (int i = bad; i <= 5; i++) {
                    byte[] key = bytes("k" + i);
                    CorruptionException thrown = assertThrows(CorruptionException.class, () -> db.get(key));
                    assertEquals("ledger/0000000001.seg", thrown.file());
                    assertThrows(CorruptionException.class, () -> db.find(TableName.DEFAULT, key));
                    assertThrows(CorruptionException.class, () -> db.history(TableName.DEFAULT, key));
                }
                assertEquals(bad - 1, scanned(db));
                assertFalse(db.recoveryNotes().isEmpty());
                assertFalse(db.verify((done, total, blocks) -> {}).valid());
            }
        }
    }

    @Test
    void aVersionedKeyMayHaveANewerRevisionBehindTheDamage() throws IOException {
        damage(4);
        try (BlockDb db = BlockDb.open(directory, READ_ONLY)) {
            assertThrows(CorruptionException.class, () -> db.get(VERSIONED, bytes("v")));
            assertThrows(CorruptionException.class, () -> db.history(VERSIONED, bytes("v")));
            assertThrows(CorruptionException.class, () -> db.cursor(VERSIONED, KeyRange.all()));
            Snapshot before = db.snapshotAt(3);
            assertArrayEquals(bytes("old"), before.get(VERSIONED, bytes("v")));
        }
    }

    /** What does not even begin is damage like any other: nobody can say of a key that it is absent. */
    @Test
    void withoutItsBeginOrAnySegmentNothingIsSaidToBeAbsent() throws IOException {
        Files.write(segment(), new byte[0]);
        nothingCanBeSaid();
        Files.delete(segment());
        nothingCanBeSaid();
        Files.delete(directory.resolve("ledger/HEAD"));
        Files.delete(directory.resolve("ledger"));
        nothingCanBeSaid();
    }

    private void nothingCanBeSaid() throws IOException {
        try (BlockDb db = BlockDb.open(directory, READ_ONLY)) {
            assertThrows(CorruptionException.class, () -> db.get(bytes("k1")));
            assertThrows(CorruptionException.class, () -> db.find(TableName.DEFAULT, bytes("absent")));
            assertThrows(CorruptionException.class, () -> db.history(VERSIONED, bytes("v")));
            assertEquals(0, scanned(db));
            assertThrows(CorruptionException.class, db::tables);
            assertThrows(CorruptionException.class, db::keys);
            assertThrows(CorruptionException.class, () -> db.receipt(bytes("k1")));
            blocksBehindAreNotDenied(db);
        }
        VerifyReport report =
                BlockDb.verify(directory, Options.defaults().withReadOnly(true), (done, total, blocks) -> {});
        assertFalse(report.valid());
        assertTrue(
                report.failures().stream().allMatch(failure -> failure.file().startsWith("ledger/")), report::toString);
        assertThrows(CorruptionException.class, () -> open(Options.defaults()));
    }

    private static void blocksBehindAreNotDenied(BlockDb db) {
        assertThrows(CorruptionException.class, () -> db.block(6));
        assertThrows(CorruptionException.class, () -> db.blockOf(7));
        assertThrows(CorruptionException.class, () -> db.snapshotAt(6));
        assertThrows(CorruptionException.class, () -> db.receipt(7));
        assertThrows(IllegalArgumentException.class, () -> db.block(-1));
    }

    @Test
    void whatLiesBehindTheDamageIsNotDenied() throws IOException {
        damage(3);
        try (BlockDb db = BlockDb.open(directory, READ_ONLY)) {
            blocksBehindAreNotDenied(db);
        }
    }

    /** Where the chain of heads is broken there is no tree: that is the damage, told with its place, and no fault of the program. */
    @Test
    void whatCannotBeProvedIsTheDamage() throws IOException {
        damage(3, 20);
        try (BlockDb db = BlockDb.open(directory, READ_ONLY)) {
            CorruptionException receipt = assertThrows(CorruptionException.class, () -> db.receipt(0));
            assertEquals("ledger/0000000001.seg", receipt.file());
            assertThrows(CorruptionException.class, () -> db.consistency(1, 2));
        }
    }

    @Test
    void aDamagedKeyIsToldBesideADamagedLedger() throws IOException {
        damage(3);
        Path key;
        try (DirectoryStream<Path> keys = Files.newDirectoryStream(directory.resolve("keys"), "*.pem")) {
            key = keys.iterator().next();
        }
        Files.write(key, new byte[0]);
        VerifyReport report =
                BlockDb.verify(directory, Options.defaults().withReadOnly(true), (done, total, blocks) -> {});
        assertEquals(
                List.of("ledger/0000000001.seg", "keys/" + key.getFileName()),
                report.failures().stream().map(VerifyReport.Failure::file).toList(),
                report::toString);
    }

    private void open(Options options) throws IOException {
        BlockDb.open(directory, options).close();
    }

    private static int scanned(BlockDb db) throws IOException {
        int count = 0;
        try (Cursor cursor = db.cursor(TableName.DEFAULT, KeyRange.all())) {
            while (cursor.next()) {
                count++;
            }
        } catch (CorruptionException behind) {
            return count;
        }
        throw new AssertionError("the scan ended as if it were complete");
    }
}
