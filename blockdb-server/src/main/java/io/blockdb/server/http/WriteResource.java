package io.blockdb.server.http;

import io.blockdb.base.TableName;
import io.blockdb.db.Commit;
import io.blockdb.db.DuplicateKeyException;
import io.blockdb.db.OutcomeUnknownException;
import io.blockdb.db.RefusedException;
import io.blockdb.db.WriteBatch;
import io.blockdb.server.config.ServerConfig;
import io.blockdb.server.http.WriteRequest.Defaults;
import io.blockdb.server.http.WriteRequest.Write;
import io.blockdb.server.node.Node;
import io.blockdb.server.node.UnavailableException;
import io.blockdb.server.security.Caller;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Put, delete and batch. No thread waits for the disk: the answer is given by the thread that tells of the commit.
 *
 * <p>Threading: any thread.
 */
final class WriteResource {
    private static final int REQUEST_ID_LENGTH_MAX = 128;
    private static final TableName REQUESTS = TableName.of("_requests");

    private final Node node;
    private final InstantSource clock;
    private final Executor answers;
    private final ServerConfig.Limits limits;
    private final long requestTimeoutMillis;

    /** @param answers gives the answers */
    WriteResource(Node node, InstantSource clock, Executor answers, HttpSettings settings) {
        this.node = node;
        this.clock = clock;
        this.answers = answers;
        this.limits = settings.limits();
        this.requestTimeoutMillis = settings.requestTimeoutMillis();
    }

    List<Route> routes() {
        return List.of(
                new Route(HandlerType.POST, "/api/v1/put", Access.WRITE, bodied(this::put)),
                new Route(HandlerType.DELETE, "/api/v1/keys/<key>", Access.WRITE, this::delete),
                new Route(HandlerType.POST, "/api/v1/batch", Access.WRITE, bodied(this::batch)));
    }

    private Handler bodied(Handler next) {
        return Body.first(limits.bodySize(), limits.bodyTimeout(), next);
    }

    /** What is answered once it is known what became of a write. */
    private interface Answer {
        byte[] of(Commit commit);
    }

    private void put(Context ctx) throws UnavailableException {
        WriteRequest request = WriteRequest.put(Body.of(ctx), defaults(ctx), limits);
        Write write = request.operations().get(0);
        commit(ctx, List.of(write), 201, commit -> single(write, commit, "Data stored successfully"));
    }

    private void delete(Context ctx) throws UnavailableException {
        ByteText encoding = Asked.encoding(ctx);
        TableName table = Asked.table(ctx);
        if (table.isSystem()) {
            throw Problem.invalid("table '" + table + "' is BlockDB's own: names that begin with _ are reserved");
        }
        Write write = new Write(table, Asked.key(ctx, encoding), null, encoding, 0, 0);
        commit(ctx, List.of(write), 200, commit -> single(write, commit, "Data deleted successfully"));
    }

    private void batch(Context ctx) throws UnavailableException {
        List<Write> writes =
                WriteRequest.batch(Body.of(ctx), defaults(ctx), limits).operations();
        commit(ctx, writes, 201, commit -> many(writes.size(), commit));
    }

    private static Defaults defaults(Context ctx) {
        return new Defaults(ctx.queryParam("table"), ctx.queryParam("encoding"));
    }

    private void commit(Context ctx, List<Write> writes, int created, Answer answer) throws UnavailableException {
        Ledgers.check(ctx, node);
        Caller caller = Asked.caller(ctx);
        WriteBatch batch = new WriteBatch().author(caller.id());
        for (Write write : writes) {
            caller.requireWrite(write.table());
            add(batch, write);
        }
        String requestId = ctx.header("Idempotency-Key");
        if (requestId != null) {
            batch.requestId(requestId(requestId));
        }
        boolean repeatable = requestId != null;
        boolean reads = writes.stream().allMatch(write -> caller.mayRead(write.table()));
        BooleanSupplier retrySafe = () -> repeatable || writeOnce(writes);
        ctx.attribute(Problems.RETRY_SAFE, retrySafe);
        ctx.future(() -> begin(ctx, batch).handle((commit, failure) -> {
            if (failure != null) {
                Problems.answer(ctx, reads ? failure(failure, writes, retrySafe) : hiding(failure, writes, retrySafe));
            } else if (commit.existing() && !reads && !isOwnRequest(caller, requestId)) {
                Problems.answer(ctx, exists(writes));
            } else {
                ctx.status(commit.existing() ? 200 : created);
                ctx.contentType("application/json");
                ctx.result(answer.of(commit));
            }
            return null;
        }));
    }

    private CompletableFuture<Commit> begin(Context ctx, WriteBatch batch) {
        try {
            CompletableFuture<Commit> begun = node.write(batch, answers);
            return Body.cameLate(ctx) ? begun.orTimeout(requestTimeoutMillis, TimeUnit.MILLISECONDS) : begun;
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void add(WriteBatch batch, Write write) {
        byte[] value = write.value();
        if (value == null) {
            batch.delete(write.table(), write.key());
            return;
        }
        long expiresAt = write.expiresAt();
        if (write.ttlSeconds() != 0) {
            expiresAt = ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant()) + write.ttlSeconds() * 1_000_000;
        }
        batch.put(write.table(), write.key(), value, expiresAt);
    }

    private static byte[] requestId(String text) {
        byte[] id = text.getBytes(StandardCharsets.UTF_8);
        if (id.length == 0 || id.length > REQUEST_ID_LENGTH_MAX) {
            throw Problem.invalid(
                    "Idempotency-Key must have 1 to " + REQUEST_ID_LENGTH_MAX + " bytes, has " + id.length);
        }
        return id;
    }

    /** What the writer is told: which of its keys it was, and whether it may simply send it again. */
    private Throwable failure(Throwable thrown, List<Write> writes, BooleanSupplier retrySafe) {
        Throwable failure =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (failure instanceof DuplicateKeyException && writes.size() == 1) {
            return new Problem(
                    Problem.Kind.DUPLICATE_KEY,
                    "Key '" + Shown.key(writes.get(0).key()) + "' already exists");
        }
        if (failure instanceof TimeoutException) {
            return Problems.late(requestTimeoutMillis).with("retry_safe", retrySafe.getAsBoolean());
        }
        if (failure instanceof OutcomeUnknownException) {
            return Problems.of(failure, "-").with("retry_safe", retrySafe.getAsBoolean());
        }
        return failure;
    }

    /** As {@link #failure}, for who may not learn by writing what stands there: that something does is all there is to say. */
    private Throwable hiding(Throwable thrown, List<Write> writes, BooleanSupplier retrySafe) {
        Throwable failure = failure(thrown, writes, retrySafe);
        boolean tells = failure instanceof DuplicateKeyException
                || (failure instanceof RefusedException refused
                        && refused.reason() == RefusedException.Reason.PARTLY_STORED);
        return tells ? exists(writes) : failure;
    }

    private static Problem exists(List<Write> writes) {
        return new Problem(
                Problem.Kind.DUPLICATE_KEY,
                writes.size() == 1
                        ? "Key '" + Shown.key(writes.get(0).key()) + "' already exists"
                        : "a key of the batch already exists");
    }

    /** Whether what stands there was written by a request that the caller named alike: then it is his own. */
    private boolean isOwnRequest(Caller caller, @Nullable String requestId) {
        if (requestId == null) {
            return false;
        }
        byte[] key = (caller.id() + "\0" + requestId).getBytes(StandardCharsets.UTF_8);
        try {
            return node.database().find(REQUESTS, key) != null;
        } catch (IOException | RuntimeException e) {
            // Then it is not known to be his own, and he is told no more than anybody.
            return false;
        }
    }

    /** Whether all tables are write-once, so that writing the same again is the same write. */
    private boolean writeOnce(List<Write> writes) {
        try {
            return Tables.allWriteOnce(node.database(), writes);
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    private byte[] single(Write write, Commit commit, String message) {
        ByteText encoding = write.encoding().able(write.key(), null);
        return Json.success(json -> {
            json.writeStringField("message", message);
            json.writeFieldName("key");
            encoding.write(json, write.key());
            json.writeStringField("encoding", encoding.label());
            json.writeStringField("table", write.table().toString());
            json.writeStringField("ledger_id", ledgerId());
            json.writeNumberField("sequence_number", commit.sequence());
            place(json, commit);
        });
    }

    private byte[] many(int operations, Commit commit) {
        return Json.success(json -> {
            json.writeNumberField("total_processed", operations);
            json.writeStringField("ledger_id", ledgerId());
            place(json, commit);
            json.writeArrayFieldStart("results");
            for (int i = 0; i < operations; i++) {
                json.writeStartObject();
                json.writeNumberField("operation", i);
                json.writeBooleanField("success", true);
                json.writeNumberField("sequence_number", commit.sequence() + i);
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    /** Where a write stands. */
    static void place(com.fasterxml.jackson.core.JsonGenerator json, Commit commit) throws IOException {
        json.writeNumberField("height", commit.height());
        json.writeStringField("block_hash", commit.blockHash().toString());
        json.writeNumberField("timestamp", commit.timestamp());
        if (commit.existing()) {
            json.writeBooleanField("existing", true);
        }
    }

    private String ledgerId() {
        return node.ledgerId();
    }
}
