package io.blockdb.access;

import java.util.Arrays;
import java.util.Locale;

/** What a principal may do. Roles add up: none of them holds another, but for {@link #ADMIN}, which holds all. */
public enum Role {
    /** Reads values, of one table or of all. */
    READER(true),
    /** Writes, to one table or to all, and does not read. */
    WRITER(true),
    /** Reads checkpoints, headers, leaf data, proofs and BlockDB's own tables, and no value of a client's table. */
    AUDITOR(false),
    /** Does everything, on all tables. */
    ADMIN(false);

    private final boolean perTable;

    Role(boolean perTable) {
        this.perTable = perTable;
    }

    /** Whether it can be granted on one table alone. */
    public boolean isPerTable() {
        return perTable;
    }

    /**
     * The role of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Role parse(String name) {
        for (Role role : values()) {
            if (role.toString().equals(name)) {
                return role;
            }
        }
        throw new IllegalArgumentException("'" + name + "' is no role: expected one of " + Arrays.toString(values()));
    }

    /** The name as users write it, and as it stands in the ledger. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
