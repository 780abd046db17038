package io.blockdb.db;

/** The value that was asked for was erased. */
public final class ErasedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long erasureSequence;

    /** @param erasureSequence sequence of the entry in {@code _erasures} that erased it */
    public ErasedException(long erasureSequence) {
        super("Value erased (see _erasures, sequence " + erasureSequence + ")");
        this.erasureSequence = erasureSequence;
    }

    /** Sequence of the entry in {@code _erasures} that erased the value. */
    public long erasureSequence() {
        return erasureSequence;
    }
}
