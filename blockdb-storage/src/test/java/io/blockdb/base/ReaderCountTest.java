package io.blockdb.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** That a count of readers is over exactly when it was shut and everybody has left. */
final class ReaderCountTest {
    @Test
    void isOverOnceShutAndLeft() throws Exception {
        ReaderCount count = new ReaderCount();
        assertFalse(count.isOver());
        assertTrue(count.enter());
        count.shut();
        assertFalse(count.isOver());
        assertFalse(count.enter());
        assertEquals(1, count.readers());
        Thread other = new Thread(count::leave);
        other.start();
        other.join();
        assertTrue(count.isOver());
    }

    @Test
    void canBeReopened() {
        ReaderCount count = new ReaderCount();
        count.shut();
        assertTrue(count.isOver());
        count.reopen();
        assertFalse(count.isOver());
        assertTrue(count.enter());
    }

    @Test
    void nobodyReadsWhatIsOverAndSomebodyEndsIt() throws Exception {
        int threads = 4;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 300; round++) {
                ReaderCount count = new ReaderCount();
                AtomicInteger ended = new AtomicInteger();
                CountDownLatch begin = new CountDownLatch(threads);
                List<Future<?>> running = new ArrayList<>();
                for (int t = 0; t < threads; t++) {
                    boolean shuts = t == 0;
                    running.add(executor.submit(() -> {
                        begin.countDown();
                        begin.await();
                        if (shuts) {
                            count.shut();
                        } else {
                            while (count.enter()) {
                                assertEquals(0, ended.get(), "over while somebody reads");
                                count.leave();
                            }
                        }
                        if (count.isOver()) {
                            ended.incrementAndGet();
                        }
                        return null;
                    }));
                }
                for (Future<?> run : running) {
                    run.get();
                }
                assertTrue(ended.get() >= 1, "nobody found it over");
            }
        } finally {
            executor.shutdownNow();
        }
    }
}
