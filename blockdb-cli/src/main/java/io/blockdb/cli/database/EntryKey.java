package io.blockdb.cli.database;

import io.blockdb.base.TableName;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the ledger, and whose revision it is where that is known: by its key it can be asked for by whoever may read the table,
 * by its number alone only by who may read the whole ledger. Compared by identity; the key is not copied.
 *
 * @param sequence its number
 * @param table null: not known
 * @param key null: not known
 */
public record EntryKey(long sequence, @Nullable TableName table, byte @Nullable [] key) {
    /** An entry of which nothing but its number is known. */
    public static EntryKey of(long sequence) {
        return new EntryKey(sequence, null, null);
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(sequence);
    }

    @Override
    public String toString() {
        return "entry " + sequence;
    }
}
