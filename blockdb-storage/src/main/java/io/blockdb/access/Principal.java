package io.blockdb.access;

import io.blockdb.base.TableName;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Somebody, or some program, that may ask for something. What its roles allow is decided here and nowhere else.
 *
 * <p>Immutable.
 *
 * @param id 16 hexadecimal digits, drawn once and never used again: the author of what it writes. It says nothing of who it is
 * @param name by which it logs in: 1 to 128 bytes of UTF-8; no two principals that are not removed have the same
 * @param active false once it was removed: it may do nothing any more, and does not come back
 * @param grants sorted, none twice; none once it was removed
 */
public record Principal(String id, String name, boolean active, List<Grant> grants) {
    /** Most grants that a principal can have. */
    public static final int GRANTS_MAX = 100;

    /** Most bytes of UTF-8 that a name can have. */
    public static final int NAME_LENGTH_MAX = 128;

    private static final Pattern ID = Pattern.compile("[0-9a-f]{16}");

    /** @throws IllegalArgumentException if an argument is not as described, or there are more than {@link #GRANTS_MAX} grants */
    public Principal {
        checkId(id);
        checkName(name);
        grants = sorted(grants);
        if (grants.size() > GRANTS_MAX) {
            throw new IllegalArgumentException("a principal can have at most " + GRANTS_MAX + " grants, '" + name
                    + "' would have " + grants.size() + ": grant the role in all tables instead");
        }
    }

    /** One that is not removed. */
    public static Principal of(String id, String name, Collection<Grant> grants) {
        return new Principal(id, name, true, List.copyOf(grants));
    }

    private static List<Grant> sorted(Collection<Grant> grants) {
        return List.copyOf(new TreeSet<>(grants));
    }

    /** @throws IllegalArgumentException if it is not what an id looks like */
    public static void checkId(String id) {
        if (!isId(id)) {
            throw new IllegalArgumentException("'" + id + "' is no id: expected 16 of the digits 0-9, a-f");
        }
    }

    /** Whether a text has the form of an id. */
    public static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    /** @throws IllegalArgumentException if no principal can have that name */
    public static void checkName(String name) {
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        if (utf8.length == 0 || utf8.length > NAME_LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "a principal's name must have 1 to " + NAME_LENGTH_MAX + " bytes, this one has " + utf8.length);
        }
        if (!new String(utf8, StandardCharsets.UTF_8).equals(name)) {
            throw new IllegalArgumentException("a principal's name must be valid Unicode: it has a lone surrogate");
        }
        if (name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a principal's name must not have control characters");
        }
        if (name.indexOf(':') >= 0 || !name.equals(name.strip())) {
            throw new IllegalArgumentException(
                    "a principal's name must not have a colon, nor begin or end with white space: '" + name + "'");
        }
    }

    /** The same principal with other grants. */
    public Principal with(Collection<Grant> changed) {
        return new Principal(id, name, active, List.copyOf(changed));
    }

    /** The same principal, removed. */
    public Principal removed() {
        return new Principal(id, name, false, List.of());
    }

    /** Whether it may read the values of a table. */
    public boolean mayRead(TableName table) {
        if (table.isWithheld()) {
            return false;
        }
        return isAdmin() || (table.isSystem() ? has(Role.AUDITOR) : covers(Role.READER, table));
    }

    /** Whether it may write to a table. */
    public boolean mayWrite(TableName table) {
        return !table.isSystem() && (isAdmin() || covers(Role.WRITER, table));
    }

    /** Whether it may read headers and leaf data of all tables, and proofs of their entries. */
    public boolean mayAudit() {
        return isAdmin() || has(Role.AUDITOR);
    }

    /** Whether it may do everything. */
    public boolean isAdmin() {
        return has(Role.ADMIN);
    }

    private boolean has(Role role) {
        return active && grants.contains(Grant.of(role));
    }

    private boolean covers(Role role, TableName table) {
        if (!active) {
            return false;
        }
        for (Grant grant : grants) {
            if (grant.covers(role, table)) {
                return true;
            }
        }
        return false;
    }
}
