package io.blockdb.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.blockdb.access.Grant;
import io.blockdb.access.Principal;
import io.blockdb.access.Role;
import io.blockdb.db.Commit;
import io.blockdb.db.Principals;
import io.blockdb.server.node.Node;
import io.blockdb.server.security.Caller;
import io.blockdb.server.security.Gate;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Logging in and out, and principals: who there is, what they may do, their passwords. Tokens are {@link TokenResource}'s.
 *
 * <p>While authentication is off, nothing is changed here: who could reach the server could make himself an admin for later.
 *
 * <p>Threading: any thread.
 */
final class AuthResource {

    private final Node node;
    private final Gate gate;

    AuthResource(Node node, Gate gate) {
        this.node = node;
        this.gate = gate;
    }

    List<Route> routes() {
        String principals = "/api/v1/auth/principals";
        return List.of(
                new Route(HandlerType.POST, "/api/v1/auth/login", Access.OPEN, Body.small(this::login)),
                new Route(HandlerType.POST, "/api/v1/auth/logout", Access.WRITE, this::logout),
                new Route(HandlerType.GET, "/api/v1/auth/whoami", Access.READ, this::whoami),
                new Route(HandlerType.GET, principals, Access.AUDIT, this::list),
                new Route(HandlerType.POST, principals, Access.ADMIN, Body.small(this::add)),
                new Route(HandlerType.DELETE, principals + "/{id}", Access.ADMIN, this::remove),
                new Route(HandlerType.POST, principals + "/{id}/grants", Access.ADMIN, Body.small(this::grant)),
                new Route(HandlerType.DELETE, principals + "/{id}/grants", Access.ADMIN, this::revoke),
                new Route(
                        HandlerType.POST, principals + "/{id}/password", Access.WRITE, Body.small(this::setPassword)));
    }

    /** Fails while authentication is off. */
    static void checkEnabled(Gate gate) {
        if (!gate.enabled()) {
            throw new Problem(
                    Problem.Kind.CONFLICT,
                    "authentication is off here: set auth.enabled = true. Principals can be made before,"
                            + " on the machine itself, with 'blockdb-cli -d DIR auth'");
        }
    }

    private void login(Context ctx) throws IOException {
        JsonBody body = JsonBody.of(ctx, "username", "password");
        String name = body.needed("username");
        String password = body.needed("password");
        checkEnabled(gate);
        Gate.Login login = gate.login(Admission.facts(ctx), name, password);
        ctx.header("Cache-Control", "no-store");
        ctx.contentType("application/json").result(Json.success(json -> {
            json.writeStringField("token", login.token());
            json.writeNumberField("expires_at", login.expiresAt());
            json.writeStringField("principal", login.principal().id());
            json.writeStringField("name", login.principal().name());
        }));
    }

    private void logout(Context ctx) {
        checkEnabled(gate);
        if (!gate.logout(Admission.facts(ctx))) {
            throw new Problem(
                    Problem.Kind.CONFLICT,
                    "what this request shows is no session: an API token is revoked by an admin,"
                            + " and a name and password need no logout");
        }
        ctx.contentType("application/json").result(Json.success(json -> {}));
    }

    private void whoami(Context ctx) {
        Principal principal = Asked.caller(ctx).principal();
        ctx.contentType("application/json").result(Json.success(json -> {
            json.writeBooleanField("auth_enabled", gate.enabled());
            json.writeBooleanField("authenticated", principal != null);
            json.writeStringField("principal", principal == null ? null : principal.id());
            json.writeStringField("name", principal == null ? null : principal.name());
            grants(json, principal == null ? List.of() : principal.grants());
        }));
    }

    private void list(Context ctx) throws IOException {
        List<Principal> principals = node.principals().list();
        ctx.contentType("application/json").result(Json.success(json -> {
            json.writeArrayFieldStart("principals");
            for (Principal principal : principals) {
                principal(json, principal);
            }
            json.writeEndArray();
        }));
    }

    private static void principal(JsonGenerator json, Principal principal) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", principal.id());
        json.writeStringField("name", principal.name());
        json.writeStringField("state", principal.active() ? "active" : "removed");
        grants(json, principal.grants());
        json.writeEndObject();
    }

    private static void grants(JsonGenerator json, List<Grant> grants) throws IOException {
        json.writeArrayFieldStart("grants");
        for (Grant grant : grants) {
            json.writeStartObject();
            json.writeStringField("role", grant.role().toString());
            if (grant.table() != null) {
                json.writeStringField("table", grant.table().toString());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void add(Context ctx) throws IOException {
        checkEnabled(gate);
        JsonBody body = JsonBody.of(ctx, "name", "role", "table", "password");
        String name = body.needed("name");
        String role = body.text("role");
        List<Grant> grants = role == null ? List.of() : List.of(grant(role, body.text("table")));
        if (role == null && body.text("table") != null) {
            throw Problem.invalid("table is the table of a role, and no role is given");
        }
        String password = body.text("password");
        Principals principals = node.principals();
        String author = Asked.caller(ctx).id();
        Principal added;
        try {
            added = password == null
                    ? principals.add(name, grants, author)
                    : principals.add(name, grants, password.toCharArray(), gate.passwordRounds(), author);
        } catch (IllegalArgumentException e) {
            throw Problem.invalid(String.valueOf(e.getMessage()));
        }
        gate.trail().done(Admission.facts(ctx), author, "added principal " + added.id() + " " + added.grants());
        ctx.status(201).contentType("application/json").result(Json.success(json -> {
            json.writeFieldName("principal");
            principal(json, added);
        }));
    }

    private static Grant grant(String role, @Nullable String table) {
        try {
            return new Grant(Role.parse(role), table == null ? null : Asked.table(table));
        } catch (IllegalArgumentException e) {
            throw Problem.invalid(Shown.text(String.valueOf(e.getMessage())));
        }
    }

    private void grant(Context ctx) throws IOException {
        JsonBody body = JsonBody.of(ctx, "role", "table");
        change(ctx, List.of(grant(body.needed("role"), body.text("table"))), List.of());
    }

    private void revoke(Context ctx) throws IOException {
        String role = ctx.queryParam("role");
        if (role == null) {
            throw Problem.invalid("role is missing in the query: which one is revoked?");
        }
        change(ctx, List.of(), List.of(grant(role, ctx.queryParam("table"))));
    }

    private void change(Context ctx, List<Grant> granted, List<Grant> revoked) throws IOException {
        checkEnabled(gate);
        String id = ctx.pathParam("id");
        String author = Asked.caller(ctx).id();
        Commit commit = node.principals().changeGrants(id, granted, revoked, author);
        gate.trail()
                .done(
                        Admission.facts(ctx),
                        author,
                        (granted.isEmpty() ? "revoked " + revoked + " from " : "granted " + granted + " to ") + id);
        Principal after = node.principals().find(id);
        answer(ctx, commit, after);
    }

    private void remove(Context ctx) throws IOException {
        checkEnabled(gate);
        String id = ctx.pathParam("id");
        String author = Asked.caller(ctx).id();
        Commit commit = node.principals().remove(id, author);
        gate.trail().done(Admission.facts(ctx), author, "removed principal " + id);
        answer(ctx, commit, node.principals().find(id));
    }

    private static void answer(Context ctx, Commit commit, @Nullable Principal after) {
        ctx.contentType("application/json").result(Json.success(json -> {
            if (after != null) {
                json.writeFieldName("principal");
                principal(json, after);
            }
            json.writeNumberField("sequence_number", commit.sequence());
            WriteResource.place(json, commit);
        }));
    }

    /** An admin sets anybody's password; others their own, and say the one that it was. */
    private void setPassword(Context ctx) throws IOException {
        checkEnabled(gate);
        JsonBody body = JsonBody.of(ctx, "password", "current_password");
        String id = ctx.pathParam("id");
        String password = body.needed("password");
        Caller caller = Asked.caller(ctx);
        Principal own = caller.principal();
        if (!caller.isAdmin()) {
            if (own == null || !own.id().equals(id)) {
                caller.requireAdmin();
            } else {
                gate.prove(Admission.facts(ctx), own, body.needed("current_password"));
            }
        }
        Commit commit;
        try {
            commit = node.principals().setPassword(id, password.toCharArray(), gate.passwordRounds(), caller.id());
        } catch (IllegalArgumentException e) {
            throw Problem.invalid(String.valueOf(e.getMessage()));
        }
        gate.trail().done(Admission.facts(ctx), caller.id(), "set the password of " + id);
        answer(ctx, commit, null);
    }
}
