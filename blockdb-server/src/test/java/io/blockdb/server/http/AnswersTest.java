package io.blockdb.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AnswersTest {
    private final Queue<Runnable> threads = new ArrayDeque<>();
    private final List<Integer> given = new ArrayList<>();

    @Test
    void manyAnswersTakeFewThreadsAndKeepTheirOrder() {
        Answers answers = new Answers(threads::add, 2);
        for (int i = 0; i < 100; i++) {
            int number = i;
            answers.execute(() -> given.add(number));
        }
        assertEquals(2, threads.size());
        threads.remove().run();
        assertEquals(100, given.size());
        assertEquals(given.stream().sorted().toList(), given);

        answers.execute(() -> given.add(100));
        assertEquals(2, threads.size(), "one of the two has ended, and another may be taken");
        threads.remove().run();
        threads.remove().run();
        assertEquals(101, given.size());
    }

    @Test
    void anAnswerThatFailsHoldsUpNoOther() {
        Answers answers = new Answers(threads::add, 1);
        answers.execute(() -> {
            throw new IllegalStateException("on purpose");
        });
        answers.execute(() -> given.add(1));
        threads.remove().run();
        assertEquals(List.of(1), given);
        answers.execute(() -> given.add(2));
        threads.remove().run();
        assertEquals(List.of(1, 2), given);
    }

    @Test
    void whatIsOwedIsGivenWhenThereAreNoThreadsAnyMore() {
        Answers answers = new Answers(
                task -> {
                    throw new RejectedExecutionException("stopped");
                },
                2);
        answers.execute(() -> given.add(1));
        answers.execute(() -> given.add(2));
        assertEquals(List.of(1, 2), given);
    }

    @Test
    void noneIsLostAmongMany() throws InterruptedException {
        int writers = 4;
        int each = 20_000;
        AtomicInteger atOnce = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(writers * each);
        ExecutorService pool = Executors.newCachedThreadPool();
        try {
            Answers answers = new Answers(pool, 3);
            for (int i = 0; i < writers; i++) {
                pool.execute(() -> {
                    for (int n = 0; n < each; n++) {
                        answers.execute(() -> {
                            most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
                            atOnce.decrementAndGet();
                            all.countDown();
                        });
                    }
                });
            }
            assertTrue(all.await(60, TimeUnit.SECONDS), () -> all.getCount() + " were not given");
        } finally {
            pool.shutdownNow();
        }
        assertTrue(most.get() <= 3, most::toString);
    }
}
