package io.blockdb.access;

import io.blockdb.base.TableName;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A role that somebody has. Ordered by role, then table, those of all tables first: so a set of them has one form.
 *
 * @param table the one table that it is for, null: all of the clients' tables, and those to come
 */
public record Grant(Role role, @Nullable TableName table) implements Comparable<Grant> {
    private static final Comparator<Grant> ORDER = Comparator.comparing(Grant::role)
            .thenComparing(Grant::table, Comparator.nullsFirst(Comparator.naturalOrder()));

    /** @throws IllegalArgumentException if the role cannot be granted on a table alone, or the table is BlockDB's own */
    public Grant {
        if (table != null && !role.isPerTable()) {
            throw new IllegalArgumentException("the role " + role + " is for the whole database, not for a table");
        }
        if (table != null && table.isSystem()) {
            throw new IllegalArgumentException(
                    "table '" + table + "' is BlockDB's own: auditors and admins read it, and nobody writes to it");
        }
    }

    /** That role in all tables. */
    public static Grant of(Role role) {
        return new Grant(role, null);
    }

    /** That role in one table. */
    public static Grant of(Role role, TableName table) {
        return new Grant(role, table);
    }

    /** Whether this one gives the role in a table. */
    boolean covers(Role asked, TableName in) {
        return role == asked && (table == null || table.equals(in));
    }

    @Override
    public int compareTo(Grant other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return table == null ? role.toString() : role + " of " + table;
    }
}
