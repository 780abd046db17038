package io.blockdb.db;

import io.blockdb.base.TableName;
import java.io.IOException;
import java.util.Arrays;

/**
 * An erasure, as its entry in {@code _erasures} records it. Compared by identity of the key's array, which is the holder's own.
 *
 * @param sequence sequence of the entry in {@code _erasures}
 * @param erasedSequence sequence of the entry whose value was erased
 * @param table the table of that entry
 * @param key its key
 * @param reason why it was erased
 * @param author who erased it, empty where nobody was named
 * @param timestamp when, in microseconds since the Unix epoch
 * @param pending whether the bytes of the value may still be on the disk
 */
public record Erasure(
        long sequence,
        long erasedSequence,
        TableName table,
        byte[] key,
        String reason,
        String author,
        long timestamp,
        boolean pending) {
    @Override
    public String toString() {
        return "Erasure[sequence=" + sequence + ", erasedSequence=" + erasedSequence + ", table=" + table + ", key="
                + Arrays.toString(key) + ", pending=" + pending + "]";
    }

    /** Takes erasures one by one. */
    @FunctionalInterface
    public interface Visitor {
        /** Takes the next one. */
        void erasure(Erasure erasure) throws IOException;
    }
}
