package io.blockdb.server.security;

/** Nobody knows who asks. */
public final class UnauthorizedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String principal;

    /** @param message what is missing or wrong, and what to send; never what was sent */
    UnauthorizedException(String message) {
        this(message, "");
    }

    /** @param principal id of who was claimed to ask, empty where it is nobody that there is */
    UnauthorizedException(String message, String principal) {
        super(message, null, false, false);
        this.principal = principal;
    }

    /** Id of the principal that was claimed to ask, empty where it is none that there is: for the trail, not for who asks. */
    public String principal() {
        return principal;
    }
}
