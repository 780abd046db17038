package io.blockdb.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.blockdb.db.BlockDb;
import io.blockdb.db.KeyRotation;
import io.blockdb.db.LedgerKey;
import io.blockdb.proof.BlockHeader;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.ConsistencyProof;
import io.blockdb.proof.GrowthProof;
import io.blockdb.proof.Receipt;
import io.blockdb.proof.VerifierKey;
import io.blockdb.server.node.Node;
import io.blockdb.server.security.Caller;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What proves the ledger: receipts, checkpoints, consistency proofs, keys. Their forms are those of LEDGER.md, and stand alone.
 *
 * <p>Threading: any thread.
 */
final class LedgerResource {
    private static final String NOTE_TYPE = "text/plain; charset=utf-8";

    private final Node node;

    LedgerResource(Node node) {
        this.node = node;
    }

    List<Route> routes() {
        return List.of(
                new Route(HandlerType.GET, "/api/v1/receipt/<key>", Access.READ, this::receipt),
                new Route(HandlerType.GET, "/api/v1/ledger/receipt", Access.READ, this::receiptBySequence),
                new Route(
                        HandlerType.GET,
                        "/api/v1/ledger/checkpoint",
                        Access.READ,
                        List.of(Negotiation.TEXT),
                        this::checkpoint),
                new Route(HandlerType.GET, "/api/v1/ledger/consistency", Access.READ, this::consistency),
                new Route(
                        HandlerType.GET,
                        "/api/v1/ledger/keys",
                        Access.READ,
                        List.of(Negotiation.TEXT, Negotiation.JSON),
                        this::keys),
                new Route(HandlerType.POST, "/api/v1/ledger/keys/rotate", Access.ADMIN, Body.small(this::rotate)));
    }

    private void receipt(Context ctx) throws IOException {
        BlockDb db = Ledgers.asked(ctx, node);
        ByteText encoding = Asked.encoding(ctx);
        byte[] key = Asked.key(ctx, encoding);
        if (!Asked.caller(ctx).mayRead(Asked.table(ctx))) {
            Asked.caller(ctx).requireAudit();
        }
        long sequence = Asked.number(ctx, "sequence", 0, Long.MAX_VALUE, -1);
        ReadBudget.awaitTurn(ctx);
        Receipt receipt = sequence < 0 ? db.receipt(Asked.table(ctx), key) : bySequence(db, sequence);
        if (receipt == null || !java.util.Arrays.equals(receipt.key(), key)) {
            throw new Problem(Problem.Kind.NOT_FOUND, "Key '" + Shown.key(key) + "' not found");
        }
        answer(ctx, receipt);
    }

    private void receiptBySequence(Context ctx) throws IOException {
        BlockDb db = Ledgers.asked(ctx, node);
        long sequence = Asked.number(ctx, "sequence", 0, Long.MAX_VALUE, -1);
        if (sequence < 0) {
            throw Problem.invalid("sequence is missing: which entry?");
        }
        ReadBudget.awaitTurn(ctx);
        answer(ctx, bySequence(db, sequence));
    }

    private static Receipt bySequence(BlockDb db, long sequence) throws IOException {
        try {
            return db.receipt(sequence);
        } catch (IllegalArgumentException e) {
            throw new Problem(Problem.Kind.NOT_FOUND, String.valueOf(e.getMessage()));
        }
    }

    /** Who may audit but not read sees the proof without the value; who may neither does not learn that there is an entry. */
    private static void answer(Context ctx, Receipt receipt) {
        Caller caller = Asked.caller(ctx);
        boolean reads = caller.mayRead(Asked.table(receipt.table()));
        if (!reads) {
            caller.requireAudit();
        }
        Receipt seen = reads ? receipt : receipt.withheld();
        byte[] json = seen.toJsonBytes();
        AnswerBudget.count(ctx, json.length);
        ctx.contentType("application/json").result(Pieces.of(json).stream());
    }

    private void checkpoint(Context ctx) throws IOException {
        BlockDb db = Ledgers.asked(ctx, node);
        long atLeast = Asked.number(ctx, "at_least", 0, Long.MAX_VALUE, 0);
        long blocks = db.snapshot().height() + 1;
        if (atLeast > blocks) {
            throw new Problem(
                    Problem.Kind.NOT_FOUND,
                    "there is no checkpoint of " + atLeast + " blocks: the ledger has " + blocks);
        }
        Checkpoint newest = db.newestCheckpoint();
        if (newest == null || newest.treeSize() < atLeast) {
            newest = db.checkpoint();
        }
        ctx.contentType(NOTE_TYPE).result(newest.note());
    }

    private void consistency(Context ctx) throws IOException {
        BlockDb db = Ledgers.asked(ctx, node);
        long from = Asked.number(ctx, "from", 0, Long.MAX_VALUE, -1);
        if (from < 0) {
            throw Problem.invalid("from is missing: how many blocks does the older checkpoint cover?");
        }
        Checkpoint newest = db.newestCheckpoint();
        if (newest == null || newest.treeSize() < from) {
            newest = db.checkpoint();
        }
        long to = Asked.number(ctx, "to", 0, Long.MAX_VALUE, newest.treeSize());
        ConsistencyProof proof;
        try {
            proof = db.consistency(from, to);
        } catch (IllegalArgumentException e) {
            throw Problem.invalid(String.valueOf(e.getMessage()));
        }
        @Nullable String note = newest.treeSize() == to ? newest.note() : null;
        ctx.contentType("application/json").result(new GrowthProof(proof, note).toJson());
    }

    private void keys(Context ctx) throws IOException {
        BlockDb db = Ledgers.asked(ctx, node);
        List<LedgerKey> keys = db.keys();
        if (Negotiation.prefersJson(ctx)) {
            ctx.contentType("application/json").result(Json.success(json -> {
                json.writeArrayFieldStart("keys");
                for (LedgerKey key : keys) {
                    json.writeStartObject();
                    json.writeStringField("vkey", key.key().toString());
                    json.writeStringField("key_id", key.key().keyId());
                    json.writeStringField("node", key.node());
                    json.writeStringField("state", key.active() ? "active" : "retired");
                    json.writeNumberField("sequence_number", key.sequence());
                    json.writeNumberField("height", key.height());
                    if (!key.active()) {
                        json.writeNumberField("retired_at_height", key.retiredAtHeight());
                    }
                    json.writeEndObject();
                }
                json.writeEndArray();
            }));
            return;
        }
        StringBuilder lines = new StringBuilder();
        for (LedgerKey key : keys) {
            lines.append(key.key()).append('\n');
        }
        ctx.contentType(NOTE_TYPE).result(lines.toString());
    }

    private void rotate(Context ctx) throws IOException {
        JsonBody body = JsonBody.of(ctx, "lost");
        KeyRotation rotation;
        try {
            rotation = node.rotateKey(body.truth("lost", false));
        } catch (IllegalArgumentException e) {
            throw new Problem(Problem.Kind.INVALID_REQUEST, String.valueOf(e.getMessage()));
        }
        ctx.contentType("application/json").result(Json.success(json -> {
            json.writeStringField("vkey", rotation.key().toString());
            json.writeArrayFieldStart("retired");
            for (VerifierKey key : rotation.retired()) {
                json.writeString(key.toString());
            }
            json.writeEndArray();
            Receipt handover = rotation.handover();
            if (handover != null) {
                json.writeFieldName("handover");
                json.writeRawValue(handover.toJson());
            }
        }));
    }

    /** What there is to know of a block without its entries. */
    static void header(JsonGenerator json, BlockHeader header) throws IOException {
        json.writeNumberField("height", header.height());
        json.writeStringField("block_hash", header.hash().toString());
        json.writeStringField("previous_hash", header.previousHash().toString());
        json.writeStringField("entries_root", header.entriesRoot().toString());
        json.writeNumberField("first_sequence", header.firstSequence());
        json.writeNumberField("entry_count", header.entryCount());
        json.writeNumberField("timestamp", header.timestamp());
        json.writeFieldName("header");
        json.writeBinary(header.encode());
    }
}
