package io.blockdb.cli;

import java.io.IOException;

/** Standard output takes no more: its reader went away, or it is a file on a full disk. */
final class OutputException extends IOException {
    private static final long serialVersionUID = 1L;

    OutputException(IOException cause) {
        super("cannot write the result: " + cause.getMessage(), cause);
    }

    /** Whether the reader of a pipe went away, as {@code head} does when it has seen enough: no failure. */
    boolean readerGone() {
        IOException cause = (IOException) getCause();
        String message = cause == null ? null : cause.getMessage();
        return message != null && (message.contains("Broken pipe") || message.contains("Pipe closed"));
    }
}
