package io.blockdb.sstable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Seed;
import io.blockdb.base.TableName;
import io.blockdb.io.MemoryFileSystem;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many files are open, when they are closed, and that no reader is left without one. */
final class SstableCacheTest {
    private static final Path DATA = Path.of("/db");
    private static final int FILES = 8;
    private static final byte[] KEY = TableName.DEFAULT.indexKey(new byte[] {7});

    private final MemoryFileSystem files = new MemoryFileSystem();
    private final PageCache pages = new PageCache(1 << 20);
    private final SstableCache cache = new SstableCache(files, DATA, pages, 3);

    @BeforeEach
    void write() throws IOException {
        files.createDirectories(DATA.resolve("index"));
        for (int number = 1; number <= FILES; number++) {
            Oracle oracle = new Oracle();
            oracle.entries.put(new Oracle.At(KEY, number), new byte[] {(byte) number});
            oracle.write(files, SstableFormat.path(DATA, number), number, SstableOptions.DEFAULT);
        }
    }

    @AfterEach
    void leavesNothingOpen() {
        assertEquals(0, cache.readers());
        cache.close();
        cache.close();
        assertEquals(0, cache.openCount());
        files.assertNoOpenFiles();
        assertThrows(IllegalStateException.class, () -> cache.acquire(1));
    }

    @Test
    void opensOnceAndKeepsTheMostRecent() throws IOException {
        Sstable first;
        try (SharedSstable one = cache.acquire(1);
                SharedSstable again = cache.acquire(1)) {
            first = one.table();
            assertSame(first, again.table());
            assertEquals(1, cache.openCount());
            assertEquals(2, cache.readers());
        }
        cache.acquire(2).close();
        cache.acquire(3).close();
        assertEquals(3, cache.openCount());
        try (SharedSstable one = cache.acquire(1)) {
            assertSame(first, one.table(), "still open");
        }
        cache.acquire(4).close();
        assertEquals(3, cache.openCount());
        try (SharedSstable one = cache.acquire(1)) {
            assertSame(first, one.table(), "2 was used less recently");
        }
    }

    @Test
    void filesInUseStayOpen() throws IOException {
        List<SharedSstable> held = new ArrayList<>();
        for (int number = 1; number <= FILES; number++) {
            held.add(cache.acquire(number));
        }
        assertEquals(FILES, cache.openCount());
        for (SharedSstable shared : held) {
            assertNotNull(shared.table().get(KEY, Long.MAX_VALUE));
            shared.close();
        }
        assertEquals(3, cache.openCount());
        SharedSstable gone = held.get(0);
        assertThrows(IllegalStateException.class, gone::table);
        assertEquals(0, cache.readers());
    }

    @Test
    void droppedFilesGoWithTheirLastReader() throws IOException {
        AtomicInteger deleted = new AtomicInteger();
        SharedSstable reader = cache.acquire(1);
        assertNotNull(reader.table().get(KEY, Long.MAX_VALUE));
        cache.drop(1, deleted::incrementAndGet);
        assertEquals(0, deleted.get());
        assertNotNull(reader.table().get(KEY, Long.MAX_VALUE));
        assertTrue(pages.bytes() > 0);
        reader.close();
        assertEquals(1, deleted.get());
        assertEquals(0, cache.openCount());
        assertEquals(0, pages.bytes());
        cache.drop(2, deleted::incrementAndGet);
        assertEquals(2, deleted.get(), "a file that nobody had opened");
        cache.acquire(3).close();
        cache.drop(3, deleted::incrementAndGet);
        assertEquals(3, deleted.get(), "a file that was open but not in use");
    }

    @Test
    void whatCannotBeOpenedIsTriedAgain() throws IOException {
        assertThrows(NoSuchFileException.class, () -> cache.acquire(99));
        Path path = SstableFormat.path(DATA, 1);
        byte[] good = files.content(path);
        files.corrupt(path, 3, 1);
        assertThrows(CorruptionException.class, () -> cache.acquire(1));
        assertEquals(0, cache.openCount());
        files.setContent(path, good);
        cache.acquire(1).close();
        assertEquals(1, cache.openCount());
    }

    @Test
    void lastReaderClosesAfterTheCache() throws IOException {
        try (SharedSstable reader = cache.acquire(1)) {
            cache.close();
            assertEquals(1, cache.openCount());
            assertNotNull(reader.table().get(KEY, Long.MAX_VALUE));
        }
        assertEquals(0, cache.openCount());
    }

    @Test
    void manyThreadsReadWhileFilesComeAndGo() throws Exception {
        long seed = Seed.random().nextLong();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                Random random = new Random(seed + t);
                running.add(threads.submit(() -> {
                    for (int i = 0; i < 5000; i++) {
                        int number = 1 + random.nextInt(FILES);
                        try (SharedSstable shared = cache.acquire(number)) {
                            assertEquals(
                                    number,
                                    shared.table().get(KEY, Long.MAX_VALUE).sequence());
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> run : running) {
                run.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertTrue(cache.openCount() <= 3, () -> cache.openCount() + " open");
        assertFalse(files.openFiles() > 3);
    }
}
