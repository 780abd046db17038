package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In which format a command writes, and what it does when asked for another. */
final class FormatsTest {
    private static final String PUT = "Successfully stored key-value pair\n";

    @TempDir
    private Path temp;

    private CliHarness cli;

    @BeforeEach
    void begin() {
        cli = new CliHarness(temp.resolve("data"));
        cli.run("put", "k", "v").done();
    }

    @Test
    void recordsAreATableOnATerminalAndJsonLinesElsewhere() {
        assertTrue(cli.run("scan").done().startsWith("{\"key\":\"k\","));
        assertTrue(cli.run("history", "k").done().startsWith("{\"key\":\"k\","));
        assertTrue(cli.run("table", "list").done().startsWith("{\"name\":\"default\","));
        assertTrue(cli.run("stats").done().startsWith("BlockDB Statistics:\n"));
        cli.terminals("1").set("TERM", "dumb").set("COLUMNS", "80");
        assertEquals("KEY  VALUE\nk    v\n", cli.run("scan").done());
        assertTrue(cli.run("history", "k").done().startsWith("SEQUENCE "));
        assertTrue(cli.run("table", "list").done().startsWith("NAME "));
    }

    @Test
    void rawIsTheColumnsAsTheyAre() {
        cli.input("{\"key\":\"AP8=\",\"value\":\"/w==\",\"encoding\":\"base64\"}")
                .run("batch", "-")
                .done();
        byte[] raw = cli.run("scan", "-o", "raw").outBytes();
        assertEquals("0 -1 9 -1 10 107 9 118 10", joined(raw));
        assertTrue(cli.run("history", "k", "--output", "raw").done().matches("2\t1\t20[^\t]+Z\tpresent\tv\n"));
        assertEquals(
                "default\twrite-once\tfalse\tfalse\n",
                cli.run("table", "list", "-o", "raw").done());
        assertTrue(cli.run("stats", "-o", "raw").done().contains("\nblocks\t3\n"));
    }

    private static String joined(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte each : bytes) {
            text.append(text.length() == 0 ? "" : " ").append(each);
        }
        return text.toString();
    }

    @Test
    void statsInEveryFormat() {
        assertTrue(cli.run("stats", "-o", "csv").done().startsWith("data_directory,memtable_size_limit,"));
        assertEquals(
                lasting(cli.run("stats", "-o", "json").done()),
                lasting(cli.run("stats", "-o", "JSONL").done()));
    }

    /** What does not depend on what others have written to the disk since. */
    private static String lasting(String stats) {
        return stats.replaceAll("\"(free|writable)_bytes\":[0-9]+", "$1");
    }

    @Test
    void theOptionGoesBeforeTheEnvironment() {
        cli.set("BLOCKDB_OUTPUT", "json");
        assertTrue(cli.run("scan").done().startsWith("[\n{"));
        assertTrue(cli.run("get", "k").done().startsWith("{\"key\":\"k\",\"value\":\"v\""));
        assertEquals("v\n", cli.run("get", "k", "-o", "table").done());
        assertTrue(cli.run("put", "k", "v").done().startsWith("{"));
        cli.set("BLOCKDB_OUTPUT", "csv");
        assertTrue(cli.run("scan").done().startsWith("key,value,"));
        assertEquals(PUT, cli.run("put", "k", "v").done(), "what a command cannot write it does not try");
        cli.set("BLOCKDB_OUTPUT", "jsonl");
        assertTrue(cli.run("get", "k").done().startsWith("{\"key\":\"k\""));
        cli.set("BLOCKDB_OUTPUT", "yaml");
        cli.run("get", "k").failed(2, "Error: BLOCKDB_OUTPUT: 'yaml' is not one of [table, jsonl, json, csv, raw]");
    }

    @Test
    void colourToo() {
        cli.set("BLOCKDB_COLOR", "always");
        assertTrue(cli.run("verify").done().contains("\u001b[32m"));
        assertTrue(!cli.run("verify", "--color", "never").done().contains("\u001b"));
        cli.set("BLOCKDB_COLOR", "sometimes");
        cli.run("verify").failed(2, "Error: BLOCKDB_COLOR: 'sometimes' is not one of auto, always, never");
    }

    @Test
    void aFormatThatTheCommandDoesNotWriteIsRefusedWithThoseItDoes() {
        cli.run("get", "k", "--output", "yaml")
                .failed(
                        2,
                        "Error: --output 'yaml': this command writes [table, raw, json]; see 'blockdb-cli get --help'");
        cli.run("put", "k", "v", "-o", "csv")
                .failed(2, "Error: --output 'csv': this command writes [table, json]; see 'blockdb-cli put --help'");
        cli.run("scan", "-o", "jsno")
                .failed(
                        2,
                        "Error: --output 'jsno': this command writes [table, jsonl, json, csv, raw] (did you mean"
                                + " 'json'?); see 'blockdb-cli scan --help'");
    }

    @Test
    void whatMayHaveBeenMeant() {
        cli.run("table", "create", "t", "--policy", "versiond")
                .failed(
                        2,
                        "Error: --policy: policy must be write-once or versioned, is 'versiond' (did you mean"
                                + " 'versioned'?); see 'blockdb-cli table create --help'");
        cli.run("get", "k", "--ulr", "http://127.0.0.1:1")
                .failed(2, "Error: unknown option '--ulr' (did you mean '--url'?); see 'blockdb-cli get --help'");
        cli.run("--tokne-file=x", "get", "k")
                .failed(
                        2,
                        "Error: unknown option '--tokne-file=x' (did you mean '--token-file'?); see 'blockdb-cli --help'");
        cli.run("table", "create", "sessions").done();
        CliHarness.Result get = cli.run("get", "k", "--table", "session");
        assertEquals("Note: there is no table 'session' (did you mean 'sessions'?)\nKey not found\n", get.err());
        assertEquals(ExitCode.NO, get.exit());
        assertEquals(
                "Note: there is no table 'sesions' (did you mean 'sessions'?)\n",
                cli.run("scan", "-t", "sesions").err());
    }

    @Test
    void aNarrowTerminalCutsTheWidestColumnFirstAndNoNumber() {
        cli.run("put", "key ".repeat(12).strip(), "value").done();
        cli.run("put", "漢字漢字漢字漢字漢字", "x".repeat(50)).done();
        cli.terminals("1").set("TERM", "dumb").set("COLUMNS", "30");
        assertEquals("""
                KEY             VALUE
                k               v
                key key key k…  value
                漢字漢字漢字…   xxxxxxxxxxxxx…
                """, cli.run("scan").done());
    }

    @Test
    void aBarIsCutToTheTerminal() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Streams streams = new Streams(
                InputStream.nullInputStream(),
                OutputStream.nullOutputStream(),
                err,
                "2",
                Map.of("TERM", "xterm", "COLUMNS", "40"));
        try (ProgressBar bar = new ProgressBar(new Session(streams, InstantSource.system()), "Importing")) {
            while (err.size() == 0) { // it appears when the command has taken a little time
                bar.show(1, 2, "123,456 lines, 100,000/s");
            }
            assertEquals(
                    "\r\u001b[KImporting [##########..........]  50 %…",
                    err.toString(StandardCharsets.UTF_8), "39 of 40");
        }
    }
}
