package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImportBatchTest {
    @TempDir
    private Path temp;

    private CliHarness cli;

    @BeforeEach
    void begin() {
        cli = new CliHarness(temp.resolve("data"));
    }

    private static String lines(int from, int to) {
        StringBuilder lines = new StringBuilder();
        for (int i = from; i < to; i++) {
            lines.append("{\"key\":\"k%06d\",\"value\":\"value %d\"}\n".formatted(i, i));
        }
        return lines.toString();
    }

    @Test
    void batchCommitsAllOperationsInOneBlock() throws Exception {
        cli.run("table", "create", "t", "--policy", "versioned").done();
        cli.run("put", "old", "v", "-t", "t").done();
        Path file = Files.writeString(temp.resolve("batch.jsonl"), """
                {"key":"a","value":"1"}

                {"type":"put","key":"b","value":"2","table":"t","ttl_seconds":3600}
                {"type":"delete","key":"old","table":"t"}
                """);
        assertEquals(
                "Successfully committed 3 operations\n",
                cli.run("batch", file.toString()).done());
        assertEquals("1\n", cli.run("get", "a").done());
        assertEquals("2\n", cli.run("get", "b", "-t", "t").done());
        cli.run("get", "old", "-t", "t").failed(1, "Key not found");
        String a = cli.run("get", "a", "-o", "json").done();
        String b = cli.run("get", "b", "-t", "t", "-o", "json").done();
        assertEquals(height(a), height(b));
        assertTrue(b.matches(".*\"expires_at\":[0-9]+}\n"), b);
    }

    private static String height(String json) {
        return json.replaceAll("(?s).*\"height\":([0-9]+).*", "$1");
    }

    @Test
    void batchIsRefusedAsAWholeAndNamesTheLines() {
        cli.run("put", "a", "1").done();
        CliHarness.Result result = cli.input("{\"key\":\"b\",\"value\":\"2\"}\n\n{\"key\":\"a\",\"value\":\"9\"}\n")
                .run("batch", "-");
        result.failed(
                1,
                "Error: line 3: Key 'a' already exists. BlockDB is append-only and does not allow updates.\n"
                        + "Note: nothing of the batch was written");
        cli.run("get", "b").failed(1, "Key not found");
    }

    @Test
    void batchRefusesBadLinesBeforeAnythingIsOpened() {
        check("line 2: unknown field 'valeu'", "{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"b\",\"valeu\":\"1\"}");
        check("line 1: value is missing", "{\"key\":\"a\"}");
        check("line 1: key is missing", "{\"value\":\"a\"}");
        check("line 1: key must be a string", "{\"key\":1,\"value\":\"a\"}");
        check(
                "line 1: a delete has neither value nor ttl_seconds",
                "{\"type\":\"delete\",\"key\":\"a\",\"value\":\"\"}");
        check("line 1: type must be put or delete, is 'merge'", "{\"type\":\"merge\",\"key\":\"a\",\"value\":\"\"}");
        check(
                "line 1: encoding must be text or base64, is 'hex'",
                "{\"key\":\"a\",\"value\":\"\",\"encoding\":\"hex\"}");
        check(
                "line 1: value is not valid base64 (standard alphabet, with padding)",
                "{\"key\":\"YQ==\",\"value\":\"%\",\"encoding\":\"base64\"}");
        check("line 1: ttl_seconds must be a whole number", "{\"key\":\"a\",\"value\":\"\",\"ttl_seconds\":1.5}");
        check(
                "line 1: a time to live must be from 1 second to 100 years",
                "{\"key\":\"a\",\"value\":\"\",\"ttl_seconds\":-1}");
        check("line 1: a JSON object is expected", "[]");
        check("line 1: there is more behind the JSON object", "{\"key\":\"a\",\"value\":\"1\"} {}");
        check("line 1: key is not valid Unicode: it has a lone surrogate", "{\"key\":\"\\ud800\",\"value\":\"1\"}");
        check("line 1: the key is empty", "{\"key\":\"\",\"value\":\"1\"}");
        check(
                "line 1: table '_keys': names that begin with _ are reserved, and read-only",
                "{\"key\":\"a\",\"value\":\"1\",\"table\":\"_keys\"}");
        check("there is no operation in standard input", "\n \n");
        CliHarness.Result twice =
                cli.input("{\"key\":\"a\",\"value\":\"1\",\"key\":\"b\"}").run("batch", "-");
        assertTrue(twice.err().startsWith("Error: line 1: not valid JSON at column"), twice.err());
        cli.input(new byte[] {'{', '"', (byte) 0xc3, '"'})
                .run("batch", "-")
                .failed(2, "Error: line 1: the line is not valid UTF-8");
        cli.input(lines(0, 10_001))
                .run("batch", "-")
                .failed(2, "Error: line 10001: a batch has at most 10,000 operations; import takes any number");
        assertFalse(Files.exists(cli.directory()));
    }

    private void check(String message, String input) {
        cli.input(input).run("batch", "-").failed(2, "Error: " + message);
    }

    @Test
    void importWritesManyAndCountsWhatIsThere() {
        assertTrue(cli.input(lines(0, 2500))
                .run("import", "--format", "jsonl", "-")
                .done()
                .endsWith(": imported 2,500, already there 0, failed 0\n"));
        assertTrue(cli.run("import", "-").done().endsWith(": imported 0, already there 2,500, failed 0\n"));
        // Other boundaries of the batches, and 500 lines that are new.
        assertTrue(cli.input(lines(300, 3000))
                .run("import", "--batch-size", "700", "-")
                .done()
                .endsWith(": imported 500, already there 2,200, failed 0\n"));
        assertEquals(3000, cli.run("scan").done().lines().count());
        assertEquals("value 2999\n", cli.run("get", "k002999").done());
    }

    @Test
    void importReportsBadLinesByNumberAndKeepsTheGoodOnes() {
        cli.run("put", "k000003", "something else").done();
        String input =
                "\ufeff" + lines(0, 5) + "not json\r\n\n" + lines(5, 8) + "{\"key\":\"k000006\",\"value\":\"x\"}\n"
                        + "{\"type\":\"delete\",\"key\":\"k000007\"}\n{\"key\":\"\",\"value\":\"\"}\n"
                        + lines(8, 9).strip();
        CliHarness.Result result = cli.input(input).run("import", "-");
        assertEquals(1, result.exit());
        assertTrue(result.out().startsWith("Read 13 lines in "), result.out());
        assertTrue(result.out().endsWith(": imported 8, already there 0, failed 5\n"), result.out());
        List<String> errors = result.err().lines().sorted().toList();
        assertEquals(5, errors.size(), result.err());
        assertTrue(errors.get(0).startsWith("Error: line 11: Key 'k000006' already exists"), result.err());
        assertTrue(errors.get(1).startsWith("Error: line 12: table 'default' is write-once"), result.err());
        assertEquals("Error: line 13: the key is empty", errors.get(2));
        assertTrue(errors.get(3).startsWith("Error: line 4: Key 'k000003' already exists"), result.err());
        assertTrue(errors.get(4).startsWith("Error: line 6: not valid JSON at column 1"), result.err());
        assertEquals("value 8\n", cli.run("get", "k000008").done());
    }

    @Test
    void importKeepsTheOrderOfRevisions() {
        cli.run("table", "create", "t", "--policy", "versioned").done();
        cli.input("""
                        {"key":"k","value":"1"}
                        {"key":"k","value":"2"}
                        {"type":"delete","key":"k"}
                        {"key":"k","value":"3"}
                        """).run("import", "--table", "t", "-").done();
        assertEquals("3\n", cli.run("get", "k", "-t", "t").done());
        assertEquals(4, cli.run("history", "k", "-t", "t").done().lines().count());
    }

    @Test
    void importUnpacksGzip() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(lines(0, 3000).getBytes(StandardCharsets.UTF_8));
        }
        Path file = Files.write(temp.resolve("lines.jsonl.gz"), packed.toByteArray());
        assertTrue(cli.run("import", file.toString(), "-o", "json")
                .done()
                .startsWith("{\"lines\":3000,\"imported\":3000,\"existing\":0,\"failed\":0,\"duration_ms\":"));

        CliHarness cut = new CliHarness(temp.resolve("cut"));
        Files.write(file, java.util.Arrays.copyOf(packed.toByteArray(), packed.size() / 2));
        CliHarness.Result result = cut.run("import", file.toString());
        assertEquals(3, result.exit());
        List<String> err = result.err().lines().toList();
        assertTrue(err.get(0).startsWith("Note: stopped at line "), result.err());
        assertEquals("Error: " + file + ": the compressed file is cut: it ends before its content does", err.get(1));
        assertTrue(cut.run("scan").done().lines().count() > 100, "what was read before the cut is there");
    }

    @Test
    void aPackedFileThatIsNoneIsNamed() throws Exception {
        Path file = Files.write(temp.resolve("lines.jsonl.gz"), new byte[0]);
        for (String command : List.of("import", "batch")) {
            cli.run(command, file.toString())
                    .failed(3, "Error: " + file + ": the compressed file is cut: it ends before its content does");
        }
        Files.writeString(file, lines(0, 3));
        cli.run("import", file.toString())
                .failed(3, "Error: " + file + " is not what gzip writes, although its name ends in .gz");

        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(lines(0, 3).getBytes(StandardCharsets.UTF_8));
        }
        byte[] damaged = packed.toByteArray();
        damaged[damaged.length - 1] ^= 1;
        Files.write(file, damaged);
        CliHarness.Result result = cli.run("import", file.toString());
        assertEquals(3, result.exit());
        assertTrue(
                result.err().endsWith("Error: " + file + ": the compressed file is damaged: Corrupt GZIP trailer\n"),
                result.err());
    }

    @Test
    void importOfWhatIsNotThere() {
        CliHarness.Result result = cli.run("import", temp.resolve("nope").toString());
        assertEquals(3, result.exit());
        assertTrue(result.err().startsWith("Error: cannot open "), result.err());
        cli.run("import", temp.toString()).failed(2, "Error: " + temp + " is a directory");
        assertFalse(Files.exists(cli.directory()));
    }
}
