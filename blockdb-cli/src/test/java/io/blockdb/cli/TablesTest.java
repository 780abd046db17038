package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TablesTest {
    @TempDir
    private Path temp;

    private CliHarness cli;

    @BeforeEach
    void begin() {
        cli = new CliHarness(temp.resolve("data"));
    }

    @Test
    void createListAndAlter() {
        assertEquals(
                "Successfully created table sessions\n",
                cli.run("table", "create", "sessions", "--policy", "versioned").done());
        assertEquals(
                "Table sessions is already there\n",
                cli.run("table", "create", "sessions", "--policy", "versioned").done());
        cli.run("table", "create", "sessions")
                .failed(1, "Error: table 'sessions' exists and is versioned; the policy of a table never changes");
        assertEquals(
                "Successfully altered table sessions\n",
                cli.run("table", "alter", "sessions", "--erasable", "on").done());
        cli.run("put", "k", "v", "--table", "implicit").done();
        assertEquals("""
                NAME      POLICY      ERASABLE  CREATED
                default   write-once  no        no
                implicit  write-once  no        no
                sessions  versioned   yes       yes
                """, cli.run("table", "list", "-o", "table").done());
        assertEquals("""
                name,policy,erasable,declared
                default,write-once,false,false
                implicit,write-once,false,false
                sessions,versioned,true,true
                """, cli.run("table", "list", "--output", "csv").done());
        assertTrue(cli.run("table", "list", "-o", "json")
                .done()
                .endsWith("{\"name\":\"sessions\",\"policy\":\"versioned\",\"erasable\":true,\"declared\":true}\n]\n"));
    }

    @Test
    void alteringWhatIsNotThereIsRefused() {
        cli.run("put", "k", "v").done();
        CliHarness.Result result = cli.run("table", "alter", "nope", "--erasable", "off");
        assertEquals(1, result.exit());
        assertTrue(result.err().startsWith("Error: "), result.err());
    }

    @Test
    void deletesOnlyInVersionedTables() {
        cli.run("table", "create", "t", "--policy", "versioned").done();
        cli.run("put", "k", "v", "-t", "t").done();
        assertEquals(
                "Successfully deleted key\n", cli.run("delete", "k", "-t", "t").done());
        cli.run("get", "k", "-t", "t").failed(1, "Key not found");
        cli.run("delete", "k", "-t", "t").failed(1, "Key not found");
        cli.run("put", "k", "v").done();
        CliHarness.Result refused = cli.run("delete", "k");
        assertEquals(1, refused.exit());
        assertTrue(refused.err().contains("write-once"), refused.err());
        assertEquals("v\n", cli.run("get", "k").done());
    }

    @Test
    void historyShowsEveryRevisionNewestFirst() {
        cli.run("table", "create", "t", "--policy", "versioned").done();
        cli.run("put", "k", "one", "-t", "t").done();
        cli.run("put", "k", "two", "-t", "t", "--ttl", "100d").done();
        cli.run("delete", "k", "-t", "t").done();
        List<String> lines = cli.run("history", "k", "-t", "t", "--output", "table")
                .done()
                .lines()
                .toList();
        assertEquals(4, lines.size());
        assertTrue(lines.get(0).matches("SEQUENCE +HEIGHT +TIME +STATE +VALUE"), lines.get(0));
        assertTrue(lines.get(1).matches(" +5 +4  20[0-9T:.-]+Z +deleted +-"), lines.get(1));
        assertTrue(lines.get(2).matches(" +4 +3  20[0-9T:.-]+Z +present +two"), lines.get(2));
        assertTrue(lines.get(3).matches(" +3 +2  20[0-9T:.-]+Z +present +one"), lines.get(3));
        List<String> json = cli.run("history", "k", "-t", "t").done().lines().toList();
        assertTrue(
                json.get(1).matches(".*\"expires_at\":[0-9]+,\"value\":\"two\",\"encoding\":\"text\"}"), json.get(1));
        cli.run("history", "nope").failed(1, "Key not found");
    }

    @Test
    void whatExpiresMustBeInAVersionedTable() {
        CliHarness.Result refused = cli.run("put", "k", "v", "--ttl", "10m");
        assertEquals(1, refused.exit());
        assertTrue(refused.err().contains("write-once"), refused.err());
        cli.run("get", "k").failed(1, "Key not found");
    }
}
