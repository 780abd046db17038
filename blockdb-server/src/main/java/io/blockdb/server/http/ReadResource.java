package io.blockdb.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.blockdb.base.TableName;
import io.blockdb.db.BlockDb;
import io.blockdb.db.BlockInfo;
import io.blockdb.db.ErasedException;
import io.blockdb.db.HistoryPage;
import io.blockdb.db.Revision;
import io.blockdb.db.Snapshot;
import io.blockdb.proof.Receipt;
import io.blockdb.server.config.ServerConfig;
import io.blockdb.server.node.Node;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Reading one key: its value, its history.
 *
 * <p>Threading: any thread.
 */
final class ReadResource {
    private final Node node;
    private final ServerConfig.Limits limits;

    ReadResource(Node node, ServerConfig.Limits limits) {
        this.node = node;
        this.limits = limits;
    }

    List<Route> routes() {
        return List.of(
                new Route(
                        HandlerType.GET,
                        "/api/v1/get/<key>",
                        Access.READ,
                        List.of(Negotiation.JSON, Negotiation.OCTETS),
                        this::get),
                new Route(HandlerType.GET, "/api/v1/history/<key>", Access.READ, this::history));
    }

    private void get(Context ctx) throws IOException {
        BlockDb db = Ledgers.asked(ctx, node);
        TableName table = Asked.table(ctx);
        Asked.caller(ctx).requireRead(table);
        ByteText encoding = Asked.encoding(ctx);
        byte[] key = Asked.key(ctx, encoding);
        Revision revision = snapshot(ctx, db).announcing(ReadBudget.values(ctx)).find(table, key);
        if (revision == null) {
            throw notFound(key);
        }
        byte[] value = revision.value();
        if (value == null) {
            throw new ErasedException(revision.erasureSequence());
        }
        BlockInfo block = db.blockOf(revision.sequence());
        String tag = "W/\"" + block.hash() + ":" + revision.sequence() + "\"";
        ctx.header("ETag", tag);
        ctx.header("Cache-Control", "no-cache");
        boolean raw = Asked.truth(ctx, "raw") || Negotiation.prefersOctets(ctx);
        String form = raw ? Negotiation.OCTETS : Negotiation.JSON;
        if (EntityTags.match(ctx.header("If-None-Match"), tag)) {
            ctx.status(304).contentType(form);
            return;
        }
        if (raw) {
            AnswerBudget.count(ctx, value.length);
            ctx.contentType(form).result(Pieces.of(value).stream());
            return;
        }
        Receipt receipt = null;
        if (Asked.truth(ctx, "receipt")) {
            ReadBudget.awaitTurn(ctx);
            receipt = db.receipt(revision.sequence());
        }
        Receipt proof = receipt;
        ByteText shown = encoding.able(key, value);
        ctx.contentType(form).result(Json.success(ctx, json -> {
            json.writeFieldName("key");
            shown.write(json, key);
            json.writeFieldName("value");
            shown.write(json, value);
            json.writeFieldName("data");
            shown.write(json, value);
            json.writeStringField("encoding", shown.label());
            json.writeStringField("table", table.toString());
            json.writeStringField("ledger_id", Ledgers.id(db));
            json.writeNumberField("sequence_number", revision.sequence());
            place(json, block);
            if (revision.expiresAt() != 0) {
                json.writeNumberField("expires_at", revision.expiresAt());
            }
            if (proof != null) {
                json.writeFieldName("receipt");
                json.writeRawValue(proof.toJson());
            }
        }));
    }

    private static Problem notFound(byte[] key) {
        return new Problem(Problem.Kind.NOT_FOUND, "Key '" + Shown.key(key) + "' not found");
    }

    /** The block that holds what is told of. */
    static void place(JsonGenerator json, BlockInfo block) throws IOException {
        json.writeNumberField("height", block.height());
        json.writeStringField("block_hash", block.hash().toString());
        json.writeNumberField("timestamp", block.timestamp());
    }

    /** The database as the query's {@code at} wants it: as it is, or as it was at a height. */
    static Snapshot snapshot(Context ctx, BlockDb db) throws IOException {
        long height = Asked.number(ctx, "at", 0, Long.MAX_VALUE, -1);
        if (height < 0) {
            return db.snapshot();
        }
        try {
            return db.snapshotAt(height);
        } catch (IllegalArgumentException e) {
            throw new Problem(Problem.Kind.NOT_FOUND, String.valueOf(e.getMessage()));
        }
    }

    private void history(Context ctx) throws IOException {
        BlockDb db = Ledgers.asked(ctx, node);
        TableName table = Asked.table(ctx);
        Asked.caller(ctx).requireRead(table);
        ByteText encoding = Asked.encoding(ctx);
        byte[] key = Asked.key(ctx, encoding);
        int limit = (int) Asked.number(ctx, "limit", 1, limits.pageEntries(), limits.pageEntries());
        String from = ctx.queryParam("cursor");
        long first = from == null ? 0 : PageCursor.parse(from, Ledgers.id(db)).nextRevision();
        HistoryPage page =
                db.snapshot().announcing(ReadBudget.values(ctx)).history(table, key, first, limit, limits.pageSize());
        if (page.revisions().isEmpty()) {
            throw notFound(key);
        }
        InputStream body = Json.success(ctx, json -> {
            ByteText shown = encoding.able(key, null);
            json.writeFieldName("key");
            shown.write(json, key);
            json.writeStringField("encoding", shown.label());
            json.writeStringField("table", table.toString());
            json.writeStringField("ledger_id", Ledgers.id(db));
            json.writeArrayFieldStart("revisions");
            for (Revision revision : page.revisions()) {
                revision(json, revision, db.blockOf(revision.sequence()), encoding);
            }
            json.writeEndArray();
            json.writeStringField(
                    "cursor",
                    page.next() < 0 ? null : new PageCursor(Ledgers.id(db), -1, page.next(), new byte[0]).text());
        });
        ctx.contentType("application/json").result(body);
    }

    private static void revision(JsonGenerator json, Revision revision, BlockInfo block, ByteText encoding)
            throws IOException {
        byte[] value = revision.value();
        ByteText shown = encoding.able(value, null);
        json.writeStartObject();
        json.writeNumberField("sequence_number", revision.sequence());
        place(json, block);
        json.writeStringField("kind", revision.state() == Revision.State.DELETED ? "delete" : "put");
        json.writeFieldName("value");
        if (value == null) {
            json.writeNull();
        } else {
            shown.write(json, value);
        }
        json.writeStringField("encoding", shown.label());
        if (revision.expiresAt() != 0) {
            json.writeNumberField("expires_at", revision.expiresAt());
        }
        if (revision.state() == Revision.State.ERASED) {
            json.writeNumberField("erasure_sequence", revision.erasureSequence());
        }
        json.writeEndObject();
    }
}
