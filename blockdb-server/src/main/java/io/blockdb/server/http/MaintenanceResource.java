package io.blockdb.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.blockdb.base.TableName;
import io.blockdb.db.BlockDb;
import io.blockdb.db.Commit;
import io.blockdb.db.Erasure;
import io.blockdb.db.ErasureCopies;
import io.blockdb.db.Revision;
import io.blockdb.db.RootClaim;
import io.blockdb.db.VerifyReport;
import io.blockdb.db.VerifyScope;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.MalformedException;
import io.blockdb.proof.VerifierKey;
import io.blockdb.server.node.Node;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Verifying and erasing.
 *
 * <p>Threading: any thread; one verification at a time.
 */
final class MaintenanceResource {
    private static final int BODY_BYTES_MAX = 256 << 10;

    private final Node node;
    private final InstantSource clock;
    private final Integrity integrity;
    private final AtomicBoolean verifying = new AtomicBoolean();

    MaintenanceResource(Node node, InstantSource clock, Integrity integrity) {
        this.node = node;
        this.clock = clock;
        this.integrity = integrity;
    }

    List<Route> routes() {
        return List.of(
                new Route(HandlerType.POST, "/verify", Access.AUDIT, Body.first(BODY_BYTES_MAX, this::verify)),
                new Route(HandlerType.POST, "/api/v1/erase", Access.ADMIN, Body.first(BODY_BYTES_MAX, this::erase)),
                new Route(HandlerType.GET, "/api/v1/erasures", Access.AUDIT, this::erasures));
    }

    private void verify(Context ctx) throws IOException {
        JsonBody body = JsonBody.of(
                ctx,
                "checkpoint",
                "checkpoint_name",
                "checkpoints",
                "checkpoint_names",
                "verifier_keys",
                "from",
                "quick",
                "table",
                "key",
                "encoding");
        VerifyScope scope = scope(body);
        if (!verifying.compareAndSet(false, true)) {
            throw new Problem(Problem.Kind.CONFLICT, "a verification is under way: one runs at a time").retryAfter(10);
        }
        try {
            VerifyReport report = Ledgers.asked(ctx, node).verify(scope, (done, total, blocks) -> {});
            boolean whole = scope.fromHeight() == 0 && !scope.quick() && scope.table() == null;
            if (whole || !report.valid()) {
                integrity.verified(report, clock.instant());
            }
            answer(ctx, report);
        } catch (IllegalArgumentException e) {
            throw Problem.invalid(String.valueOf(e.getMessage()));
        } finally {
            verifying.set(false);
        }
    }

    private static VerifyScope scope(JsonBody body) {
        VerifyScope scope;
        try {
            scope = new VerifyScope(body.number("from", 0), body.truth("quick", false));
        } catch (IllegalArgumentException e) {
            throw Problem.invalid(String.valueOf(e.getMessage()));
        }
        String table = body.text("table");
        String key = body.text("key");
        if (key != null) {
            byte[] only = ByteText.named(body.text("encoding")).decode("key", key);
            scope = scope.withKey(Asked.table(table), Asked.checkedKey(only, "the key"));
        } else if (table != null) {
            scope = scope.withTable(Asked.table(table));
        }
        return scope.withClaims(claims(body));
    }

    /** What the ledger is held against besides, as reports name it, and who must have signed it. */
    private static List<RootClaim> claims(JsonBody body) {
        List<RootClaim> claims = new ArrayList<>();
        String one = body.text("checkpoint");
        if (one != null) {
            claims.add(claim(one, body.text("checkpoint_name"), body));
        }
        List<String> names = body.texts("checkpoint_names");
        for (String note : body.texts("checkpoints")) {
            int number = claims.size() - (one == null ? 0 : 1);
            claims.add(claim(note, number < names.size() ? names.get(number) : null, body));
        }
        return claims;
    }

    private static RootClaim claim(String note, @Nullable String name, JsonBody body) {
        String signers = body.text("verifier_keys");
        try {
            List<VerifierKey> keys = new ArrayList<>();
            for (String key : signers == null ? new String[0] : signers.split(",", -1)) {
                keys.add(VerifierKey.parse(key));
            }
            return new RootClaim(name == null ? "the request's checkpoint" : name, Checkpoint.parse(note), keys);
        } catch (MalformedException e) {
            throw Problem.invalid("checkpoint or verifier_keys: " + e.getMessage());
        }
    }

    private static void answer(Context ctx, VerifyReport report) {
        ctx.contentType("application/json").result(Json.success(json -> {
            json.writeBooleanField("blockchain_valid", report.valid());
            json.writeNumberField("blocks_verified", report.blocks());
            json.writeNumberField("entries_verified", report.entries());
            json.writeNumberField("bytes_verified", report.bytes());
            json.writeBooleanField("direct_reads", report.direct());
            json.writeNumberField("verification_time_ms", report.micros() / 1000);
            if (!report.valid()) {
                json.writeFieldName("first_failure");
                failure(json, report.failures().get(0));
                json.writeArrayFieldStart("failures");
                for (VerifyReport.Failure failure : report.failures()) {
                    failure(json, failure);
                }
                json.writeEndArray();
                json.writeNumberField("failures_omitted", report.failuresOmitted());
            }
            json.writeArrayFieldStart("notes");
            for (String line : report.notes()) {
                json.writeString(line);
            }
            json.writeEndArray();
        }));
    }

    /** A place that does not check out. */
    static void failure(JsonGenerator json, VerifyReport.Failure failure) throws IOException {
        json.writeStartObject();
        json.writeStringField("file", failure.file());
        json.writeNumberField("offset", failure.offset());
        json.writeNumberField("height", failure.height());
        json.writeNumberField("sequence_number", failure.sequence());
        TableName table = failure.table();
        json.writeStringField("table", table == null ? null : table.toString());
        byte[] key = failure.key();
        json.writeFieldName("key");
        if (key == null) {
            json.writeNull();
        } else {
            ByteText shown = ByteText.TEXT.able(key, null);
            shown.write(json, key);
            json.writeStringField("encoding", shown.label());
        }
        json.writeStringField("expected", failure.expected());
        json.writeStringField("found", failure.found());
        json.writeStringField("reason", failure.reason());
        json.writeEndObject();
    }

    private void erase(Context ctx) throws IOException {
        JsonBody body = JsonBody.of(ctx, "table", "key", "encoding", "sequence_number", "reason");
        BlockDb db = Ledgers.asked(ctx, node);
        TableName table = Asked.table(body.text("table"));
        byte[] key =
                Asked.checkedKey(ByteText.named(body.text("encoding")).decode("key", body.needed("key")), "the key");
        String reason = body.needed("reason");
        long sequence = body.number("sequence_number", -1);
        if (sequence < 0) {
            sequence = newest(db, table, key);
        }
        long erased = sequence;
        Commit commit;
        try {
            commit = node.erase(table, key, erased, reason, Asked.caller(ctx).id());
        } catch (IllegalArgumentException e) {
            throw Problem.invalid(String.valueOf(e.getMessage()));
        }
        ErasureCopies copies = db.copiesOf(erased);
        ctx.contentType("application/json").result(Json.success(json -> {
            json.writeNumberField("erased_sequence", erased);
            json.writeNumberField("sequence_number", commit.sequence());
            WriteResource.place(json, commit);
            json.writeBooleanField("carried_out", true);
            paths(json, "quarantined_copies", copies.quarantined());
            paths(json, "backups", copies.backups());
        }));
    }

    private static void paths(JsonGenerator json, String name, List<Path> paths) throws IOException {
        json.writeArrayFieldStart(name);
        for (Path path : paths) {
            json.writeString(path.toString());
        }
        json.writeEndArray();
    }

    private static long newest(BlockDb db, TableName table, byte[] key) throws IOException {
        @Nullable Revision revision = db.find(table, key);
        if (revision == null) {
            throw new Problem(Problem.Kind.NOT_FOUND, "Key '" + Shown.key(key) + "' not found");
        }
        return revision.sequence();
    }

    private void erasures(Context ctx) throws IOException {
        BlockDb db = Ledgers.asked(ctx, node);
        boolean pending = Asked.truth(ctx, "pending");
        ctx.contentType("application/json").result(Json.success(json -> {
            json.writeArrayFieldStart("erasures");
            db.erasures(pending, erasure -> erasure(json, erasure));
            json.writeEndArray();
        }));
    }

    private static void erasure(JsonGenerator json, Erasure erasure) throws IOException {
        ByteText shown = ByteText.TEXT.able(erasure.key(), null);
        json.writeStartObject();
        json.writeNumberField("erased_sequence", erasure.erasedSequence());
        json.writeNumberField("sequence_number", erasure.sequence());
        json.writeStringField("table", erasure.table().toString());
        json.writeFieldName("key");
        shown.write(json, erasure.key());
        json.writeStringField("encoding", shown.label());
        json.writeStringField("reason", erasure.reason());
        json.writeStringField("author", erasure.author());
        json.writeNumberField("timestamp", erasure.timestamp());
        json.writeBooleanField("pending", erasure.pending());
        json.writeEndObject();
    }
}
