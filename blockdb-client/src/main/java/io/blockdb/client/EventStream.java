package io.blockdb.client;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The events of one connection, between the thread that reads them and the one that waits for them. While very much waits, nothing
 * is read: the server then sees a slow reader, and this program's memory stays bounded.
 */
final class EventStream implements BodySubscriber<EventStream> {
    private static final int WAITING_MAX = 1 << 20;

    private final LinkedBlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    private final EventParser parser;
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile @Nullable Subscription subscription;
    private volatile boolean heardOf;
    private boolean paused;

    /** An event, or the end of the connection. */
    private record Signal(
            @Nullable ServerEvent event, @Nullable IOException end) {}

    EventStream(int eventLengthMax) {
        parser = new EventParser(eventLengthMax, event -> {
            waiting.addAndGet(event.data().length());
            signals.add(new Signal(event, null));
        });
    }

    @Override
    public CompletionStage<EventStream> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Subscription given) {
        subscription = given;
        given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> pieces) {
        heardOf = true;
        try {
            for (ByteBuffer piece : pieces) {
                parser.accept(piece);
            }
            synchronized (this) {
                paused = waiting.get() > WAITING_MAX;
            }
            goOn();
        } catch (IOException e) {
            onError(e);
            close();
        }
    }

    private void goOn() {
        Subscription open = subscription;
        boolean reads;
        synchronized (this) {
            reads = !paused;
        }
        if (reads && open != null) {
            open.request(1);
        }
    }

    @Override
    public void onError(Throwable cause) {
        signals.add(new Signal(null, cause instanceof IOException e ? e : new IOException(cause)));
    }

    @Override
    public void onComplete() {
        signals.add(new Signal(null, new IOException("the server ended the stream")));
    }

    /**
     * The next event; null where none came in time.
     *
     * @throws IOException if the connection ended; all that came before was returned
     */
    @Nullable
    ServerEvent poll(Duration wait) throws IOException, InterruptedException {
        Signal signal = signals.poll(wait.toNanos(), TimeUnit.NANOSECONDS);
        if (signal == null) {
            return null;
        }
        ServerEvent event = signal.event();
        if (event == null) {
            throw signal.end() == null ? new IOException("the stream ended") : signal.end();
        }
        boolean resumes;
        synchronized (this) {
            resumes = waiting.addAndGet(-event.data().length()) <= WAITING_MAX / 2 && paused;
            if (resumes) {
                paused = false;
            }
        }
        if (resumes) {
            goOn();
        }
        return event;
    }

    /** Whether anything came since the last call, be it only a heartbeat. */
    boolean wasHeardOf() {
        boolean heard = heardOf;
        heardOf = false;
        return heard;
    }

    /** Ends the connection, and wakes who waits for its events. */
    void end() {
        close();
        signals.add(new Signal(null, new IOException("it was closed")));
    }

    /** Ends the connection. */
    void close() {
        Subscription open = subscription;
        if (open != null) {
            open.cancel();
        }
    }
}
