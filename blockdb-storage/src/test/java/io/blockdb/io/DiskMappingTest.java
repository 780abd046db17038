package io.blockdb.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Seed;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mapped files of the disk: by Chronicle Bytes where the JVM has its flags, by the JDK in the run without flags. */
@Tag("no-flags")
final class DiskMappingTest {
    private static final Path MAPS = Path.of("/proc/self/maps");
    private static final int THREADS = 4;
    private static final int LONGEST = 16_384;
    private static final List<Read> READS = List.of(
            MappedFile::getByte,
            MappedFile::getInt,
            MappedFile::getLong,
            (map, position) -> copy(map, position, 3),
            (map, position) -> copy(map, position, 200),
            (map, position) -> copy(map, position, LONGEST));

    private final FileSystem files = new DiskFileSystem();

    @TempDir
    private Path directory;

    @Test
    void theFlagsDecideWhoMaps() throws IOException {
        Path file = Files.write(directory.resolve("a"), new byte[10]);
        boolean opened =
                Object.class.getModule().isOpen("sun.nio.ch", getClass().getModule());
        try (MappedFile map = files.map(file)) {
            assertEquals(opened ? ChronicleMappedFile.class : JdkMappedFile.class, map.getClass());
        }
        assertEquals(opened, Mapping.isChronicle());
    }

    @Test
    void closingUnmaps() throws IOException {
        assumeTrue(Mapping.isChronicle(), "the JDK unmaps when it likes");
        assumeTrue(Files.isReadable(MAPS), "the system lists mappings");
        Path file = Files.write(directory.resolve("to-be-unmapped"), new byte[100_000]);
        for (int i = 0; i < 100; i++) {
            try (MappedFile map = files.map(file)) {
                assertEquals(0, map.getByte(99_999));
                if (i == 0) {
                    assertTrue(Files.readString(MAPS).contains("to-be-unmapped"));
                }
            }
        }
        assertFalse(Files.readString(MAPS).contains("to-be-unmapped"));
    }

    @Test
    void readersOfACutFileGetAnError() throws Exception {
        for (int round = 0; round < 2; round++) {
            for (Read read : READS) {
                cutUnderReaders(read);
            }
        }
    }

    private void cutUnderReaders(Read read) throws Exception {
        int size = 4 << 20;
        Path file = Files.write(directory.resolve("cut"), new byte[size]);
        ExecutorService executor = Executors.newFixedThreadPool(THREADS);
        CountDownLatch warm = new CountDownLatch(THREADS);
        Random seeds = Seed.random();
        try (MappedFile map = files.map(file)) {
            List<Future<CorruptionException>> readers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Random random = new Random(seeds.nextLong());
                readers.add(executor.submit((Callable<CorruptionException>) () -> {
                    long sum = 0;
                    try {
                        for (int n = 0; !Thread.interrupted(); n++) {
                            if (n == 20_000) {
                                warm.countDown();
                            }
                            sum += read.at(map, random.nextInt(size - LONGEST));
                        }
                        throw new AssertionError("read zeros where the file has been cut: " + sum);
                    } catch (CorruptionException e) {
                        return e;
                    }
                }));
            }
            warm.await();
            try (RandomAccessFile cutter = new RandomAccessFile(file.toFile(), "rw")) {
                cutter.setLength(8192);
            }
            for (Future<CorruptionException> reader : readers) {
                CorruptionException damage = reader.get(1, TimeUnit.MINUTES);
                assertEquals("cut", damage.file());
                assertTrue(damage.getMessage().contains("expected " + size + " bytes, found 8192"), damage::getMessage);
            }
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void theReadThatMetTheFaultThrows() throws IOException {
        for (Read read : READS) {
            for (int round = 0; round < 3; round++) {
                Path file = Files.write(directory.resolve("gone"), new byte[1 << 20]);
                try (MappedFile map = files.map(file)) {
                    long sum = 0;
                    for (int n = 0; n < 20_000; n++) {
                        sum += read.at(map, 1 << 19);
                    }
                    assertEquals(0, sum);
                    try (RandomAccessFile cutter = new RandomAccessFile(file.toFile(), "rw")) {
                        cutter.setLength(1);
                    }
                    for (int n = 0; n < 3; n++) {
                        assertThrows(CorruptionException.class, () -> read.at(map, 1 << 19));
                    }
                }
            }
        }
    }

    @FunctionalInterface
    private interface Read {
        long at(MappedFile map, long position) throws IOException;
    }

    private static long copy(MappedFile map, long position, int length) throws IOException {
        byte[] bytes = new byte[length];
        map.get(position, bytes, 0, length);
        return bytes[length - 1];
    }

    @Test
    void theJdkMapsInParts() throws IOException {
        Random random = Seed.random();
        byte[] bytes = new byte[3 * 4096 + 1 + random.nextInt(4096)];
        random.nextBytes(bytes);
        Path file = Files.write(directory.resolve("parts"), bytes);
        ByteBuffer expected = ByteBuffer.wrap(bytes);
        try (MappedFile map = JdkMappedFile.map(file, bytes.length, 12)) {
            for (int position = 0; position <= bytes.length - Long.BYTES; position++) {
                assertEquals(expected.get(position), map.getByte(position));
                assertEquals(expected.getInt(position), map.getInt(position));
                assertEquals(expected.getLong(position), map.getLong(position));
            }
            for (int i = 0; i < 1_000; i++) {
                int position = random.nextInt(bytes.length);
                byte[] part = new byte[random.nextInt(bytes.length - position + 1)];
                map.get(position, part, 0, part.length);
                assertEquals(expected.slice(position, part.length), ByteBuffer.wrap(part));
            }
        }
    }

    @Test
    void mappingPrintsNothing() throws Exception {
        assertEquals("", run(DiskProcess.CHRONICLE_FLAGS, "quiet"));
        assertEquals("", run(List.of(), "quiet"));
        String logged = run(List.of(), "info");
        assertTrue(logged.contains("mapping with the JDK"), logged);
        assertEquals(1, logged.lines().count(), logged);
    }

    private String run(List<String> flags, String mode) throws IOException, InterruptedException {
        Path file = Files.write(directory.resolve("child"), new byte[5_000]);
        Process process = DiskProcess.start(flags, "map", file.toString(), mode);
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }
}
