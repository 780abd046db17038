package io.blockdb.db;

import io.blockdb.base.TableName;
import java.io.IOException;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The database as it stands now, or stood at a height: what is written later does not show. It costs nothing to keep and need
 * not be closed, since nothing is ever overwritten. Only erased values are gone from snapshots too.
 *
 * <p>Threading: any thread.
 */
public final class Snapshot {
    private final View view;
    private final long height;

    Snapshot(View view, long height) {
        this.view = view;
        this.height = height;
    }

    /** Height of the newest block that shows, -1 where there is none. */
    public long height() {
        return height;
    }

    /** Number of entries that show: all with a lower sequence. */
    public long sequence() {
        return view.entries();
    }

    /**
     * The value of a key, or null where it is absent.
     *
     * @throws ErasedException if the value was erased
     */
    public byte @Nullable [] get(TableName table, byte[] key) throws IOException {
        return view.get(table, key);
    }

    /** The newest revision of a key, or null where the key is absent. */
    public @Nullable Revision find(TableName table, byte[] key) throws IOException {
        return view.find(table, key);
    }

    /** A cursor over the keys of a table that are there; to be closed. */
    public Cursor cursor(TableName table, KeyRange range) throws IOException {
        return view.cursor(table, range);
    }

    /** Every revision of a key, the newest first, deletes and what has expired included. */
    public List<Revision> history(TableName table, byte[] key) throws IOException {
        return view.history(table, key);
    }

    /**
     * A part of the history of a key, the oldest revision first, deletes and what has expired included; holds no more than that in
     * memory.
     *
     * @param from the first sequence that is wanted
     * @param countMax most revisions, at least 1
     * @param bytesMax after so many bytes of values the part ends; the first revision is always there
     */
    public HistoryPage history(TableName table, byte[] key, long from, int countMax, long bytesMax) throws IOException {
        return view.history(table, key, from, countMax, bytesMax);
    }

    /** The tables, sorted by name: those that were created, those that were written to, and {@code default}. */
    public List<TableInfo> tables() throws IOException {
        return view.tables();
    }

    /**
     * The same entries, for who must know how much memory a value takes before it is read.
     *
     * @param announced is told the length of each value that does not stand in the index, before it is read; what it throws ends the
     *     reading
     */
    public Snapshot announcing(IntConsumer announced) {
        return new Snapshot(view.announcing(announced), height);
    }

    /** The same entries, with those showing too that have expired: for who wants to know what was once asked or done. */
    public Snapshot withExpired() {
        return new Snapshot(view.withExpired(), height);
    }
}
