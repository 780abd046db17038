package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.access.PasswordHash;
import io.blockdb.access.TokenText;
import io.blockdb.db.BlockDb;
import io.blockdb.db.Options;
import io.blockdb.server.Server;
import io.blockdb.server.config.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The auth commands, on a directory and through a server. */
final class AuthTest {
    @TempDir
    private Path temp;

    private CliHarness cli;

    @BeforeEach
    void begin() {
        cli = new CliHarness(temp.resolve("data"));
    }

    private static String id(String sentence) {
        return sentence.replaceAll("(?s).*\\(id ([0-9a-f]{16})\\)\n", "$1");
    }

    @Test
    void principalsAndTheirRoles() {
        String root =
                id(cli.run("auth", "add-principal", "root", "--role", "admin").done());
        String billing =
                id(cli.run("auth", "add-principal", "billing", "--role", "reader", "--role", "writer", "-t", "invoices")
                        .done());
        assertEquals(
                "Successfully granted [auditor] to billing\n",
                cli.run("auth", "grant", "billing", "--role", "auditor").done());
        assertEquals(
                "Successfully revoked [reader of invoices] from billing\n",
                cli.run("auth", "revoke", "billing", "--role", "reader", "--table", "invoices")
                        .done());
        assertEquals(
                "name,id,state,roles\n" + "billing," + billing + ",active,\"writer of invoices, auditor\"\n" + "root,"
                        + root + ",active,admin\n",
                cli.run("auth", "list", "--output", "csv").done());
        assertEquals(
                "Successfully removed principal billing (id " + billing + ")\n",
                cli.run("auth", "remove", "billing").done());
        assertFalse(cli.run("auth", "list").done().contains("billing"));
        assertTrue(cli.run("auth", "list", "--all").done().contains("removed"));
        assertTrue(
                cli.run("history", billing, "-t", "_principals").done().lines().count() >= 4);
        cli.run("verify").done();
    }

    @Test
    void whatIsWrongIsSaidAndChangesNothing() throws IOException {
        cli.run("auth", "list").failed(3, "Error: No database at " + cli.directory());
        cli.run("auth", "add-principal", "root", "--role", "admin").done();
        String before = cli.run("auth", "list", "-o", "csv").done();
        cli.run("auth", "add-principal", "root").failed(1, "Error: there is a principal 'root' already");
        cli.run("auth", "remove", "rot").failed(1, "Error: there is no principal 'rot' (did you mean 'root'?)");
        assertEquals(2, cli.run("auth", "add-principal", "a:b").exit());
        assertEquals(2, cli.run("auth", "grant", "root").exit());
        assertEquals(2, cli.run("auth", "grant", "root", "--role", "king").exit());
        assertEquals(
                2,
                cli.run("auth", "grant", "root", "--role", "admin", "-t", "invoices")
                        .exit());
        assertEquals(
                2,
                cli.run("auth", "grant", "root", "--role", "reader", "-t", "_keys")
                        .exit());
        assertEquals(2, cli.run("auth").exit());
        assertEquals(2, cli.run("auth", "token").exit());
        assertEquals(1, cli.run("auth", "token", "revoke", "0000000000000000").exit());
        assertEquals(2, cli.run("auth", "token", "revoke", "bdb_x").exit());
        assertEquals(
                2,
                cli.run("auth", "token", "create", "root", "--expires", "soon").exit());
        assertEquals(before, cli.run("auth", "list", "-o", "csv").done());
    }

    private boolean proves(String name, String password) throws IOException {
        try (BlockDb db = BlockDb.open(cli.directory(), Options.defaults().withReadOnly(true))) {
            return db.principals().byPassword(name, password.toCharArray(), PasswordHash.ROUNDS) != null;
        }
    }

    @Test
    void passwordsComeFromStandardInputOrAFileAndNeverFromAnArgument() throws IOException {
        cli.run("auth", "add-principal", "root", "--role", "admin").done();
        assertEquals(
                "Successfully set the password of root\n",
                cli.input("correct horse\n").run("auth", "set-password", "root").done());
        assertTrue(proves("root", "correct horse"));
        Path file = Files.writeString(temp.resolve("secret"), "battery staple\r\n");
        cli.run("auth", "set-password", "root", "--password-file", file.toString())
                .done();
        assertTrue(proves("root", "battery staple"));
        assertFalse(proves("root", "correct horse"));
        assertEquals(2, cli.input("short\n").run("auth", "set-password", "root").exit());
        assertEquals(
                2,
                cli.input("two\nlines of it\n")
                        .run("auth", "set-password", "root")
                        .exit());
        assertEquals(
                2, cli.run("auth", "set-password", "root", "battery staple").exit());
        assertEquals(
                1,
                cli.input("correct horse\n").run("auth", "set-password", "ruut").exit());
        assertEquals(
                3,
                cli.run(
                                "auth",
                                "set-password",
                                "root",
                                "--password-file",
                                temp.resolve("nope").toString())
                        .exit());
        assertTrue(proves("root", "battery staple"));
    }

    @Test
    void aTokenIsShownOnce() throws IOException {
        cli.run("auth", "add-principal", "ci", "--role", "reader").done();
        String token = cli.run("auth", "token", "create", "ci", "--expires", "90d", "--label", "nightly")
                .done()
                .strip();
        TokenText text = TokenText.parse(token);
        assertNotNull(text);
        String listed = cli.run("auth", "token", "list", "-o", "csv").done();
        assertTrue(listed.contains(text.id()) && listed.contains("nightly,active,"), listed);
        assertFalse(listed.contains(token));
        assertTrue(cli.run("auth", "token", "create", "ci", "-o", "json").done().startsWith("{\"token\":\"bdb_"));
        assertEquals(
                "Successfully revoked token " + text.id() + "\n",
                cli.run("auth", "token", "revoke", text.id()).done());
        try (BlockDb db = BlockDb.open(cli.directory(), Options.defaults().withReadOnly(true))) {
            assertNull(db.principals().byToken(text, 0));
        }
        assertFalse(cli.run("auth", "token", "list").done().contains(text.id()));
        assertTrue(cli.run("auth", "token", "list", "--all").done().contains("revoked"));
    }

    @Test
    void noCommandShowsWhatProvesSomebody() throws IOException {
        String root =
                id(cli.run("auth", "add-principal", "root", "--role", "admin").done());
        cli.input("correct horse\n").run("auth", "set-password", "root").done();
        String key = root + "/password";
        String refusal = "Error: table '_credentials': what proves who somebody is is shown to nobody";
        cli.run("get", key, "-t", "_credentials").failed(1, refusal);
        cli.run("scan", "-t", "_credentials").failed(1, refusal);
        cli.run("history", key, "-t", "_credentials").failed(1, refusal);
        Path proofs = temp.resolve("proofs");
        cli.run("checkpoint").done();
        cli.run("export", "--proofs", proofs.toString());
        assertFalse(Files.readString(proofs).contains("pbkdf2"));
        String vkey = cli.run("key").done().strip();
        CliHarness.Result checked = cli.run("check-export", proofs.toString(), "--key", vkey);
        assertEquals(0, checked.exit(), checked.err());
        assertTrue(checked.out().contains("  Withheld: 1 value of _credentials"), checked.out());
        String receipt = cli.run("receipt", "--sequence", "3").done();
        assertTrue(receipt.contains("\"table\":\"_credentials\""), receipt);
        assertTrue(receipt.contains("\"value\":null"), receipt);
        assertEquals(2, cli.run("put", "k", "v", "-t", "_credentials").exit());
    }

    @Test
    void throughAServerWithTheTokenOfAnAdmin() throws IOException {
        cli.run("auth", "add-principal", "root", "--role", "admin").done();
        String admin = cli.run("auth", "token", "create", "root").done().strip();
        ServerConfig config = ServerConfig.of(
                Map.of("database.data_dir", cli.directory().toString(), "server.port", "0", "auth.enabled", "true"));
        try (Server server = Server.start(config)) {
            CliHarness remote = new CliHarness(temp.resolve("none"))
                    .unset("BLOCKDB_DATA_DIR")
                    .set("BLOCKDB_URL", "http://127.0.0.1:" + server.port())
                    .set("BLOCKDB_TOKEN", admin);
            remote.run("auth", "add-principal", "ci", "--role", "reader", "--role", "auditor")
                    .done();
            remote.run("auth", "grant", "ci", "--role", "writer", "--table", "t")
                    .done();
            remote.run("auth", "revoke", "ci", "--role", "auditor").done();
            assertTrue(remote.run("auth", "list").done().contains("reader, writer of t"));
            remote.input("correct horse\n").run("auth", "set-password", "ci").done();
            String token = remote.run("auth", "token", "create", "ci", "--expires", "1h")
                    .done()
                    .strip();
            TokenText text = TokenText.parse(token);
            assertNotNull(text);
            CliHarness other = new CliHarness(temp.resolve("none"))
                    .unset("BLOCKDB_DATA_DIR")
                    .set("BLOCKDB_URL", "http://127.0.0.1:" + server.port())
                    .set("BLOCKDB_TOKEN", token);
            assertEquals(
                    1,
                    other.run("auth", "add-principal", "eve", "--role", "admin").exit());
            other.run("put", "k", "v", "-t", "t").done();
            assertEquals(1, other.run("put", "k", "v").exit());
            remote.run("auth", "token", "revoke", text.id()).done();
            CliHarness.Result refused = other.run("get", "k");
            assertEquals(3, refused.exit());
            assertFalse(refused.err().contains(token), refused.err());
            remote.run("auth", "remove", "ci").done();
            remote.run("auth", "remove", "ci")
                    .failed(1, "Error: there is no principal 'ci'; 'auth list' shows those that there are");
        }
    }
}
