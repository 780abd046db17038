package io.blockdb.cli;

import io.blockdb.access.ApiToken;
import io.blockdb.access.Grant;
import io.blockdb.access.PasswordHash;
import io.blockdb.access.Principal;
import io.blockdb.cli.database.Accounts;
import io.blockdb.db.Principals;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;

/** The principals of a database that is open in this process. Nobody is named as the author. */
final class EmbeddedAccounts implements Accounts {
    private static final String NOBODY = "";

    private final Principals principals;
    private final InstantSource clock;

    EmbeddedAccounts(Principals principals, InstantSource clock) {
        this.principals = principals;
        this.clock = clock;
    }

    @Override
    public List<Principal> principals() throws IOException {
        return principals.list();
    }

    @Override
    public List<ApiToken> tokens() throws IOException {
        return principals.tokens();
    }

    @Override
    public Principal add(String name, List<Grant> grants) throws IOException {
        return principals.add(name, grants, NOBODY);
    }

    @Override
    public Principal change(String id, List<Grant> granted, List<Grant> revoked) throws IOException {
        principals.changeGrants(id, granted, revoked, NOBODY);
        return Objects.requireNonNull(principals.find(id));
    }

    @Override
    public void remove(String id) throws IOException {
        principals.remove(id, NOBODY);
    }

    @Override
    public void setPassword(String id, char[] password) throws IOException {
        principals.setPassword(id, password, PasswordHash.ROUNDS, NOBODY);
    }

    @Override
    public Issued createToken(String id, String label, long lifetimeSeconds) throws IOException {
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
        long expiresAt = lifetimeSeconds == 0 ? 0 : now + lifetimeSeconds * 1_000_000;
        Principals.Issued issued = principals.createToken(id, label, expiresAt, NOBODY);
        return new Issued(issued.token(), issued.text().reveal());
    }

    @Override
    public void revokeToken(ApiToken token) throws IOException {
        principals.revokeToken(token.principal(), token.id(), NOBODY);
    }
}
