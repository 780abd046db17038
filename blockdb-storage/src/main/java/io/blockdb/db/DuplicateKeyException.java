package io.blockdb.db;

import java.util.List;

/** A put of a key of a write-once table that holds another value. Nothing was written. */
public final class DuplicateKeyException extends RefusedException {
    private static final long serialVersionUID = 1L;

    /** Puts that meet another value, by their numbers in the batch, from 0. */
    public DuplicateKeyException(List<Integer> operations, String message) {
        super(Reason.DUPLICATE_KEY, operations, message);
    }
}
