package io.blockdb.server.security;

import io.blockdb.base.TableName;

/**
 * Who asks, and what they may do.
 *
 * <p>Threading: immutable.
 */
public final class Caller {
    /** Anybody, where no authentication is asked for: may do everything, and signs nothing with a name. */
    public static final Caller ANYBODY = new Caller("");

    private final String id;

    private Caller(String id) {
        this.id = id;
    }

    /** The principal's opaque id, which stands as the author in what it writes; empty where nobody was authenticated. */
    public String id() {
        return id;
    }

    /** Whether the values of a table may be read. Credentials are served to nobody. */
    public boolean mayRead(TableName table) {
        return !table.toString().equals("_credentials");
    }

    /**
     * Refuses who may not read the values of a table.
     *
     * @throws ForbiddenException if they may not
     */
    public void requireRead(TableName table) {
        if (!mayRead(table)) {
            throw new ForbiddenException("table '" + table + "' is served to nobody");
        }
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
    }
}
