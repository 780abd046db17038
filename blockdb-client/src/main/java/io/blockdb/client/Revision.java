package io.blockdb.client;

import io.blockdb.base.Hash;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a key, as the server says it. Nothing of it is proved: {@link BlockDbClient#receipt(long)} does that.
 *
 * <p>The arrays are not copied and must not be changed.
 *
 * @param key the key
 * @param deletion whether the entry deletes the key
 * @param value the value; null of a deletion and where it was erased
 * @param sequence number of the entry in the ledger
 * @param height height of its block
 * @param blockHash hash of its block
 * @param timestamp the block's time, in microseconds since the Unix epoch
 * @param expiresAt from when on it is hidden, in microseconds since the Unix epoch; 0 = never
 * @param erasureSequence sequence of the entry that erased the value; -1 where it was not erased
 */
public record Revision(
        Key key,
        boolean deletion,
        byte @Nullable [] value,
        long sequence,
        long height,
        Hash blockHash,
        long timestamp,
        long expiresAt,
        long erasureSequence) {
    /**
     * The text that the value is the UTF-8 of.
     *
     * @throws IllegalStateException if there is no value, or it is not UTF-8
     */
    public String text() {
        if (value == null) {
            throw new IllegalStateException("the revision has no value: it was " + (deletion ? "deleted" : "erased"));
        }
        return StrictText.text(value, "the value");
    }
}
