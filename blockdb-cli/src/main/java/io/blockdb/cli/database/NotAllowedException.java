package io.blockdb.cli.database;

import java.io.IOException;

/** Whoever asks may not do what was asked; nothing was done. */
public final class NotAllowedException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param message what may not be done, by whom, and what to do */
    public NotAllowedException(String message) {
        super(message);
    }
}
