package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What rows of CSV and TSV, and lines of any JSON, become. */
final class ImportRowsTest {
    @TempDir
    private Path temp;

    private CliHarness cli;

    @BeforeEach
    void begin() {
        cli = new CliHarness(temp.resolve("data"));
    }

    private String file(String name, String content) throws IOException {
        return Files.writeString(temp.resolve(name), content).toString();
    }

    @Test
    void aRowOfCsvBecomesAnObjectOfItsColumns() throws IOException {
        String file = file("customers.csv", """
                id,na"me,note
                7,Zoë,"said ""no"",
                then\tyes\\"
                8,,
                """);
        assertTrue(cli.run("import", file, "--key", "id", "-t", "customers")
                .done()
                .endsWith(": imported 2, already there 0, failed 0\n"));
        assertEquals(
                "{\"id\":\"7\",\"na\\\"me\":\"Zoë\",\"note\":\"said \\\"no\\\",\\nthen\\tyes\\\\\"}\n",
                cli.run("get", "7", "-t", "customers").done());
        assertEquals(
                "{\"id\":\"8\",\"na\\\"me\":\"\",\"note\":\"\"}\n",
                cli.run("get", "8", "-t", "customers").done());
    }

    @Test
    void templatesAndValuesAndTsvByItsEnding() throws IOException {
        String file = file("rates.tsv", "day\tcode\trate\n2026-11-20\tEUR\t0.97\\tx\n2026-11-20\tUSD\t0.89\n");
        cli.run("import", file, "--key-template", "rate/{{{day}}}/{code}", "--value", "rate")
                .done();
        assertEquals("0.97\tx\n", cli.run("get", "rate/{2026-11-20}/EUR").done());
        assertEquals("0.89\n", cli.run("get", "rate/{2026-11-20}/USD").done());
    }

    @Test
    void packedFilesAndFormatsThatAreSaid() throws IOException {
        Path packed = temp.resolve("PEOPLE.CSV.GZ");
        try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(packed))) {
            gzip.write("id,name\n1,Ann\n".getBytes(StandardCharsets.UTF_8));
        }
        Path lower = Files.move(packed, temp.resolve("PEOPLE.CSV.gz"));
        cli.run("import", lower.toString(), "--key", "id", "--value", "name").done();
        assertEquals("Ann\n", cli.run("get", "1").done());
        cli.input("id,name\n2,Bob\n")
                .run("import", "-", "--format", "csv", "--key", "id", "--value", "name")
                .done();
        assertEquals("Bob\n", cli.run("get", "2").done());
    }

    @Test
    void aLineOfJsonIsItsOwnValue() throws IOException {
        String file = file("events.jsonl", """
                {"id":17,"kind":"login","who":{"name":"Zoë"}}

                  {"who":null, "kind":"logout", "id":18, "ok":true}
                {"kind":"nothing"}
                {"id":[1],"kind":"nothing"}
                """);
        CliHarness.Result result = cli.run("import", file, "--key-template", "{kind}/{id}");
        assertEquals(1, result.exit());
        assertEquals("""
                Error: line 4: field 'id' is missing
                Error: line 5: field 'id': expected a string, a number or a truth value, found an array
                """, result.err());
        assertEquals(
                "{\"id\":17,\"kind\":\"login\",\"who\":{\"name\":\"Zoë\"}}\n",
                cli.run("get", "login/17").done());
        assertEquals(
                "{\"who\":null, \"kind\":\"logout\", \"id\":18, \"ok\":true}\n",
                cli.run("get", "logout/18").done());
        cli.input("{\"id\":1,\"ok\":true}\n")
                .run("import", "-", "--key", "id", "--value", "ok")
                .done();
        assertEquals("true\n", cli.run("get", "1").done());
    }

    @Test
    void whatScanWritesCanBeRead() throws IOException {
        cli.run("put", "a,b", "line\nbreak \"x\"").done();
        cli.run("put", "AP8=", "AQ==", "--key-encoding", "base64", "--value-encoding", "base64")
                .done();
        String csv = cli.run("scan", "-o", "csv").done();
        CliHarness copy = new CliHarness(temp.resolve("copy"));
        copy.run("import", file("scan.csv", csv)).done();
        assertEquals(scan(cli), scan(copy));
    }

    private static String scan(CliHarness from) {
        return from.run("scan", "-o", "jsonl").done().replaceAll("\"sequence_number\":[0-9]+", "");
    }

    @Test
    void badRowsAreToldByLineAndLeftOut() throws IOException {
        Path path = temp.resolve("bad.csv");
        Files.write(
                path,
                "id,name\n1,Ann\n2\n\"3\"x,Bob\n4,a,b\n5,\u00e9\n,none\n7,Zo\n".getBytes(StandardCharsets.ISO_8859_1));
        CliHarness.Result result = cli.run("import", path.toString(), "--key", "id");
        assertEquals(1, result.exit());
        assertEquals("""
                Error: line 3: expected 2 fields as in the header, found 1
                Error: line 4: column 4: expected a comma or the end of the line behind a closing quote, found 'x'
                Error: line 5: expected 2 fields as in the header, found 3
                Error: line 6: field 'name': expected UTF-8, found the byte 0xe9, which is none there
                Error: line 7: the key is empty
                """, result.err());
        assertTrue(result.out().endsWith(": imported 2, already there 0, failed 5\n"), result.out());
        assertEquals(2, cli.run("scan").done().lines().count());
    }

    @Test
    void ofManyBadRowsOnlyTheFirstAreTold() throws IOException {
        String file = file("bad.csv", "id,name\n" + "1\n".repeat(30) + "2,x\n");
        CliHarness.Result result = cli.run("import", file, "--key", "id");
        assertEquals(1, result.exit());
        assertEquals(22, result.err().lines().count());
        assertTrue(result.err().endsWith("""
                                Error: line 21: expected 2 fields as in the header, found 1
                                Note: further lines that cannot be written are only counted
                                Note: 30 lines in all could not be written
                                """), result.err());
    }

    @Test
    void strictStopsAtTheFirstBadLineAndWritesNothingOfItsBatch() throws IOException {
        StringBuilder rows = new StringBuilder("id,name\n");
        for (int i = 0; i < 25; i++) {
            rows.append(i).append(i == 17 ? "\n" : ",x\n");
        }
        String file = file("rows.csv", rows.toString());
        CliHarness.Result result = cli.run("import", file, "--key", "id", "--strict", "--batch-size", "10");
        assertEquals(1, result.exit());
        assertEquals("""
                Note: stopped at line 11; what was imported before is kept: imported 10, already there 0, failed 0
                Error: line 19: expected 2 fields as in the header, found 1
                """, result.err());
        assertEquals("", result.out());
        assertEquals(10, cli.run("scan").done().lines().count());

        CliHarness other = new CliHarness(temp.resolve("other"));
        other.run("put", "12", "something else").done();
        result = other.run(
                "import", file("good.csv", rows.toString().replace("17\n", "17,x\n")), "--key", "id", "--strict");
        assertEquals(1, result.exit());
        assertTrue(result.err().contains("Error: line 14: Key '12' already exists. "), result.err());
        assertEquals(1, other.run("scan").done().lines().count());
    }

    @Test
    void wrongUsageWritesNothing() throws IOException {
        String file = file("rows.csv", "id,name\n1,x\n");
        check(
                "--key and --key-template are both given; give one of them",
                file,
                "--key",
                "id",
                "--key-template",
                "{id}");
        check("--value needs --key or --key-template", file, "--value", "id");
        check("--key-template, column 2: { is not closed by }", file, "--key-template", "a{id");
        check("--key-template names no field; as in 'order/{year}/{id}'", file, "--key-template", "a");
        check(file + ": the key: there is no column 'nmae' (did you mean 'name'?)", file, "--key", "nmae");
        check(
                file + ": --value: there is no column 'x'; the columns are id, name",
                file,
                "--key",
                "id",
                "--value",
                "x");
        check(
                file
                        + ": the columns are not those of an export (key, value, table, ...), they are id, name: say with --key"
                        + " or --key-template what the key is",
                file);
        String empty = file("empty.csv", "\n");
        check(
                empty + ": line 1: expected a row with the names of the columns, found the end of the input",
                empty,
                "--key",
                "id");
        String twice = file("twice.csv", "a,a\n");
        check(twice + ": line 1: two columns have the name 'a'", twice, "--key", "a");
        assertFalse(Files.exists(cli.directory()));
    }

    private void check(String message, String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "import";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        cli.run(all).failed(2, "Error: " + message);
    }
}
