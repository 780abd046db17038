package io.blockdb.client;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The server refused a request, and says why ({@code application/problem+json}). Of a write nothing was written. What is worth
 * repeating was repeated before this is thrown.
 */
public final class RefusedException extends BlockDbClientException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    RefusedException(Problem problem) {
        super(problem.error() + " (" + problem.status() + "): " + problem.message(), null);
        this.problem = problem;
    }

    /** The status of the answer, 400 to 599. */
    public int status() {
        return problem.status();
    }

    /**
     * The refusal's name, as the server's documentation lists them: {@code DuplicateKey}, {@code Conflict}, {@code Erased},
     * {@code Forbidden}, {@code DiskFull} and so on.
     */
    public String error() {
        return problem.error();
    }

    /** Whether a key of a write-once table holds another value, which is what most callers have to handle. */
    public boolean isDuplicateKey() {
        return error().equals("DuplicateKey");
    }

    /** Numbers of the batch's operations that are the reason, from 0; empty where it is the request as a whole. */
    public List<Integer> operations() {
        return problem.operations();
    }

    /** Sequence of the entry that erased the value that was asked for; -1 where that is not the reason. */
    public long erasureSequence() {
        return problem.erasureSequence();
    }

    /** How long the server asks to wait before the next try; null where it does not say. */
    public @Nullable Duration retryAfter() {
        return problem.retryAfter();
    }
}
