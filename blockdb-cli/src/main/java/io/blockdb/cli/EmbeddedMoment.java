package io.blockdb.cli;

import io.blockdb.base.TableName;
import io.blockdb.cli.database.Entries;
import io.blockdb.cli.database.Found;
import io.blockdb.cli.database.Moment;
import io.blockdb.cli.database.Place;
import io.blockdb.db.BlockDb;
import io.blockdb.db.BlockInfo;
import io.blockdb.db.Cursor;
import io.blockdb.db.KeyRange;
import io.blockdb.db.Revision;
import io.blockdb.db.Snapshot;
import io.blockdb.db.TableInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a database that is open in this process.
 *
 * <p>Threading: any thread; its entries one at a time.
 */
final class EmbeddedMoment implements Moment {
    private final BlockDb db;
    private final Snapshot snapshot;

    EmbeddedMoment(BlockDb db, Snapshot snapshot) {
        this.db = db;
        this.snapshot = snapshot;
    }

    @Override
    public long height() {
        return snapshot.height();
    }

    @Override
    public long sequence() {
        return snapshot.sequence();
    }

    @Override
    public @Nullable Found find(TableName table, byte[] key, boolean withPlace) throws IOException {
        Revision revision = snapshot.find(table, key);
        return revision == null ? null : found(revision, withPlace);
    }

    @Override
    public List<Found> history(TableName table, byte[] key, boolean withPlaces) throws IOException {
        List<Found> all = new ArrayList<>();
        for (Revision revision : snapshot.history(table, key)) {
            all.add(found(revision, withPlaces));
        }
        return all;
    }

    private Found found(Revision revision, boolean withPlace) throws IOException {
        if (!withPlace) {
            return new Found(revision, null);
        }
        BlockInfo block = db.blockOf(revision.sequence());
        return new Found(revision, new Place(block.height(), block.hash(), block.timestamp()));
    }

    @Override
    public Entries entries(TableName table, KeyRange range, boolean reverse) throws IOException {
        return new Walk(snapshot.cursor(table, range), reverse);
    }

    @Override
    public List<TableInfo> tables() throws IOException {
        return snapshot.tables();
    }

    @Override
    public Moment withExpired() {
        return new EmbeddedMoment(db, snapshot.withExpired());
    }

    /** A cursor that goes one way. */
    private static final class Walk implements Entries {
        private final Cursor cursor;
        private final boolean reverse;

        Walk(Cursor cursor, boolean reverse) {
            this.cursor = cursor;
            this.reverse = reverse;
        }

        @Override
        public boolean next() throws IOException {
            return reverse ? cursor.previous() : cursor.next();
        }

        @Override
        public Revision revision() throws IOException {
            return cursor.revision();
        }

        @Override
        public void close() {
            cursor.close();
        }
    }
}
