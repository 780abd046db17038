package io.blockdb.db;

import java.io.IOException;

/** Another process, or this one, has the directory open; the message says who. */
public final class DatabaseInUseException extends IOException {
    private static final long serialVersionUID = 1L;

    DatabaseInUseException(String message) {
        super(message);
    }
}
