package io.blockdb.server.security;

import io.blockdb.access.Principal;
import io.blockdb.base.TableName;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, and what they may do.
 *
 * <p>Threading: immutable.
 */
public final class Caller {
    private static final long NO_PASSWORD = -1;

    /** Anybody, where no authentication is asked for: may do everything, and signs nothing with a name. */
    public static final Caller ANYBODY = new Caller(null, NO_PASSWORD, true, true);

    /** Somebody unknown, where reading is open to all: reads clients' tables, and nothing else. */
    static final Caller READER = new Caller(null, NO_PASSWORD, true, false);

    /** Somebody unknown, who may do nothing but what is open to all. */
    public static final Caller NOBODY = new Caller(null, NO_PASSWORD, false, false);

    private final @Nullable Principal principal;
    private final long credential;
    private final boolean reads;
    private final boolean everything;

    private Caller(@Nullable Principal principal, long credential, boolean reads, boolean everything) {
        this.principal = principal;
        this.credential = credential;
        this.reads = reads;
        this.everything = everything;
    }

    /** A principal that proved to be one by a token. */
    static Caller of(Principal principal) {
        return of(principal, NO_PASSWORD);
    }

    /**
     * A principal that proved to be one by a password.
     *
     * @param credential sequence of the password's entry that was compared
     */
    static Caller of(Principal principal, long credential) {
        return new Caller(principal, credential, false, false);
    }

    /** Sequence of the password's entry that was compared; it has no meaning where a token was. */
    long credential() {
        return credential;
    }

    /** The principal, or null where nobody was authenticated. */
    public @Nullable Principal principal() {
        return principal;
    }

    /** The principal's opaque id, which stands as the author in what it writes; empty where nobody was authenticated. */
    public String id() {
        Principal known = principal;
        return known == null ? "" : known.id();
    }

    /** Whether the values of a table may be read. Credentials are served to nobody. */
    public boolean mayRead(TableName table) {
        if (table.isWithheld()) {
            return false;
        }
        Principal known = principal;
        return everything || (reads && !table.isSystem()) || (known != null && known.mayRead(table));
    }

    /** Whether a table may be written to. */
    public boolean mayWrite(TableName table) {
        Principal known = principal;
        return !table.isSystem() && (everything || (known != null && known.mayWrite(table)));
    }

    /** Whether headers, leaf data and proofs of all tables may be read. */
    public boolean mayAudit() {
        Principal known = principal;
        return everything || (known != null && known.mayAudit());
    }

    /** Whether everything may be done. */
    public boolean isAdmin() {
        Principal known = principal;
        return everything || (known != null && known.isAdmin());
    }

    /**
     * Refuses who may not read the values of a table.
     *
     * @throws ForbiddenException if they may not
     */
    public void requireRead(TableName table) {
        if (table.isWithheld()) {
            throw new ForbiddenException("table '" + table + "' is served to nobody");
        }
        require(
                mayRead(table),
                "read table '" + table + "'",
                table.isSystem() ? "auditor or admin" : "reader, of this table or of all");
    }

    /**
     * Refuses who may not write to a table.
     *
     * @throws ForbiddenException if they may not
     */
    public void requireWrite(TableName table) {
        if (table.isSystem()) {
            throw new ForbiddenException("table '" + table + "' is BlockDB's own: nobody writes to it");
        }
        require(mayWrite(table), "write to table '" + table + "'", "writer, of this table or of all");
    }

    /**
     * Refuses who may not audit.
     *
     * @throws ForbiddenException if they may not
     */
    public void requireAudit() {
        require(mayAudit(), "read the ledger itself", "auditor or admin");
    }

    /**
     * Refuses who may not administrate.
     *
     * @throws ForbiddenException if they may not
     */
    public void requireAdmin() {
        require(isAdmin(), "do this", "admin");
    }

    private void require(boolean may, String what, String role) {
        if (!may) {
            Principal known = principal;
            throw new ForbiddenException((known == null ? "who is not logged in" : "'" + known.name() + "'")
                    + " may not " + what + ": that takes the role " + role);
        }
    }

    @Override
    public String toString() {
        return everything ? "anybody" : principal == null ? "nobody" : id();
    }
}
