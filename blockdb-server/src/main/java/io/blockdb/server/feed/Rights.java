package io.blockdb.server.feed;

import io.blockdb.base.TableName;
import java.io.IOException;

/**
 * What a watcher may be told of the entries of a table. Asked for every entry, so it should be quick.
 *
 * <p>Threading: any thread.
 */
@FunctionalInterface
public interface Rights {
    /** How much of an entry is told. */
    enum Extent {
        /** Not that it exists. */
        NOTHING,
        /** What it says of itself: key, kind, time, author; not its value. */
        WITHOUT_VALUE,
        /** All of it. */
        WITH_VALUE
    }

    /** How much of the entries of a table is told. */
    Extent of(TableName table);

    /**
     * Finds out anew who watches. Called every few seconds.
     *
     * @return whether he may still watch
     * @throws IOException if that cannot be found out now
     */
    default boolean renew() throws IOException {
        return true;
    }
}
