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
    /** Whether the value gets a frame of its own: it has a salt, was erased, or is longer than the limit. */
    boolean isFramed(int inlineValueLimit) {
        return value.isErased() || value.salt().length > 0 || value.value().length > inlineValueLimit;
    }
}
