package io.blockdb.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * One call, tried until it is answered, until trying again would not be safe, or until patience ends.
 *
 * <p>Of each attempt is known whether it may have arrived. Once one may have, a write's refusal says only then that nothing was
 * written when it is the ledger's own decision: a server that shuts its door says nothing about what it did before.
 *
 * <p>Threading: one attempt at a time; each continues where the one before ended.
 */
final class Attempts<T> {
    private static final int TOO_SLOW = 408;
    private static final int TOO_MANY = 429;
    private static final int BAD_GATEWAY = 502;
    private static final int UNAVAILABLE = 503;
    private static final int TIMEOUT = 504;

    /** Refusals that do not depend on what stands in the ledger, or on what is asked. */
    private static final Set<Integer> AT_THE_DOOR = Set.of(401, 403, 404, TOO_SLOW, TOO_MANY);

    private final Transport transport;
    private final Call call;
    private final Function<Answer, T> parser;
    private final Backoff backoff;
    private final Pending<T> result = new Pending<>();
    private @Nullable String tokenRefused;
    private boolean mayHaveArrived;

    Attempts(Transport transport, Call call, Function<Answer, T> parser) {
        this.transport = transport;
        this.call = call;
        this.parser = parser;
        this.backoff = new Backoff(transport.timing(), transport.patience());
    }

    /** Begins; what is returned completes as the call ends, and cancelling it ends the attempt under way. */
    CompletableFuture<T> start() {
        attempt();
        return result;
    }

    private void attempt() {
        if (result.isDone()) {
            return;
        }
        try {
            URI base = transport.base();
            String token = transport.token();
            CompletableFuture<HttpResponse<byte[]>> exchange = result.now(call, transport.exchange(base, call, token));
            // A copy, because only the original's own cancel ends the exchange.
            CompletableFuture<?> unused = exchange.copy()
                    .orTimeout(call.timeout().toNanos(), TimeUnit.NANOSECONDS)
                    .whenComplete((response, failure) -> {
                        exchange.cancel(true);
                        ended(base, token, response, failure);
                    });
        } catch (RuntimeException e) {
            result.completeExceptionally(e);
        }
    }

    private void ended(
            URI base, @Nullable String token, @Nullable HttpResponse<byte[]> response, @Nullable Throwable failure) {
        try {
            if (response != null) {
                answered(base, token, response);
            } else if (failure != null) {
                failed(base, failure instanceof CompletionException ? failure.getCause() : failure);
            }
        } catch (RuntimeException e) {
            result.completeExceptionally(e);
        }
    }

    private void failed(URI base, @Nullable Throwable cause) {
        if (!(cause instanceof IOException) && !(cause instanceof TimeoutException)) {
            result.completeExceptionally(cause == null ? new IllegalStateException("no answer and no failure") : cause);
            return;
        }
        boolean neverSent = cause instanceof ConnectException
                || cause instanceof HttpConnectTimeoutException
                || cause instanceof SSLHandshakeException;
        String what = cause instanceof TimeoutException
                ? "no answer within " + call.timeout().toMillis() + " ms"
                : cause.getClass().getSimpleName() + (cause.getMessage() == null ? "" : ": " + cause.getMessage());
        UnreachableException unreachable = new UnreachableException(call + " at " + base + ": " + what, cause);
        mayHaveArrived |= !neverSent;
        transport.avoid(base);
        if (cause instanceof SSLHandshakeException) {
            // Certificates do not mend themselves while one waits.
            giveUp(unreachable, false);
        } else {
            againUnless(!neverSent && call.repeat() == Call.Repeat.UNSAFE_WRITE, null, unreachable);
        }
    }

    private void answered(URI base, @Nullable String token, HttpResponse<byte[]> response) {
        Duration retryAfter =
                Answer.retryAfter(response.headers().firstValue("Retry-After").orElse(null), Instant.now());
        Answer answer = new Answer(response.statusCode(), response.body(), retryAfter);
        if (answer.status() >= 400) {
            refused(base, token, Problem.of(answer));
            return;
        }
        try {
            if (answer.status() >= 300) {
                throw new MalformedAnswerException(call + " at " + base + ": the answer is a redirection ("
                        + answer.status() + "), which is not followed: give the client the address that it leads to");
            }
            result.complete(parser.apply(answer));
        } catch (MalformedAnswerException e) {
            mayHaveArrived = true;
            againUnless(call.repeat() == Call.Repeat.UNSAFE_WRITE, null, e);
        }
    }

    private void refused(URI base, @Nullable String token, Problem problem) {
        RefusedException refusal = new RefusedException(problem);
        switch (problem.status()) {
            case 401 -> {
                // The token may have been replaced meanwhile: asked for once more, unless it is still the same.
                String fresh = transport.token();
                if (tokenRefused == null && token != null && !token.equals(fresh)) {
                    tokenRefused = token;
                    attempt();
                } else {
                    giveUp(refusal, false);
                }
            }
            case TOO_MANY, TOO_SLOW -> againUnless(false, problem.retryAfter(), refusal);
            case UNAVAILABLE -> {
                // Ours says that nothing was written. What else answers so may not know.
                mayHaveArrived |= !problem.ours();
                transport.avoid(base);
                againUnless(
                        !problem.ours() && call.repeat() == Call.Repeat.UNSAFE_WRITE, problem.retryAfter(), refusal);
            }
            case BAD_GATEWAY, TIMEOUT -> outcomeUnknown(base, problem, refusal);
            case 500 -> {
                if (call.writes()) {
                    outcomeUnknown(base, problem, refusal);
                } else {
                    giveUp(refusal, false);
                }
            }
            default -> giveUp(refusal, isTheLedgers(problem));
        }
    }

    private void outcomeUnknown(URI base, Problem problem, RefusedException refusal) {
        mayHaveArrived = true;
        transport.avoid(base);
        boolean unsafe =
                call.repeat() == Call.Repeat.UNSAFE_WRITE || call.writes() && Boolean.FALSE.equals(problem.retrySafe());
        againUnless(unsafe, problem.retryAfter(), refusal);
    }

    /**
     * Whether a refusal was decided by the ledger or by what is asked, so that an earlier attempt was not done either. That a
     * key without an idempotency key stands there already is not enough: who may not read is answered so also where it is the
     * value of the earlier attempt.
     */
    private boolean isTheLedgers(Problem problem) {
        if (!problem.ours() || problem.status() >= 500) {
            return false;
        }
        if (call.idempotencyKey() != null) {
            return problem.status() != 401 && problem.status() != 403;
        }
        return !AT_THE_DOOR.contains(problem.status()) && !problem.is("DuplicateKey");
    }

    private void againUnless(boolean unsafe, @Nullable Duration atLeast, BlockDbClientException reason) {
        Duration pause = unsafe ? null : backoff.next(atLeast);
        if (pause == null) {
            giveUp(reason, false);
        } else {
            transport.timing().after(pause, this::attempt);
        }
    }

    /** @param decided whether the reason says that no attempt was done */
    private void giveUp(BlockDbClientException reason, boolean decided) {
        if (call.writes() && mayHaveArrived && !decided) {
            result.completeExceptionally(OutcomeUnknownException.of(call, reason));
        } else {
            result.completeExceptionally(reason);
        }
    }
}
