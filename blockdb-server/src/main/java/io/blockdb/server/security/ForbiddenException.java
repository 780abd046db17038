package io.blockdb.server.security;

/** Who asks is known, and may not. */
public final class ForbiddenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message what may not be done, and what right it takes */
    public ForbiddenException(String message) {
        super(message, null, false, false);
    }
}
