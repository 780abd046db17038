package io.blockdb.client;

import org.jspecify.annotations.Nullable;

/**
 * Whether a write was done is not known: it was sent, and no answer that could be understood came back, however often it was safely
 * repeated. Repeating the same call is safe in write-once tables. Elsewhere it is safe for 24 hours with the same
 * {@link #idempotencyKey}, given to {@link Batch#idempotencyKey(String)}, and the same operations: a write that was done is then
 * answered with its commit, and not done again.
 */
public final class OutcomeUnknownException extends BlockDbClientException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String idempotencyKey;

    private OutcomeUnknownException(String message, @Nullable String idempotencyKey, Throwable cause) {
        super(message, cause);
        this.idempotencyKey = idempotencyKey;
    }

    /** Of a call that ended so. */
    static OutcomeUnknownException of(Call call, Throwable cause) {
        String repeat = call.idempotencyKey() != null
                ? "repeating it with the idempotency key " + call.idempotencyKey() + " is safe for 24 hours"
                : call.repeat() == Call.Repeat.SAFE_WRITE
                        ? "repeating it is safe"
                        : "look what stands there before you repeat it";
        return new OutcomeUnknownException(
                "it is not known whether " + call + " was done; " + repeat + ". Last: " + cause.getMessage(),
                call.idempotencyKey(),
                cause);
    }

    /** The key that the write carried; null where it carried none. */
    public @Nullable String idempotencyKey() {
        return idempotencyKey;
    }
}
