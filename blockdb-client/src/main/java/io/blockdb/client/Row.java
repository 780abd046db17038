package io.blockdb.client;

/**
 * A key and its value, as a scan finds them. Nothing of it is proved.
 *
 * <p>The arrays are not copied and must not be changed.
 *
 * @param key the key
 * @param value the value
 * @param sequence number of the entry in the ledger
 * @param expiresAt from when on it is hidden, in microseconds since the Unix epoch; 0 = never
 */
public record Row(Key key, byte[] value, long sequence, long expiresAt) {
    /**
     * The text that the value is the UTF-8 of.
     *
     * @throws IllegalStateException if it is not UTF-8
     */
    public String text() {
        return StrictText.text(value, "the value");
    }
}
