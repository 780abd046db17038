package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ScanTest {
    @TempDir
    private Path temp;

    private CliHarness cli;

    @BeforeEach
    void begin() {
        cli = new CliHarness(temp.resolve("data"));
        cli.input("""
                        {"key":"user/1","value":"Ada, \\"Countess\\""}
                        {"key":"user/2","value":"Grace\\nHopper"}
                        {"key":"user/größe","value":"✓"}
                        {"key":"zzz","value":"last"}
                        {"key":"AP8=","value":"/w==","encoding":"base64"}
                        """).run("batch", "-").done();
    }

    private String keys(String... arguments) {
        return cli.run(arguments)
                .done()
                .lines()
                .map(line -> line.replaceAll("\\{\"key\":\"([^\"]*)\".*", "$1"))
                .collect(Collectors.joining(" "));
    }

    @Test
    void inTheOrderOfTheBytes() {
        assertEquals("AP8= user/1 user/2 user/größe zzz", keys("scan"));
        assertEquals("zzz user/größe user/2 user/1 AP8=", keys("scan", "--reverse"));
        assertEquals("user/1 user/2 user/größe", keys("scan", "--prefix", "user/"));
        assertEquals("user/größe user/2", keys("scan", "--prefix", "user/", "--reverse", "--limit", "2"));
        assertEquals("user/1", keys("scan", "--from", "user/1", "--to", "user/2"));
        assertEquals("user/2 user/größe zzz", keys("scan", "--from", "user/2"));
        assertEquals("AP8=", keys("scan", "--to", "u"));
        assertEquals("AP8=", keys("scan", "--prefix", "00", "--key-encoding", "hex"));
        assertEquals("AP8= user/1", keys("scan", "--limit", "2"));
        assertEquals("", keys("scan", "--prefix", "nothing"));
        assertEquals("", keys("scan", "--at", "0"));
    }

    @Test
    void formats() {
        assertEquals("""
                KEY         VALUE
                0x00ff      0xff
                user/1      Ada, "Countess"
                user/2      Grace\\nHopper
                user/größe  ✓
                zzz         last
                """, cli.run("scan", "-o", "table").done());
        assertEquals("""
                key,value,encoding,table,sequence_number,state
                AP8=,/w==,base64,default,6,present
                user/1,"Ada, ""Countess""\",text,default,2,present
                user/2,"Grace
                Hopper",text,default,3,present
                """, cli.run("scan", "-o", "csv", "--limit", "3").done());
        assertEquals("""
                [
                {"key":"user/größe","value":"✓","encoding":"text","table":"default","sequence_number":4,\
                "state":"present"},
                {"key":"zzz","value":"last","encoding":"text","table":"default","sequence_number":5,"state":"present"}
                ]
                """, cli.run("scan", "-o", "json", "--from", "user/g").done());
        assertEquals(
                "[]\n", cli.run("scan", "-o", "json", "--prefix", "nothing").done());
    }

    @Test
    void aTerminalGetsATableThatFits() {
        cli.terminals("1").set("COLUMNS", "20").set("TERM", "dumb");
        cli.run("put", "long", "0123456789".repeat(10)).done();
        assertEquals("""
                KEY     VALUE
                0x00ff  0xff
                long    01234567890…
                user/1  Ada, "Count…
                """, cli.run("scan", "--limit", "3").done());
        cli.set("COLUMNS", "80");
        assertTrue(cli.set("TERM", "xterm").run("scan").done().startsWith("\u001b[1mKEY         VALUE\u001b[0m\n"));
        assertTrue(cli.set("NO_COLOR", "1").run("scan").done().startsWith("KEY         VALUE\n"));
    }

    @Test
    void aTerminalGetsAThousandRowsUnlessToldOtherwise() {
        String lines = java.util.stream.IntStream.range(0, 1200)
                .mapToObj("{\"key\":\"n%05d\",\"value\":\"\"}\n"::formatted)
                .collect(Collectors.joining());
        cli.input(lines).run("import", "-").done();
        cli.terminals("1").set("COLUMNS", "80").set("TERM", "dumb");
        CliHarness.Result scan = cli.run("scan", "--prefix", "n");
        assertEquals(1001, scan.out().lines().count());
        assertEquals("Note: there are more rows; --limit 0 shows all of them\n", scan.err());
        assertEquals(
                1201,
                cli.run("scan", "--prefix", "n", "--limit", "0").done().lines().count());
        assertEquals(
                1200,
                cli.terminals("").run("scan", "--prefix", "n").done().lines().count());
    }

    @Test
    void aTableThatIsNotThereIsNoted() {
        CliHarness.Result scan = cli.run("scan", "--table", "nope");
        assertEquals(0, scan.exit());
        assertEquals("", scan.out());
        assertEquals("Note: there is no table 'nope'\n", scan.err());
    }

    @Test
    void whatScanWritesCanBeImported() {
        String lines = cli.run("scan").done();
        CliHarness copy = new CliHarness(temp.resolve("copy"));
        assertTrue(copy.input(lines).run("import", "-").done().contains("imported 5, already there 0, failed 0"));
        assertEquals(
                lines.replaceAll("\"sequence_number\":[0-9]+", ""),
                copy.run("scan").done().replaceAll("\"sequence_number\":[0-9]+", ""));
    }
}
