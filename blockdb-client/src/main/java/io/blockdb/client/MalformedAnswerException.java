package io.blockdb.client;

import org.jspecify.annotations.Nullable;

/**
 * A server answered with something that is not of this protocol: it is another program, a proxy that failed, a version that this
 * client does not know, or a server that means harm. Only reads fail so; a write that is answered so is an
 * {@link OutcomeUnknownException} with this as its cause.
 */
public final class MalformedAnswerException extends BlockDbClientException {
    private static final long serialVersionUID = 1L;

    MalformedAnswerException(String message) {
        this(message, null);
    }

    MalformedAnswerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
