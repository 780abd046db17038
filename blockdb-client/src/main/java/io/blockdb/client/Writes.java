package io.blockdb.client;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes every write one that is safe to repeat, and sends it.
 *
 * <p>Threading: any thread.
 */
final class Writes {
    private final Transport transport;
    private final TablePolicies policies;
    private final Duration timeout;
    private final Function<Commit, Commit> check;

    /** @param check looks at each commit, and throws where it is of another ledger */
    Writes(Transport transport, TablePolicies policies, Duration timeout, Function<Commit, Commit> check) {
        this.transport = transport;
        this.policies = policies;
        this.timeout = timeout;
        this.check = check;
    }

    CompletableFuture<Commit> put(Key key, byte[] value) {
        Batch.Operation put = new Batch.Operation(key, value, 0);
        byte[] body = Bodies.put(put);
        return named(List.of(put), null).thenCompose(name -> {
            Call call = call("POST", "/api/v1/put", body, name);
            return decided(transport.send(call, Answers::commit), List.of(put));
        });
    }

    CompletableFuture<Commit> delete(Key key) {
        Call call = call(
                "DELETE",
                Paths.ofKey("/api/v1/keys/", key).toString(),
                null,
                transport.timing().newIdempotencyKey());
        return transport.send(call, Answers::commit).thenApply(check);
    }

    CompletableFuture<Commit> write(Batch batch) {
        List<Batch.Operation> operations = List.copyOf(batch.operations());
        if (operations.isEmpty()) {
            throw new IllegalArgumentException("the batch is empty");
        }
        byte[] body = Bodies.batch(operations);
        return named(operations, batch.idempotencyKey()).thenCompose(name -> {
            Call call = call("POST", "/api/v1/batch", body, name);
            return decided(transport.send(call, answer -> Answers.batch(answer, operations.size())), operations);
        });
    }

    CompletableFuture<Commit> erase(Key key, long sequence, String reason) {
        // Erasing the same entry again is the same write.
        Call call = call("POST", "/api/v1/erase", Bodies.erase(key, sequence, reason), null);
        return transport.send(call, Answers::commit).thenApply(check);
    }

    private Call call(String method, String path, byte @Nullable [] body, @Nullable String name) {
        return new Call(method, path, body, Call.JSON, name, Call.Repeat.SAFE_WRITE, timeout);
    }

    /** The idempotency key that the operations need: the one given, a new one, or none. */
    private CompletableFuture<@Nullable String> named(List<Batch.Operation> operations, @Nullable String given) {
        if (given != null) {
            return CompletableFuture.completedFuture(given);
        }
        Set<String> tables = operations.stream()
                .map(operation -> operation.key().table())
                .collect(Collectors.toSet());
        boolean versioned = operations.stream()
                .anyMatch(operation -> operation.value() == null || operation.ttlSeconds() > 0);
        if (versioned) {
            return CompletableFuture.completedFuture(transport.timing().newIdempotencyKey());
        }
        return policies.areWriteOnce(tables)
                .thenApply(writeOnce -> writeOnce ? null : transport.timing().newIdempotencyKey());
    }

    /**
     * Clears up the one case in which a refusal leaves open what it decided: the key of a write-once table is there, and an
     * earlier attempt may have put it there. Who may read is answered with the commit where the value is the same, so if the
     * key can be read, it is another one.
     */
    private CompletableFuture<Commit> decided(CompletableFuture<Commit> sent, List<Batch.Operation> operations) {
        CompletableFuture<Commit> decided = sent.exceptionallyCompose(failure -> {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            if (!(cause instanceof OutcomeUnknownException)
                    || !(cause.getCause() instanceof RefusedException refusal)
                    || !refusal.isDuplicateKey()) {
                return CompletableFuture.failedFuture(failure);
            }
            int number = refusal.operations().isEmpty() ? 0 : refusal.operations().get(0);
            Key key = operations.get(Objects.checkIndex(number, operations.size())).key();
            Call call = Call.get(Paths.ofKey("/api/v1/get/", key).toString(), Call.JSON, timeout);
            return transport
                    .send(call, answer -> true)
                    .handle((readable, unreadable) -> readable != null ? refusal : cause)
                    .thenCompose(CompletableFuture::failedFuture);
        });
        return decided.thenApply(check);
    }
}
