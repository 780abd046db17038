package io.blockdb.io;

import static io.blockdb.io.MemoryFileSystem.UnsyncedPolicy.DROP_ALL;
import static io.blockdb.io.MemoryFileSystem.UnsyncedPolicy.DROP_NONE;
import static io.blockdb.io.MemoryFileSystem.UnsyncedPolicy.DROP_RANDOM;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Hash;
import io.blockdb.base.Seed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whether the file system in memory crashes, fails and fills up as it says. */
final class MemoryFileSystemTest {
    private static final Path DIRECTORY = Path.of("/db");
    private static final Path FILE = DIRECTORY.resolve("file");
    private static final int SECTOR = 512;

    private final MemoryFileSystem files = new MemoryFileSystem();

    @BeforeEach
    void directory() throws IOException {
        files.createDirectories(DIRECTORY);
        files.syncDirectory(Path.of("/"));
    }

    @Test
    void powerFailureDropsUnsyncedBytes() throws IOException {
        try (WritableFile file = durable(bytes(1_000, 1))) {
            file.write(900, bytes(2_000, 2), 0, 2_000);
            assertArrayEquals(bytes(1_000, 1), crashed(DROP_ALL).content(FILE));
            byte[] all = Arrays.copyOf(bytes(1_000, 1), 2_900);
            Arrays.fill(all, 900, 2_900, (byte) 2);
            assertArrayEquals(all, crashed(DROP_NONE).content(FILE));
            assertArrayEquals(all, files.processCrashClone().content(FILE));
            assertArrayEquals(
                    bytes(1_000, 1),
                    files.processCrashClone()
                            .crashClone(DROP_ALL, new Random(0))
                            .content(FILE));
            file.sync();
            assertArrayEquals(all, crashed(DROP_ALL).content(FILE));
            file.truncate(10);
            assertArrayEquals(all, crashed(DROP_ALL).content(FILE));
            assertArrayEquals(bytes(10, 1), crashed(DROP_NONE).content(FILE));
        }
    }

    @Test
    void powerFailureKeepsSectorsAndLengthByChance() throws IOException {
        Random random = Seed.random();
        try (WritableFile file = durable(bytes(4 * SECTOR, 1))) {
            file.write(0, bytes(8 * SECTOR, 2), 0, 8 * SECTOR);
            Set<Hash> states = new HashSet<>();
            Set<Integer> lengths = new HashSet<>();
            for (int i = 0; i < 200; i++) {
                MemoryFileSystem crashed = files.crashClone(DROP_RANDOM, random);
                byte[] content = crashed.content(FILE);
                states.add(crashed.digest());
                lengths.add(content.length);
                for (int at = 0; at < content.length; at += SECTOR) {
                    byte first = content[at];
                    assertTrue(first == 2 || first == (at < 4 * SECTOR ? 1 : 0), "sector at " + at + ": " + first);
                    assertArrayEquals(bytes(SECTOR, first), Arrays.copyOfRange(content, at, at + SECTOR));
                }
            }
            assertEquals(Set.of(4 * SECTOR, 8 * SECTOR), lengths);
            assertTrue(states.size() > 20, states.size() + " states");
        }
    }

    @Test
    void whatWasSyncedSurvivesEveryPowerFailure() throws IOException {
        Random random = Seed.random();
        try (WritableFile file = durable(new byte[0])) {
            for (int i = 0; i < 200; i++) {
                long position = random.nextInt(20_000);
                byte[] some = bytes(1 + random.nextInt(3_000), random.nextInt());
                file.write(position, some, 0, some.length);
                if (random.nextInt(4) == 0) {
                    file.truncate(random.nextInt((int) file.size() + 1));
                }
                if (random.nextInt(3) == 0) {
                    file.sync();
                    for (MemoryFileSystem.UnsyncedPolicy policy : MemoryFileSystem.UnsyncedPolicy.values()) {
                        assertArrayEquals(
                                files.content(FILE),
                                files.crashClone(policy, random).content(FILE));
                    }
                }
                assertArrayEquals(
                        files.content(FILE), files.crashClone(DROP_NONE, random).content(FILE));
            }
        }
    }

    @Test
    void powerFailureDropsUnsyncedNames() throws IOException {
        durable(bytes(1, 1)).close();
        Path other = DIRECTORY.resolve("other");
        try (WritableFile created = files.create(other)) {
            created.write(0, bytes(1, 2), 0, 1);
            created.sync();
        }
        assertEquals(List.of("file"), crashed(DROP_ALL).list(DIRECTORY));
        assertEquals(List.of("file", "other"), crashed(DROP_NONE).list(DIRECTORY));
        files.syncDirectory(DIRECTORY);
        assertEquals(List.of("file", "other"), crashed(DROP_ALL).list(DIRECTORY));
        files.rename(other, FILE);
        Set<List<String>> seen = new HashSet<>();
        Random random = Seed.random();
        for (int i = 0; i < 100; i++) {
            MemoryFileSystem crashed = files.crashClone(DROP_RANDOM, random);
            List<String> names = crashed.list(DIRECTORY);
            seen.add(names);
            assertArrayEquals(bytes(1, names.size() == 2 ? 1 : 2), crashed.content(FILE), "a rename is atomic");
        }
        assertEquals(Set.of(List.of("file", "other"), List.of("file")), seen);
        files.syncDirectory(DIRECTORY);
        files.delete(FILE);
        assertEquals(List.of("file"), crashed(DROP_ALL).list(DIRECTORY));
        assertEquals(List.of(), crashed(DROP_NONE).list(DIRECTORY));
    }

    @Test
    void clonesLiveApart() throws IOException {
        WritableFile file = durable(bytes(10_000, 1));
        FileSystem.Lock lock = files.lock(DIRECTORY.resolve("LOCK"), false);
        assertNotNull(lock);
        MemoryFileSystem clone = files.crashClone(DROP_NONE, new Random(0));
        Hash before = clone.digest();
        file.write(5_000, bytes(10, 9), 0, 10);
        file.sync();
        assertEquals(before, clone.digest());
        Hash original = files.digest();
        try (WritableFile other = clone.openForWriting(FILE);
                FileSystem.Lock again = clone.lock(DIRECTORY.resolve("LOCK"), false)) {
            assertNotNull(again, "locks end with the process");
            other.write(0, bytes(10, 8), 0, 10);
        }
        assertEquals(original, files.digest());
        assertNotEquals(before, clone.digest());
        clone.assertNoOpenFiles();
        file.close();
        assertThrows(AssertionError.class, files::assertNoOpenFiles);
        lock.close();
        files.assertNoOpenFiles();
    }

    @Test
    void failedSyncMayMarkWhatItLostClean() throws IOException {
        files.setFailedSyncMarksClean(true);
        try (WritableFile file = durable(bytes(4 * SECTOR, 1))) {
            file.write(SECTOR, bytes(SECTOR, 2), 0, SECTOR);
            files.failOperation(1);
            assertThrows(IOException.class, file::sync);
            file.write(4 * SECTOR, bytes(SECTOR, 3), 0, SECTOR);
            file.sync();
            assertEquals(2, files.content(FILE)[SECTOR], "still to be read");
            byte[] left = crashed(DROP_NONE).content(FILE);
            assertEquals(1, left[SECTOR], "but not on the disk");
            assertEquals(3, left[4 * SECTOR]);
            file.write(SECTOR, bytes(SECTOR, 2), 0, SECTOR);
            file.sync();
            assertEquals(2, crashed(DROP_ALL).content(FILE)[SECTOR], "written again");
        }
    }

    @Test
    void failedSyncIsNoSync() throws IOException {
        try (WritableFile file = durable(bytes(10, 1))) {
            file.write(0, bytes(10, 2), 0, 10);
            files.failOperation(1);
            assertThrows(IOException.class, file::sync);
            assertArrayEquals(bytes(10, 1), crashed(DROP_ALL).content(FILE));
            file.sync();
            assertArrayEquals(bytes(10, 2), crashed(DROP_ALL).content(FILE));
        }
    }

    @Test
    void everyOperationCanFailAndCrash() throws IOException {
        long before = files.operations();
        long mutationsBefore = files.mutations();
        scenario(files);
        long operations = files.operations() - before;
        long mutations = files.mutations() - mutationsBefore;
        assertTrue(mutations > 5 && operations > mutations, operations + " operations, " + mutations + " mutations");
        for (long n = 1; n <= operations; n++) {
            MemoryFileSystem fresh = new MemoryFileSystem();
            fresh.failOperation(n);
            IOException failure = assertThrows(IOException.class, () -> scenario(fresh), "operation " + n);
            assertTrue(String.valueOf(failure.getMessage()).contains("injected"), failure::toString);
            fresh.assertNoOpenFiles();
            assertTrue(fresh.list(Path.of("/")) != null, "only once");
        }
        for (long n = 1; n <= mutations; n++) {
            MemoryFileSystem fresh = new MemoryFileSystem();
            fresh.crashAt(n);
            assertThrows(IOException.class, () -> scenario(fresh), "mutation " + n);
            assertTrue(fresh.crashed());
            assertThrows(IOException.class, () -> fresh.list(Path.of("/")), "for ever");
            fresh.clearFaults();
            assertTrue(fresh.list(Path.of("/")) != null);
        }
    }

    private static void scenario(MemoryFileSystem files) throws IOException {
        files.createDirectories(DIRECTORY.resolve("sub"));
        Path temporary = DIRECTORY.resolve("sub").resolve("temporary");
        try (WritableFile file = files.create(temporary)) {
            file.write(0, bytes(100, 1), 0, 100);
            file.truncate(50);
            file.sync();
        }
        Path name = temporary.resolveSibling("name");
        files.rename(temporary, name);
        files.syncDirectory(name.getParent());
        try (ReadableFile file = files.openForReading(name)) {
            assertEquals(50, file.read(0, new byte[100], 0, 100));
        }
        files.map(name).close();
        files.openForWriting(name).close();
        files.size(name);
        files.list(DIRECTORY);
        files.exists(name);
        files.usableSpace(name);
        FileSystem.Lock lock = files.lock(name, true);
        assertNotNull(lock);
        lock.close();
        files.delete(name);
    }

    @Test
    void stickyFailuresAndRulesLast() throws IOException {
        try (WritableFile file = durable(bytes(10, 1))) {
            files.failOperationsFrom(2);
            file.write(10, bytes(10, 2), 0, 10);
            assertThrows(IOException.class, () -> file.write(20, bytes(10, 3), 0, 10));
            assertThrows(IOException.class, file::sync);
            files.clearFaults();
            assertEquals(25, file.size(), "a failed write leaves its first half");
            files.failWhen(
                    (operation, path, number) -> operation == MemoryFileSystem.Operation.SYNC && path.equals(FILE));
            assertThrows(IOException.class, file::sync);
            assertThrows(IOException.class, file::sync);
            files.syncDirectory(DIRECTORY);
        }
    }

    @Test
    void crashesTearWrites() throws IOException {
        Random random = Seed.random();
        Set<Integer> lengths = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            MemoryFileSystem fresh = new MemoryFileSystem();
            try (WritableFile file = fresh.create(Path.of("/a"))) {
                fresh.crashAt(1, random);
                assertThrows(IOException.class, () -> file.write(0, bytes(1_000, 1), 0, 1_000));
            }
            byte[] left = fresh.content(Path.of("/a"));
            assertArrayEquals(bytes(left.length, 1), left);
            lengths.add(left.length);
        }
        assertTrue(lengths.size() > 10, lengths.toString());
    }

    @Test
    void fullDisksTakeWhatFits() throws IOException {
        try (WritableFile file = durable(bytes(100, 1))) {
            files.setUsableSpace(50);
            assertEquals(50, files.usableSpace(DIRECTORY));
            file.write(0, bytes(120, 2), 0, 120);
            assertEquals(30, files.usableSpace(DIRECTORY));
            IOException full = assertThrows(IOException.class, () -> file.write(120, bytes(40, 3), 0, 40));
            assertEquals(FILE + ": No space left on device", full.getMessage());
            assertEquals(150, file.size());
            file.truncate(100);
            assertEquals(50, files.usableSpace(DIRECTORY));
            file.write(100, bytes(50, 4), 0, 50);
        }
        files.delete(FILE);
        assertEquals(150, files.usableSpace(DIRECTORY));
    }

    @Test
    void readOnlyChangesNothing() throws IOException {
        WritableFile file = durable(bytes(100, 1));
        files.setReadOnly(true);
        Hash before = files.digest();
        assertThrows(IOException.class, () -> file.write(0, bytes(1, 2), 0, 1));
        assertThrows(IOException.class, file::sync);
        assertThrows(IOException.class, () -> file.truncate(1));
        assertThrows(IOException.class, () -> files.create(DIRECTORY.resolve("new")));
        assertThrows(IOException.class, () -> files.openForWriting(FILE));
        assertThrows(IOException.class, () -> files.delete(FILE));
        assertThrows(IOException.class, () -> files.rename(FILE, DIRECTORY.resolve("new")));
        assertThrows(IOException.class, () -> files.createDirectories(DIRECTORY.resolve("new")));
        assertThrows(IOException.class, () -> files.syncDirectory(DIRECTORY));
        assertThrows(IOException.class, () -> files.lock(FILE, false));
        files.createDirectories(DIRECTORY);
        try (FileSystem.Lock lock = files.lock(FILE, true);
                ReadableFile reader = files.openForReading(FILE)) {
            assertNotNull(lock);
            assertEquals(100, reader.size());
        }
        assertEquals(before, files.digest());
        file.close();
    }

    @Test
    void contentCanBeRottedUnderReaders() throws IOException {
        Path file = DIRECTORY.resolve("deep").resolve("rotten");
        files.setContent(file, bytes(10_000, 1));
        assertArrayEquals(bytes(10_000, 1), crashed(DROP_ALL).content(file));
        try (MappedFile map = files.map(file);
                ReadableFile reader = files.openForReading(file)) {
            files.corrupt(file, 5, 0x80);
            assertEquals((byte) 0x81, map.getByte(5));
            byte[] one = new byte[1];
            assertEquals(1, reader.read(5, one, 0, 1));
            assertEquals((byte) 0x81, one[0]);
            files.truncate(file, 8_000);
            assertEquals(1, map.getByte(7_999));
            CorruptionException lost = assertThrows(CorruptionException.class, () -> map.getLong(7_996));
            assertEquals("rotten", lost.file());
            assertEquals(7_996, lost.offset());
            assertEquals(8_000, reader.size());
        }
        assertFalse(files.snapshot().isEmpty());
    }

    /** A file that has the content, name and all, safely. */
    private WritableFile durable(byte[] content) throws IOException {
        WritableFile file = files.create(FILE);
        file.write(0, content, 0, content.length);
        file.sync();
        files.syncDirectory(DIRECTORY);
        return file;
    }

    private MemoryFileSystem crashed(MemoryFileSystem.UnsyncedPolicy policy) {
        return files.crashClone(policy, new Random(0));
    }

    private static byte[] bytes(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
