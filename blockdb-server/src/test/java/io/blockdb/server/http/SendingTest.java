package io.blockdb.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.junit.jupiter.api.Test;

/** Who takes an answer slowly gets it; who takes too little of it is cut off. */
class SendingTest {
    private final Queue<Callback> parts = new ArrayDeque<>();
    private final Queue<Runnable> looks = new ArrayDeque<>();
    private final AtomicInteger cuts = new AtomicInteger();
    private final Scheduler scheduler = (Scheduler) Proxy.newProxyInstance(
            Scheduler.class.getClassLoader(), new Class<?>[] {Scheduler.class}, (self, method, arguments) -> {
                Runnable look = (Runnable) arguments[0];
                looks.add(look);
                return (Scheduler.Task) () -> looks.remove(look);
            });

    private CompletableFuture<?> send(int length) {
        return new Sending(
                        (last, bytes, callback) -> parts.add(callback),
                        Pieces.of(new byte[length]).stream(),
                        scheduler,
                        cuts::incrementAndGet)
                .begin();
    }

    @Test
    void aPartNowAndThenIsEnough() {
        CompletableFuture<?> over = send(3 * Sending.PART);
        for (int i = 0; i < 2; i++) {
            assertEquals(1, parts.size(), "one after the other");
            parts.remove().succeeded();
            looks.remove().run();
            assertEquals(0, cuts.get());
            assertFalse(over.isDone());
        }
        parts.remove().succeeded();
        assertTrue(over.isDone());
        assertTrue(looks.isEmpty());
    }

    @Test
    void lessIsNot() {
        CompletableFuture<?> over = send(3 * Sending.PART);
        parts.remove().succeeded();
        looks.remove().run();
        looks.remove().run();
        assertEquals(1, cuts.get());
        parts.remove().failed(new java.io.IOException("cut"));
        assertTrue(over.isDone());
        assertTrue(looks.isEmpty());
    }
}
