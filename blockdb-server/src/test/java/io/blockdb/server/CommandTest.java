package io.blockdb.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.server.config.ConfigReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command does before it serves; ServerLauncherIT has the rest. */
class CommandTest {
    @TempDir
    private Path temp;

    private record Outcome(int exit, String out, String err) {}

    @Test
    void itsHelpNamesEveryKeptOption() {
        Outcome outcome = run("--help");

        assertEquals(0, outcome.exit());
        for (String option : List.of(
                "--host=",
                "-p, --port=",
                "-d, --data-dir=",
                "--cluster-id=",
                "--peers=",
                "--config=",
                "--memtable-size=",
                "--wal-sync-interval=",
                "--compaction-threshold=",
                "--blockchain-batch-size=",
                "--max-connections=",
                "--request-timeout=",
                "--disable-cors",
                "--disable-compression",
                "--print-default-config",
                "--join=",
                "--raft-port=")) {
            assertTrue(outcome.out().contains(option), option + "\n" + outcome.out());
        }
    }

    @Test
    void printsTheDefaults() {
        assertEquals(new Outcome(0, ConfigReader.defaults(), ""), run("--print-default-config"));
    }

    @Test
    void printsWhatIsInForceAndWhy() {
        Outcome outcome = run("--print-config", "-p", "9", "--disable-cors", "--max-connections=5");

        assertEquals(0, outcome.exit());
        assertTrue(outcome.out().matches("(?s).*\nport = 9 +# --port\n.*"), outcome.out());
        assertTrue(outcome.out().matches("(?s).*\nenable_cors = false +# --disable-cors\n.*"), outcome.out());
        assertTrue(outcome.out().matches("(?s).*\nmax_connections = 5 +# --max-connections\n.*"), outcome.out());
    }

    @Test
    void wrongWordsAreWrongUsage() {
        assertEquals(
                new Outcome(
                        2,
                        "",
                        "Error: unknown option '--prot' (did you mean '--port'?); see 'blockdb-server --help'\n"),
                run("--prot", "1"));
        assertEquals(
                new Outcome(2, "", "Error: unexpected argument 'start'; see 'blockdb-server --help'\n"), run("start"));
        assertTrue(
                run("--port").err().startsWith("Error: missing required parameter"),
                run("--port").err());
    }

    @Test
    void wrongSettingsAreAllSaidAndNothingStarts() throws Exception {
        Path file = Files.writeString(temp.resolve("s.toml"), "[server]\nprot = 1\nport = 'x'\n");

        Outcome outcome = run(
                "--config", file.toString(), "--data-dir", temp.resolve("db").toString());

        assertEquals(2, outcome.exit());
        assertEquals(
                "Error: " + file + ":2:1: unknown setting 'server.prot' (did you mean 'server.port'?)\n" + "Error: "
                        + file + ":3:1: server.port must be a port from 0 to 65535, found \"x\"\n",
                outcome.err());
        assertTrue(Files.notExists(temp.resolve("db")), "nothing was made");
    }

    @Test
    void aFileThatIsNotThereCouldNotBeRead() {
        Outcome outcome =
                run("--check-config", "--config", temp.resolve("none.toml").toString());

        assertEquals(3, outcome.exit());
        assertEquals("Error: no such file or directory: " + temp.resolve("none.toml") + "\n", outcome.err());
    }

    @Test
    void whereSecurityIsRequiredAnOpenAddressIsRefused() throws Exception {
        Path file = Files.writeString(temp.resolve("s.toml"), "[server]\nrequire_security = true\n");

        Outcome open = run("--check-config", "--config", file.toString(), "--host", "0.0.0.0");
        Outcome loopback = run("--check-config", "--config", file.toString());

        assertEquals(2, open.exit());
        assertTrue(
                open.err().contains("TLS (set tls.certificate and tls.key to PEM files) and authentication"),
                open.err());
        assertEquals(new Outcome(0, "The settings are right: " + file + "\n", ""), loopback);
    }

    @Test
    void elseItIsWarnedOf() {
        Outcome outcome = run("--check-config", "--host", "0.0.0.0");

        assertEquals(0, outcome.exit());
        assertEquals(
                2,
                outcome.err()
                        .lines()
                        .filter(line -> line.startsWith("Warning: others can reach"))
                        .count());
    }

    @Test
    void aCertificateThatCannotBeReadIsFoundByTheCheck() {
        Outcome outcome = new CommandTest.Run(
                        Map.of("BLOCKDB_TLS_CERTIFICATE", temp + "/c.pem", "BLOCKDB_TLS_KEY", temp + "/k.pem"))
                .of("--check-config");

        assertEquals(3, outcome.exit());
        assertEquals("Error: tls.certificate: no such file or directory: " + temp + "/c.pem\n", outcome.err());
    }

    @Test
    void aDirectoryIsNoFileOfSettings() {
        assertEquals(
                new Outcome(3, "", "Error: " + temp + " is a directory; expected a file of settings\n"),
                run("--check-config", "--config", temp.toString()));
    }

    private static Outcome run(String... words) {
        return new Run(Map.of()).of(words);
    }

    private record Run(Map<String, String> environment) {
        Outcome of(String... words) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            int exit = new Command(print(out), print(err), environment).run(words);
            return new Outcome(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        }

        private static PrintStream print(ByteArrayOutputStream to) {
            return new PrintStream(to, true, StandardCharsets.UTF_8);
        }
    }
}
