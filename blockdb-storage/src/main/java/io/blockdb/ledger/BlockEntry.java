package io.blockdb.ledger;

/**
 * An entry on its way into a block: its leaf data, hashed already, and its value. Callers' threads make these in
 * parallel; the committer only gives them a place. The arrays are not copied and must not change.
 *
 * @param leaf leaf data (LEDGER.md, section Entry)
 * @param leafHash 32 bytes, {@code H(0x00 || leaf)}
 * @param value the value with its salt, or erased
 */
public record BlockEntry(byte[] leaf, byte[] leafHash, StoredValue value) {
    private static final int SALT_LENGTH_OFFSET = 2;
    private static final int VALUE_LENGTH_OFFSET = 12;

    /** @throws IllegalArgumentException if the value is not one that this entry can have */
    public BlockEntry {
        int saltLength = saltLength(leaf, 0);
        boolean fits = value.isErased()
                ? saltLength > 0
                : value.salt().length == saltLength && value.value().length == valueLength(leaf, 0);
        if (!fits) {
            throw new IllegalArgumentException("an entry with " + saltLength + " bytes of salt and "
                    + valueLength(leaf, 0) + " of value was given another one");
        }
    }

    /** Raw length of the entry's value. */
    int valueLength() {
        return valueLength(leaf, 0);
    }

    /** Length of the entry's salt, 0 or 16. */
    int saltLength() {
        return saltLength(leaf, 0);
    }

    /** Whether the value gets a frame of its own. */
    boolean isFramed(int inlineValueLimit) {
        return isFramed(leaf, 0, inlineValueLimit);
    }

    /** Whether the value of the entry whose leaf data begins at {@code at} gets a frame of its own: is salted, or longer. */
    static boolean isFramed(byte[] array, int at, int inlineValueLimit) {
        return saltLength(array, at) != 0 || valueLength(array, at) > inlineValueLimit;
    }

    /** Length of the salt of the entry whose leaf data begins at {@code at}. */
    static int saltLength(byte[] array, int at) {
        return array[at + SALT_LENGTH_OFFSET];
    }

    /** Raw length of the value of the entry whose leaf data begins at {@code at}. */
    static int valueLength(byte[] array, int at) {
        return SegmentFormat.getInt(array, at + VALUE_LENGTH_OFFSET);
    }
}
