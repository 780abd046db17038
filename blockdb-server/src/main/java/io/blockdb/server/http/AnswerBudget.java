package io.blockdb.server.http;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * How much memory the large answers that are on their way may take together. Each stands in memory until the one who asked has
 * taken it, which may be never: what does not fit is refused, to be asked for again.
 *
 * <p>Threading: any thread; an answer is written by one.
 */
final class AnswerBudget {
    /** Answers are counted in parts of so many bytes; the first is free, the limit of connections bounds it. */
    private static final int PART = Delivery.AT_ONCE;

    /** The part of the heap that is for answers. */
    private static final int HEAP_SHARE = 8;

    /** A server with the smallest heap can still answer with one value, page or block of the largest size. */
    private static final long LEAST = 24 << 20;

    private static final String TAKEN = "io.blockdb.answer";

    private final Semaphore parts;

    AnswerBudget() {
        long bytes = Math.max(LEAST, Runtime.getRuntime().maxMemory() / HEAP_SHARE);
        this.parts = new Semaphore((int) Math.min(Integer.MAX_VALUE, bytes / PART));
    }

    /** Has what {@link #counted} counts for a request counted here. */
    void count(Context ctx) {
        ctx.attribute(TAKEN, new Taken(ctx));
    }

    /**
     * A stream that counts what goes through it to another one. What was taken is given back when the request is over: the answer is
     * sent, or its connection lost. The stream throws a {@link Problem} where there is no room.
     */
    static OutputStream counted(Context ctx, OutputStream out) {
        @Nullable Taken taken = ctx.attribute(TAKEN);
        return taken == null ? out : new Counted(taken, out);
    }

    /**
     * Counts an answer that is there already, before it is handed over. As {@link #counted}.
     *
     * @throws Problem if there is no room
     */
    static void count(Context ctx, int length) {
        @Nullable Taken taken = ctx.attribute(TAKEN);
        if (taken != null) {
            taken.count(length);
        }
    }

    /**
     * Counts an answer that is about to be sent, as far as it was not counted while it was made.
     *
     * @throws Problem if there is no room
     */
    static void countAtLeast(Context ctx, int length) {
        @Nullable Taken taken = ctx.attribute(TAKEN);
        if (taken != null && taken.length < length) {
            taken.count((int) (length - taken.length));
        }
    }

    /** What one answer has taken. */
    private final class Taken {
        private final Context ctx;
        private long length;
        private int parts;

        Taken(Context ctx) {
            this.ctx = ctx;
        }

        void count(int more) {
            length += more;
            while (length > PART * (parts + 1L)) {
                if (!AnswerBudget.this.parts.tryAcquire()) {
                    throw new Problem(
                                    Problem.Kind.RATE_LIMITED,
                                    "the server has as many large answers in memory as it can take now: ask again")
                            .retryAfter(1);
                }
                if (parts == 0) {
                    Request.addCompletionListener(
                            ServletContextRequest.getServletContextRequest(ctx.req()),
                            failure -> AnswerBudget.this.parts.release(parts));
                }
                parts++;
            }
        }
    }

    /** Counts what goes through. */
    private static final class Counted extends OutputStream {
        private final Taken taken;
        private final OutputStream out;

        Counted(Taken taken, OutputStream out) {
            this.taken = taken;
            this.out = out;
        }

        @Override
        public void write(int next) throws IOException {
            taken.count(1);
            out.write(next);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            taken.count(length);
            out.write(bytes, offset, length);
        }
    }
}
