package io.blockdb.ledger;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A value as the ledger holds it: present with its salt, or erased. The arrays are not copied and must not be changed.
 */
public final class StoredValue {
    private static final byte[] EMPTY = {};

    /** A value that was erased. */
    public static final StoredValue ERASED = new StoredValue(null, EMPTY);

    private final byte @Nullable [] value;
    private final byte[] salt;

    /** A value with its salt, empty where there is none; null for one that was erased. */
    public StoredValue(byte @Nullable [] value, byte[] salt) {
        this.value = value;
        this.salt = salt;
    }

    /** A value without a salt. */
    static StoredValue unsalted(byte[] value) {
        return new StoredValue(value, EMPTY);
    }

    /** Whether the value was erased. */
    public boolean isErased() {
        return value == null;
    }

    /** The value; must not be asked of an erased one. */
    public byte[] value() {
        return Objects.requireNonNull(value, "the value was erased");
    }

    /** The salt, empty where there is none. */
    public byte[] salt() {
        return salt;
    }
}
