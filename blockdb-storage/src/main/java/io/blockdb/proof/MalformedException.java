package io.blockdb.proof;

/**
 * Bytes or text that break a rule of LEDGER.md. The message says which, in plain words, and names no place: whoever read
 * them from a file knows the place, and says it in a {@link io.blockdb.base.CorruptionException}.
 */
public final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final boolean tooNew;

    /** @param reason which rule is broken, and what was found instead */
    public MalformedException(String reason) {
        this(reason, false);
    }

    private MalformedException(String reason, boolean tooNew) {
        super(reason);
        this.reason = reason;
        this.tooNew = tooNew;
    }

    /** A version that this program does not know, because it is newer: nothing says that the bytes are damaged. */
    static MalformedException tooNew(String what, int found, int newest) {
        return new MalformedException(
                what + " " + found + " is too new: this version of BlockDB knows " + what + " " + newest
                        + ", use a newer one",
                true);
    }

    /** Which rule is broken, and what was found instead. */
    @Override
    public String getMessage() {
        return reason;
    }

    /** Whether the bytes state a newer version than this program knows, so that they may well be right. */
    public boolean isTooNew() {
        return tooNew;
    }
}
