package io.blockdb.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.blockdb.base.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only a disk does: interrupts, permissions, files that go away under their readers. */
final class DiskFileSystemTest {
    private static final int THREADS = 4;
    private static final int BLOCK = 4096;
    private static final int BLOCKS = 64;

    private final FileSystem files = new DiskFileSystem();

    @TempDir
    private Path directory;

    @Test
    void interruptsUnderLoadHarmNobody() throws Exception {
        Path file = Files.write(directory.resolve("read"), pattern());
        Random seeds = Seed.random();
        AtomicReferenceArray<Thread> readers = new AtomicReferenceArray<>(THREADS);
        AtomicInteger running = new AtomicInteger(THREADS);
        AtomicInteger noticed = new AtomicInteger();
        ExecutorService executor = Executors.newFixedThreadPool(THREADS + 1);
        try (ReadableFile shared = files.openForReading(file);
                WritableFile written = files.create(directory.resolve("written"))) {
            List<Future<?>> results = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int index = i;
                Random random = new Random(seeds.nextLong());
                results.add(executor.submit((Callable<Void>) () -> {
                    readers.set(index, Thread.currentThread());
                    try {
                        for (int n = 0; n < 5_000; n++) {
                            readBlock(shared, random.nextInt(BLOCKS));
                            if (index == 0) {
                                written.write(n, new byte[] {(byte) n}, 0, 1);
                                if (n % 100 == 0) {
                                    written.sync();
                                    files.syncDirectory(directory);
                                }
                            }
                            if (n % 50 == 0 && Thread.interrupted()) {
                                noticed.incrementAndGet();
                            }
                        }
                    } finally {
                        readers.set(index, null);
                        running.decrementAndGet();
                    }
                    return null;
                }));
            }
            Future<?> interrupter = executor.submit(() -> {
                Random random = new Random(seeds.nextLong());
                while (running.get() > 0) {
                    Thread reader = readers.get(random.nextInt(THREADS));
                    if (reader != null) {
                        reader.interrupt();
                    }
                    LockSupport.parkNanos(1_000);
                }
            });
            for (Future<?> result : results) {
                result.get();
            }
            interrupter.get();
            assertEquals(5_000, written.size());
            assertTrue(noticed.get() > 0, "interrupts reach the threads");
        } finally {
            executor.shutdownNow();
        }
        byte[] expected = new byte[5_000];
        for (int n = 0; n < expected.length; n++) {
            expected[n] = (byte) n;
        }
        assertArrayEquals(expected, Files.readAllBytes(directory.resolve("written")));
    }

    private static byte[] pattern() {
        byte[] bytes = new byte[BLOCK * BLOCKS];
        for (int block = 0; block < BLOCKS; block++) {
            Arrays.fill(bytes, block * BLOCK, (block + 1) * BLOCK, (byte) block);
        }
        return bytes;
    }

    private static void readBlock(ReadableFile file, int block) throws IOException {
        byte[] bytes = new byte[BLOCK];
        assertEquals(BLOCK, file.read((long) block * BLOCK, bytes, 0, BLOCK));
        byte[] expected = new byte[BLOCK];
        Arrays.fill(expected, (byte) block);
        assertArrayEquals(expected, bytes);
    }

    @Test
    void aChannelIsNotReopenedOnAnotherFile() throws Exception {
        Path file = Files.write(directory.resolve("a"), pattern());
        assumeTrue(fileKey(file) != null, "files have keys");
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try (ReadableFile reader = files.openForReading(file)) {
            Files.write(directory.resolve("b"), new byte[BLOCK * BLOCKS]);
            files.rename(directory.resolve("b"), file);
            AtomicReferenceArray<Thread> thread = new AtomicReferenceArray<>(1);
            Future<IOException> failure = executor.submit(() -> {
                thread.set(0, Thread.currentThread());
                while (true) {
                    try {
                        readBlock(reader, BLOCKS - 1);
                    } catch (IOException e) {
                        return e;
                    }
                }
            });
            while (!failure.isDone()) {
                Thread running = thread.get(0);
                if (running != null) {
                    running.interrupt();
                }
                LockSupport.parkNanos(1_000);
            }
            String message = failure.get().getMessage();
            assertTrue(message.contains(file + ": replaced by another file"), message);
        } finally {
            executor.shutdownNow();
        }
    }

    private static Object fileKey(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    @Test
    void privateFilesAreTheOwnersAlone() throws IOException {
        assumeTrue(directory.getFileSystem().supportedFileAttributeViews().contains("posix"), "files have owners");
        Path file = directory.resolve("key");
        files.createPrivate(file).close();
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void whatCannotBeLookedAtIsNotAbsent() throws IOException {
        Path loop = directory.resolve("loop");
        Files.createSymbolicLink(loop, loop);
        IOException failure = assertThrows(IOException.class, () -> files.exists(loop));
        assertTrue(failure.getMessage().contains(loop.toString()), failure::toString);
        assertFalse(files.exists(directory.resolve("absent")));
    }

    @Test
    void aFullDeviceIsNamed() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.isWritable(full), "there is a device that is always full");
        try (WritableFile file = files.openForWriting(full)) {
            IOException failure = assertThrows(IOException.class, () -> file.write(0, new byte[1], 0, 1));
            assertTrue(failure.getMessage().startsWith(full + ": "), failure::toString);
        }
    }
}
