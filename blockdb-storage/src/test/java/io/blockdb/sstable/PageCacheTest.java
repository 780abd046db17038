package io.blockdb.sstable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What the page cache keeps, gives up, and does under many threads. */
final class PageCacheTest {
    @Test
    void keepsByFileAndOffset() {
        PageCache cache = new PageCache(100_000);
        Page page = page(1, 24, 100);
        assertNull(cache.get(1, 24));
        assertSame(page, cache.put(page));
        assertSame(page, cache.get(1, 24));
        assertNull(cache.get(2, 24));
        assertNull(cache.get(1, 25));
        assertSame(page, cache.put(page(1, 24, 100)), "the page that is there stays");
        assertEquals(1, cache.hits());
        assertEquals(3, cache.misses());
        assertEquals(100_000, cache.capacityBytes());
    }

    @Test
    void staysWithinItsBytesAndSparesWhatIsReadAgain() {
        int capacity = 100_000;
        PageCache cache = new PageCache(capacity);
        cache.put(page(1, 0, 1000));
        for (int i = 1; i < 5000; i++) {
            cache.put(page(2, i, 900 + i % 200));
            assertTrue(cache.bytes() <= capacity);
            assertNotNull(cache.get(1, 0), "the page read all the time was given up");
        }
        assertTrue(cache.bytes() > capacity - 2000, "the room is used");
        assertNull(cache.get(2, 1));
    }

    @Test
    void doesNotKeepWhatIsTooLarge() {
        PageCache cache = new PageCache(1000);
        Page large = page(1, 1, 1000);
        assertSame(large, cache.put(large));
        assertNull(cache.get(1, 1));
        Page none = page(1, 1, 0);
        assertSame(none, new PageCache(0).put(none));
        assertEquals(0, cache.bytes());
    }

    @Test
    void forgetsAFile() {
        PageCache cache = new PageCache(64 << 20);
        for (int i = 0; i < 1000; i++) {
            cache.put(page(1 + i % 3, i, 10));
        }
        cache.evict(2);
        for (int i = 0; i < 1000; i++) {
            assertEquals(i % 3 != 1, cache.get(1 + i % 3, i) != null);
        }
        cache.evict(1);
        cache.evict(3);
        cache.evict(4);
        assertEquals(0, cache.bytes());
    }

    @Test
    void manyThreadsNeverSeeAnotherPage() throws Exception {
        for (long capacity : new long[] {20_000, 64 << 20}) {
            PageCache cache = new PageCache(capacity);
            long seed = Seed.random().nextLong();
            ExecutorService threads = Executors.newFixedThreadPool(4);
            try {
                List<Future<?>> running = new ArrayList<>();
                for (int t = 0; t < 4; t++) {
                    Random random = new Random(seed + t);
                    running.add(threads.submit(() -> hammer(cache, random)));
                }
                for (Future<?> run : running) {
                    run.get();
                }
            } finally {
                threads.shutdownNow();
            }
            assertTrue(cache.bytes() <= capacity);
            for (int file = 0; file < 5; file++) {
                cache.evict(file);
            }
            assertEquals(0, cache.bytes());
        }
    }

    private static Page page(long fileNumber, long offset, int length) {
        return Page.ofFilter(fileNumber, offset, new byte[length]);
    }

    private static void hammer(PageCache cache, Random random) {
        for (int i = 0; i < 100_000; i++) {
            int file = random.nextInt(5);
            int offset = random.nextInt(100);
            Page page = cache.get(file, offset);
            if (page == null) {
                byte[] made = new byte[100 + random.nextInt(400)];
                made[0] = (byte) file;
                made[1] = (byte) offset;
                page = cache.put(Page.ofFilter(file, offset, made));
            }
            assertEquals(file, page.bytes()[0]);
            assertEquals(offset, page.bytes()[1]);
            if (random.nextInt(1000) == 0) {
                cache.evict(file);
            }
        }
    }
}
