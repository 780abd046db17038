package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
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
        CliHarness.Result result = cli.input("get nope\nput k v\nput k w\nbogus\nput \"k\nget k\nquit\n")
                .run("interactive");
        assertEquals(1, result.exit());
        assertEquals("BlockDB Interactive Mode\nSuccessfully stored key-value pair\nv\n", result.out());
        assertEquals("""
                Key not found
                  line 1: get nope
                Error: Key 'k' already exists. BlockDB is append-only and does not allow updates.
                  line 3: put k w
                Error: unknown command 'bogus'; see 'help'
                  line 4: bogus
                Error: the quote " is not closed
                  line 5: put "k
                """, result.err());
    }

    @Test
    void helpAndStatsAndVerify() {
        String out = cli.input("help\nstats\nverify\nhelp put\nput --help\n")
                .run("interactive")
                .done();
        assertTrue(out.contains("  put           Store a value under a key.\n"), out);
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
}
