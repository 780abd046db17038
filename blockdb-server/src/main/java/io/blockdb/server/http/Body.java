package io.blockdb.server.http;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.VirtualThreads;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request, read before its handler is called, and without a thread that waits for it: whoever sends a header and no
 * body would else take a thread from all others. The servlet's input stream is passed by, since it makes its reader wait.
 *
 * <p>Threading: one thread at a time.
 */
final class Body {
    /** The longest body of a route that takes a few names and numbers. */
    static final int SMALL = 16 << 10;

    /** How long a body may take that is small by its route's own limit. */
    private static final Duration SMALL_TIMEOUT = Duration.ofSeconds(30);

    private static final int PART = 8_192;
    private static final String BYTES = "io.blockdb.body.bytes";
    private static final String LATE = "io.blockdb.body.late";

    private final Request request;
    private final int bytesMax;
    private final Duration timeout;
    private final long announced;
    private final long begun = System.nanoTime();
    private byte[] bytes;
    private int length;

    private Body(Context ctx, int bytesMax, Duration timeout) {
        this.request = ServletContextRequest.getServletContextRequest(ctx.req());
        this.bytesMax = bytesMax;
        this.timeout = timeout;
        this.announced = request.getLength();
        if (announced > bytesMax) {
            throw tooLong(bytesMax);
        }
        this.bytes = new byte[announced >= 0 ? (int) announced : PART];
    }

    /** A handler that is called once the body is there, which may have {@link #SMALL} bytes. */
    static Handler small(Handler next) {
        return first(SMALL, SMALL_TIMEOUT, next);
    }

    /** As {@link #small}, of a route that takes longer ones. */
    static Handler first(int bytesMax, Handler next) {
        return first(bytesMax, SMALL_TIMEOUT, next);
    }

    /**
     * A handler that is called once the body is there. It must be JSON by its type, or have none.
     *
     * @param bytesMax the longest body that is taken
     * @param timeout how long it may take to come
     */
    static Handler first(int bytesMax, Duration timeout, Handler next) {
        return ctx -> {
            checkType(ctx);
            Body body = new Body(ctx, bytesMax, timeout);
            if (body.read()) {
                ctx.attribute(BYTES, body.whole());
                next.handle(ctx);
            } else {
                ctx.future(() -> body.rest(ctx, next));
            }
        };
    }

    /** The body of a request whose handler is called after it was read. */
    static byte[] of(Context ctx) {
        byte[] bytes = ctx.attribute(BYTES);
        if (bytes == null) {
            throw new IllegalStateException("no body was read before " + ctx.path());
        }
        return bytes;
    }

    /** Whether the body came later than the header, so that the server does not limit the time of the answer by itself. */
    static boolean cameLate(Context ctx) {
        return ctx.attribute(LATE) != null;
    }

    private static void checkType(Context ctx) {
        String type = ctx.contentType();
        // curl -d '' calls even nothing a form.
        if (type != null && ctx.req().getContentLengthLong() != 0 && !isJson(type)) {
            throw new Problem(
                    Problem.Kind.UNSUPPORTED_MEDIA_TYPE,
                    "the body must be application/json, is " + Shown.text(type)
                            + ": send the header Content-Type: application/json");
        }
        String coding = ctx.header("Content-Encoding");
        if (coding != null && !coding.equalsIgnoreCase("identity")) {
            ctx.header("Accept-Encoding", "identity");
            throw new Problem(
                    Problem.Kind.UNSUPPORTED_MEDIA_TYPE,
                    "the body is compressed (" + Shown.text(coding) + "), which is not taken: send it as it is");
        }
    }

    private static boolean isJson(String type) {
        int end = type.indexOf(';');
        String media = (end < 0 ? type : type.substring(0, end)).strip();
        if (!media.equalsIgnoreCase("application/json")) {
            return false;
        }
        String parameters = end < 0 ? "" : type.substring(end).toLowerCase(Locale.ROOT);
        return !parameters.contains("charset") || parameters.contains("utf-8");
    }

    /** Takes what has come; whether that is all. The connection's idle timeout begins anew with each byte; ours does not. */
    private boolean read() {
        for (; ; ) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                return false;
            }
            Throwable failure = chunk.getFailure();
            if (failure != null) {
                throw failure instanceof TimeoutException || failure.getCause() instanceof TimeoutException
                        ? tookTooLong()
                        : cutShort();
            }
            try {
                take(chunk.getByteBuffer());
            } finally {
                chunk.release();
            }
            if (chunk.isLast()) {
                if (length < announced) {
                    throw cutShort();
                }
                return true;
            }
            if (System.nanoTime() - begun > timeout.toNanos()) {
                throw tooSlow();
            }
        }
    }

    private void take(ByteBuffer part) {
        int more = part.remaining();
        if (more > bytesMax - length) {
            throw tooLong(bytesMax);
        }
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(bytesMax, Math.max(length + more, 2L * bytes.length)));
        }
        part.get(bytes, length, more);
        length += more;
    }

    private byte[] whole() {
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }

    /** Reads on as more comes, and then calls the handler. */
    private CompletableFuture<@Nullable Void> rest(Context ctx, Handler next) {
        ctx.attribute(LATE, true);
        ctx.req().getAsyncContext().setTimeout(0); // A body has a time of its own, and what comes after it too.
        EndPoint connection = request.getConnectionMetaData().getConnection().getEndPoint();
        long idle = connection.getIdleTimeout();
        connection.setIdleTimeout(Math.min(idle, timeout.toMillis()));
        CompletableFuture<@Nullable Void> came = new CompletableFuture<>();
        request.demand(() -> more(came));
        return came.handleAsync(
                (nothing, failure) -> {
                    connection.setIdleTimeout(idle);
                    if (failure != null) {
                        throw new CompletionException(failure);
                    }
                    ctx.attribute(BYTES, whole());
                    handle(ctx, next);
                    return null;
                },
                threads());
    }

    private void more(CompletableFuture<@Nullable Void> came) {
        try {
            if (read()) {
                came.complete(null);
            } else {
                request.demand(() -> more(came));
            }
        } catch (RuntimeException e) {
            came.completeExceptionally(e);
        }
    }

    private static void handle(Context ctx, Handler next) {
        try {
            next.handle(ctx);
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }

    /** The threads that serve requests: what tells of more of a body is not to be held up by them. */
    private Executor threads() {
        Executor pool = request.getComponents().getExecutor();
        Executor virtual = VirtualThreads.getVirtualThreadsExecutor(pool);
        return virtual == null ? pool : virtual;
    }

    /** A server that stops has no more patience than a second. */
    private Problem tookTooLong() {
        return request.getConnectionMetaData().getConnector().getServer().isRunning()
                ? tooSlow()
                : new Problem(
                                Problem.Kind.NOT_READY,
                                "the server is stopping, and nothing was written: send it again soon")
                        .retryAfter(1);
    }

    private static Problem tooSlow() {
        return Problem.invalid("the body came too slowly");
    }

    private static Problem cutShort() {
        return Problem.invalid("the body ended before its announced length");
    }

    private static Problem tooLong(int bytesMax) {
        return new Problem(Problem.Kind.TOO_LARGE, "the body is longer than " + bytesMax + " bytes");
    }
}
