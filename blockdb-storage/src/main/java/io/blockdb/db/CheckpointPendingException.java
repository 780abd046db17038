package io.blockdb.db;

import java.io.IOException;

/** What was asked for rests on a checkpoint that is still being made, in the background: ask again later. */
public final class CheckpointPendingException extends IOException {
    private static final long serialVersionUID = 1L;

    CheckpointPendingException(String message) {
        super(message);
    }
}
