package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.blockdb.db.BlockDb;
import io.blockdb.db.Options;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each kind of bad input: one line on standard error, the right exit code, and nothing changed. */
final class BadInputTest {
    @TempDir
    private Path temp;

    private CliHarness cli;

    @BeforeEach
    void begin() {
        cli = new CliHarness(temp.resolve("data"));
    }

    /** Refused before a database is opened: where there is none, none is created. */
    private void refused(String message, String... arguments) {
        cli.run(arguments).failed(2, "Error: " + message);
        assertFalse(Files.exists(cli.directory()), "nothing was created");
    }

    @Test
    void keysAndValuesBeyondTheLimits() {
        refused("the key is empty", "put", "", "v");
        refused("the key is empty", "get", "");
        refused("the key is empty", "delete", "", "-t", "x");
        refused("the key is empty", "put", "", "", "--base64");
        refused("the key has 64,001 bytes; at most 64,000 are allowed", "put", "k".repeat(64_001), "v");
        refused("the key has 64,002 bytes; at most 64,000 are allowed", "get", "ö".repeat(32_001));
        refused(
                "the value has 4,194,305 bytes; at most 4,194,304 (4 MB) are allowed",
                "put",
                "k",
                "v".repeat((4 << 20) + 1));
        cli.input(new byte[(4 << 20) + 1]);
        refused("the value is too large: at most 4 MB are allowed, and standard input has more", "put", "k", "-");
    }

    @Test
    void whatIsNotInItsEncoding() {
        String base64 = " is not valid base64 (standard alphabet, with padding)";
        refused("VALUE" + base64, "put", "YQ==", "%%%", "--base64");
        refused("VALUE" + base64, "put", "YQ==", "YQ", "--base64");
        refused("VALUE" + base64, "put", "YQ==", "YR==", "--base64");
        refused("KEY" + base64, "put", "k", "v", "--key-encoding", "base64");
        refused("KEY is not valid hex (two digits 0-9, a-f for each byte)", "get", "abc", "--key-encoding", "hex");
        refused("KEY is not valid Unicode: it has a lone surrogate", "put", "a\ud800b", "v");
        refused("VALUE is not valid Unicode: it has a lone surrogate", "put", "k", "\udc00");
        refused(
                "--base64 and --value-encoding hex contradict each other",
                "put",
                "k",
                "00",
                "--base64",
                "--value-encoding",
                "hex",
                "--key-encoding=text");
        cli.input(new byte[] {'a', (byte) 0xff});
        refused("standard input is not valid UTF-8", "put", "k", "-", "--value-encoding", "text");
        refused(
                "invalid value for option '--key-encoding': expected one of [text, base64, hex] but was 'utf8';"
                        + " see 'blockdb-cli get --help'",
                "get",
                "k",
                "--key-encoding",
                "utf8");
    }

    @Test
    void namesOfTables() {
        refused("table '_keys': names that begin with _ are reserved, and read-only", "put", "k", "v", "-t", "_keys");
        refused("table '_x': names that begin with _ are reserved, and read-only", "delete", "k", "-t", "_x");
        refused("table '_x': names that begin with _ are reserved, and read-only", "table", "create", "_x");
        refused("table name must have 1 to 255 bytes, has 0", "put", "k", "v", "--table", "");
        refused("table name must have 1 to 255 bytes, has 256", "get", "k", "--table", "t".repeat(256));
        refused("table name has the control character U+000A at position 1", "scan", "--table", "a\nb");
        refused(
                "--policy: policy must be write-once or versioned, is 'mutable'; see 'blockdb-cli table create --help'",
                "table",
                "create",
                "t",
                "--policy",
                "mutable");
    }

    @Test
    void systemTablesCanBeRead() {
        cli.run("put", "k", "v").done();
        assertTrue(cli.run("get", "level", "--table", "_format").done().startsWith("{\"level\":1"));
        assertTrue(cli.run("scan", "--table", "_keys").done().contains("\"table\":\"_keys\""));
    }

    @Test
    void wordsThatNobodyKnows() {
        refused("unknown command 'putt' (did you mean 'put'?); see 'blockdb-cli --help'", "putt", "k", "v");
        refused("unknown command 'putt' (did you mean 'put'?); see 'blockdb-cli --help'", "putt", "get", "v");
        refused("unknown command 'xyzzy'; see 'blockdb-cli --help'", "xyzzy");
        refused("unknown command 'lst' (did you mean 'list'?); see 'blockdb-cli table --help'", "table", "lst");
        refused(
                "unknown option '--tabel' (did you mean '--table'?); see 'blockdb-cli put --help'",
                "put",
                "k",
                "v",
                "--tabel",
                "t");
        refused(
                "unknown option '--wrong' (a key or value that begins with - goes behind a --);"
                        + " see 'blockdb-cli get --help'",
                "get",
                "k",
                "--wrong");
        refused("unexpected argument 'more'; see 'blockdb-cli get --help'", "get", "k", "more");
        refused("unknown command 'putt' (did you mean 'put'?)", "help", "putt");
        refused("unknown command 'drop'", "help", "table", "drop");
    }

    @Test
    void whatIsMissingOrContradictsItself() throws Exception {
        refused("missing required parameter: 'KEY'; see 'blockdb-cli put --help'", "put");
        refused("VALUE is missing; - reads it from standard input, --file from a file", "put", "k");
        refused("missing required parameter: 'KEY'; see 'blockdb-cli get --help'", "get");
        refused("missing required parameter for option '--data-dir' (DIR); see 'blockdb-cli --help'", "-d");
        refused("table needs one of create, list, alter; see 'blockdb-cli table --help'", "table");
        refused("--data-dir is empty", "-d", "", "get", "k");
        refused("--raw and --output json contradict each other", "get", "k", "--raw", "--output", "json");
        refused("--prefix cannot be combined with --from or --to", "scan", "--prefix", "a", "--to", "b");
        refused("--limit must not be negative", "scan", "--limit", "-1");
        refused(
                "'soon' is not a time to live: write seconds, or a number with s, m, h or d",
                "put",
                "k",
                "v",
                "--ttl",
                "soon");
        refused("a time to live must be from 1 second to 100 years", "put", "k", "v", "--ttl", "0");
        Path file = Files.writeString(temp.resolve("file"), "v");
        refused("VALUE and --file are both given; give one of them", "put", "k", "v", "--file", file.toString());
    }

    @Test
    void settingsOfTheEngine() {
        refused(
                "--wal-sync-interval: '-1' is not a whole number from 0 to 1099511627776",
                "put",
                "k",
                "v",
                "--wal-sync-interval=-1");
        refused(
                "--memtable-size: '64XB' is not a size: write bytes, or a number with KB, MB or GB",
                "--memtable-size",
                "64XB",
                "stats");
        refused(
                "--compaction-threshold: compaction_threshold must be 2 to 100, is 1",
                "stats",
                "--compaction-threshold=1");
        cli.set("BLOCKDB_BLOCKCHAIN_BATCH_SIZE", "0");
        refused("BLOCKDB_BLOCKCHAIN_BATCH_SIZE: blockchain_batch_size must be 1 to 100000, is 0", "stats");
    }

    @Test
    void commandsThatReadNeedADatabase() throws Exception {
        String message = "Error: No database at " + cli.directory();
        for (String[] command : new String[][] {{"get", "k"}, {"scan"}, {"history", "k"}, {"table", "list"}}) {
            cli.run(command).failed(3, message);
            assertFalse(Files.exists(cli.directory()));
        }
        CliHarness.Result verify = cli.run("verify");
        assertEquals(3, verify.exit());
        assertEquals(message + "\n", verify.err());
        Files.createDirectories(cli.directory());
        cli.run("get", "k").failed(3, message);
        assertEquals(1, cli.fingerprint().size(), "still empty");
    }

    @Test
    void aDirectoryOfAnotherProgram() throws Exception {
        Files.createDirectories(cli.directory());
        Files.writeString(cli.directory().resolve("thesis.txt"), "years of work");
        Map<String, String> before = cli.fingerprint();
        for (String[] command : new String[][] {{"put", "k", "v"}, {"get", "k"}, {"stats"}, {"interactive"}}) {
            CliHarness.Result result = cli.run(command);
            assertEquals(3, result.exit());
            assertTrue(result.err().contains("is not a BlockDB database"), result.err());
            assertEquals(1, result.err().lines().count(), result.err());
            assertEquals(before, cli.fingerprint());
        }
    }

    @Test
    void aFileWhereTheDirectoryShouldBe() throws Exception {
        Files.writeString(cli.directory(), "a file");
        cli.run("put", "k", "v").failed(3, "Error: " + cli.directory() + " is not a directory");
        CliHarness below = new CliHarness(cli.directory().resolve("below"));
        CliHarness.Result result = below.run("put", "k", "v");
        assertEquals(3, result.exit());
        assertEquals(1, result.err().lines().count(), result.err());
    }

    @Test
    void aDirectoryThatIsInUse() throws Exception {
        cli.run("put", "k", "v").done();
        try (BlockDb held = BlockDb.open(cli.directory(), Options.defaults())) {
            assertEquals(cli.directory(), held.stats().directory());
            for (String[] command : new String[][] {{"put", "a", "b"}, {"get", "k"}, {"stats"}}) {
                CliHarness.Result result = cli.run(command);
                assertEquals(3, result.exit());
                assertTrue(result.err().contains("in use"), result.err());
                assertEquals(1, result.err().lines().count(), result.err());
            }
        }
        assertEquals("v\n", cli.run("get", "k").done());
    }

    @Test
    void aWriteProtectedDirectoryCanBeReadOnly() throws Exception {
        assumeFalse(System.getProperty("user.name").equals("root"), "root may write everywhere");
        cli.run("put", "k", "v").done();
        protect("r-xr-xr-x", "r--r--r--");
        try {
            assertEquals("v\n", cli.run("get", "k").done());
            CliHarness.Result put = cli.run("put", "a", "b");
            assertEquals(3, put.exit());
            assertTrue(put.err().contains("permission denied"), put.err());
            CliHarness.Result session = cli.input("get k\nput a b\n").run("interactive");
            assertTrue(session.err().contains("this session only reads"), session.err());
            assertEquals(1, session.exit());
        } finally {
            protect("rwxr-xr-x", "rw-r--r--");
        }
    }

    private void protect(String directories, String files) throws IOException {
        try (var paths = Files.walk(cli.directory())) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                String rights = Files.isDirectory(path) ? directories : files;
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(rights));
            }
        }
    }

    @Test
    void aStackTraceOnlyOnRequest() {
        CliHarness.Result plain = cli.run("get", "k");
        assertEquals(1, plain.err().lines().count());
        CliHarness.Result debug = cli.run("get", "k", "--debug");
        assertEquals(3, debug.exit());
        assertTrue(debug.err().startsWith("Error: No database at "), debug.err());
        assertTrue(debug.err().contains("\tat io.blockdb.db."), debug.err());
    }

    @Test
    void controlCharactersDoNotReachTheTerminal() {
        cli.run("put", "k\u001b[31m", "v").done();
        cli.run("put", "k\u001b[31m", "w")
                .failed(
                        1,
                        "Error: Key 'k\\u001b[31m' already exists. BlockDB is append-only and does not allow updates.");
    }

    @Test
    void anOutputThatTakesNothingIsAFailure() {
        cli.run("put", "k", "v").done();
        for (String[] command : new String[][] {{"get", "k"}, {"scan"}, {"--help"}, {"get", "k", "-o", "json"}}) {
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            assertEquals(3, cli.run(failing("No space left on device"), err, command));
            assertEquals(
                    "Error: cannot write the result: No space left on device\n", err.toString(StandardCharsets.UTF_8));
        }
    }

    @Test
    void aReaderThatHasSeenEnoughIsNoFailure() {
        cli.run("put", "k", "v").done();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        assertEquals(0, cli.run(failing("Broken pipe"), err, "scan"));
        assertEquals("", err.toString(StandardCharsets.UTF_8));
    }

    private static OutputStream failing(String message) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(message);
            }
        };
    }
}
