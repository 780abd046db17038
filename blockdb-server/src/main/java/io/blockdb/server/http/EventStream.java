package io.blockdb.server.http;

import io.blockdb.server.feed.Outlet;
import io.javalin.http.Context;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.eclipse.jetty.ee10.servlet.ServletContextResponse;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * An answer that goes on: bytes are handed to the connection without a thread that waits, by Jetty's own asynchronous write. The
 * servlet's output stream is passed by: it would keep a buffer of its own for every connection.
 *
 * <p>Threading: as {@link Outlet}.
 */
final class EventStream implements Outlet, AsyncListener {
    private final ServletContextResponse response;
    /** Kept from the begin: what the response knows of is another request's once this one is over. */
    private final EndPoint endPoint;

    private final Executor threads;
    private final CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
    private volatile @Nullable Runnable lost;

    private EventStream(ServletContextResponse response) {
        this.response = response;
        this.endPoint = response.getServletRequestState().getServletChannel().getEndPoint();
        this.threads = response.getRequest().getComponents().getExecutor();
    }

    /** Begins the answer to a request that waits asynchronously; it is not timed from here on. */
    static EventStream begin(Context ctx) {
        EventStream stream = new EventStream(ServletContextResponse.getServletContextResponse(ctx.res()));
        AsyncContext async = ctx.req().getAsyncContext();
        async.setTimeout(0);
        async.addListener(stream);
        headers(ctx);
        return stream;
    }

    /** The head of such an answer. */
    static void headers(Context ctx) {
        ctx.status(200);
        ctx.contentType("text/event-stream; charset=utf-8");
        ctx.header("Cache-Control", "no-store");
        ctx.header("X-Accel-Buffering", "no");
    }

    /** Done when the stream is over. */
    CompletableFuture<@Nullable Void> over() {
        return over;
    }

    /** Has a task run when the connection is gone; if that is known already, now. */
    void whenLost(Runnable task) {
        lost = task;
        if (over.isDone()) {
            task.run();
        }
    }

    @Override
    public void write(ByteBuffer bytes, Written answer) {
        response.write(false, bytes, Callback.from(() -> answer.over(null), answer::over));
    }

    @Override
    public void end() {
        complete();
    }

    /** Ending the request takes a while, and whoever finds out that it is over may have others to tell. */
    private void complete() {
        threads.execute(() -> over.complete(null));
    }

    @Override
    public void abort() {
        endPoint.close();
        complete();
    }

    @Override
    public void onError(AsyncEvent event) {
        over.complete(null);
        Runnable task = lost;
        if (task != null) {
            task.run();
        }
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        // There is none: it was set to zero.
    }

    @Override
    public void onComplete(AsyncEvent event) {
        // Whoever completes it knows.
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // It was started before this listens.
    }
}
