package io.blockdb.cli.database;

import io.blockdb.db.Revision;
import java.io.Closeable;
import java.io.IOException;

/**
 * Keys of a table that are there, each with its newest revision, in the order that was asked for. A new one stands before
 * the first.
 *
 * <p>Threading: one thread at a time.
 */
public interface Entries extends Closeable {
    /** Moves to the next key; false at the end. */
    boolean next() throws IOException;

    /** The key's newest revision; only after {@link #next} was true. */
    Revision revision() throws IOException;

    @Override
    void close();
}
