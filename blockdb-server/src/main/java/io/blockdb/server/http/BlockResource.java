package io.blockdb.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.blockdb.db.BlockDb;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.LedgerCursor;
import io.blockdb.ledger.StoredValue;
import io.blockdb.proof.EntryLeaf;
import io.blockdb.server.config.ServerConfig;
import io.blockdb.server.node.Node;
import io.blockdb.server.security.Caller;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * The blocks of the ledger: headers, and the leaf data of their entries. Values only for who asks for them and may read their table.
 *
 * <p>Threading: any thread.
 */
final class BlockResource {
    private static final int BLOCKS_BY_DEFAULT = 100;

    private final Node node;
    private final int pageBlocksMax;

    BlockResource(Node node, ServerConfig.Limits limits) {
        this.node = node;
        this.pageBlocksMax = limits.pageEntries();
    }

    List<Route> routes() {
        return List.of(
                new Route(HandlerType.GET, "/api/v1/ledger/blocks", Access.AUDIT, this::list),
                new Route(HandlerType.GET, "/api/v1/ledger/blocks/{height}", Access.AUDIT, this::one));
    }

    private void list(Context ctx) throws IOException {
        BlockDb db = Ledgers.asked(ctx, node);
        long blocks = db.snapshot().height() + 1;
        long from = Asked.number(ctx, "from", 0, Long.MAX_VALUE, 0);
        long limit = Asked.number(ctx, "limit", 1, pageBlocksMax, Math.min(BLOCKS_BY_DEFAULT, pageBlocksMax));
        ReadBudget.awaitTurn(ctx);
        if (from >= blocks) {
            db.engine().requireWhole();
        }
        long to = from >= blocks ? from : Math.min(blocks, from + limit);
        // Of a damaged ledger there is always more: who asks for it is told of the damage.
        boolean more = to < blocks || !db.engine().isWhole();
        InputStream body = Json.success(ctx, json -> {
            json.writeStringField("ledger_id", Ledgers.id(db));
            json.writeArrayFieldStart("blocks");
            if (to > from) {
                headers(json, db, from, to);
            }
            json.writeEndArray();
            json.writeFieldName("next");
            if (more) {
                json.writeNumber(to);
            } else {
                json.writeNull();
            }
        });
        ctx.contentType("application/json").result(body);
    }

    private static void headers(JsonGenerator json, BlockDb db, long from, long to) throws IOException {
        try (LedgerCursor cursor = db.engine().blocksFrom(from)) {
            for (long height = from; height < to; height++) {
                json.writeStartObject();
                LedgerResource.header(json, next(cursor, height).header());
                json.writeEndObject();
            }
        }
    }

    private static LedgerBlock next(LedgerCursor cursor, long height) throws IOException {
        LedgerBlock block = cursor.next();
        if (block == null) {
            throw new IllegalStateException("block " + height + " was published and is not there");
        }
        return block;
    }

    private void one(Context ctx) throws IOException {
        BlockDb db = Ledgers.asked(ctx, node);
        Caller caller = Asked.caller(ctx);
        boolean values = Asked.truth(ctx, "values");
        ByteText encoding = Asked.encoding(ctx);
        long height = height(ctx.pathParam("height"));
        long newest = db.snapshot().height();
        if (height > newest) {
            db.engine().requireWhole();
            throw new Problem(
                    Problem.Kind.NOT_FOUND, "there is no block " + height + ": the newest has height " + newest);
        }
        ReadBudget.awaitTurn(ctx);
        try (LedgerCursor cursor = db.engine().blocksFrom(height)) {
            LedgerBlock block = next(cursor, height);
            InputStream body = Json.success(ctx, json -> {
                json.writeStringField("ledger_id", Ledgers.id(db));
                LedgerResource.header(json, block.header());
                json.writeArrayFieldStart("entries");
                for (int i = 0; i < block.entryCount(); i++) {
                    entry(json, block, i, caller, values, encoding);
                }
                json.writeEndArray();
            });
            ctx.contentType("application/json").result(body);
        }
    }

    private static long height(String text) {
        try {
            long height = Long.parseLong(text);
            if (height >= 0) {
                return height;
            }
        } catch (NumberFormatException e) {
            throw Problem.invalid("a block's height is a whole number, '" + Shown.text(text) + "' is none");
        }
        throw Problem.invalid("a block's height is 0 or more, is " + Shown.text(text));
    }

    private static void entry(
            JsonGenerator json, LedgerBlock block, int index, Caller caller, boolean values, ByteText encoding)
            throws IOException {
        EntryLeaf leaf = block.leaf(index);
        byte[] key = leaf.key();
        StoredValue stored =
                values && leaf.kind() == EntryLeaf.KIND_PUT && caller.mayRead(leaf.table()) ? block.value(index) : null;
        ByteText shown = encoding.able(key, stored == null || stored.isErased() ? null : stored.value());
        json.writeStartObject();
        json.writeNumberField("sequence_number", block.header().firstSequence() + index);
        json.writeFieldName("entry");
        json.writeBinary(block.leafBytes(index));
        json.writeStringField("kind", leaf.kind() == EntryLeaf.KIND_PUT ? "put" : "delete");
        json.writeStringField("table", leaf.table().toString());
        json.writeFieldName("key");
        shown.write(json, key);
        json.writeStringField("encoding", shown.label());
        json.writeStringField("author", leaf.author());
        json.writeNumberField("expires_at", leaf.expiresAt());
        json.writeBooleanField("joined", leaf.joined());
        json.writeStringField("value_digest", leaf.valueDigest().toString());
        if (stored != null && stored.isErased()) {
            json.writeBooleanField("erased", true);
        } else if (stored != null) {
            json.writeFieldName("value");
            shown.write(json, stored.value());
            json.writeFieldName("salt");
            json.writeBinary(stored.salt());
        }
        json.writeEndObject();
    }
}
