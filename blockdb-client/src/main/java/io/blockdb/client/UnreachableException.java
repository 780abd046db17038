package io.blockdb.client;

import org.jspecify.annotations.Nullable;

/** No server answered in time, however often it was asked. Of a write nothing was written: it never reached a server. */
public final class UnreachableException extends BlockDbClientException {
    private static final long serialVersionUID = 1L;

    UnreachableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
