package io.blockdb.db;

import java.io.IOException;

/**
 * Writing or syncing failed: whether the batch will be there after the database was opened again is not known. Repeating the
 * same write then is safe in write-once tables, and elsewhere with a request id.
 */
public final class OutcomeUnknownException extends IOException {
    private static final long serialVersionUID = 1L;

    OutcomeUnknownException(Throwable cause) {
        super(
                "outcome unknown: the write failed on its way to the disk, and the database now takes no more writes until it"
                        + " is opened again: " + cause.getMessage(),
                cause);
    }
}
