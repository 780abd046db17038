package io.blockdb.db;

import java.io.IOException;

/** The directory holds files of something else; it was not touched. */
public final class NotADatabaseException extends IOException {
    private static final long serialVersionUID = 1L;

    NotADatabaseException(String message) {
        super(message);
    }
}
