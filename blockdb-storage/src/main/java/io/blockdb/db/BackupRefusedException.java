package io.blockdb.db;

import java.io.IOException;

/**
 * A directory is not the backup that it would have to be: it holds something else, another ledger, other blocks than the database,
 * or what does not prove itself. Nothing in it was changed.
 */
public final class BackupRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    BackupRefusedException(String message) {
        super(message);
    }

    BackupRefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
