package io.blockdb.db;

import io.blockdb.base.TableName;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a key: a version of it. Compared by identity; the arrays are the holder's own.
 *
 * <p>Threading: immutable, as long as nobody writes to its arrays.
 */
public final class Revision {
    /** What became of the value. */
    public enum State {
        /** The value is there. */
        PRESENT,
        /** The entry is a delete. */
        DELETED,
        /** The value was there and was erased; {@link Revision#erasureSequence} says by which entry. */
        ERASED
    }

    private final TableName table;
    private final byte[] key;
    private final long sequence;
    private final State state;
    private final byte @Nullable [] value;
    private final long expiresAt;
    private final long erasureSequence;

    /**
     * A revision, for who brings it from elsewhere, such as from a server; the arrays are not copied.
     *
     * @param value null unless the state is {@link State#PRESENT}
     * @param expiresAt in microseconds since the Unix epoch; 0 = never
     * @param erasureSequence -1 where the value was not erased
     */
    public Revision(
            TableName table,
            byte[] key,
            long sequence,
            State state,
            byte @Nullable [] value,
            long expiresAt,
            long erasureSequence) {
        this.table = table;
        this.key = key;
        this.sequence = sequence;
        this.state = state;
        this.value = value;
        this.expiresAt = expiresAt;
        this.erasureSequence = erasureSequence;
    }

    /** The table. */
    public TableName table() {
        return table;
    }

    /** The key. */
    public byte[] key() {
        return key;
    }

    /** The entry's number in the ledger. */
    public long sequence() {
        return sequence;
    }

    /** What became of the value. */
    public State state() {
        return state;
    }

    /** The value, or null where {@link #state} is not {@link State#PRESENT}. */
    public byte @Nullable [] value() {
        return value;
    }

    /** From when on the entry is hidden from reads, in microseconds since the Unix epoch; 0 = never. */
    public long expiresAt() {
        return expiresAt;
    }

    /** Sequence of the entry in {@code _erasures} that erased the value, -1 where it was not erased. */
    public long erasureSequence() {
        return erasureSequence;
    }

    @Override
    public String toString() {
        return table + "/" + Arrays.toString(key) + "#" + sequence + " " + state;
    }
}
