package io.blockdb.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Seed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What every file system does. */
abstract class FileSystemContract {
    private FileSystem files;
    private Path directory;

    abstract FileSystem fileSystem();

    /** A directory that exists and is empty. */
    abstract Path directory() throws IOException;

    @BeforeEach
    void open() throws IOException {
        files = fileSystem();
        directory = directory();
    }

    @AfterEach
    void notInterrupted() {
        assertFalse(Thread.interrupted(), "a test left its thread interrupted");
    }

    @Test
    void readsBackWhatWasWrittenAnywhere() throws IOException {
        Random random = Seed.random();
        Path file = directory.resolve("random");
        byte[] expected = new byte[300_000];
        int length = 0;
        try (WritableFile writer = files.create(file);
                ReadableFile reader = files.openForReading(file)) {
            for (int i = 0; i < 300; i++) {
                switch (random.nextInt(10)) {
                    case 0 -> {
                        int cut = random.nextInt(length + 1);
                        writer.truncate(cut);
                        Arrays.fill(expected, cut, length, (byte) 0);
                        length = cut;
                    }
                    case 1 -> writer.sync();
                    default -> {
                        byte[] bytes = new byte[random.nextInt(random.nextInt(10) == 0 ? 200_000 : 5_000)];
                        random.nextBytes(bytes);
                        int position = random.nextInt(expected.length - bytes.length);
                        int from = random.nextInt(bytes.length + 1);
                        int count = bytes.length - from;
                        writer.write(position, bytes, from, count);
                        System.arraycopy(bytes, from, expected, position, count);
                        length = count == 0 ? length : Math.max(length, position + count);
                    }
                }
                assertEquals(length, writer.size());
                assertEquals(length, reader.size());
                int position = random.nextInt(expected.length);
                byte[] found = new byte[random.nextInt(expected.length)];
                int offset = random.nextInt(found.length + 1);
                int count = reader.read(position, found, offset, found.length - offset);
                assertEquals(Math.max(0, Math.min(found.length - offset, length - position)), count);
                assertTrue(Arrays.equals(expected, position, position + count, found, offset, offset + count));
            }
        }
        assertEquals(length, files.size(file));
    }

    @Test
    void uncachedReadsSeeWhatWasWritten() throws IOException {
        Random random = Seed.random();
        for (int length : new int[] {0, 1, 511, 4096, 4097, 1 << 20, (1 << 20) + 1, 2_500_000}) {
            byte[] expected = new byte[length];
            random.nextBytes(expected);
            Path file = write(directory.resolve("uncached" + length), expected);
            try (UncachedFile reader = files.openUncached(file)) {
                assertEquals(length, reader.size());
                for (int i = 0; i < 30; i++) {
                    int position = i == 0 ? 0 : random.nextInt(length + 2);
                    byte[] found = new byte[i == 0 ? length + 10 : random.nextInt(length + 10)];
                    int offset = random.nextInt(found.length + 1);
                    int count = reader.read(position, found, offset, found.length - offset);
                    assertEquals(Math.max(0, Math.min(found.length - offset, length - position)), count);
                    if (count > 0) {
                        assertTrue(Arrays.equals(expected, position, position + count, found, offset, offset + count));
                    }
                }
            }
        }
        Path none = directory.resolve("none");
        failsNaming(none, NoSuchFileException.class, () -> files.openUncached(none));
        failsNaming(directory, IOException.class, () -> files.openUncached(directory));
    }

    @Test
    void filesAreCreatedOnceAndOpenedIfThere() throws IOException {
        Path file = directory.resolve("a");
        failsNaming(file, NoSuchFileException.class, () -> files.openForReading(file));
        failsNaming(file, NoSuchFileException.class, () -> files.openForWriting(file));
        failsNaming(file, NoSuchFileException.class, () -> files.map(file));
        failsNaming(file, NoSuchFileException.class, () -> files.size(file));
        failsNaming(file, NoSuchFileException.class, () -> files.delete(file));
        assertFalse(files.exists(file));
        write(file, "one");
        assertTrue(files.exists(file));
        assertFalse(files.isDirectory(file));
        failsNaming(file, FileAlreadyExistsException.class, () -> files.create(file));
        failsNaming(file, FileAlreadyExistsException.class, () -> files.createPrivate(file));
        try (WritableFile writer = files.openForWriting(file)) {
            assertEquals(3, writer.size());
            writer.write(3, "two".getBytes(UTF_8), 0, 3);
        }
        assertEquals("onetwo", read(file));
        Path nowhere = directory.resolve("none").resolve("b");
        failsNaming(nowhere, NoSuchFileException.class, () -> files.create(nowhere));
        failsNaming(directory, IOException.class, () -> files.openForReading(directory));
        failsNaming(directory, IOException.class, () -> files.openForWriting(directory));
        failsNaming(directory, IOException.class, () -> files.create(directory));
    }

    @Test
    void privateFilesAreFilesToo() throws IOException {
        Path file = directory.resolve("key");
        try (WritableFile writer = files.createPrivate(file)) {
            writer.write(0, "secret".getBytes(UTF_8), 0, 6);
            writer.sync();
        }
        assertEquals("secret", read(file));
    }

    @Test
    void closedFilesThrow() throws IOException {
        Path file = directory.resolve("a");
        WritableFile writer = files.create(file);
        writer.write(0, new byte[10], 0, 10);
        ReadableFile reader = files.openForReading(file);
        for (int i = 0; i < 2; i++) {
            writer.close();
            reader.close();
        }
        failsNaming(file, IOException.class, () -> writer.write(0, new byte[1], 0, 1));
        failsNaming(file, IOException.class, writer::sync);
        failsNaming(file, IOException.class, writer::size);
        failsNaming(file, IOException.class, () -> writer.truncate(0));
        failsNaming(file, IOException.class, () -> reader.read(0, new byte[1], 0, 1));
        failsNaming(file, IOException.class, reader::size);
    }

    @Test
    void wrongArgumentsChangeNothing() throws IOException {
        Path file = write(directory.resolve("a"), "0123456789");
        try (WritableFile writer = files.openForWriting(file);
                ReadableFile reader = files.openForReading(file)) {
            assertThrows(IllegalArgumentException.class, () -> writer.truncate(11));
            assertThrows(IllegalArgumentException.class, () -> writer.truncate(-1));
            assertThrows(IndexOutOfBoundsException.class, () -> writer.write(-1, new byte[1], 0, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> writer.write(0, new byte[1], 1, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> reader.read(-1, new byte[1], 0, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> reader.read(0, new byte[1], 0, 2));
        }
        assertEquals("0123456789", read(file));
    }

    @Test
    void mapsAreTheFileBigEndian() throws IOException {
        Random random = Seed.random();
        Path file = directory.resolve("a");
        byte[] bytes = new byte[1 + random.nextInt(20_000)];
        random.nextBytes(bytes);
        write(file, bytes);
        ByteBuffer expected = ByteBuffer.wrap(bytes);
        try (MappedFile map = files.map(file)) {
            assertEquals(bytes.length, map.size());
            byte[] all = new byte[bytes.length];
            map.get(0, all, 0, all.length);
            assertArrayEquals(bytes, all);
            for (int i = 0; i < 1_000; i++) {
                int position = random.nextInt(bytes.length);
                int left = bytes.length - position;
                assertEquals(bytes[position], map.getByte(position));
                if (left >= Integer.BYTES) {
                    assertEquals(expected.getInt(position), map.getInt(position));
                }
                if (left >= Long.BYTES) {
                    assertEquals(expected.getLong(position), map.getLong(position));
                }
                byte[] part = new byte[left + 7];
                int length = random.nextInt(left + 1);
                map.get(position, part, 5, length);
                assertTrue(Arrays.equals(bytes, position, position + length, part, 5, 5 + length));
            }
        }
    }

    @Test
    void mapsCheckBoundsAndThatTheyAreOpen() throws IOException {
        Path file = write(directory.resolve("a"), "0123456789");
        MappedFile map = files.map(file);
        assertThrows(IndexOutOfBoundsException.class, () -> map.getByte(10));
        assertThrows(IndexOutOfBoundsException.class, () -> map.getByte(-1));
        assertThrows(IndexOutOfBoundsException.class, () -> map.getInt(7));
        assertThrows(IndexOutOfBoundsException.class, () -> map.getLong(3));
        assertThrows(IndexOutOfBoundsException.class, () -> map.getLong(Long.MAX_VALUE - 3));
        assertThrows(IndexOutOfBoundsException.class, () -> map.get(5, new byte[10], 0, 6));
        assertThrows(IndexOutOfBoundsException.class, () -> map.get(0, new byte[5], 0, 6));
        assertThrows(IndexOutOfBoundsException.class, () -> map.get(0, new byte[5], 0, -1));
        IOException damaged = map.damaged(new InternalError("fault"));
        assertTrue(damaged instanceof CorruptionException corruption
                && corruption.file().equals("a"));
        map.close();
        map.close();
        assertThrows(IllegalStateException.class, () -> map.getByte(0));
        assertThrows(IllegalStateException.class, () -> map.getInt(0));
        assertThrows(IllegalStateException.class, () -> map.getLong(0));
        assertThrows(IllegalStateException.class, () -> map.get(0, new byte[1], 0, 1));
        Path empty = write(directory.resolve("empty"), "");
        failsNaming(empty.getFileName(), CorruptionException.class, () -> files.map(empty));
    }

    @Test
    void directoriesListWhatTheyHold() throws IOException {
        Path deep = directory.resolve("x").resolve("y");
        files.createDirectories(deep);
        files.createDirectories(deep);
        assertTrue(files.isDirectory(deep));
        write(directory.resolve("b"), "");
        write(directory.resolve("a"), "");
        write(directory.resolve("B"), "");
        assertEquals(List.of("B", "a", "b", "x"), files.list(directory));
        files.delete(directory.resolve("a"));
        failsNaming(directory.resolve("x"), DirectoryNotEmptyException.class, () -> files.delete(deep.getParent()));
        files.delete(deep);
        files.delete(deep.getParent());
        assertEquals(List.of("B", "b"), files.list(directory));
        failsNaming(deep, NoSuchFileException.class, () -> files.list(deep));
        failsNaming(deep, NoSuchFileException.class, () -> files.syncDirectory(deep));
        Path file = directory.resolve("b");
        failsNaming(file, NotDirectoryException.class, () -> files.list(file));
        failsNaming(file, IOException.class, () -> files.syncDirectory(file));
        failsNaming(file, FileAlreadyExistsException.class, () -> files.createDirectories(file));
        files.syncDirectory(directory);
        assertTrue(files.usableSpace(directory) > 0);
    }

    @Test
    void renamesReplace() throws IOException {
        Path one = write(directory.resolve("1"), "one");
        Path two = write(directory.resolve("2"), "two");
        try (ReadableFile replaced = files.openForReading(two)) {
            files.rename(one, two);
            byte[] bytes = new byte[3];
            assertEquals(3, replaced.read(0, bytes, 0, 3));
            assertEquals("two", new String(bytes, UTF_8));
        }
        assertEquals("one", read(two));
        assertEquals(List.of("2"), files.list(directory));
        failsNaming(one, NoSuchFileException.class, () -> files.rename(one, two));
        files.createDirectories(directory.resolve("d"));
        assertThrows(
                IllegalArgumentException.class,
                () -> files.rename(two, directory.resolve("d").resolve("2")));
        assertEquals("one", read(two));
    }

    @Test
    void linksAreTheSameFileUnderTwoNames() throws IOException {
        Path file = directory.resolve("file");
        Path link = directory.resolve("link");
        write(file, "one");
        assertTrue(files.link(file, link));
        try (WritableFile writer = files.openForWriting(file)) {
            writer.write(0, "two".getBytes(UTF_8), 0, 3);
        }
        assertEquals("two", read(link));
        assertThrows(FileAlreadyExistsException.class, () -> files.link(file, link));
        failsNaming(
                directory.resolve("none"),
                NoSuchFileException.class,
                () -> files.link(directory.resolve("none"), directory.resolve("other")));
        write(directory.resolve("new"), "new");
        files.rename(directory.resolve("new"), file);
        assertEquals("two", read(link));
        files.delete(file);
        assertEquals("two", read(link));
    }

    @Test
    void directoriesAreRenamedWithWhatTheyHold() throws IOException {
        Path from = directory.resolve("from");
        files.createDirectories(from);
        write(from.resolve("file"), "text");
        files.rename(from, directory.resolve("to"));
        assertFalse(files.exists(from));
        assertEquals("text", read(directory.resolve("to").resolve("file")));
    }

    @Test
    void readersOfADeletedFileReadOn() throws IOException {
        Path file = write(directory.resolve("1"), "one");
        try (ReadableFile reader = files.openForReading(file);
                MappedFile map = files.map(file)) {
            files.delete(file);
            assertEquals(3, reader.read(0, new byte[5], 0, 5));
            assertEquals('n', map.getByte(1));
        }
        assertFalse(files.exists(file));
    }

    @Test
    void locksExcludeInThisProcess() throws IOException {
        Path file = directory.resolve("LOCK");
        failsNaming(file, NoSuchFileException.class, () -> files.lock(file, true));
        assertFalse(files.exists(file));
        FileSystem.Lock exclusive = files.lock(file, false);
        assertNotNull(exclusive);
        assertTrue(files.exists(file));
        assertNull(files.lock(file, false));
        assertNull(files.lock(file, true));
        exclusive.close();
        exclusive.close();
        FileSystem.Lock shared = files.lock(file, true);
        FileSystem.Lock another = files.lock(file, true);
        assertNotNull(shared);
        assertNotNull(another);
        shared.close();
        shared.close();
        assertNull(files.lock(file, false), "one owner is left");
        another.close();
        try (FileSystem.Lock again = files.lock(file, false)) {
            assertNotNull(again);
        }
    }

    @Test
    void aReaderStaysWithTheFileItOpened() throws IOException {
        Path file = write(directory.resolve("a"), "the old one");
        try (ReadableFile reader = files.openForReading(file);
                UncachedFile uncached = files.openUncached(file)) {
            files.rename(write(directory.resolve("b"), "the new one is longer"), file);
            for (ReadableFile opened : List.of(reader, uncached)) {
                byte[] bytes = new byte[30];
                assertEquals(11, opened.size());
                assertEquals(11, opened.read(0, bytes, 0, bytes.length));
                assertEquals("the old one", new String(bytes, 0, 11, UTF_8));
            }
        }
        assertEquals("the new one is longer", read(file));
    }

    @Test
    void interruptedCallersAreServed() throws IOException {
        Path file = directory.resolve("a");
        Path lock = directory.resolve("LOCK");
        Thread.currentThread().interrupt();
        try (WritableFile writer = files.create(file);
                FileSystem.Lock held = files.lock(lock, false)) {
            assertNotNull(held);
            writer.write(0, "interrupted".getBytes(UTF_8), 0, 11);
            writer.sync();
            try (ReadableFile reader = files.openForReading(file);
                    UncachedFile uncached = files.openUncached(file);
                    MappedFile map = files.map(file)) {
                assertEquals(11, uncached.read(0, new byte[20], 0, 20));
                byte[] bytes = new byte[11];
                assertEquals(11, reader.read(0, bytes, 0, 11));
                assertEquals("interrupted", new String(bytes, UTF_8));
                assertEquals(11, reader.size());
                assertEquals('i', map.getByte(0));
            }
            writer.truncate(1);
            assertEquals(1, files.size(file));
            files.rename(file, directory.resolve("b"));
            files.syncDirectory(directory);
            files.delete(directory.resolve("b"));
            assertEquals(List.of("LOCK"), files.list(directory));
        } finally {
            assertTrue(Thread.interrupted(), "the flag is kept");
        }
    }

    final Path write(Path file, String content) throws IOException {
        return write(file, content.getBytes(UTF_8));
    }

    final Path write(Path file, byte[] content) throws IOException {
        try (WritableFile writer = files.create(file)) {
            writer.write(0, content, 0, content.length);
        }
        return file;
    }

    final String read(Path file) throws IOException {
        byte[] bytes = new byte[Math.toIntExact(files.size(file))];
        try (ReadableFile reader = files.openForReading(file)) {
            assertEquals(bytes.length, reader.read(0, bytes, 0, bytes.length));
        }
        return new String(bytes, UTF_8);
    }

    static <T extends Throwable> void failsNaming(Path path, Class<T> type, Executable operation) {
        T failure = assertThrows(type, operation);
        assertTrue(String.valueOf(failure.getMessage()).contains(path.toString()), failure::toString);
    }
}
