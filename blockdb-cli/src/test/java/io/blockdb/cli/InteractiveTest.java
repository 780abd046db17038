package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Interactive mode with commands from a pipe. */
final class InteractiveTest {
    @TempDir
    private Path temp;

    private CliHarness cli;

    @BeforeEach
    void begin() {
        cli = new CliHarness(temp.resolve("data"));
    }

    @Test
    void runsCommandsInPlainText() {
        String out = cli.input("""
                        put greeting "hello world"
                        get greeting
                        # a comment

                        put 'a b' it\\'s
                        get a\\ b
                        table create t --policy versioned
                        put k größe -t t
                        scan -t t -o csv
                        exit
                        get greeting
                        """).run("interactive").done();
        assertEquals("""
                BlockDB Interactive Mode
                Successfully stored key-value pair
                hello world
                Successfully stored key-value pair
                it's
                Successfully created table t
                Successfully stored key-value pair
                key,value,encoding,table,sequence_number,state
                k,größe,text,t,5,present
                """, out);
        assertEquals("hello world\n", cli.run("get", "greeting").done());
    }

    @Test
    void goesOnAfterAnErrorAndSaysSoAtTheEnd() {
        CliHarness.Result result = cli.input(
                        "put k v\nget nope\nput k w\nbogus -x\nput \"k\nget k\nget k --atz 3\nscan --limit\nquit\n")
                .run("interactive");
        assertEquals(1, result.exit());
        assertEquals("BlockDB Interactive Mode\nSuccessfully stored key-value pair\nv\n", result.out());
        assertEquals("""
                Key not found
                  line 2: get nope
                Error: Key 'k' already exists. BlockDB is append-only and does not allow updates.
                  line 3: put k w
                Error: unknown command 'bogus'; see 'help'
                  line 4: bogus -x
                          ^
                Error: the quote " is not closed
                  line 5: put "k
                              ^
                Error: unknown option '--atz' (did you mean '--at'?); see 'get --help'
                  line 7: get k --atz 3
                                ^
                Error: missing required parameter for option '--limit' (N); see 'scan --help'
                  line 8: scan --limit
                                      ^
                """, result.err());
    }

    @Test
    void theDoctorOfASessionLooksAtTheSessionsDirectory() {
        Path other = temp.resolve("elsewhere");
        String out = cli.input("put k v\ndoctor -o jsonl\n")
                .run("-d", other.toString(), "interactive")
                .out();
        assertTrue(out.contains("\"check\":\"data directory\",\"state\":\"ok\",\"finding\":\"" + other), out);
        assertFalse(out.contains(cli.directory().toString()), out);
    }

    @Test
    void helpAndStatsAndVerify() {
        String out = cli.input("help\nstats\nverify\nhelp put\nput --help\n")
                .run("interactive")
                .done();
        assertTrue(out.contains("  put               Store a value under a key.\n"), out);
        assertTrue(out.contains("BlockDB Statistics:\n  Data directory: " + cli.directory()), out);
        assertTrue(out.contains("✓ Blockchain integrity verified successfully\n"), out);
        assertEquals(2, out.split("Usage: blockdb-cli put ", -1).length - 1, out);
    }

    @Test
    void whatOnlyMakesSenseOutsideIsRefused() {
        CliHarness.Result result = cli.input(
                        "interactive\nput k -\nbatch -\nget k -d /elsewhere\nstats --memtable-size 1MB\n")
                .run("interactive");
        assertEquals(1, result.exit());
        assertEquals("""
                Error: this is interactive mode already
                  line 1: interactive
                Error: in a session VALUE cannot be read from standard input; use --file
                  line 2: put k -
                Error: in a session standard input is the session itself; give a file
                  line 3: batch -
                Error: the session has its database open: leave it to use another directory or setting
                  line 4: get k -d /elsewhere
                Error: the session has its database open: leave it to use another directory or setting
                  line 5: stats --memtable-size 1MB
                """, result.err());
    }

    @Test
    void aLineThatIsNotTextIsRefused() {
        CliHarness.Result result =
                cli.input(new byte[] {'g', 'e', 't', ' ', (byte) 0xff, '\n'}).run("interactive");
        assertEquals(1, result.exit());
        assertEquals("Error: the line is not valid UTF-8\n  line 1: \n", result.err());
    }

    @Test
    void startingCreatesNothingAndTheFirstWriteDoes() {
        CliHarness.Result result =
                cli.input("get k\nscan\nverify\ntable list\n").run("interactive");
        assertEquals(1, result.exit());
        assertEquals(4, result.err().split("Error: No database at", -1).length - 1, result.err());
        assertFalse(Files.exists(cli.directory()));
        assertEquals(
                "BlockDB Interactive Mode\nSuccessfully stored key-value pair\nv\n",
                cli.input("put k v\nget k\n").run("interactive").done());
    }

    @Test
    void aBackslashJoinsTheNextLine() {
        assertEquals(
                "BlockDB Interactive Mode\nSuccessfully stored key-value pair\na b\n",
                cli.input("put k \\\n  'a b'\nget \\\nk").run("interactive").done());
        CliHarness.Result result = cli.input("get \\\n --bogus x\n").run("interactive");
        assertEquals("""
                Error: unknown option '--bogus' (a key or value that begins with - goes behind a --); see 'get --help'
                  line 1:  --bogus x
                           ^
                """, result.err());
    }

    @Test
    void theSessionsOwnCommands() {
        CliHarness.Result result = cli.input("""
                        put k v
                        \\output csv
                        scan
                        .mode json
                        get k
                        \\output auto
                        get k
                        \\timing on
                        get k
                        .timer off
                        \\tables
                        \\outptu json
                        \\output yaml
                        \\timing maybe
                        \\q
                        get k
                        """).run("interactive");
        assertEquals(1, result.exit());
        List<String> out = result.out().lines().toList();
        assertEquals("k,v,text,default,2,present", out.get(3));
        assertTrue(out.get(4).startsWith("{\"key\":\"k\""), out.get(4));
        assertEquals(List.of("v", "v"), out.subList(5, 7));
        assertTrue(out.get(7).startsWith("{\"name\":\"default\""), out.get(7));
        assertEquals(8, out.size());
        assertTrue(result.err().replaceAll("[0-9,]+\\.[0-9]{3} ms", "N ms").equals("""
                Output is csv.
                Output is json.
                Output is auto.
                Timing is on.
                Time: N ms
                Timing is off.
                Error: unknown session command '\\outptu json' (did you mean '\\output'?)
                  line 12: \\outptu json
                Error: \\output 'yaml': there are [table, jsonl, json, csv, raw] and auto
                  line 13: \\output yaml
                Error: \\timing takes on or off, not 'maybe'
                  line 14: \\timing maybe
                """), result.err());
    }

    @Test
    void withBailTheFirstFailureEndsTheSession() {
        CliHarness.Result result = cli.input("put k v\nscan --limit x\nget k\n").run("interactive", "--bail");
        assertEquals(2, result.exit());
        assertEquals("BlockDB Interactive Mode\nSuccessfully stored key-value pair\n", result.out());
        cli.input("get k\n").run("interactive", "--bail").done();
    }
}
