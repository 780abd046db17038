package io.blockdb.cli.remote;

import io.blockdb.base.TableName;
import io.blockdb.cli.database.Entries;
import io.blockdb.db.KeyRange;
import io.blockdb.db.Revision;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a table, a page at a time; all pages are of one moment. No more than a page is held: at most 1,000 entries, and of
 * large values as many as the server's pages have.
 *
 * <p>Threading: one thread at a time.
 */
final class ScanPages implements Entries {
    private static final int FIRST_PAGE = 100;
    private static final int PAGE_MAX = 1000;

    private final RemoteMoment moment;
    private final TableName table;
    private final KeyRange range;
    private final boolean reverse;
    private final boolean expired;

    private List<Fields> page = List.of();
    private int next;
    private boolean begun;
    private @Nullable String cursor;
    private @Nullable Fields current;

    ScanPages(RemoteMoment moment, TableName table, KeyRange range, boolean reverse, boolean expired) {
        this.moment = moment;
        this.table = table;
        this.range = range;
        this.reverse = reverse;
        this.expired = expired;
    }

    @Override
    public boolean next() throws IOException {
        while (next == page.size()) {
            if (begun && cursor == null) {
                current = null;
                return false;
            }
            turn();
        }
        current = page.get(next);
        next++;
        return true;
    }

    private void turn() throws IOException {
        Fields answer = moment.database().page(call().with("limit", begun ? PAGE_MAX : FIRST_PAGE), call());
        begun = true;
        page = answer.objects("entries");
        next = 0;
        cursor = answer.textOrNull("cursor");
        moment.pin(answer.number("height", RemoteMoment.NOW));
    }

    private Call call() {
        return Call.get("/api/v1/scan")
                .with("table", table)
                .with("encoding", "base64")
                .with("from", range.from())
                .with("to", range.to())
                .with("at", cursor == null ? moment.at() : null)
                .with("reverse", reverse ? "true" : null)
                .with("expired", expired ? "true" : null)
                .with("cursor", cursor);
    }

    @Override
    public Revision revision() throws IOException {
        Fields entry = current;
        if (entry == null) {
            throw new IllegalStateException("at no key");
        }
        boolean erased = entry.has("erasure_sequence");
        return new Revision(
                table,
                entry.bytes("key"),
                entry.number("sequence_number"),
                erased ? Revision.State.ERASED : Revision.State.PRESENT,
                erased ? null : entry.bytes("value"),
                entry.number("expires_at", 0),
                entry.number("erasure_sequence", -1));
    }

    @Override
    public void close() {
        page = List.of();
        current = null;
        begun = true;
        cursor = null;
        next = 0;
    }
}
