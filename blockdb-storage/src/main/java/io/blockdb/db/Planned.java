package io.blockdb.db;

import io.blockdb.base.TableName;
import io.blockdb.ledger.BlockEntry;
import io.blockdb.proof.EntryLeaf;
import org.jspecify.annotations.Nullable;

/**
 * An entry that apply has decided to add, before it has its place.
 *
 * @param prepared the entry as its author's thread encoded and hashed it, or null
 */
record Planned(
        int kind,
        TableName table,
        byte[] key,
        byte[] value,
        byte[] salt,
        long expiresAt,
        @Nullable BlockEntry prepared) {

    static Planned system(TableName table, byte[] key, byte[] value) {
        return new Planned(EntryLeaf.KIND_PUT, table, key, value, Batch.NO_SALT, 0, null);
    }

    /** The entry, joined to the next one of its batch or not. */
    BlockEntry encode(byte[] author, boolean joined) {
        BlockEntry entry = prepared;
        if (entry != null && (entry.leaf()[3] == EntryLeaf.FLAG_JOINED) == joined) {
            return entry;
        }
        return Batch.entry(kind, author, table, key, value, salt, expiresAt, joined);
    }

    boolean hides(long timeMicros) {
        return kind == EntryLeaf.KIND_DELETE || (expiresAt != 0 && expiresAt <= timeMicros);
    }
}
