package io.blockdb.cli.remote;

import io.blockdb.base.TableName;
import io.blockdb.db.RootClaim;
import io.blockdb.db.VerifyReport;
import io.blockdb.db.VerifyReport.Failure;
import io.blockdb.db.VerifyScope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/** Asks a server to verify, and reads what it found. */
final class VerifyCall {
    private VerifyCall() {}

    /**
     * The request.
     *
     * @throws IllegalArgumentException if the scope is one that a server does not verify
     */
    static Call of(VerifyScope scope) throws IOException {
        if (scope.claims().size() > 1) {
            throw new IllegalArgumentException(
                    "--checkpoint: a server holds its ledger against one at a time; run verify once for each");
        }
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
            for (RootClaim claim : scope.claims()) {
                json.writeStringField("checkpoint", claim.checkpoint().note());
                json.writeStringField("checkpoint_name", claim.source());
                if (!claim.keys().isEmpty()) {
                    json.writeStringField(
                            "verifier_keys",
                            claim.keys().stream().map(Object::toString).collect(Collectors.joining(",")));
                }
            }
        });
        return Call.post("/verify", body).patient();
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
