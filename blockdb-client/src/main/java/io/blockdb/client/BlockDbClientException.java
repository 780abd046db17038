package io.blockdb.client;

import org.jspecify.annotations.Nullable;

/**
 * A call did not do what was asked. What is to be made of it depends on which it is:
 *
 * <ul>
 *   <li>{@link RefusedException}: the server said no; nothing was written.
 *   <li>{@link UnreachableException}: no server answered; nothing was written.
 *   <li>{@link OutcomeUnknownException}: whether a write was done is not known.
 *   <li>{@link MalformedAnswerException}: a server answered with something that is not of this protocol.
 *   <li>{@link UnprovedException}, {@link StaleCheckpointException}, {@link LedgerConflictException}: what a server showed does not
 *       prove what it said.
 * </ul>
 *
 * <p>Every other exception of this package is of the program that calls: {@link IllegalArgumentException},
 * {@link IllegalStateException}.
 */
public abstract sealed class BlockDbClientException extends RuntimeException
        permits RefusedException,
                UnreachableException,
                OutcomeUnknownException,
                MalformedAnswerException,
                UnprovedException,
                StaleCheckpointException,
                LedgerConflictException {
    private static final long serialVersionUID = 1L;

    BlockDbClientException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
