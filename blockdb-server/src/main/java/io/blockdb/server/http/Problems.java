package io.blockdb.server.http;

import io.blockdb.base.CorruptionException;
import io.blockdb.db.CannotSignException;
import io.blockdb.db.DuplicateKeyException;
import io.blockdb.db.ErasedException;
import io.blockdb.db.OutcomeUnknownException;
import io.blockdb.db.ReadOnlyException;
import io.blockdb.db.RefusedException;
import io.blockdb.db.WithheldException;
import io.blockdb.ledger.DiskFullException;
import io.blockdb.server.node.UnavailableException;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.MethodNotAllowedResponse;
import io.javalin.http.NotFoundResponse;
import java.io.EOFException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What went wrong, as a problem: of what the database throws, what the person who asked may know. */
public final class Problems {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
    /** The context's attribute that says whether a write may be sent again when nobody knows what became of it. */
    static final String RETRY_SAFE = "io.blockdb.retry-safe";

    private static final String ANSWERED = "io.blockdb.answered";
    private static final String TYPE = "application/problem+json";
    private static final int RETRY_AFTER_SECONDS = 1;

    private Problems() {}

    /**
     * The problem that a failure is.
     *
     * @param request what the log calls the request that met it
     */
    static Problem of(Throwable failure, String request) {
        if (failure instanceof Problem problem) {
            return problem;
        }
        if ((failure instanceof CompletionException
                        || failure instanceof ExecutionException
                        || failure instanceof UncheckedIOException)
                && failure.getCause() != null) {
            return of(failure.getCause(), request);
        }
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof RefusedException refused) {
            return refused(refused, message);
        }
        if (failure instanceof ErasedException erased) {
            return new Problem(
                            Problem.Kind.ERASED,
                            "the value was erased: see _erasures, sequence " + erased.erasureSequence())
                    .with("erasure_sequence", erased.erasureSequence());
        }
        if (failure instanceof WithheldException) {
            return new Problem(Problem.Kind.FORBIDDEN, message);
        }
        if (failure instanceof OutcomeUnknownException) {
            return new Problem(Problem.Kind.TIMEOUT, "the outcome is unknown: " + message);
        }
        if (failure instanceof ReadOnlyException) {
            return new Problem(Problem.Kind.READ_ONLY, message).retryAfter(RETRY_AFTER_SECONDS);
        }
        if (failure instanceof DiskFullException) {
            return new Problem(Problem.Kind.DISK_FULL, message);
        }
        if (failure instanceof UnavailableException) {
            return new Problem(Problem.Kind.NOT_READY, message).retryAfter(RETRY_AFTER_SECONDS);
        }
        if (failure instanceof CannotSignException) {
            return new Problem(Problem.Kind.CONFLICT, message);
        }
        if (failure instanceof CorruptionException) {
            LOG.error("Request {} met damage: {}", request, message);
            return new Problem(Problem.Kind.INTERNAL, "damage was met: " + message);
        }
        if (failure instanceof HttpResponseException answered) {
            return answered(answered);
        }
        LOG.error("Request {} failed", request, failure);
        return new Problem(Problem.Kind.INTERNAL, "the server made a mistake, which stands in its log");
    }

    private static Problem refused(RefusedException refused, String message) {
        Problem problem;
        if (refused instanceof DuplicateKeyException) {
            problem = new Problem(Problem.Kind.DUPLICATE_KEY, message);
        } else {
            problem = switch (refused.reason()) {
                case KEY_TWICE, EXPIRED, INVALID, NOT_VERSIONED -> Problem.invalid(message);
                case KEY_ABSENT, NO_SUCH_TABLE, NO_SUCH_PRINCIPAL -> new Problem(Problem.Kind.NOT_FOUND, message);
                default -> new Problem(Problem.Kind.CONFLICT, message);
            };
        }
        problem.with("reason", refused.reason().name());
        if (!refused.operations().isEmpty()) {
            problem.with("operation", refused.operations().get(0)).with("operations", refused.operations());
        }
        return problem;
    }

    private static Problem answered(HttpResponseException answered) {
        String message = String.valueOf(answered.getMessage());
        if (answered instanceof MethodNotAllowedResponse) {
            return new Problem(Problem.Kind.METHOD_NOT_ALLOWED, "this path does not take that method");
        }
        if (answered instanceof NotFoundResponse) {
            return new Problem(Problem.Kind.NOT_FOUND, "there is no such path: see /openapi.json")
                    .with("reason", "NO_SUCH_PATH"); // which is no answer to whether there is a key
        }
        return new Problem(Problem.Kind.of(answered.getStatus()), message);
    }

    /** Answers with a problem. */
    static void answer(Context ctx, Throwable failure) {
        if (failure instanceof EOFException) {
            // Whoever asked is gone: there is nobody to answer.
            LOG.debug("A client hung up", failure);
        }
        Problem problem = of(failure, RequestIds.of(ctx));
        ctx.status(problem.kind().status());
        if (problem.retryAfterSeconds() > 0) {
            ctx.header("Retry-After", Integer.toString(problem.retryAfterSeconds()));
        }
        answered(ctx);
        ctx.contentType(TYPE);
        ctx.result(body(problem, problem.kind().status(), KeyPath.shown(ctx.path())));
    }

    /** Answers a request that took longer than one may, where nothing else has answered it. */
    static void answerLate(Context ctx, long millis) {
        if (Boolean.TRUE.equals(ctx.attribute(ANSWERED))) {
            return;
        }
        Problem problem = late(millis);
        BooleanSupplier retrySafe = ctx.attribute(RETRY_SAFE);
        if (retrySafe != null) {
            problem.with("retry_safe", retrySafe.getAsBoolean());
        }
        answer(ctx, problem);
    }

    /** Notes that a request has its answer, so that it gets no other one when its time is over. */
    static void answered(Context ctx) {
        ctx.attribute(ANSWERED, true);
    }

    /** That a request took longer than one may. */
    static Problem late(long millis) {
        return new Problem(Problem.Kind.TIMEOUT, "no answer within " + millis + " ms: the outcome is unknown");
    }

    /** The body that tells of a problem, answered with a status that may be more special than its kind's. */
    static byte[] body(Problem problem, int status, String instance) {
        return Json.object(json -> {
            json.writeStringField(
                    "type", "urn:blockdb:problem:" + problem.kind().error());
            json.writeStringField("title", problem.kind().error());
            json.writeNumberField("status", status);
            json.writeStringField("detail", problem.text());
            json.writeStringField("instance", Shown.text(instance));
            json.writeBooleanField("success", false);
            json.writeStringField("error", problem.kind().error());
            json.writeStringField("message", problem.text());
            Json.fields(json, problem.more());
        });
    }
}
