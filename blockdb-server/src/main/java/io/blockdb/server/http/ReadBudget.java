package io.blockdb.server.http;

import io.javalin.http.Context;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * How much memory the requests of this moment may take for what they read, before it is an answer ({@link AnswerBudget}): a value
 * stands there as it was stored, as it is, and as a text. Many requests for large values would else fill the heap.
 *
 * <p>Threading: any thread.
 */
final class ReadBudget {
    /** Values up to this many bytes are not counted: the limit of threads bounds them. */
    private static final int SMALL = 8 << 10;

    private static final int UNIT = 1 << 10;

    /** The part of the heap that is for values; counted as they are, they take some times of that. */
    private static final int HEAP_SHARE = 16;

    /** A server with the smallest heap can still read the largest page. */
    private static final long LEAST = 16 << 20;

    /** What a receipt or a block may take of the heap while it is put together: nothing says before how much it will be. */
    private static final long OF_ONE = 128 << 20;

    private static final int WAIT_SECONDS = 5;
    private static final String READING = "io.blockdb.reading";
    private static final String UNITS = "io.blockdb.read";
    private static final String WHOLE = "io.blockdb.whole";

    private final Semaphore room;
    private final Semaphore whole;

    ReadBudget() {
        long heap = Runtime.getRuntime().maxMemory();
        this.room = new Semaphore((int) Math.min(Integer.MAX_VALUE, Math.max(LEAST, heap / HEAP_SHARE) / UNIT));
        this.whole = new Semaphore((int) Math.max(2, Math.min(Integer.MAX_VALUE, heap / OF_ONE)));
    }

    /** Has what a request reads counted here. */
    void count(Context ctx) {
        ctx.attribute(READING, this);
    }

    /** Is to be told how long a value is that is about to be read, and throws a {@link Problem} where there is no room for it. */
    static IntConsumer values(Context ctx) {
        ReadBudget budget = of(ctx);
        return length -> budget.take(ctx, length);
    }

    private static ReadBudget of(Context ctx) {
        ReadBudget budget = ctx.attribute(READING);
        if (budget == null) {
            throw new IllegalStateException("nobody counts what is read for " + ctx.path());
        }
        return budget;
    }

    private void take(Context ctx, int length) {
        if (length <= SMALL) {
            return;
        }
        int units = (length + UNIT - 1) / UNIT;
        if (!room.tryAcquire(units)) {
            throw tooMany();
        }
        Integer before = ctx.attribute(UNITS);
        ctx.attribute(UNITS, before == null ? units : before + units);
    }

    /**
     * Waits for its turn to put together what may be large and is mostly small.
     *
     * @throws Problem if it takes too long
     */
    static void awaitTurn(Context ctx) {
        ReadBudget budget = of(ctx);
        try {
            if (!budget.whole.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
                throw tooMany();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw tooMany();
        }
        ctx.attribute(WHOLE, true);
    }

    private static Problem tooMany() {
        return new Problem(
                        Problem.Kind.RATE_LIMITED,
                        "the server reads as much for others as it has memory for: ask again")
                .retryAfter(1);
    }

    /** Gives back what a request has taken, once it is an answer. */
    void release(Context ctx) {
        Integer units = ctx.attribute(UNITS);
        if (units != null) {
            ctx.attribute(UNITS, null);
            room.release(units);
        }
        if (ctx.attribute(WHOLE) != null) {
            ctx.attribute(WHOLE, null);
            whole.release();
        }
    }
}
