package io.blockdb.db;

import java.io.IOException;

/**
 * The database cannot sign a checkpoint: its key is missing, wrong or retired, or the ledger does not extend what was signed
 * before. The message says why, and what can be done. Reading and writing go on; nothing was signed.
 */
public final class CannotSignException extends IOException {
    private static final long serialVersionUID = 1L;

    CannotSignException(String message) {
        super(message);
    }

    CannotSignException(String message, Throwable cause) {
        super(message, cause);
    }
}
