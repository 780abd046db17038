package io.blockdb.server.http;

import io.javalin.http.Context;
import java.util.concurrent.Semaphore;

/**
 * How much memory the large bodies of all requests in flight may take together. What does not fit is refused, to be sent again: many
 * bodies within their limit would else fill the heap.
 *
 * <p>Threading: any thread.
 */
final class BodyBudget {
    /** Bodies up to this many bytes are not counted: the limit of requests in flight bounds them. */
    private static final int SMALL = 16 << 10;

    /** A body stands in memory as it came, as texts, and as what they decode to. */
    private static final int COPIES = 4;

    /** The part of the heap that is for bodies. */
    private static final int HEAP_SHARE = 4;

    private static final int UNIT = 1 << 10;
    private static final String TAKEN = "io.blockdb.body";

    private final int bodyBytesMax;
    private final Semaphore room;

    BodyBudget(int bodyBytesMax) {
        this.bodyBytesMax = bodyBytesMax;
        long bytes = Math.max(bodyBytesMax, Runtime.getRuntime().maxMemory() / HEAP_SHARE / COPIES);
        this.room = new Semaphore((int) Math.min(Integer.MAX_VALUE, units(bytes)));
    }

    private static long units(long bytes) {
        return (bytes + UNIT - 1) / UNIT;
    }

    /**
     * Takes room for a request's body.
     *
     * @throws Problem if there is none now
     */
    void take(Context ctx) {
        long length = ctx.req().getContentLengthLong();
        boolean unknown = length < 0 && ctx.header("Transfer-Encoding") != null;
        if (!unknown && (length <= SMALL || length > bodyBytesMax)) {
            return;
        }
        int units = (int) units(unknown ? bodyBytesMax : length);
        if (!room.tryAcquire(units)) {
            throw new Problem(
                            Problem.Kind.RATE_LIMITED,
                            "the server has as many large bodies in memory as it can take now: send this one again")
                    .retryAfter(1);
        }
        ctx.attribute(TAKEN, units);
    }

    /** Gives the room back. */
    void release(Context ctx) {
        Integer units = ctx.attribute(TAKEN);
        if (units != null) {
            ctx.attribute(TAKEN, null);
            room.release(units);
        }
    }
}
