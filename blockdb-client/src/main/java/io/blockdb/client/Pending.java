package io.blockdb.client;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What a caller holds of something that takes one call or several, one after the other: cancelling it ends the one under way. It fails
 * with what the last of them failed with, not wrapped.
 */
final class Pending<T> extends CompletableFuture<T> {
    /** A call, and its answer to be. */
    private record Part(Call call, CompletableFuture<?> answer) {}

    private volatile @Nullable Part underWay;

    /** Takes note of the call that is under way from now on; answers its answer. */
    <S> CompletableFuture<S> now(Call call, CompletableFuture<S> answer) {
        underWay = new Part(call, answer);
        if (isCancelled()) {
            answer.cancel(true);
        }
        return answer;
    }

    /** Completes as the last stage does. */
    Pending<T> endingAs(CompletableFuture<T> last) {
        CompletableFuture<T> unused = last.whenComplete((value, failure) -> {
            if (failure == null) {
                complete(value);
            } else {
                completeExceptionally(unwrapped(failure));
            }
        });
        return this;
    }

    /** A failure as it was thrown, without what futures wrap around it. */
    static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        Part part = underWay;
        if (cancelled && part != null) {
            part.answer.cancel(true);
        }
        return cancelled;
    }

    /** Waits for the end. An interrupt ends the call; the flag stays set. */
    T await() {
        try {
            return get();
        } catch (InterruptedException e) {
            cancel(true);
            Thread.currentThread().interrupt();
            throw abandoned("interrupted while waiting", e);
        } catch (CancellationException e) {
            throw abandoned("the client was closed meanwhile", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof CancellationException closed) {
                throw abandoned("the client was closed meanwhile", closed);
            }
            if (cause instanceof RuntimeException failure) {
                // Who called is what a reader of the trace wants to know, not which thread read the answer.
                failure.fillInStackTrace();
                throw failure;
            }
            throw new IllegalStateException("a call failed", cause);
        }
    }

    private BlockDbClientException abandoned(String why, Exception cause) {
        Part part = underWay;
        if (part == null) {
            return new UnreachableException(why, cause);
        }
        UnreachableException abandoned = new UnreachableException(part.call + ": " + why, cause);
        return part.call.writes() ? OutcomeUnknownException.of(part.call, abandoned) : abandoned;
    }
}
