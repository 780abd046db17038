package io.blockdb.server.http;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.IteratingCallback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * An answer on its way, a part after the other. Whoever takes too little of it is cut off: the memory for answers that wait is for
 * everybody, and the connection's idle timeout begins anew with each byte.
 *
 * <p>Threading: any thread, one at a time.
 */
final class Sending extends IteratingCallback {
    /** So much is handed over at a time: what is being sent stands once more in memory outside of the heap. */
    static final int PART = 64 << 10;

    /** In so many seconds a part must have been taken. */
    static final int PART_SECONDS = 30;

    private final Content.Sink sink;
    private final Pieces.Stream bytes;
    private final Scheduler scheduler;
    private final Runnable cut;
    private final CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
    private volatile int left;
    private int leftBefore;
    private volatile Scheduler.@Nullable Task nextLook;

    /** @param cut cuts the connection */
    Sending(Content.Sink sink, Pieces.Stream bytes, Scheduler scheduler, Runnable cut) {
        this.sink = sink;
        this.bytes = bytes;
        this.left = bytes.available();
        this.scheduler = scheduler;
        this.cut = cut;
    }

    /** Begins; the answer is done when all was taken, or the connection is lost. */
    CompletableFuture<@Nullable Void> begin() {
        iterate();
        if (!over.isDone()) {
            lookLater();
        }
        return over;
    }

    private void lookLater() {
        leftBefore = left;
        nextLook = scheduler.schedule(this::look, PART_SECONDS, TimeUnit.SECONDS);
        if (over.isDone()) {
            end(); // It may have ended before it was known what to call off.
        }
    }

    /** What waits for its time would hold the answer until then. */
    private void end() {
        over.complete(null);
        Scheduler.Task next = nextLook;
        if (next != null) {
            next.cancel();
        }
    }

    private void look() {
        if (over.isDone()) {
            return;
        }
        if (left == leftBefore) {
            cut.run();
        } else {
            lookLater();
        }
    }

    @Override
    protected Action process() {
        if (left == 0) {
            return Action.SUCCEEDED;
        }
        ByteBuffer part = bytes.next(PART);
        left = bytes.available();
        sink.write(false, part, this);
        return Action.SCHEDULED;
    }

    @Override
    protected void onCompleteSuccess() {
        end();
    }

    /** Then the connection is lost, and there is nobody to be told. */
    @Override
    protected void onCompleteFailure(Throwable cause) {
        end();
    }
}
