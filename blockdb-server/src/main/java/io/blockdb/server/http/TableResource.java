package io.blockdb.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.blockdb.base.TableName;
import io.blockdb.db.BlockDb;
import io.blockdb.db.Commit;
import io.blockdb.db.Snapshot;
import io.blockdb.db.TableInfo;
import io.blockdb.db.TablePolicy;
import io.blockdb.server.node.Node;
import io.blockdb.server.security.Caller;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.util.List;

/**
 * Tables: listing, creating, altering.
 *
 * <p>Threading: any thread.
 */
final class TableResource {

    private final Node node;

    TableResource(Node node) {
        this.node = node;
    }

    List<Route> routes() {
        return List.of(
                new Route(HandlerType.GET, "/api/v1/tables", Access.READ, this::list),
                new Route(HandlerType.POST, "/api/v1/tables", Access.ADMIN, Body.small(this::create)),
                new Route(HandlerType.PATCH, "/api/v1/tables/{name}", Access.ADMIN, Body.small(this::alter)),
                // For clients that know no PATCH, such as the JDK's older one.
                new Route(HandlerType.POST, "/api/v1/tables/{name}", Access.ADMIN, Body.small(this::alter)));
    }

    private void list(Context ctx) throws IOException {
        BlockDb db = Ledgers.asked(ctx, node);
        Snapshot snapshot = ReadResource.snapshot(ctx, db);
        Caller caller = Asked.caller(ctx);
        List<TableInfo> tables = snapshot.tables().stream()
                .filter(table -> caller.mayAudit() || caller.mayRead(table.name()) || caller.mayWrite(table.name()))
                .toList();
        ctx.contentType("application/json").result(Json.success(json -> {
            json.writeStringField("ledger_id", Ledgers.id(db));
            json.writeNumberField("height", snapshot.height());
            json.writeNumberField("entries", snapshot.sequence());
            json.writeArrayFieldStart("tables");
            for (TableInfo table : tables) {
                json.writeStartObject();
                table(json, table.name(), table.policy(), table.erasable());
                json.writeBooleanField("declared", table.declared());
                json.writeEndObject();
            }
            json.writeEndArray();
        }));
    }

    private static void table(JsonGenerator json, TableName name, TablePolicy policy, boolean erasable)
            throws IOException {
        json.writeStringField("name", name.toString());
        json.writeStringField("policy", policy.toString());
        json.writeBooleanField("erasable", erasable);
    }

    private void create(Context ctx) throws IOException {
        Ledgers.check(ctx, node);
        JsonBody body = JsonBody.of(ctx, "name", "policy", "erasable");
        TableName name = clientTable(body.needed("name"));
        String policyText = body.text("policy");
        TablePolicy policy;
        try {
            policy = policyText == null ? TablePolicy.WRITE_ONCE : TablePolicy.parse(policyText);
        } catch (IllegalArgumentException e) {
            throw Problem.invalid(String.valueOf(e.getMessage()));
        }
        boolean erasable = body.truth("erasable", false);
        Commit commit =
                node.createTable(name, policy, erasable, Asked.caller(ctx).id());
        answer(ctx, commit.existing() ? 200 : 201, name, policy, erasable, commit);
    }

    private void alter(Context ctx) throws IOException {
        Ledgers.check(ctx, node);
        JsonBody body = JsonBody.of(ctx, "erasable");
        TableName name = clientTable(ctx.pathParam("name"));
        body.present("erasable");
        boolean erasable = body.truth("erasable", false);
        Commit commit = node.alterTable(name, erasable, Asked.caller(ctx).id());
        TablePolicy policy = node.database().tables().stream()
                .filter(table -> table.name().equals(name))
                .map(TableInfo::policy)
                .findFirst()
                .orElse(TablePolicy.WRITE_ONCE);
        answer(ctx, 200, name, policy, erasable, commit);
    }

    private static TableName clientTable(String text) {
        TableName name = Asked.table(text);
        if (name.isSystem()) {
            throw Problem.invalid(
                    "table '" + Shown.text(text) + "' is BlockDB's own: names that begin with _ are reserved");
        }
        return name;
    }

    private static void answer(
            Context ctx, int status, TableName name, TablePolicy policy, boolean erasable, Commit commit) {
        ctx.status(status);
        ctx.contentType("application/json").result(Json.success(json -> {
            table(json, name, policy, erasable);
            json.writeNumberField("sequence_number", commit.sequence());
            WriteResource.place(json, commit);
        }));
    }
}
