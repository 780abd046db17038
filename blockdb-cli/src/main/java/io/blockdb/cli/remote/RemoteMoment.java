package io.blockdb.cli.remote;

import io.blockdb.base.TableName;
import io.blockdb.cli.database.Entries;
import io.blockdb.cli.database.Found;
import io.blockdb.cli.database.Moment;
import io.blockdb.cli.database.Place;
import io.blockdb.cli.remote.Refusal.AbsentException;
import io.blockdb.db.KeyRange;
import io.blockdb.db.Revision;
import io.blockdb.db.TableInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The database of a server as it stood at a height; of now, as it stood when something was first asked of this that tells the height.
 *
 * <p>Threading: one thread at a time.
 */
final class RemoteMoment implements Moment {
    /** No height: as it stands. */
    static final long NOW = -1;

    /** Each may hold a value of 4 MiB. */
    private static final int HISTORY_PAGE = 50;

    private final RemoteDatabase database;
    private final boolean expired;
    private long height;
    private long sequence = -1;

    RemoteMoment(RemoteDatabase database, long height, boolean expired) {
        this.database = database;
        this.height = height;
        this.expired = expired;
    }

    @Override
    public long height() throws IOException {
        if (height == NOW) {
            listTables();
        }
        return height;
    }

    @Override
    public long sequence() throws IOException {
        if (sequence < 0) {
            listTables();
        }
        return sequence;
    }

    /** The list of tables says of which moment it is. */
    private Fields listTables() throws IOException {
        Fields answer = database.fields(Call.get("/api/v1/tables").with("at", at()));
        pin(answer.number("height"));
        sequence = answer.number("entries");
        return answer;
    }

    @Nullable
    Long at() {
        return height == NOW ? null : height;
    }

    /** A listing has told of which height it is: so are those that follow. */
    void pin(long listed) {
        if (height == NOW) {
            height = listed;
        }
    }

    RemoteDatabase database() {
        return database;
    }

    @Override
    public @Nullable Found find(TableName table, byte[] key, boolean withPlace) throws IOException {
        Call call = Call.get("/api/v1/get").key(key).with("table", table).with("at", at());
        Fields found;
        try {
            found = database.fields(call);
        } catch (AbsentException e) {
            return null;
        }
        Revision revision = new Revision(
                table,
                key,
                found.number("sequence_number"),
                Revision.State.PRESENT,
                found.bytes("value"),
                found.number("expires_at", 0),
                -1);
        return new Found(revision, place(found));
    }

    private static Place place(Fields fields) throws IOException {
        return new Place(
                fields.number("height"), RemoteDatabase.hash(fields.text("block_hash")), fields.number("timestamp"));
    }

    @Override
    public List<Found> history(TableName table, byte[] key, boolean withPlaces) throws IOException {
        List<Found> all = new ArrayList<>();
        String cursor = null;
        try {
            do {
                Fields page = database.page(
                        pageOf(table, key, cursor).with("limit", HISTORY_PAGE), pageOf(table, key, cursor));
                for (Fields each : page.objects("revisions")) {
                    if (height == NOW || each.number("height") <= height) {
                        all.add(new Found(revision(table, key, each), place(each)));
                    }
                }
                cursor = page.textOrNull("cursor");
            } while (cursor != null);
        } catch (AbsentException e) {
            return List.of();
        }
        Collections.reverse(all); // a server tells the oldest first
        return all;
    }

    private static Call pageOf(TableName table, byte[] key, @Nullable String cursor) {
        return Call.get("/api/v1/history").key(key).with("table", table).with("cursor", cursor);
    }

    private static Revision revision(TableName table, byte[] key, Fields fields) throws IOException {
        byte[] value = fields.bytesOrNull("value");
        Revision.State state = "delete".equals(fields.textOrNull("kind"))
                ? Revision.State.DELETED
                : fields.has("erasure_sequence") ? Revision.State.ERASED : Revision.State.PRESENT;
        return new Revision(
                table,
                key,
                fields.number("sequence_number"),
                state,
                state == Revision.State.PRESENT ? value : null,
                fields.number("expires_at", 0),
                fields.number("erasure_sequence", -1));
    }

    @Override
    public Entries entries(TableName table, KeyRange range, boolean reverse) {
        return new ScanPages(this, table, range, reverse, expired);
    }

    @Override
    public List<TableInfo> tables() throws IOException {
        return RemoteDatabase.tables(listTables());
    }

    @Override
    public Moment withExpired() {
        return new RemoteMoment(database, height, true);
    }
}
