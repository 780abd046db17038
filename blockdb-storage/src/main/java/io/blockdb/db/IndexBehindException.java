package io.blockdb.db;

import java.io.IOException;

/** The index is missing or too far behind the ledger for a read-only open to make up for. Opening the database once for writing brings it up; verifying and reading the ledger work without it. */
public final class IndexBehindException extends IOException {
    private static final long serialVersionUID = 1L;

    IndexBehindException(String message) {
        super(message);
    }
}
