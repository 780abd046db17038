package io.blockdb.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.blockdb.access.ApiToken;
import io.blockdb.access.Principal;
import io.blockdb.db.Commit;
import io.blockdb.db.Principals;
import io.blockdb.server.node.Node;
import io.blockdb.server.security.Gate;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * API tokens: making, listing, revoking. A token is shown once, in the answer that makes it.
 *
 * <p>Threading: any thread.
 */
final class TokenResource {
    private static final long LIFETIME_SECONDS_MAX = 100L * 365 * 24 * 60 * 60;
    private static final String PATH = "/api/v1/auth/tokens";

    private final Node node;
    private final Gate gate;
    private final InstantSource clock;

    TokenResource(Node node, Gate gate, InstantSource clock) {
        this.node = node;
        this.gate = gate;
        this.clock = clock;
    }

    List<Route> routes() {
        return List.of(
                new Route(HandlerType.GET, PATH, Access.AUDIT, this::list),
                new Route(HandlerType.POST, PATH, Access.ADMIN, Body.small(this::create)),
                new Route(HandlerType.DELETE, PATH + "/{token_id}", Access.ADMIN, this::revoke));
    }

    private void list(Context ctx) throws IOException {
        List<ApiToken> tokens = node.principals().tokens();
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
        ctx.contentType("application/json").result(Json.success(json -> {
            json.writeArrayFieldStart("tokens");
            for (ApiToken token : tokens) {
                json.writeStartObject();
                token(json, token, now);
                json.writeEndObject();
            }
            json.writeEndArray();
        }));
    }

    private static void token(JsonGenerator json, ApiToken token, long now) throws IOException {
        json.writeStringField("token_id", token.id());
        json.writeStringField("principal", token.principal());
        json.writeStringField("label", token.label());
        json.writeNumberField("expires_at", token.expiresAt());
        json.writeStringField("state", !token.active() ? "revoked" : token.isExpired(now) ? "expired" : "active");
    }

    private void create(Context ctx) throws IOException {
        AuthResource.checkEnabled(gate);
        JsonBody body = JsonBody.of(ctx, "principal", "label", "expires_in_seconds");
        Principals principals = node.principals();
        String id = id(principals, body.needed("principal"));
        String label = body.text("label");
        long lifetime = body.number("expires_in_seconds", 0);
        if (lifetime > LIFETIME_SECONDS_MAX) {
            throw Problem.invalid("expires_in_seconds must be at most " + LIFETIME_SECONDS_MAX + "; 0: never");
        }
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
        long expiresAt = lifetime == 0 ? 0 : now + lifetime * 1_000_000;
        String author = Asked.caller(ctx).id();
        Principals.Issued issued;
        try {
            issued = principals.createToken(id, label == null ? "" : label, expiresAt, author);
        } catch (IllegalArgumentException e) {
            throw Problem.invalid(String.valueOf(e.getMessage()));
        }
        gate.trail()
                .done(
                        Admission.facts(ctx),
                        author,
                        "made token " + issued.token().id() + " of " + id);
        ctx.header("Cache-Control", "no-store");
        ctx.status(201).contentType("application/json").result(Json.success(json -> {
            json.writeStringField("token", issued.text().reveal());
            token(json, issued.token(), now);
        }));
    }

    /** The id of a principal by its name or id. */
    private static String id(Principals principals, String text) throws IOException {
        Principal named = principals.named(text);
        if (named != null) {
            return named.id();
        }
        if (!Principal.isId(text)) {
            throw new Problem(Problem.Kind.NOT_FOUND, "there is no principal '" + Shown.text(text) + "'");
        }
        return text;
    }

    private void revoke(Context ctx) throws IOException {
        AuthResource.checkEnabled(gate);
        String id = ctx.pathParam("token_id");
        Principals principals = node.principals();
        ApiToken token = principals.tokens().stream()
                .filter(known -> known.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new Problem(Problem.Kind.NOT_FOUND, "there is no token '" + Shown.text(id) + "'"));
        String author = Asked.caller(ctx).id();
        Commit commit = principals.revokeToken(token.principal(), id, author);
        gate.trail().done(Admission.facts(ctx), author, "revoked token " + id + " of " + token.principal());
        ctx.contentType("application/json").result(Json.success(json -> {
            json.writeStringField("token_id", id);
            json.writeNumberField("sequence_number", commit.sequence());
            WriteResource.place(json, commit);
        }));
    }
}
