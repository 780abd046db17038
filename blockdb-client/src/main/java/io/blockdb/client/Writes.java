package io.blockdb.client;

import io.blockdb.base.LedgerId;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
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
    private final @Nullable LedgerId ledger;
    private final Function<Commit, Commit> check;

    /**
     * @param ledger the ledger that is written to; null: whichever the server keeps
     * @param check looks at each commit, and throws where it is of another ledger
     */
    Writes(
            Transport transport,
            TablePolicies policies,
            Duration timeout,
            @Nullable LedgerId ledger,
            Function<Commit, Commit> check) {
        this.ledger = ledger;
        this.transport = transport;
        this.policies = policies;
        this.timeout = timeout;
        this.check = check;
    }

    Pending<Commit> put(Key key, byte[] value) {
        List<Batch.Operation> put = List.of(new Batch.Operation(key, value, 0));
        byte[] body = Bodies.put(put.get(0));
        return send(put, null, name -> call("POST", path("/api/v1/put"), body, name), Answers::commit);
    }

    Pending<Commit> delete(Key key) {
        String path = Paths.ofKey("/api/v1/keys/", key).with("ledger", ledger).toString();
        return send(
                List.of(new Batch.Operation(key, null, 0)),
                null,
                name -> call("DELETE", path, null, name),
                Answers::commit);
    }

    Pending<Commit> write(Batch batch) {
        List<Batch.Operation> operations = List.copyOf(batch.operations());
        if (operations.isEmpty()) {
            throw new IllegalArgumentException("the batch is empty");
        }
        byte[] body = Bodies.batch(operations);
        return send(
                operations,
                batch.idempotencyKey(),
                name -> call("POST", path("/api/v1/batch"), body, name),
                answer -> Answers.batch(answer, operations.size()));
    }

    private Pending<Commit> send(
            List<Batch.Operation> operations,
            @Nullable String givenName,
            Function<@Nullable String, Call> named,
            Function<Answer, Commit> parser) {
        Pending<Commit> pending = new Pending<>();
        return pending.endingAs(name(operations, givenName, pending)
                .thenCompose(name -> {
                    Call call = named.apply(name.orElse(null));
                    return pending.now(call, transport.send(call, parser));
                })
                .exceptionallyCompose(failure -> decided(Pending.unwrapped(failure), operations, pending))
                .thenApply(check));
    }

    /** Answers the sequence of the entry that records the erasure. */
    long erase(Key key, long sequence, String reason) {
        // Erasing the same entry again is the same write.
        return transport.call(
                call("POST", path("/api/v1/erase"), Bodies.erase(key, sequence, reason), null), Answers::erasure);
    }

    Table createTable(Table table) {
        // Creating it again alike is the same write.
        Table created = transport.call(call("POST", path("/api/v1/tables"), Bodies.table(table), null), Answers::table);
        policies.learn(List.of(created));
        return created;
    }

    Table alterTable(String name, boolean erasable) {
        // Repeated later, it would undo what somebody else switched meanwhile.
        Call call = new Call(
                "PATCH",
                path("/api/v1/tables/" + Paths.encoded(name)),
                Bodies.erasable(erasable),
                Call.JSON,
                null,
                Call.Repeat.UNSAFE_WRITE,
                timeout);
        return transport.call(call, Answers::table);
    }

    List<Table> tables() {
        List<Table> listed = transport.call(Call.get("/api/v1/tables", Call.JSON, timeout), Answers::tables);
        policies.learn(listed);
        return listed;
    }

    private String path(String route) {
        return Paths.of(route).with("ledger", ledger).toString();
    }

    private Call call(String method, String path, byte @Nullable [] body, @Nullable String name) {
        return new Call(method, path, body, Call.JSON, name, Call.Repeat.SAFE_WRITE, timeout);
    }

    /** The idempotency key that the operations need: the one given, a new one, or none. */
    private CompletableFuture<Optional<String>> name(
            List<Batch.Operation> operations, @Nullable String given, Pending<?> pending) {
        if (given != null) {
            return CompletableFuture.completedFuture(Optional.of(given));
        }
        boolean versioned =
                operations.stream().anyMatch(operation -> operation.value() == null || operation.ttlSeconds() > 0);
        if (versioned) {
            return CompletableFuture.completedFuture(
                    Optional.of(transport.timing().newIdempotencyKey()));
        }
        Set<String> tables =
                operations.stream().map(operation -> operation.key().table()).collect(Collectors.toSet());
        return policies.areWriteOnce(tables, pending)
                .thenApply(writeOnce -> writeOnce
                        ? Optional.empty()
                        : Optional.of(transport.timing().newIdempotencyKey()));
    }

    /**
     * Clears up the one case in which a refusal leaves open what it decided: the key of a write-once table is there, and an
     * earlier attempt may have put it there. Who may read is answered with the commit where the value is the same; so if the
     * key can be read, another value stands there.
     */
    private CompletableFuture<Commit> decided(Throwable failure, List<Batch.Operation> operations, Pending<?> pending) {
        if (!(failure instanceof OutcomeUnknownException)
                || !(failure.getCause() instanceof RefusedException refusal)
                || !refusal.isDuplicateKey()) {
            return CompletableFuture.failedFuture(failure);
        }
        int number = refusal.operations().isEmpty() ? 0 : refusal.operations().get(0);
        Key key = operations.get(Objects.checkIndex(number, operations.size())).key();
        Call call = Call.get(Paths.ofKey("/api/v1/get/", key).toString(), Call.JSON, timeout);
        return pending.now(call, transport.send(call, answer -> true))
                .handle((readable, unreadable) -> readable != null ? refusal : failure)
                .thenCompose(CompletableFuture::failedFuture);
    }
}
