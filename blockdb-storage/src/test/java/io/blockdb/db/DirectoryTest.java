package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.LedgerPoint;
import io.blockdb.base.Position;
import io.blockdb.base.Seed;
import io.blockdb.base.UnsupportedFormatException;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.ledger.BlockEntry;
import io.blockdb.proof.BlockHeader;
import io.blockdb.proof.MerkleTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** Which directories are opened; the others are refused, and not a byte of them changes. */
@Timeout(120)
class DirectoryTest {
    private final Random random = Seed.random();
    private final MemoryFileSystem disk = new MemoryFileSystem();
    private final Options options = Workload.options(disk, 1);

    private static Path at(String path) {
        return Workload.ROOT.resolve(path);
    }

    private <T extends Throwable> T refused(Class<T> type, Executable open) {
        Map<String, String> before = disk.snapshot();
        T refusal = assertThrows(type, open);
        assertEquals(before, disk.snapshot());
        disk.assertNoOpenFiles();
        return refusal;
    }

    private BlockDb open() throws IOException {
        return BlockDb.open(Workload.ROOT, options);
    }

    private void writeDatabase() throws IOException {
        Workload workload = new Workload(disk, random.nextLong(), 0);
        workload.run();
    }

    // ---- Not ours

    @Test
    void foreignFilesAreNotTouched() throws IOException {
        disk.setContent(at("photo.jpg"), new byte[10]);
        NotADatabaseException refusal = refused(NotADatabaseException.class, this::open);
        assertTrue(refusal.getMessage().contains("photo.jpg"), refusal::getMessage);
    }

    @Test
    void anotherProgramsKeysAreNotTouched() throws IOException {
        disk.setContent(at("keys/server.pem"), new byte[10]);
        refused(NotADatabaseException.class, this::open);
    }

    @Test
    void anotherProgramsLedgerIsNotTouched() throws IOException {
        disk.setContent(at("ledger/2024.seg"), new byte[10]);
        disk.setContent(at("keys/server.pem"), new byte[10]);
        refused(NotADatabaseException.class, this::open);
    }

    @Test
    void aFileIsNoDirectory() throws IOException {
        disk.setContent(Workload.ROOT, new byte[10]);
        refused(NotADatabaseException.class, this::open);
    }

    @Test
    void nothingIsMadeWhereNothingIsToBeCreated() throws IOException {
        refused(NoDatabaseException.class, () -> BlockDb.open(Workload.ROOT, options.withCreateIfMissing(false)));
        refused(NoDatabaseException.class, () -> BlockDb.open(Workload.ROOT, options.withReadOnly(true)));
        refused(NoDatabaseException.class, () -> BlockDb.verify(Workload.ROOT, options, (done, total, blocks) -> {}));
    }

    // ---- Of a newer format

    /** Writes a version into a header and makes its checksum right again. */
    private void raise(Path file, int versionAt, int crcAt, int from, int to) throws IOException {
        byte[] bytes = disk.content(file);
        ByteBuffer.wrap(bytes).putInt(versionAt, 2);
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, to - from);
        ByteBuffer.wrap(bytes).putInt(crcAt, (int) crc.getValue());
        disk.setContent(file, bytes);
    }

    @Test
    void aNewerSegmentIsRefused() throws IOException {
        writeDatabase();
        List<String> segments = disk.list(at("ledger")).stream()
                .filter(name -> name.endsWith(".seg"))
                .toList();
        raise(at("ledger").resolve(segments.get(segments.size() - 1)), 12, 8, 12, 96);
        refusedAsTooNew();
    }

    @Test
    void aNewerRecordOfTheCloseIsRefused() throws IOException {
        writeDatabase();
        int length = disk.content(at("ledger/HEAD")).length;
        raise(at("ledger/HEAD"), 12, 8, 12, length);
        refusedAsTooNew();
    }

    @Test
    void aNewerBlockIsRefused() throws IOException {
        try (BlockDb db = open()) {
            db.put("key".getBytes(UTF_8), "value".getBytes(UTF_8));
        }
        disk.delete(at("ledger/HEAD"));
        Path segment = at("ledger/0000000001.seg");
        byte[] bytes = disk.content(segment);
        byte[] head = Arrays.copyOfRange(bytes, 96, 96 + 104);
        ByteBuffer.wrap(head).putShort(76, (short) 2);
        CRC32C crc = new CRC32C();
        crc.update(head, 8, head.length - 8);
        ByteBuffer.wrap(head).putInt(4, (int) crc.getValue());
        System.arraycopy(head, 0, bytes, 96, head.length);
        disk.setContent(segment, bytes);
        refusedAsTooNew();
    }

    private void refusedAsTooNew() {
        UnsupportedFormatException refusal = refused(UnsupportedFormatException.class, this::open);
        assertTrue(refusal.getMessage().contains("too new"), refusal::getMessage);
        refused(UnsupportedFormatException.class, () -> BlockDb.open(Workload.ROOT, options.withReadOnly(true)));
    }

    @Test
    void aNewerLevelOfTheRulesIsRefused() throws IOException {
        try (BlockDb db = open()) {
            db.put("key".getBytes(UTF_8), "value".getBytes(UTF_8));
            Planned raise = Planned.system(
                    SystemTables.FORMAT,
                    SystemTables.LEVEL_KEY,
                    "{\"level\":2,\"writer\":\"blockdb 9.0.0\"}".getBytes(UTF_8));
            BlockEntry entry = raise.encode(new byte[0], false);
            LedgerPoint head = Objects.requireNonNull(db.engine().head());
            BlockHeader header = new BlockHeader(
                    1,
                    head.blocks(),
                    head.entries(),
                    head.timestamp(),
                    Objects.requireNonNull(db.engine().ledgerId()),
                    head.lastHash(),
                    MerkleTree.root(entry.leafHash(), 1));
            db.engine().ledger().append(header, List.of(entry), Position.NONE);
        }
        refusedAsTooNew();
    }

    // ---- In use

    @Test
    void aSecondOpenIsRefusedAndTellsWhoHasIt() throws IOException {
        try (BlockDb db = open()) {
            db.put("key".getBytes(UTF_8), "value".getBytes(UTF_8));
            Map<String, String> before = disk.snapshot();
            int openFiles = disk.openFiles();
            DatabaseInUseException refusal = assertThrows(DatabaseInUseException.class, this::open);
            assertTrue(
                    refusal.getMessage()
                            .contains("process " + ProcessHandle.current().pid() + " on host "),
                    refusal::getMessage);
            assertThrows(DatabaseInUseException.class, () -> BlockDb.open(Workload.ROOT, options.withReadOnly(true)));
            assertThrows(
                    DatabaseInUseException.class,
                    () -> BlockDb.verify(Workload.ROOT, options, (done, total, blocks) -> {}));
            assertEquals(before, disk.snapshot());
            assertEquals(openFiles, disk.openFiles());
        }
        try (BlockDb reader = BlockDb.open(Workload.ROOT, options.withReadOnly(true));
                BlockDb another = BlockDb.open(Workload.ROOT, options.withReadOnly(true))) {
            assertEquals(reader.stats().headHash(), another.stats().headHash());
            assertThrows(DatabaseInUseException.class, this::open);
        }
        open().close();
        disk.assertNoOpenFiles();
    }
}
