package io.blockdb.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends calls to one of the servers, the one that answered last as long as it answers.
 *
 * <p>Threading: any thread.
 */
final class Transport {
    private final HttpClient http;
    private final List<URI> bases;
    private final Supplier<@Nullable String> tokens;
    private final Duration patience;
    private final int answerLengthMax;
    private final Timing timing;
    private final AtomicInteger preferred = new AtomicInteger();
    /** Calls under way, each under something that is its own. */
    private final Map<Object, CompletableFuture<?>> underWay = new ConcurrentHashMap<>();

    private volatile boolean closed;

    /** @param tokens asked before every attempt; null: no token is sent */
    Transport(
            HttpClient http,
            List<URI> bases,
            Supplier<@Nullable String> tokens,
            Duration patience,
            int answerLengthMax,
            Timing timing) {
        this.http = http;
        this.bases = List.copyOf(bases);
        this.tokens = tokens;
        this.patience = patience;
        this.answerLengthMax = answerLengthMax;
        this.timing = timing;
    }

    /** Sends a call, again where that is needed and safe; the parser makes something of what is answered below 300. */
    <T> CompletableFuture<T> send(Call call, Function<Answer, T> parser) {
        checkOpen();
        CompletableFuture<T> result = new Attempts<>(this, call, parser).start();
        Object ticket = new Object();
        underWay.put(ticket, result);
        CompletableFuture<T> unused = result.whenComplete((value, failure) -> underWay.remove(ticket));
        if (closed) {
            result.cancel(true);
        }
        return result;
    }

    /** As {@link #send}, and waits. An interrupt ends the call; the flag stays set. */
    <T> T call(Call call, Function<Answer, T> parser) {
        Pending<T> pending = new Pending<>();
        return pending.endingAs(pending.now(call, send(call, parser))).await();
    }

    Timing timing() {
        return timing;
    }

    Duration patience() {
        return patience;
    }

    /** The server to be asked. */
    URI base() {
        return bases.get(Math.floorMod(preferred.get(), bases.size()));
    }

    /** Has another server asked from now on, if there is one and the one given is still the one that is asked. */
    void avoid(URI base) {
        int now = preferred.get();
        if (bases.get(Math.floorMod(now, bases.size())).equals(base)) {
            preferred.compareAndSet(now, now + 1);
        }
    }

    @Nullable
    String token() {
        return tokens.get();
    }

    CompletableFuture<HttpResponse<byte[]>> exchange(URI base, Call call, @Nullable String token) {
        HttpRequest.Builder request = request(base, call.path(), call.accept(), token);
        if (call.idempotencyKey() != null) {
            request.header("Idempotency-Key", call.idempotencyKey());
        }
        byte[] body = call.body();
        if (body == null) {
            request.method(call.method(), HttpRequest.BodyPublishers.noBody());
        } else {
            request.header("Content-Type", Call.JSON);
            request.method(call.method(), HttpRequest.BodyPublishers.ofByteArray(body));
        }
        return http.sendAsync(request.build(), answer -> new BoundedBody(answerLengthMax));
    }

    /** Opens an answer that does not end; the handler decides what is done with it. */
    <B> CompletableFuture<HttpResponse<B>> stream(
            URI base, String path, @Nullable String lastEventId, BodyHandler<B> handler) {
        checkOpen();
        HttpRequest.Builder request = request(base, path, "text/event-stream", token());
        if (lastEventId != null) {
            request.header("Last-Event-ID", lastEventId);
        }
        return http.sendAsync(request.build(), handler);
    }

    private static HttpRequest.Builder request(URI base, String path, String accept, @Nullable String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .header("Accept", accept)
                .header("User-Agent", "blockdb-client");
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    boolean isClosed() {
        return closed;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the client is closed");
        }
    }

    /** Ends what is under way and refuses what comes. */
    void close() {
        closed = true;
        underWay.values().forEach(call -> call.cancel(true));
    }
}
