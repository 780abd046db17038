package io.blockdb.db;

import java.util.List;

/**
 * A batch was refused by the rules; nothing of it was written. Which operations were the reason is said by number, from 0, in
 * the order of the batch.
 */
public class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why a batch is refused. */
    public enum Reason {
        /** A key of a write-once table holds another value. */
        DUPLICATE_KEY,
        /** A part of a batch of write-once puts stands in the ledger already, but not this batch. */
        PARTLY_STORED,
        /** The value of this key of a write-once table was erased; the key takes no other. */
        ERASED,
        /** A delete, or a put that expires, in a table that is not versioned. */
        NOT_VERSIONED,
        /** A delete of a key that is not there. */
        KEY_ABSENT,
        /** A put that has expired already. */
        EXPIRED,
        /** The same key twice in one batch. */
        KEY_TWICE,
        /** The table exists with another policy, or was written to before it was created. */
        TABLE_CONFLICT,
        /** There is no such table. */
        NO_SUCH_TABLE,
        /** The table became erasable after the batch was prepared: it must be proposed again with salts. */
        TABLE_CHANGED,
        /** The request id was used before for another batch. */
        REQUEST_CONFLICT,
        /** The key id was used before, or is not there to be retired. */
        KEY_CONFLICT,
        /** There is nothing to erase at that sequence. */
        NOT_ERASABLE,
        /** A principal of that id or name is there, or was and is removed for good; or a token of that id. */
        PRINCIPAL_CONFLICT,
        /** There is no such principal or token, or it was removed. */
        NO_SUCH_PRINCIPAL,
        /** What proves a principal was changed meanwhile, and what is there now is not erased by the batch: ask again. */
        CREDENTIAL_CHANGED,
        /** The rules' level is raised to one that this version does not know, or back. */
        LEVEL_CONFLICT,
        /** The operation is not one that this author may ask for, or breaks a limit of the ledger. */
        INVALID
    }

    private final Reason reason;
    private final transient List<Integer> operations;

    /**
     * A refusal.
     *
     * @param operations numbers of the operations that are the reason, from 0; empty when it is the batch as a whole
     */
    public RefusedException(Reason reason, List<Integer> operations, String message) {
        super(message);
        this.reason = reason;
        this.operations = List.copyOf(operations);
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }

    /** Numbers of the operations that are the reason, from 0. */
    public List<Integer> operations() {
        return operations;
    }
}
