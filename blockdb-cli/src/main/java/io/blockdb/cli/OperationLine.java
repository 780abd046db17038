package io.blockdb.cli;

import io.blockdb.base.TableName;
import io.blockdb.db.RefusedException;
import io.blockdb.db.WriteBatch;

/**
 * An operation as a line of JSON asked for it.
 *
 * @param line number of the line, from 1
 * @param delete whether it is a delete; else it is a put
 * @param value what is put; empty in a delete
 * @param expiresAt in microseconds since the Unix epoch, 0 = never
 */
record OperationLine(long line, boolean delete, TableName table, byte[] key, byte[] value, long expiresAt)
        implements InputLine {
    /** Bytes that count against a batch's limit. */
    int size() {
        return key.length + value.length;
    }

    /** Adds it to a batch. */
    void addTo(WriteBatch batch) {
        if (delete) {
            batch.delete(table, key);
        } else {
            batch.put(table, key, value, expiresAt);
        }
    }

    /** Why it alone was refused, in words. */
    String complaint(RefusedException e) {
        return switch (e.reason()) {
            case DUPLICATE_KEY -> PutCommand.alreadyExists(Text.shown(key));
            case KEY_ABSENT -> "Key '" + Text.shown(key) + "' not found";
            default -> Failure.text(e);
        };
    }
}
