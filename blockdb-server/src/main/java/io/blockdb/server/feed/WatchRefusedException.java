package io.blockdb.server.feed;

/** A watcher is not taken; nothing was told. */
public final class WatchRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        /** The id is not one that a server gave. */
        MALFORMED,
        /** The id is of another ledger than the server keeps. */
        OTHER_LEDGER,
        /** The server's ledger ends before. */
        BEYOND_THE_END,
        /** The server's ledger has another entry where the id says what was told last. */
        OTHER_HISTORY,
        /** There are as many watchers as there may be. */
        TOO_MANY,
        /** The server has no open database now, or is stopping. */
        NOT_READY
    }

    private final Reason reason;

    WatchRefusedException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /** Why, for a program. */
    public Reason reason() {
        return reason;
    }
}
