package io.blockdb.client;

import org.jspecify.annotations.Nullable;

/**
 * A key and its value, as a scan finds them. Nothing of it is proved.
 *
 * <p>The arrays are not copied and must not be changed.
 *
 * @param key the key
 * @param value the value; null where it was erased
 * @param sequence number of the entry in the ledger
 * @param expiresAt from when on it is hidden, in microseconds since the Unix epoch; 0 = never
 * @param erasureSequence sequence of the entry that erased the value; -1 where it was not erased
 */
public record Row(Key key, byte @Nullable [] value, long sequence, long expiresAt, long erasureSequence) {
    /**
     * The text that the value is the UTF-8 of.
     *
     * @throws IllegalStateException if it was erased, or is not UTF-8
     */
    public String text() {
        if (value == null) {
            throw new IllegalStateException("the value was erased");
        }
        return StrictText.text(value, "the value");
    }
}
