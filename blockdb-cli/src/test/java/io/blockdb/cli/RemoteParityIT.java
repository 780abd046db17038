package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.cli.CliHarness.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The same commands on a directory and on a server: what they say on either, and their exit codes, are the same. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RemoteParityIT {
    @TempDir
    private Path temp;

    private LaunchedServer server;
    private CliHarness local;
    private CliHarness remote;
    /** What may differ besides. */
    private UnaryOperator<String> besides = text -> text;

    @BeforeEach
    void begin() throws IOException {
        server = LaunchedServer.start(
                temp.resolve("served"),
                "[database]\ncheckpoint_interval = 0\nbackup_dir = \"" + temp.resolve("backups") + "\"\n");
        local = new CliHarness(temp.resolve("embedded"));
        remote = new CliHarness(temp.resolve("none")).unset("BLOCKDB_DATA_DIR").set("BLOCKDB_URL", server.url());
        local.run("stats");
    }

    @AfterEach
    void end() throws IOException {
        server.close();
    }

    private Result same(String... arguments) {
        Result here = local.run(arguments);
        Result there = remote.run(arguments);
        String command = String.join(" ", arguments);
        assertEquals(shown(here), shown(there), command);
        return there;
    }

    private String shown(Result result) {
        return "exit " + result.exit() + "\n" + besides.apply(Parity.of(result.out())) + "--- stderr\n"
                + besides.apply(Parity.of(result.err()));
    }

    private Path file(String name, String content) throws IOException {
        Path file = temp.resolve(name);
        Files.writeString(file, content, StandardCharsets.UTF_8);
        return file;
    }

    @Test
    void writeOnce() throws IOException {
        same("get", "greeting");
        same("put", "greeting", "hello world").done();
        same("put", "greeting", "hello world", "--output", "json").done();
        same("put", "greeting", "another");
        same("get", "greeting").done();
        same("get", "greeting", "--output", "json").done();
        same("get", "greeting", "--base64").done();
        same("get", "greeting", "--raw").done();
        same("put", "YmluYXJ5", "/wAB", "--base64").done();
        same("get", "YmluYXJ5", "--base64").done();
        same("put", "binary:key", "/wAB", "--base64");
        same("put", "00ff2f", "0a00", "--key-encoding", "hex", "--value-encoding", "hex")
                .done();
        same("get", "00ff2f", "--key-encoding", "hex", "--output", "json").done();
        for (String key : new String[] {"a/b", "a//b", "..", ".", "%2F", "a b", "ключ", "🔑", "?x=1#y", "+", "\\"}) {
            same("put", key, "value of " + key, "--output", "json").done();
            same("get", key, "--output", "json").done();
            same("history", key).done();
        }
        same("put", "", "x");
        same("put", "k".repeat(64_001), "x");
        same("put", "empty", "").done();
        same("get", "empty", "--output", "json").done();
        same("delete", "greeting");
        same("put", "greeting", "x", "--ttl", "5");
        same("put", "t", "x", "--table", "_tables");
        same("put", "t", "x", "--table", "bad\u0001name");
        same("get", "t", "--table", "none");
    }

    @Test
    void batches() throws IOException {
        String good = file("good.jsonl", "{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"b\",\"value\":\"2\"}\n")
                .toString();
        same("batch", good).done();
        same("batch", good, "--output", "json").done();
        same(
                "batch",
                file("partly.jsonl", "{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"c\",\"value\":\"3\"}\n")
                        .toString());
        same(
                "batch",
                file("two.jsonl", "{\"key\":\"x\",\"value\":\"1\"}\n{\"key\":\"a\",\"value\":\"3\"}\n")
                        .toString());
        same("batch", file("one.jsonl", "{\"key\":\"a\",\"value\":\"3\"}\n").toString());
        same(
                "batch",
                file("twice.jsonl", "{\"key\":\"d\",\"value\":\"3\"}\n{\"key\":\"d\",\"value\":\"3\"}\n")
                        .toString());
        same(
                "batch",
                file("delete.jsonl", "{\"type\":\"delete\",\"key\":\"a\"}\n").toString());
        same(
                "batch",
                file("wrong.jsonl", "{\"type\":\"steal\",\"key\":\"a\"}\n").toString());
        same("scan").done();
    }

    @Test
    void scans() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 1500; i++) {
            lines.append("{\"key\":\"key/%04d\",\"value\":\"%s\"}\n".formatted(i, i % 7 == 0 ? "grüße" : i));
        }
        same("import", file("rows.jsonl", lines.toString()).toString()).done();
        same("import", temp.resolve("rows.jsonl").toString());
        same("import", temp.resolve("rows.jsonl").toString(), "--restart", "--output", "json")
                .done();
        same("put", "ff", "00", "--key-encoding", "hex", "--value-encoding", "hex")
                .done();
        for (String format : new String[] {"jsonl", "json", "csv", "raw", "table"}) {
            same("scan", "--output", format).done();
        }
        same("scan", "--prefix", "key/00").done();
        same("scan", "--from", "key/0100", "--to", "key/0300").done();
        same("scan", "--reverse").done();
        same("scan", "--reverse", "--limit", "3").done();
        same("scan", "--from", "key/0100", "--to", "key/0300", "--reverse").done();
        same("scan", "--limit", "0", "--prefix", "none");
        same("scan", "--table", "none");
        same("scan", "--at", "1").done();
        same("scan", "--at", "77");
        local.terminals("1");
        remote.terminals("1");
        same("scan");
        local.terminals("");
        remote.terminals("");
        same("export").done();
        same("export", "--format", "csv", "--prefix", "key/1").done();
        same("export", "--table", "none");
        same("export", "--at", "1").done();
    }

    @Test
    void tablesAndVersions() throws IOException {
        same("table", "create", "people", "--policy", "versioned", "--erasable").done();
        same("table", "create", "people", "--policy", "versioned", "--erasable", "--output", "json")
                .done();
        same("table", "create", "people");
        same("table", "create", "_mine");
        same("table", "list").done();
        same("table", "list", "--output", "json").done();
        same("table", "alter", "people", "--erasable", "off").done();
        same("table", "alter", "people", "--erasable", "on").done();
        same("table", "alter", "none", "--erasable", "on");
        // The name that a versioned write has on its way to a server is an entry of the ledger.
        besides = text -> text.replaceAll("(sequence(_number\":|s? )|\t|,|^)\\d+", "$1#");
        same("put", "ada", "1", "-t", "people").done();
        same("put", "ada", "2", "-t", "people", "--ttl", "1h").done();
        same("get", "ada", "-t", "people", "--output", "json").done();
        same("delete", "ada", "-t", "people").done();
        same("delete", "ada", "-t", "people");
        same("get", "ada", "-t", "people");
        same("get", "ada", "-t", "peopel");
        same("history", "ada", "-t", "people", "--output", "jsonl").done();
        same("history", "bob", "-t", "people");
        same("scan", "-t", "people");
        same("export", "--table", "people").done();
        same("import", file("mixed.jsonl", """
                                {"key":"x","value":"1","expires_at":4102444800000000}
                                {"key":"y","value":"1","expires_at":1}
                                {"type":"delete","key":"absent"}
                                {"type":"table","table":"people","policy":"write-once"}
                                {"key":"z"}
                                """).toString(), "-t", "people");
        same("scan", "-t", "people");
        same("get", "x", "-t", "people", "--output", "json").done();
    }

    @Test
    void proofs() throws IOException {
        same("put", "k", "v").done();
        same("receipt", "k").done();
        same("receipt", "none");
        same("receipt", "--sequence", "99");
        same("receipt");
        String receipt = temp.resolve("r").toString();
        same("put", "l", "w", "--receipt", receipt).done();
        String vkey = remote.run("key").done().strip();
        assertEquals(0, remote.run("check-receipt", receipt, "--key", vkey).exit());
        same("get", "l", "--receipt", receipt).done();
        same("key", "--output", "json").done();
        Result older = same("checkpoint");
        Path note = temp.resolve("note");
        Files.write(note, older.outBytes());
        same("put", "m", "x").done();
        same("checkpoint").done();
        Result growth = remote.run("prove-consistency", "--from", note.toString());
        assertEquals(0, growth.exit(), growth.err());
        same("verify").done();
        same("verify", "--quick").done();
        same("verify", "--from", "1");
        same("verify", "--from", "77");
        same("verify", "--table", "default", "--key", "k").done();
        assertEquals(
                0,
                remote.run("verify", "--checkpoint", note.toString(), "--verifier-key", vkey)
                        .exit());
        // Both have notes of their own; of two, the second is forged.
        for (CliHarness cli : List.of(local, remote)) {
            Files.write(note, cli.run("checkpoint").outBytes());
            String forged = Files.readString(note).replaceFirst("(?m)^[0-9]+$", "1");
            Files.writeString(temp.resolve("forged"), forged);
            String forgedNote = temp.resolve("forged").toString();
            Result two = cli.run("verify", "--checkpoint", note.toString(), "--checkpoint", forgedNote);
            assertEquals(1, two.exit(), two.err());
            assertTrue(two.err().contains("\n  " + forgedNote + " @0: checkpoint: the signature"), two.err());
            assertTrue(two.err().contains("Note: The checkpoint in " + note + " is signed"), two.err());
        }
        same("key", "rotate", "--receipt", receipt);
        same("key", "rotate", "--lost");
        same("key", "--output", "csv").done();
    }

    @Test
    void erasures() {
        same("table", "create", "people", "--erasable").done();
        same("put", "ada", "secret", "-t", "people").done();
        same("erase", "ada", "-t", "people");
        String sequence =
                local.run("history", "ada", "-t", "people").done().replaceAll("(?s).*sequence_number\":(\\d+).*", "$1");
        same("erase", "ada", "-t", "people", "--sequence", sequence);
        same("erase", "ada", "-t", "people", "--sequence", "0", "--reason", "asked for");
        same("erase", "--list");
        same("erase", "ada", "-t", "people", "--sequence", sequence, "--reason", "asked for", "--output", "json")
                .done();
        same("erase", "ada", "-t", "people", "--sequence", sequence, "--reason", "again")
                .done();
        same("erase", "--list").done();
        same("erase", "--pending", "--output", "csv").done();
        same("get", "ada", "-t", "people");
        same("put", "ada", "other", "-t", "people");
        same("history", "ada", "-t", "people").done();
        same("scan", "-t", "people").done();
        same("scan", "-t", "people", "--output", "table").done();
        same("export");
        same("receipt", "ada", "-t", "people");
    }

    @Test
    void sessions() {
        String script = """
                put a 1
                get a
                get b
                put a 2
                \\output json
                get a
                \\tables
                nonsense
                interactive
                """;
        local.input(script);
        remote.input(script);
        same("interactive");
        same("interactive", "--bail");
    }

    @Test
    void figures() {
        same("put", "k", "v").done();
        same("checkpoint");
        besides = text -> text.replaceAll("(?m)(embedded|served)|(\\d[0-9.,]* (B|KB|MB|GB|TB|%|ms).*$)", "#")
                .replaceAll("(bytes|free|writable|hits|misses|interval|days?|left|micros)(_[a-z_]+)?\":[^,}]*", "$1");
        same("stats").done();
        same("stats", "--output", "json").done();
        assertEquals(0, remote.run("stats", "--watch", "0.1", "--count", "2").exit());
        assertEquals(0, remote.run("doctor").exit());
        assertEquals("The cluster is healthy\n", remote.run("cluster", "health").done());
        assertEquals(0, remote.run("cluster", "status").exit());
    }

    @Test
    void backups() throws IOException {
        remote.run("put", "k", "v").done();
        assertEquals(
                "Backed up 2 blocks with 3 entries to today",
                remote.run("backup", "today").done().lines().findFirst().orElseThrow());
        assertEquals(
                0, new CliHarness(temp.resolve("backups/today")).run("verify").exit());
        assertEquals(
                "v\n",
                new CliHarness(temp.resolve("backups/today")).run("get", "k").done());
        assertEquals(0, remote.run("backup", "today", "--output", "json").exit());
        remote.run("backup", temp.resolve("elsewhere").toString())
                .failed(
                        2,
                        "Error: a server writes its backups beneath its own backup_dir: give a name, not the path "
                                + temp.resolve("elsewhere"));
        assertEquals(2, remote.run("backup", "..").exit());
        Path taken = Files.createDirectories(temp.resolve("backups/taken"));
        Files.writeString(taken.resolve("file"), "something else");
        String refused = "Error: " + taken + " is not empty and no backup: it holds file; name another directory";
        remote.run("backup", "taken").failed(1, refused);
        local.run("backup", taken.toString()).failed(1, refused);
    }

    /** The program itself, with what its launcher makes of the environment. */
    @Test
    void thePackagedProgram() throws Exception {
        String[][] commands = {
            {"put", "ключ", "grüße"},
            {"get", "ключ"},
            {"put", "ключ", "another"},
            {"get", "none"},
            {"scan", "--limit", "x"},
        };
        for (String[] command : commands) {
            Launched.Outcome here =
                    launched(command, "-d", temp.resolve("embedded").toString());
            Launched.Outcome there = launched(command, "--url", server.url());
            assertEquals(here, there);
        }
    }

    private static Launched.Outcome launched(String[] command, String... where) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(where));
        arguments.addAll(List.of(command));
        return Launched.cli(arguments.toArray(new String[0]));
    }
}
