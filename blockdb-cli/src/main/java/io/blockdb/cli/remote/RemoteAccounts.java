package io.blockdb.cli.remote;

import io.blockdb.access.ApiToken;
import io.blockdb.access.Grant;
import io.blockdb.access.Principal;
import io.blockdb.access.Role;
import io.blockdb.base.TableName;
import io.blockdb.cli.database.Accounts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The principals of the database that a server serves, changed in the name of whoever the token is of.
 *
 * <p>Threading: one thread at a time.
 */
final class RemoteAccounts implements Accounts {
    private static final String PRINCIPALS = "/api/v1/auth/principals";
    private static final String TOKENS = "/api/v1/auth/tokens";

    private final RemoteDatabase server;

    RemoteAccounts(RemoteDatabase server) {
        this.server = server;
    }

    @Override
    public List<Principal> principals() throws IOException {
        List<Principal> principals = new ArrayList<>();
        for (Fields fields : server.fields(Call.get(PRINCIPALS)).objects("principals")) {
            principals.add(principal(fields));
        }
        return List.copyOf(principals);
    }

    private static Principal principal(Fields fields) throws IOException {
        List<Grant> grants = new ArrayList<>();
        for (Fields grant : fields.objects("grants")) {
            String table = grant.textOrNull("table");
            grants.add(new Grant(Role.parse(grant.text("role")), table == null ? null : TableName.of(table)));
        }
        return new Principal(
                fields.text("id"), fields.text("name"), fields.text("state").equals("active"), grants);
    }

    @Override
    public List<ApiToken> tokens() throws IOException {
        List<ApiToken> tokens = new ArrayList<>();
        for (Fields fields : server.fields(Call.get(TOKENS)).objects("tokens")) {
            tokens.add(token(fields));
        }
        return List.copyOf(tokens);
    }

    private static ApiToken token(Fields fields) throws IOException {
        return new ApiToken(
                fields.text("principal"),
                fields.text("token_id"),
                fields.text("label"),
                fields.number("expires_at"),
                !fields.text("state").equals("revoked"));
    }

    /**
     * The first grant comes with the principal, the others after it: one that was cut off has too few, and may do too little, never too
     * much.
     */
    @Override
    public Principal add(String name, List<Grant> grants) throws IOException {
        @Nullable Grant first = grants.isEmpty() ? null : grants.get(0);
        byte[] body = JsonText.object(json -> {
            json.writeStringField("name", name);
            if (first != null) {
                json.writeStringField("role", first.role().toString());
                if (first.table() != null) {
                    json.writeStringField("table", first.table().toString());
                }
            }
        });
        Principal added = principal(server.fields(Call.post(PRINCIPALS, body)).object("principal"));
        return grants.size() < 2 ? added : change(added.id(), grants.subList(1, grants.size()), List.of());
    }

    @Override
    public Principal change(String id, List<Grant> granted, List<Grant> revoked) throws IOException {
        @Nullable Principal after = null;
        for (Grant grant : granted) {
            byte[] body = JsonText.object(json -> {
                json.writeStringField("role", grant.role().toString());
                if (grant.table() != null) {
                    json.writeStringField("table", grant.table().toString());
                }
            });
            Call call = Call.post(PRINCIPALS + "/" + id + "/grants", body).repeatable();
            after = principal(server.fields(call).object("principal"));
        }
        for (Grant grant : revoked) {
            Call call = Call.delete(PRINCIPALS + "/" + id + "/grants")
                    .with("role", grant.role().toString())
                    .with("table", grant.table() == null ? null : grant.table().toString())
                    .repeatable();
            after = principal(server.fields(call).object("principal"));
        }
        if (after == null) {
            throw new IllegalArgumentException("no role is granted or revoked");
        }
        return after;
    }

    @Override
    public void remove(String id) throws IOException {
        server.fields(Call.delete(PRINCIPALS).segment(id).repeatable());
    }

    @Override
    public void setPassword(String id, char[] password) throws IOException {
        byte[] body = JsonText.object(json -> json.writeStringField("password", new String(password)));
        server.fields(Call.post(PRINCIPALS + "/" + id + "/password", body).repeatable());
    }

    @Override
    public Issued createToken(String id, String label, long lifetimeSeconds) throws IOException {
        byte[] body = JsonText.object(json -> {
            json.writeStringField("principal", id);
            json.writeStringField("label", label);
            json.writeNumberField("expires_in_seconds", lifetimeSeconds);
        });
        Fields made = server.fields(Call.post(TOKENS, body));
        return new Issued(token(made), made.text("token"));
    }

    @Override
    public void revokeToken(ApiToken token) throws IOException {
        server.fields(Call.delete(TOKENS).segment(token.id()).repeatable());
    }
}
