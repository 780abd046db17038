package io.blockdb.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.blockdb.base.TableName;
import io.blockdb.db.BlockDb;
import io.blockdb.db.Cursor;
import io.blockdb.db.KeyRange;
import io.blockdb.db.Revision;
import io.blockdb.db.Snapshot;
import io.blockdb.server.config.ServerConfig;
import io.blockdb.server.node.Node;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Listing the keys of a table, a page at a time. All pages of a listing are of the moment at which it began.
 *
 * <p>Threading: any thread.
 */
final class ScanResource {
    private static final int ENTRIES_BY_DEFAULT = 100;

    private final Node node;
    private final ServerConfig.Limits limits;

    ScanResource(Node node, ServerConfig.Limits limits) {
        this.node = node;
        this.limits = limits;
    }

    List<Route> routes() {
        return List.of(new Route(HandlerType.GET, "/api/v1/scan", Access.READ, this::scan));
    }

    private void scan(Context ctx) throws IOException {
        BlockDb db = Ledgers.asked(ctx, node);
        TableName table = Asked.table(ctx);
        Asked.caller(ctx).requireRead(table);
        ByteText encoding = Asked.encoding(ctx);
        KeyRange asked = range(ctx, encoding);
        int limit = (int)
                Asked.number(ctx, "limit", 1, limits.pageEntries(), Math.min(ENTRIES_BY_DEFAULT, limits.pageEntries()));
        boolean reverse = Asked.truth(ctx, "reverse");
        Snapshot snapshot = ReadResource.snapshot(ctx, db);
        String cursorText = ctx.queryParam("cursor");
        if (cursorText != null) {
            PageCursor at = PageCursor.parse(cursorText, Ledgers.id(db));
            snapshot = at.snapshot(db);
            asked = reverse ? KeyRange.between(asked.from(), behind(at.key())) : KeyRange.between(at.key(), asked.to());
        }
        Snapshot counted = snapshot.announcing(ReadBudget.values(ctx));
        Snapshot seen = Asked.truth(ctx, "expired") ? counted.withExpired() : counted;
        KeyRange range = asked;
        InputStream body = Json.success(
                ctx, json -> page(json, db, seen, table, range, reverse, encoding, limit, limits.pageSize()));
        ctx.contentType("application/json").result(body);
    }

    private static void page(
            JsonGenerator json,
            BlockDb db,
            Snapshot seen,
            TableName table,
            KeyRange range,
            boolean reverse,
            ByteText encoding,
            int limit,
            long bytesMax)
            throws IOException {
        json.writeStringField("table", table.toString());
        json.writeStringField("ledger_id", Ledgers.id(db));
        json.writeNumberField("height", seen.height());
        json.writeArrayFieldStart("entries");
        byte[] next = null;
        try (Cursor cursor = seen.cursor(table, range)) {
            int entries = 0;
            long bytes = 0;
            boolean valid = reverse ? cursor.last() : cursor.first();
            for (; valid; valid = reverse ? cursor.previous() : cursor.next()) {
                if (entries == limit || bytes >= bytesMax) {
                    next = cursor.key();
                    break;
                }
                bytes += entry(json, cursor, encoding);
                entries++;
            }
        }
        json.writeEndArray();
        json.writeStringField(
                "cursor", next == null ? null : new PageCursor(Ledgers.id(db), seen.height(), 0, next).text());
    }

    /** The first key that there may be behind a key. */
    private static byte[] behind(byte[] key) {
        return Arrays.copyOf(key, key.length + 1);
    }

    private static long entry(JsonGenerator json, Cursor cursor, ByteText encoding) throws IOException {
        Revision revision = cursor.revision();
        byte[] key = revision.key();
        byte[] value = revision.value();
        ByteText shown = encoding.able(key, value);
        json.writeStartObject();
        json.writeFieldName("key");
        shown.write(json, key);
        json.writeFieldName("value");
        if (value == null) {
            json.writeNull();
        } else {
            shown.write(json, value);
        }
        json.writeStringField("encoding", shown.label());
        json.writeNumberField("sequence_number", revision.sequence());
        if (revision.expiresAt() != 0) {
            json.writeNumberField("expires_at", revision.expiresAt());
        }
        if (revision.state() == Revision.State.ERASED) {
            json.writeNumberField("erasure_sequence", revision.erasureSequence());
        }
        json.writeEndObject();
        return key.length + (value == null ? 0L : value.length);
    }

    private static KeyRange range(Context ctx, ByteText encoding) {
        byte[] prefix = bytes(ctx, "prefix", encoding);
        byte[] from = bytes(ctx, "from", encoding);
        byte[] to = bytes(ctx, "to", encoding);
        if (prefix != null) {
            if (from != null || to != null) {
                throw Problem.invalid("prefix stands alone: give it, or from and to");
            }
            return KeyRange.prefix(prefix);
        }
        return KeyRange.between(from, to);
    }

    private static byte @Nullable [] bytes(Context ctx, String name, ByteText encoding) {
        String text = ctx.queryParam(name);
        return text == null ? null : encoding.decode(name, text);
    }
}
