package io.blockdb.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EraseTest {
    @TempDir
    private Path temp;

    private CliHarness cli;

    @BeforeEach
    void begin() {
        cli = new CliHarness(temp.resolve("data"));
        cli.run("table", "create", "people", "--erasable").done();
        cli.run("put", "ada", "the secret of Ada", "-t", "people").done();
        cli.run("put", "bob", "what Bob said", "-t", "people").done();
    }

    private List<Path> holding(String text) throws IOException {
        try (Stream<Path> files = Files.walk(temp.resolve("data"))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> {
                        try {
                            return new String(Files.readAllBytes(file), ISO_8859_1).contains(text);
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    })
                    .toList();
        }
    }

    @Test
    void theValueIsGoneFromEveryFileWhenTheCommandIsDone() throws IOException {
        assertEquals(1, holding("secret of Ada").size());
        assertEquals(
                "Successfully erased the value of ada (see _erasures, sequence 5)\n",
                cli.run("erase", "ada", "-t", "people", "--sequence", "3", "--reason", "asked for", "--author", "dpo")
                        .done());
        assertEquals(List.of(), holding("secret of Ada"));
        cli.run("get", "ada", "-t", "people").failed(1, "Value erased (see _erasures, sequence 5)");
        cli.run("put", "ada", "another", "-t", "people")
                .failed(
                        1,
                        "Error: the value of this key was erased (see _erasures, sequence 5); the key takes no other");
        assertEquals("what Bob said\n", cli.run("get", "bob", "-t", "people").done());
        assertTrue(cli.run("verify").done().contains("verified successfully"));
        assertTrue(
                cli.run("history", "ada", "-t", "people", "-o", "jsonl").done().contains("\"state\":\"erased\""));
        assertTrue(cli.run("stats").done().contains("Erasures:     0 pending\n"));
        assertEquals(
                "The value of ada was erased before (see _erasures, sequence 5)\n",
                cli.run("erase", "ada", "-t", "people", "--sequence", "3", "--reason", "again")
                        .done());
    }

    @Test
    void erasuresAreListed() {
        assertEquals("", cli.run("erase", "--list", "-o", "table").done());
        cli.run("erase", "bob", "-t", "people", "--sequence", "4", "--reason", "why not", "-o", "json")
                .done();
        String csv = cli.run("erase", "--list", "-o", "csv").done();
        assertTrue(
                csv.startsWith(
                        "key,encoding,table,sequence_number,erasure_sequence,timestamp,author,reason,state\nbob,"),
                csv);
        assertTrue(csv.contains(",people,4,5,"), csv);
        assertTrue(csv.endsWith(",why not,done\n"), csv);
        assertEquals(
                "",
                cli.run("erase", "--pending", "-o", "csv")
                        .done()
                        .lines()
                        .skip(1)
                        .findAny()
                        .orElse(""));
    }

    @Test
    void whatIsMissingIsSaid() {
        CliHarness.Result asked = cli.run("erase", "ada", "-t", "people", "--reason", "asked for");
        assertEquals(ExitCode.USAGE, asked.exit());
        assertTrue(
                asked.err().startsWith("Error: --sequence is missing. The entries of ada are:\n  --sequence 3  2"),
                asked.err());
        assertTrue(asked.err().endsWith("Z  present\n"), asked.err());
        cli.run("erase", "nobody", "-t", "people").failed(1, "Key not found");
        assertEquals(ExitCode.USAGE, cli.run("erase").exit());
        assertEquals(ExitCode.USAGE, cli.run("erase", "ada", "--sequence", "3").exit());
        assertEquals(ExitCode.USAGE, cli.run("erase", "ada", "--list").exit());
        CliHarness.Result other = cli.run("erase", "bob", "-t", "people", "--sequence", "3", "--reason", "asked for");
        assertEquals(ExitCode.NO, other.exit());
        assertTrue(other.err().contains("another key"), other.err());
        assertEquals("", cli.run("erase", "--list", "-o", "table").done());
        CliHarness none = new CliHarness(temp.resolve("none"));
        none.run("erase", "ada", "-t", "people", "--sequence", "3", "--reason", "asked for")
                .failed(3, "Error: No database at " + temp.resolve("none"));
        assertFalse(Files.exists(temp.resolve("none")));
    }

    @Test
    void copiesAreNamedAndPurgedWhenAskedTo() throws IOException {
        Path quarantine = Files.createDirectories(temp.resolve("data").resolve("quarantine"));
        Path torn = Files.writeString(quarantine.resolve("0000000001.seg-from-96"), "the secret of Ada");
        CliHarness.Result named = cli.run("erase", "ada", "-t", "people", "--sequence", "3", "--reason", "asked for");
        assertEquals(ExitCode.DONE, named.exit());
        assertEquals("A copy may stand in " + torn + "; --purge-copies removes it\n", named.err());
        CliHarness.Result purged =
                cli.run("erase", "ada", "-t", "people", "--sequence", "3", "--reason", "asked for", "--purge-copies");
        assertEquals("Removed " + torn + "\n", purged.err());
        assertFalse(Files.exists(torn));
        assertEquals(List.of(), holding("secret of Ada"));
    }

    @Test
    void whatABackupStillHoldsIsSaidByBothSides() throws IOException {
        Path backup = temp.resolve("backup");
        cli.run("backup", backup.toString()).done();
        CliHarness.Result erased = cli.run("erase", "ada", "-t", "people", "--sequence", "3", "--reason", "asked for");
        assertEquals("A copy may stand in the backup " + backup + ", which no erasure reaches\n", erased.err());
        CliHarness.Result again = cli.run("backup", backup.toString());
        assertTrue(again.err().contains("and still in the backup: 1 value;"), again.err());
        assertEquals("", cli.run("backup", backup.toString()).err());
        cli.run("-d", backup.toString(), "get", "ada", "-t", "people")
                .failed(1, "Value erased (see _erasures, sequence 5)");
        assertEquals(ExitCode.DONE, cli.run("-d", backup.toString(), "verify").exit());
        CliHarness restored = new CliHarness(temp.resolve("restored"));
        assertEquals(ExitCode.DONE, restored.run("restore", backup.toString()).exit());
        assertEquals(ExitCode.DONE, restored.run("verify").exit());
        assertEquals(
                "", new String(restored.run("erase", "--pending", "-o", "table").outBytes(), ISO_8859_1));
    }
}
