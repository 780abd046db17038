package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Hash;
import io.blockdb.base.TableName;
import io.blockdb.io.Environment;
import io.blockdb.io.MemoryFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database opened read-only answers, and changes nothing. */
class ReadOnlyTest {
    private static final Path DATA = Path.of("/data");
    private static final TableName VERSIONS = TableName.of("versions");

    private final MemoryFileSystem fileSystem = new MemoryFileSystem();

    private Options memory() {
        return Options.defaults()
                .withDiskReserve(0)
                .withEnvironment(new Environment(fileSystem, () -> 1_000_000, new Random(1)::nextBytes));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static byte[] value(int number) {
        byte[] value = new byte[number % 7 == 0 ? 2000 : 40];
        Arrays.fill(value, (byte) number);
        return value;
    }

    private static void fill(BlockDb db, int from, int to) throws IOException {
        for (int i = from; i < to; i += 10) {
            WriteBatch batch = new WriteBatch();
            for (int j = i; j < Math.min(to, i + 10); j++) {
                batch.put(bytes("key" + j), value(j));
            }
            db.write(batch);
        }
    }

    private static void check(BlockDb db, int keys) throws IOException {
        for (int i = 0; i < keys; i++) {
            assertArrayEquals(value(i), db.get(bytes("key" + i)));
        }
        assertNull(db.get(bytes("key" + keys)));
        assertEquals(1, db.history(TableName.DEFAULT, bytes("key1")).size());
        int found = 0;
        try (Cursor cursor = db.cursor(TableName.DEFAULT, KeyRange.all())) {
            while (cursor.next()) {
                found++;
            }
        }
        assertEquals(keys, found);
    }

    @Test
    void noByteChangesInMemory() throws IOException {
        try (BlockDb db = BlockDb.open(DATA, memory().withMemtableSizeLimit(16 << 10))) {
            fill(db, 0, 1000);
            assertTrue(db.stats().sstables() > 0 || db.stats().flushes() > 0);
        }
        fileSystem.setReadOnly(true);
        Hash before = fileSystem.digest();
        long mutations = fileSystem.mutations();
        try (BlockDb db = BlockDb.open(DATA, memory().withReadOnly(true))) {
            check(db, 1000);
            assertEquals(List.of(), db.recoveryNotes());
            assertTrue(db.verify((done, total, blocks) -> {}).valid());
            assertThrows(ReadOnlyException.class, () -> db.put(bytes("a"), bytes("b")));
            assertThrows(ReadOnlyException.class, () -> db.createTable(VERSIONS, TablePolicy.VERSIONED, false));
            assertThrows(ReadOnlyException.class, () -> db.writeAsync(new WriteBatch().put(bytes("a"), bytes("b"))));
        }
        assertTrue(BlockDb.verify(DATA, memory(), (done, total, blocks) -> {}).valid());
        assertEquals(before, fileSystem.digest());
        assertEquals(mutations, fileSystem.mutations());
        fileSystem.assertNoOpenFiles();
    }

    @Test
    void noByteAndNoTimeChangesOnDisk(@TempDir Path directory) throws IOException {
        Options options = Options.defaults().withDiskReserve(0).withMemtableSizeLimit(64 << 10);
        Path data = directory.resolve("data");
        try (BlockDb db = BlockDb.open(data, options)) {
            fill(db, 0, 500);
        }
        boolean posix = data.getFileSystem().supportedFileAttributeViews().contains("posix");
        TreeMap<String, String> before = state(data);
        if (posix) {
            setWritable(data, false);
        }
        try (BlockDb db = BlockDb.open(data, options.withReadOnly(true));
                BlockDb second = BlockDb.open(data, options.withReadOnly(true))) {
            check(db, 500);
            check(second, 500);
        } finally {
            if (posix) {
                setWritable(data, true);
            }
        }
        assertEquals(before, state(data));
        try (BlockDb db = BlockDb.open(data, options)) {
            check(db, 500);
        }
    }

    /** Every path with its time of change, length and content. */
    private static TreeMap<String, String> state(Path directory) throws IOException {
        TreeMap<String, String> state = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.toList()) {
                String content = Files.isDirectory(path) ? "" : Arrays.hashCode(Files.readAllBytes(path)) + "";
                state.put(path.toString(), Files.getLastModifiedTime(path) + " " + content);
            }
        }
        return state;
    }

    private static void setWritable(Path directory, boolean writable) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.toList()) {
                String rights = (Files.isDirectory(path) ? "r-x" : "r--") + "------";
                Files.setPosixFilePermissions(
                        path, PosixFilePermissions.fromString(writable ? rights.replaceFirst("-", "w") : rights));
            }
        }
    }

    @Test
    void readersShareAndExcludeTheWriter() throws IOException {
        try (BlockDb db = BlockDb.open(DATA, memory())) {
            fill(db, 0, 10);
            DatabaseInUseException refused =
                    assertThrows(DatabaseInUseException.class, () -> BlockDb.open(DATA, memory().withReadOnly(true)));
            assertTrue(
                    refused.getMessage()
                            .contains("process " + ProcessHandle.current().pid()),
                    refused::getMessage);
            assertThrows(DatabaseInUseException.class, () -> BlockDb.open(DATA, memory()));
            assertThrows(
                    DatabaseInUseException.class, () -> BlockDb.verify(DATA, memory(), (done, total, blocks) -> {}));
        }
        BlockDb first = BlockDb.open(DATA, memory().withReadOnly(true));
        BlockDb second = BlockDb.open(DATA, memory().withReadOnly(true));
        check(first, 10);
        check(second, 10);
        first.close();
        first.close();
        assertThrows(DatabaseInUseException.class, () -> BlockDb.open(DATA, memory()));
        check(second, 10);
        second.close();
        try (BlockDb db = BlockDb.open(DATA, memory())) {
            fill(db, 10, 20);
            check(db, 20);
        }
    }

    @Test
    void readersAndWritersExcludeEachOtherOnDisk(@TempDir Path data) throws IOException {
        Options options = Options.defaults().withDiskReserve(0);
        try (BlockDb db = BlockDb.open(data, options)) {
            fill(db, 0, 10);
            assertThrows(DatabaseInUseException.class, () -> BlockDb.open(data, options.withReadOnly(true)));
        }
        try (BlockDb db = BlockDb.open(data, options.withReadOnly(true));
                BlockDb second = BlockDb.open(data, options.withReadOnly(true))) {
            assertThrows(DatabaseInUseException.class, () -> BlockDb.open(data, options));
            check(db, 10);
            check(second, 10);
        }
        BlockDb.open(data, options).close();
    }

    @Test
    void aTornTailIsReportedAndNotCut() throws IOException {
        try (BlockDb db = BlockDb.open(DATA, memory())) {
            fill(db, 0, 100);
            // What a killed process leaves, with a write that stopped halfway.
            MemoryFileSystem killed = fileSystem.processCrashClone();
            Path segment = lastSegment(killed);
            killed.truncate(segment, lengthWithoutZeros(killed.content(segment)) - 20);
            Options options = memory().withEnvironment(new Environment(killed, () -> 0, new Random(1)::nextBytes));
            Hash before = killed.digest();
            for (int i = 0; i < 2; i++) {
                try (BlockDb reader = BlockDb.open(DATA, options.withReadOnly(true))) {
                    assertTrue(reader.recoveryNotes().toString().contains("torn"), reader.recoveryNotes()::toString);
                    check(reader, 90);
                }
                assertEquals(before, killed.digest());
            }
            try (BlockDb writer = BlockDb.open(DATA, options)) {
                assertTrue(writer.recoveryNotes().toString().contains("torn"), writer.recoveryNotes()::toString);
                check(writer, 90);
                fill(writer, 90, 120);
                check(writer, 120);
            }
        }
    }

    private static int lengthWithoutZeros(byte[] content) {
        int length = content.length;
        while (content[length - 1] == 0) {
            length--;
        }
        return length;
    }

    private static Path lastSegment(MemoryFileSystem files) {
        List<String> segments = files.snapshot().keySet().stream()
                .filter(path -> path.endsWith(".seg"))
                .sorted()
                .toList();
        return Path.of(segments.get(segments.size() - 1));
    }

    @Test
    void anIndexThatIsBehindIsMadeUpForInMemory() throws IOException {
        try (BlockDb db = BlockDb.open(DATA, memory())) {
            fill(db, 0, 500);
            // Killed: nothing was flushed, so that all of it has to be indexed again.
            MemoryFileSystem killed = fileSystem.processCrashClone();
            Options options = memory().withEnvironment(new Environment(killed, () -> 0, new Random(1)::nextBytes))
                    .withReadOnly(true);
            Hash before = killed.digest();
            long needed;
            try (BlockDb reader = BlockDb.open(DATA, options.withMemtableSizeLimit(1 << 20))) {
                needed = reader.stats().memtableBytes();
                check(reader, 500);
            }
            try (BlockDb reader = BlockDb.open(DATA, options.withMemtableSizeLimit(needed / 2))) {
                assertTrue(reader.engine().index().state().frozen().size() > 0);
                check(reader, 500);
            }
            try (BlockDb reader = BlockDb.open(DATA, options.withMemtableSizeLimit(4 << 10))) {
                checkUnreadable(reader);
            }
            assertEquals(before, killed.digest());
            killed.assertNoOpenFiles();
        }
    }

    private static void checkUnreadable(BlockDb reader) throws IOException {
        assertThrows(IndexBehindException.class, () -> reader.get(bytes("key1")));
        assertThrows(IndexBehindException.class, () -> reader.find(TableName.DEFAULT, bytes("key1")));
        assertThrows(IndexBehindException.class, () -> reader.history(TableName.DEFAULT, bytes("key1")));
        assertThrows(IndexBehindException.class, () -> reader.cursor(TableName.DEFAULT, KeyRange.all()));
        assertThrows(IndexBehindException.class, reader::tables);
        assertThrows(IndexBehindException.class, () -> reader.snapshot().get(TableName.DEFAULT, bytes("key1")));
        assertTrue(reader.verify((done, total, blocks) -> {}).valid());
        assertEquals(51, reader.block(50).height() + 1);
        assertEquals(51, reader.stats().blocks());
    }

    @Test
    void anIndexThatIsGoneIsMadeUpForInMemory() throws IOException {
        Options small = memory().withMemtableSizeLimit(8 << 10);
        try (BlockDb db = BlockDb.open(DATA, small)) {
            fill(db, 0, 500);
        }
        deleteIndex();
        Hash before = fileSystem.digest();
        fileSystem.setReadOnly(true);
        try (BlockDb reader = BlockDb.open(DATA, memory().withReadOnly(true))) {
            check(reader, 500);
        }
        try (BlockDb reader = BlockDb.open(DATA, small.withReadOnly(true))) {
            checkUnreadable(reader);
        }
        assertEquals(before, fileSystem.digest());
        fileSystem.setReadOnly(false);
        try (BlockDb db = BlockDb.open(DATA, small)) {
            check(db, 500);
            IndexAudit.check(db);
        }
    }

    private void deleteIndex() throws IOException {
        for (String name : fileSystem.list(DATA.resolve("index"))) {
            fileSystem.delete(DATA.resolve("index").resolve(name));
        }
        fileSystem.delete(DATA.resolve("index"));
    }

    @Test
    void aLockThatCannotBeHadIsGoneWithout(@TempDir Path data) throws IOException {
        Options options = Options.defaults().withDiskReserve(0);
        try (BlockDb db = BlockDb.open(data, options)) {
            fill(db, 0, 10);
        }
        Files.delete(data.resolve("LOCK"));
        TreeMap<String, String> before = state(data);
        try (BlockDb reader = BlockDb.open(data, options.withReadOnly(true))) {
            check(reader, 10);
        }
        assertEquals(before, state(data));
    }

    @Test
    void aLockThatMayNotBeOpenedIsGoneWithout() throws IOException {
        try (BlockDb db = BlockDb.open(DATA, memory())) {
            fill(db, 0, 10);
        }
        fileSystem.failWhen((operation, path, number) -> operation == MemoryFileSystem.Operation.LOCK);
        try (BlockDb reader = BlockDb.open(DATA, memory().withReadOnly(true))) {
            check(reader, 10);
        }
        fileSystem.clearFaults();
        fileSystem.assertNoOpenFiles();
    }

    @Test
    void nothingIsCreatedWhereThereIsNothing() throws IOException {
        fileSystem.createDirectories(DATA);
        Hash before = fileSystem.digest();
        assertThrows(NoDatabaseException.class, () -> BlockDb.open(DATA, memory().withReadOnly(true)));
        assertThrows(NoDatabaseException.class, () -> BlockDb.open(Path.of("/other"), memory().withReadOnly(true)));
        assertThrows(NoDatabaseException.class, () -> BlockDb.verify(DATA, memory(), (done, total, blocks) -> {}));
        assertEquals(before, fileSystem.digest());
    }

    @Test
    void noThreadOutlivesTheDatabase() throws IOException, InterruptedException {
        Set<Thread> others = threads();
        for (long interval : new long[] {0, 20}) {
            Options options = memory().withWalSyncIntervalMillis(interval);
            try (BlockDb db = BlockDb.open(DATA, options)) {
                db.writeAsync(new WriteBatch().put(bytes("async"), bytes("x"))).join();
                assertFalse(others.containsAll(threads()));
            }
            assertNoMoreThan(others);
            try (BlockDb db = BlockDb.open(DATA, options.withReadOnly(true))) {
                assertArrayEquals(bytes("x"), db.get(bytes("async")));
                assertTrue(others.containsAll(threads()), "a read-only database needs no thread");
            }
            assertNoMoreThan(others);
        }
    }

    private static void assertNoMoreThan(Set<Thread> others) throws InterruptedException {
        for (Thread thread : threads()) {
            if (!others.contains(thread)) {
                thread.join(10_000);
                assertFalse(thread.isAlive(), thread::getName);
            }
        }
    }

    /** The threads of databases. Tests of crashes leave some behind. */
    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("blockdb-"))
                .collect(Collectors.toSet());
    }
}
