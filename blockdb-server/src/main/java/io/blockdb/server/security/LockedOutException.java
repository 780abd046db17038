package io.blockdb.server.security;

/** Too many failed attempts came from there, or for that principal; or too many come at once. */
public final class LockedOutException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int retryAfterSeconds;

    /** @param retryAfterSeconds after how long another attempt is looked at, at least 1 */
    LockedOutException(String message, int retryAfterSeconds) {
        super(message, null, false, false);
        this.retryAfterSeconds = Math.max(1, retryAfterSeconds);
    }

    /** After how many seconds another attempt is looked at. */
    public int retryAfterSeconds() {
        return retryAfterSeconds;
    }
}
