package io.blockdb.cli;

/** The command was given something that it does not take. Found before anything is written. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message one sentence that names the argument and the rule, begun in lower case, without a full stop */
    UsageException(String message) {
        super(message);
    }
}
