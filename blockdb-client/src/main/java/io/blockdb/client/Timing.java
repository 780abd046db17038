package io.blockdb.client;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Time and chance as the client meets them, so that a test can bring its own. */
interface Timing {
    /** The system's. */
    Timing SYSTEM = new Timing() {
        private static final SecureRandom RANDOM = new SecureRandom();
        private static final int KEY_LENGTH = 16;

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public void after(Duration pause, Runnable task) {
            CompletableFuture.delayedExecutor(pause.toNanos(), TimeUnit.NANOSECONDS)
                    .execute(task);
        }

        @Override
        public double jitter() {
            return ThreadLocalRandom.current().nextDouble();
        }

        @Override
        public String newIdempotencyKey() {
            byte[] key = new byte[KEY_LENGTH];
            RANDOM.nextBytes(key);
            return HexFormat.of().formatHex(key);
        }
    };

    /** As {@link System#nanoTime}. */
    long nanoTime();

    /** Runs a task when so much time has passed. */
    void after(Duration pause, Runnable task);

    /** From 0 to 1. */
    double jitter();

    /** A key that nobody has drawn before or can guess. */
    String newIdempotencyKey();
}
