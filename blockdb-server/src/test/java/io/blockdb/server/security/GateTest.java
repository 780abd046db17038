package io.blockdb.server.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.access.Grant;
import io.blockdb.access.Principal;
import io.blockdb.access.Role;
import io.blockdb.base.TableName;
import io.blockdb.db.Options;
import io.blockdb.db.Principals;
import io.blockdb.server.config.ServerConfig;
import io.blockdb.server.node.EmbeddedNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is let in, by what, and who is not. */
class GateTest {
    private static final int ROUNDS = 1000;
    private static final ServerConfig.Auth SETTINGS = new ServerConfig.Auth(
            true, true, Duration.ofHours(2), ROUNDS, 3, Duration.ofSeconds(30), Duration.ofMinutes(15), null);
    private static final String PASSWORD = "correct horse";

    private final TestClock clock = new TestClock();

    @TempDir
    private Path directory;

    private EmbeddedNode node;
    private Gate gate;
    private Principals principals;
    private Principal ada;

    @BeforeEach
    void open() throws IOException {
        node = EmbeddedNode.open(directory, Options.defaults(), "node1", "127.0.0.1:0");
        gate = new Gate(SETTINGS, node, clock);
        principals = node.principals();
        ada = principals.add("ada", List.of(Grant.of(Role.READER)), PASSWORD.toCharArray(), ROUNDS, "");
    }

    @AfterEach
    void close() throws IOException {
        node.close();
    }

    private static RequestFacts facts(String authorization) {
        return from("192.0.2.1", authorization);
    }

    private static RequestFacts from(String source, String authorization) {
        return new RequestFacts("r-1", "GET", "/x", source, authorization);
    }

    private static String basic(String name, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((name + ":" + password).getBytes(UTF_8));
    }

    private void refused(String authorization) {
        assertThrows(UnauthorizedException.class, () -> gate.admit(facts(authorization), false));
    }

    @Test
    void whileItIsOffEverybodyMayDoEverything() throws IOException {
        Gate open = new Gate(ServerConfig.defaults().auth(), node, clock);
        assertSame(Caller.ANYBODY, open.admit(facts("Bearer nonsense"), false));
        assertEquals("", Caller.ANYBODY.id());
        assertTrue(Caller.ANYBODY.isAdmin());
        assertFalse(Caller.ANYBODY.mayRead(TableName.of("_credentials")));
        assertFalse(Caller.ANYBODY.mayWrite(TableName.of("_principals")));
    }

    @Test
    void readsCanBeOpenToAll() throws IOException {
        refused(null);
        ServerConfig.Auth reading = new ServerConfig.Auth(
                true, false, SETTINGS.sessionDuration(), ROUNDS, 3, Duration.ofSeconds(1), Duration.ofSeconds(1), null);
        Gate open = new Gate(reading, node, clock);
        Caller caller = open.admit(facts(null), true);
        assertTrue(caller.mayRead(TableName.DEFAULT));
        assertFalse(caller.mayRead(TableName.of("_principals")));
        assertFalse(caller.mayWrite(TableName.DEFAULT));
        assertFalse(caller.mayAudit());
        assertThrows(ForbiddenException.class, caller::requireAdmin);
        assertThrows(UnauthorizedException.class, () -> open.admit(facts(null), false));
        assertThrows(UnauthorizedException.class, () -> open.admit(facts("Bearer wrong"), true), "no silent fall-back");
    }

    @Test
    void anApiTokenLetsInUntilItExpiresOrIsRevoked() throws IOException {
        long now = ChronoUnit.MICROS.between(java.time.Instant.EPOCH, clock.instant());
        Principals.Issued issued = principals.createToken(ada.id(), "ci", now + 5_000_000, "");
        String header = "Bearer " + issued.text().reveal();
        assertEquals(ada, gate.admit(facts(header), false).principal());
        assertEquals(
                ada.id(),
                gate.admit(facts(header.replace("Bearer", "bearer")), false).id());
        refused(header.substring(0, header.length() - 1));
        clock.pass(Duration.ofSeconds(5));
        refused(header);
        Principals.Issued other = principals.createToken(ada.id(), "ci", 0, "");
        header = "Bearer " + other.text().reveal();
        assertNotNull(gate.admit(facts(header), false));
        principals.revokeToken(ada.id(), other.token().id(), "");
        refused(header);
    }

    @Test
    void nameAndPasswordLetIn() throws IOException {
        assertEquals(ada, gate.admit(facts(basic("ada", PASSWORD)), false).principal());
        assertEquals(ada, gate.admit(facts(basic("ada", PASSWORD)), false).principal(), "remembered");
        principals.changeGrants(ada.id(), List.of(Grant.of(Role.ADMIN)), List.of(), "");
        assertTrue(gate.admit(facts(basic("ada", PASSWORD)), false).isAdmin(), "grants are not remembered");
        principals.setPassword(ada.id(), "battery staple".toCharArray(), ROUNDS, "");
        refused(basic("ada", PASSWORD));
        assertEquals(
                ada.id(),
                gate.admit(facts(basic("ada", "battery staple")), false).id());
        principals.remove(ada.id(), "");
        refused(basic("ada", "battery staple"));
    }

    @Test
    void whatWentOnWithAPasswordEndsWithIt() throws IOException {
        RequestFacts facts = facts(basic("ada", PASSWORD));
        Caller caller = gate.admit(facts, true);
        clock.pass(Duration.ofHours(1));
        principals.changeGrants(ada.id(), List.of(Grant.of(Role.WRITER)), List.of(), "");
        caller = gate.again(facts, caller);
        assertNotNull(caller, "long after the password was compared");
        assertTrue(caller.mayWrite(TableName.DEFAULT), "with what is granted by now");
        assertNotNull(gate.again(facts, caller));
        principals.setPassword(ada.id(), "battery staple".toCharArray(), ROUNDS, "");
        assertNull(gate.again(facts, caller));
    }

    @Test
    void whatWasGoodOnceIsNoGuess() throws IOException {
        String session = "Bearer " + gate.login(facts(null), "ada", PASSWORD).token();
        Principals.Issued token = principals.createToken(ada.id(), "ci", 0, "");
        principals.revokeToken(ada.id(), token.token().id(), "");
        clock.pass(Duration.ofHours(2));
        for (int i = 0; i < 50; i++) {
            refused(session);
            refused("Bearer " + token.text().reveal());
        }
        assertEquals(ada, gate.admit(facts(basic("ada", PASSWORD)), false).principal());
    }

    @Test
    void aSessionLastsUntilItsTimeTheLogoutOrAnotherPassword() throws IOException {
        Gate.Login login = gate.login(facts(null), "ada", PASSWORD);
        String header = "Bearer " + login.token();
        assertEquals(ada, gate.admit(facts(header), false).principal());
        assertFalse(login.toString().contains(login.token()));
        assertTrue(gate.logout(facts(header)));
        refused(header);
        assertFalse(gate.logout(facts(header)));
        assertFalse(gate.logout(facts(null)));
        header = "Bearer " + gate.login(facts(null), "ada", PASSWORD).token();
        clock.pass(Duration.ofHours(2));
        refused(header);
        header = "Bearer " + gate.login(facts(null), "ada", PASSWORD).token();
        principals.setPassword(ada.id(), "battery staple".toCharArray(), ROUNDS, "");
        refused(header);
        header = "Bearer " + gate.login(facts(null), "ada", "battery staple").token();
        principals.remove(ada.id(), "");
        refused(header);
    }

    @Test
    void whatIsNotUnderstoodIsRefused() {
        for (String header : new String[] {
            "",
            "Bearer",
            "Bearer ",
            "Basic",
            "Basic !!!",
            "Basic YWRh",
            "Digest x",
            "bdb_0",
            "Basic /w==",
            "x".repeat(9000)
        }) {
            UnauthorizedException thrown =
                    assertThrows(UnauthorizedException.class, () -> gate.admit(facts(header), false), header);
            assertFalse(String.valueOf(thrown.getMessage()).contains("!!!"));
        }
    }

    private int lockedFor(String source, String name, String password) {
        return assertThrows(LockedOutException.class, () -> gate.admit(from(source, basic(name, password)), false))
                .retryAfterSeconds();
    }

    @Test
    void guessingLocksThePrincipalOutFromWhereItCame() throws IOException {
        for (int i = 0; i < 3; i++) {
            refused(basic("ada", "guess number " + i));
        }
        assertEquals(30, lockedFor("192.0.2.1", "ada", PASSWORD));
        assertEquals(
                ada,
                gate.admit(from("192.0.2.2", basic("ada", PASSWORD)), false).principal());
        clock.pass(Duration.ofSeconds(30));
        refused(basic("ada", "guess again"));
        assertEquals(60, lockedFor("192.0.2.1", "ada", "guess again"));
        assertEquals(60, lockedFor("192.0.2.1", "ada", PASSWORD), "what is remembered is no way around");
        clock.pass(Duration.ofSeconds(60));
        gate.login(facts(null), "ada", PASSWORD);
        refused(basic("ada", "guess again"));
        refused(basic("ada", "guess again"));
    }

    @Test
    void guessingAtManyNamesLocksTheSourceOut() throws IOException {
        for (int i = 0; i < 12; i++) {
            refused(basic("name" + i, PASSWORD));
        }
        assertEquals(30, lockedFor("192.0.2.1", "somebody else", PASSWORD));
        Principals.Issued token = principals.createToken(ada.id(), "ci", 0, "");
        String header = "Bearer " + token.text().reveal();
        assertEquals(ada, gate.admit(facts(header), false).principal(), "a good token is let in from anywhere");
        assertThrows(LockedOutException.class, () -> gate.admit(facts("Bearer wrong"), false));
    }

    @Test
    void guessingFromManyPlacesLocksThePrincipalOut() {
        for (int i = 0; i < 60; i++) {
            String source = "198.51.100." + i;
            assertThrows(UnauthorizedException.class, () -> gate.admit(from(source, basic("ada", "guess")), false));
        }
        assertEquals(30, lockedFor("203.0.113.9", "ada", PASSWORD));
    }
}
