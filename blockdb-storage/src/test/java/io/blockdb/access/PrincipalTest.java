package io.blockdb.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.TableName;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each role allows, and what a principal can look like. */
class PrincipalTest {
    private static final String ID = "0123456789abcdef";
    private static final TableName INVOICES = TableName.of("invoices");
    private static final TableName KEYS = TableName.of("_keys");
    private static final TableName CREDENTIALS = TableName.of("_credentials");

    private static Principal with(Grant... grants) {
        return Principal.of(ID, "ada", List.of(grants));
    }

    /** read and write: of invoices, of default, of _keys; audit; admin. */
    @ParameterizedTest
    @CsvSource({
        "'',                          --- --- - -",
        "reader,                      ri- --- - -",
        "writer,                      --- ri- - -",
        "auditor,                     --k --- a -",
        "admin,                       rik ri- a m",
        "reader of invoices,          -i- --- - -",
        "writer of invoices,          --- -i- - -",
        "reader+writer of invoices,   ri- -i- - -",
        "reader of invoices+auditor,  -ik --- a -",
    })
    void aRoleAllowsThisAndNothingElse(String roles, String allowed) {
        List<Grant> grants = new ArrayList<>();
        for (String text : roles.isEmpty() ? new String[0] : roles.split("\\+")) {
            String[] parts = text.split(" of ");
            Role role = Role.parse(parts[0]);
            grants.add(parts.length == 1 ? Grant.of(role) : Grant.of(role, TableName.of(parts[1])));
        }
        Principal principal = with(grants.toArray(Grant[]::new));
        assertEquals(allowed, allowed(principal));
        assertEquals("--- --- - -", allowed(principal.removed()), "a removed principal may do nothing");
        assertFalse(principal.mayRead(CREDENTIALS));
        assertFalse(principal.mayWrite(CREDENTIALS));
    }

    private static String allowed(Principal principal) {
        return (principal.mayRead(TableName.DEFAULT) ? "r" : "-")
                + (principal.mayRead(INVOICES) ? "i" : "-")
                + (principal.mayRead(KEYS) ? "k" : "-")
                + " "
                + (principal.mayWrite(TableName.DEFAULT) ? "r" : "-")
                + (principal.mayWrite(INVOICES) ? "i" : "-")
                + (principal.mayWrite(KEYS) ? "k" : "-")
                + " "
                + (principal.mayAudit() ? "a" : "-")
                + " "
                + (principal.isAdmin() ? "m" : "-");
    }

    @Test
    void grantsAreSortedAndStandOnce() {
        Grant table = Grant.of(Role.WRITER, INVOICES);
        Grant all = Grant.of(Role.WRITER);
        Principal principal = with(Grant.of(Role.ADMIN), table, all, table);
        assertEquals(List.of(all, table, Grant.of(Role.ADMIN)), principal.grants());
        assertEquals("[writer, writer of invoices, admin]", principal.grants().toString());
        assertEquals(principal, with(all, table, Grant.of(Role.ADMIN)));
    }

    @Test
    void aRoleOfTheWholeDatabaseIsNotForATable() {
        for (Role role : List.of(Role.AUDITOR, Role.ADMIN)) {
            assertThrows(IllegalArgumentException.class, () -> Grant.of(role, INVOICES));
        }
        assertThrows(IllegalArgumentException.class, () -> Grant.of(Role.READER, KEYS));
        assertThrows(IllegalArgumentException.class, () -> Role.parse("Reader"));
    }

    @Test
    void thereAreAtMostAHundredGrants() {
        List<Grant> grants = new ArrayList<>();
        for (int i = 0; i < Principal.GRANTS_MAX; i++) {
            grants.add(Grant.of(Role.READER, TableName.of("t" + i)));
        }
        Principal principal = Principal.of(ID, "ada", grants);
        grants.add(Grant.of(Role.READER));
        assertThrows(IllegalArgumentException.class, () -> principal.with(grants));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a:b", " a", "a ", "a\nb", "a\u0085b", "\ud800"})
    void whatCannotBeANameIsRefused(String name) {
        assertThrows(IllegalArgumentException.class, () -> Principal.checkName(name));
    }

    @Test
    void namesAreShortAndIdsAreSixteenDigits() {
        Principal.checkName("ü".repeat(64));
        assertThrows(IllegalArgumentException.class, () -> Principal.checkName("ü".repeat(65)));
        assertTrue(Principal.isId(ID));
        for (String id : List.of("", "0123456789ABCDEF", "0123456789abcdef0", "0123456789abcde/")) {
            assertThrows(IllegalArgumentException.class, () -> Principal.checkId(id));
        }
    }
}
