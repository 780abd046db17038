package io.blockdb.db;

import java.io.IOException;

/** There is no database in the directory, and none was to be created. */
public final class NoDatabaseException extends IOException {
    private static final long serialVersionUID = 1L;

    NoDatabaseException(String message) {
        super(message);
    }
}
