package io.blockdb.client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hears of entries as they are written, from any sequence on, in the order of the ledger, each once. A connection that is lost is made
 * again, with another server if there are several, and goes on behind the last entry that was handed out: without a gap, without
 * a double. While nobody asks for the next entry, little is read, and the server may end the connection; that is made up for in the same way.
 *
 * <pre>{@code
 * try (Watch watch = client.watch(WatchRequest.of("orders").from(0))) {
 *     while (true) {
 *         Change change = watch.next();
 *         ...
 *         remember(change.eventId());     // WatchRequest.of("orders").after(...) goes on from here, in another process too
 *     }
 * }
 * }</pre>
 *
 * <p>Threading: one thread at a time; {@link #close} from any.
 */
public final class Watch implements AutoCloseable {
    private static final Duration FOR_EVER = Duration.ofDays(365_000);

    private final Transport transport;
    private final WatchRequest request;
    private final String path;
    private final Duration connecting;
    private final int eventLengthMax;
    private final Backoff backoff;
    private final Consumer<Watch> whenClosed;
    private @Nullable String lastEventId;
    private long lastSequence = -1;
    private long lastHeard;
    private volatile @Nullable EventStream stream;
    private volatile @Nullable CompletableFuture<Boolean> pausing;
    private volatile boolean closed;

    /** What a connection begins with: its events, or why there are none. */
    private record Opened(@Nullable EventStream stream, byte[] refusal) {}

    /**
     * A watch that is not connected yet.
     *
     * @param connecting how long a server may take to begin its answer
     * @param whenClosed is told when it is closed
     */
    Watch(
            Transport transport,
            WatchRequest request,
            Duration connecting,
            int eventLengthMax,
            Consumer<Watch> whenClosed) {
        this.transport = transport;
        this.request = request;
        this.path = request.path();
        this.connecting = connecting;
        this.eventLengthMax = eventLengthMax;
        this.whenClosed = whenClosed;
        this.lastEventId = request.lastEventId();
        this.backoff = new Backoff(transport.timing(), transport.patience());
        this.lastHeard = transport.timing().nanoTime();
    }

    /**
     * Waits for the next entry.
     *
     * @throws RefusedException if the server refuses: for good, or the ledger does not hold any more what was told before
     * @throws UnreachableException if the connection is lost and cannot be made again in time; the next call tries again
     * @throws IllegalStateException if the watch is closed, also meanwhile
     */
    public Change next() throws InterruptedException {
        while (true) {
            Change change = poll(FOR_EVER);
            if (change != null) {
                return change;
            }
        }
    }

    /**
     * Waits some time for the next entry, and answers null where there is none; takes longer while a connection is made.
     *
     * @throws BlockDbClientException as {@link #next}
     */
    public @Nullable Change poll(Duration wait) throws InterruptedException {
        long begin = transport.timing().nanoTime();
        while (true) {
            EventStream open = connected();
            Duration left = wait.minusNanos(transport.timing().nanoTime() - begin);
            try {
                ServerEvent event = open.poll(shorter(left, request.silenceMax()));
                Change change = event == null ? null : received(event);
                if (change != null) {
                    return change;
                }
                if (event == null) {
                    checkHeard(open);
                }
            } catch (IOException e) {
                disconnect();
                checkOpen();
                pause(null, new UnreachableException("the watch was cut: " + e.getMessage(), e));
            }
            if (wait.minusNanos(transport.timing().nanoTime() - begin).compareTo(Duration.ZERO) <= 0) {
                return null;
            }
        }
    }

    private static Duration shorter(Duration left, Duration right) {
        Duration shorter = left.compareTo(right) < 0 ? left : right;
        return shorter.isNegative() ? Duration.ZERO : shorter;
    }

    /** What {@link WatchRequest#after} takes to go on behind the last entry handed out; null before anything was heard. */
    public @Nullable String lastEventId() {
        return lastEventId;
    }

    private @Nullable Change received(ServerEvent event) throws IOException, InterruptedException {
        backoff.reset();
        lastHeard = transport.timing().nanoTime();
        switch (event.type()) {
            case ServerEvent.PLACE -> lastEventId = event.id();
            case "error" -> cut(event);
            case "entry" -> {
                Change change = Change.of(event);
                if (!event.id().isEmpty()) {
                    lastEventId = event.id();
                }
                // A server that resumes too early tells of some entries twice.
                if (change.sequence() > lastSequence) {
                    lastSequence = change.sequence();
                    return change;
                }
            }
            default -> {
                // Of a later version.
            }
        }
        return null;
    }

    /** The server ends the stream and says why. */
    private void cut(ServerEvent event) throws InterruptedException {
        byte[] body = event.data().getBytes(StandardCharsets.UTF_8);
        Long status = Json.parse(body, "the error event").numberOrNull("status");
        Problem problem = Problem.of(new Answer(status == null ? 500 : (int) Math.min(status, 599), body, null));
        disconnect();
        refused(problem);
    }

    private void checkHeard(EventStream open) throws IOException {
        long now = transport.timing().nanoTime();
        if (open.wasHeardOf()) {
            lastHeard = now;
        } else if (now - lastHeard >= request.silenceMax().toNanos()) {
            throw new IOException(
                    "nothing was heard for " + request.silenceMax().toMillis() + " ms");
        }
    }

    /** The stream; connects where there is none. */
    EventStream connected() throws InterruptedException {
        EventStream open = stream;
        while (open == null) {
            checkOpen();
            URI base = transport.base();
            try {
                open = connect(base);
            } catch (IOException e) {
                transport.avoid(base);
                pause(null, new UnreachableException("watching at " + base + ": " + e, e));
            }
        }
        return open;
    }

    private @Nullable EventStream connect(URI base) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<Opened>> opening = transport.stream(
                base,
                path,
                lastEventId,
                answer -> answer.statusCode() == 200
                        ? BodySubscribers.mapping(
                                new EventStream(eventLengthMax), events -> new Opened(events, new byte[0]))
                        : BodySubscribers.mapping(new BoundedBody(eventLengthMax), body -> new Opened(null, body)));
        HttpResponse<Opened> response = answered(opening);
        EventStream opened = response.body().stream();
        if (opened == null) {
            Duration retryAfter = Answer.retryAfter(
                    response.headers().firstValue("Retry-After").orElse(null), Instant.now());
            transport.avoid(base);
            refused(Problem.of(new Answer(response.statusCode(), response.body().refusal(), retryAfter)));
            return null;
        }
        String type = response.headers().firstValue("Content-Type").orElse("none");
        if (!type.startsWith("text/event-stream")) {
            opened.close();
            throw new MalformedAnswerException("watching at " + base + ": the answer is of type " + type);
        }
        stream = opened;
        lastHeard = transport.timing().nanoTime();
        if (closed) {
            disconnect();
        }
        checkOpen();
        return opened;
    }

    private HttpResponse<Opened> answered(CompletableFuture<HttpResponse<Opened>> opening)
            throws IOException, InterruptedException {
        try {
            return opening.get(connecting.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            opening.cancel(true);
            throw e;
        } catch (TimeoutException e) {
            opening.cancel(true);
            throw new IOException("no answer within " + connecting.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        }
    }

    /** Waits where it is worth trying again, else throws. */
    private void refused(Problem problem) throws InterruptedException {
        RefusedException refusal = new RefusedException(problem);
        switch (problem.status()) {
            case 408, 429, 502, 503, 504 -> pause(problem.retryAfter(), refusal);
            default -> throw refusal;
        }
    }

    private void pause(@Nullable Duration atLeast, BlockDbClientException reason) throws InterruptedException {
        Duration pause = backoff.next(atLeast);
        if (pause == null) {
            backoff.reset();
            throw reason;
        }
        CompletableFuture<Boolean> passed = new CompletableFuture<>();
        pausing = passed;
        checkOpen();
        transport.timing().after(pause, () -> passed.complete(true));
        try {
            passed.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a pause failed", e);
        }
    }

    private void checkOpen() {
        if (closed || transport.isClosed()) {
            throw new IllegalStateException("the watch is closed");
        }
    }

    private void disconnect() {
        EventStream open = stream;
        stream = null;
        if (open != null) {
            open.close();
        }
    }

    /** Ends the watch; who waits in it is told by an {@link IllegalStateException}. */
    @Override
    public void close() {
        closed = true;
        EventStream open = stream;
        if (open != null) {
            open.end();
        }
        CompletableFuture<Boolean> waiting = pausing;
        if (waiting != null) {
            waiting.complete(false);
        }
        whenClosed.accept(this);
    }
}
