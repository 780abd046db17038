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
    private static final byte[] EMPTY = {};

    /** A put or delete, as it was prepared. */
    static Planned of(Operation.Put put, byte[] salt, BlockEntry prepared) {
        return new Planned(EntryLeaf.KIND_PUT, put.table(), put.key(), put.value(), salt, put.expiresAt(), prepared);
    }

    static Planned of(Operation.Delete delete, BlockEntry prepared) {
        return new Planned(EntryLeaf.KIND_DELETE, delete.table(), delete.key(), EMPTY, Batch.NO_SALT, 0, prepared);
    }

    /** The entry of a request id. */
    static Planned request(byte[] key, long expiresAt) {
        return new Planned(EntryLeaf.KIND_PUT, SystemTables.REQUESTS, key, EMPTY, Batch.NO_SALT, expiresAt, null);
    }

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
