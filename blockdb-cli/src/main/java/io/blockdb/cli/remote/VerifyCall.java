package io.blockdb.cli.remote;

import com.fasterxml.jackson.core.JsonGenerator;
import io.blockdb.base.TableName;
import io.blockdb.db.RootClaim;
import io.blockdb.db.VerifyReport;
import io.blockdb.db.VerifyReport.Failure;
import io.blockdb.db.VerifyScope;
import io.blockdb.proof.VerifierKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/** Asks a server to verify, and reads what it found. */
final class VerifyCall {
    private VerifyCall() {}

    /** The request. */
    static Call of(VerifyScope scope) throws IOException {
        TableName table = scope.table();
        byte[] key = scope.key();
        byte[] body = JsonText.object(json -> {
            if (scope.fromHeight() > 0) {
                json.writeNumberField("from", scope.fromHeight());
            }
            if (scope.quick()) {
                json.writeBooleanField("quick", true);
            }
            if (table != null) {
                json.writeStringField("table", table.toString());
            }
            if (key != null) {
                json.writeStringField("key", Base64.getEncoder().encodeToString(key));
                json.writeStringField("encoding", "base64");
            }
            claims(json, scope.claims());
        });
        return Call.post("/verify", body).patient();
    }

    /** All are to be signed by the same keys: a command takes them together. */
    private static void claims(JsonGenerator json, List<RootClaim> claims) throws IOException {
        if (claims.isEmpty()) {
            return;
        }
        json.writeArrayFieldStart("checkpoints");
        for (RootClaim claim : claims) {
            json.writeString(claim.checkpoint().note());
        }
        json.writeEndArray();
        json.writeArrayFieldStart("checkpoint_names");
        for (RootClaim claim : claims) {
            json.writeString(claim.source());
        }
        json.writeEndArray();
        List<VerifierKey> keys = claims.get(0).keys();
        if (!keys.isEmpty()) {
            json.writeStringField(
                    "verifier_keys", keys.stream().map(Object::toString).collect(Collectors.joining(",")));
        }
    }

    /** What was found. */
    static VerifyReport report(Fields found) throws IOException {
        return new VerifyReport(
                found.number("blocks_verified"),
                found.number("entries_verified"),
                found.number("bytes_verified", 0),
                found.number("verification_time_ms") * 1000,
                found.truth("direct_reads"),
                failures(found, "failures"),
                found.number("failures_omitted", 0),
                found.texts("notes"));
    }

    /** The places that do not check out, of an array; none where it is not there. */
    static List<Failure> failures(Fields found, String name) throws IOException {
        List<Failure> failures = new ArrayList<>();
        for (Fields each : found.has(name) ? found.objects(name) : List.<Fields>of()) {
            String table = each.textOrNull("table");
            failures.add(new Failure(
                    each.text("file"),
                    each.number("offset"),
                    each.number("height", -1),
                    each.number("sequence_number", -1),
                    table == null ? null : TableName.of(table),
                    each.bytesOrNull("key"),
                    each.textOrNull("expected"),
                    each.textOrNull("found"),
                    each.text("reason")));
        }
        return failures;
    }
}
