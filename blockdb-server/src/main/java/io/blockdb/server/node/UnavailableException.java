package io.blockdb.server.node;

import java.io.IOException;

/** The node cannot do this now; nothing was done. Asking again later may help. */
public final class UnavailableException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param message what cannot be done, why, and what will end it */
    public UnavailableException(String message) {
        super(message);
    }
}
