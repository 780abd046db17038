package io.blockdb.cli.database;

import io.blockdb.base.TableName;
import io.blockdb.db.KeyRange;
import io.blockdb.db.TableInfo;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The database as it stands now, or stood at a height: what is written later does not show. Need not be closed. */
public interface Moment {
    /** Height of the newest block that shows, -1 where there is none. */
    long height() throws IOException;

    /** Number of entries that show: all with a lower sequence. */
    long sequence() throws IOException;

    /**
     * The newest revision of a key, or null where the key is absent.
     *
     * @param withPlace whether to say where it stands
     * @throws io.blockdb.db.ErasedException if the value was erased and the database tells no more than that
     */
    @Nullable
    Found find(TableName table, byte[] key, boolean withPlace) throws IOException;

    /**
     * Every revision of a key, the newest first, deletes and what has expired included.
     *
     * @param withPlaces whether to say where each stands
     */
    List<Found> history(TableName table, byte[] key, boolean withPlaces) throws IOException;

    /**
     * The keys of a table that are there; to be closed.
     *
     * @param reverse from the last key to the first
     */
    Entries entries(TableName table, KeyRange range, boolean reverse) throws IOException;

    /** The tables, sorted by name. */
    List<TableInfo> tables() throws IOException;

    /** The same entries, with those showing too that have expired. */
    Moment withExpired();
}
