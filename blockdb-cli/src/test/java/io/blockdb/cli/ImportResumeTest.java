package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.cli.ImportJournal.Place;
import io.blockdb.db.BlockDb;
import io.blockdb.db.Options;
import io.blockdb.db.WriteBatch;
import io.blockdb.io.Environment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An import that is run again goes on where it stopped, and puts nothing twice. */
final class ImportResumeTest {
    @TempDir
    private Path temp;

    private CliHarness cli;

    @BeforeEach
    void begin() {
        cli = new CliHarness(temp.resolve("data"));
        cli.run("table", "create", "t", "--policy", "versioned").done();
    }

    /** Rows of which each key has several, so that a batch ends before it is full; one is a deletion. */
    private Path file(String name, int rows) throws IOException {
        StringBuilder text = new StringBuilder("type,key,value\n");
        for (int i = 0; i < rows; i++) {
            text.append(i == 40 ? "delete,k3," : "put,k" + i % 7 + ",\"value\n" + i + "\"")
                    .append('\n');
        }
        return Files.writeString(temp.resolve(name), text);
    }

    /** Of each key all revisions, the newest first. */
    private List<String> histories() {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            CliHarness.Result history = cli.run("history", "k" + i, "-t", "t", "-o", "jsonl");
            history.out().lines().forEach(line -> all.add(line.replaceAll(".*\"value\":(\"[^\"]*\"|null).*", "$1")));
        }
        return all;
    }

    @Test
    void aStrictImportThatStoppedGoesOnBehindTheBatchesThatItWrote() throws IOException {
        Path file = file("rows.csv", 100);
        // A line that cannot be written now and can be later.
        Files.writeString(file, Files.readString(file).replace("delete,k3,", "delete,k9,"));
        CliHarness.Result stopped = cli.run("import", file.toString(), "-t", "t", "--strict", "--batch-size", "5");
        assertEquals(1, stopped.exit());
        assertTrue(stopped.err().endsWith("Error: line 82: Key 'k9' not found\n"), stopped.err());
        cli.run("put", "k9", "x", "-t", "t").done();
        CliHarness.Result resumed = cli.run("import", file.toString(), "-t", "t", "--strict", "--batch-size", "3");
        assertEquals(0, resumed.exit());
        assertEquals(
                "Note: this file was imported before up to line 81: going on behind it; --restart begins anew\n",
                resumed.err());
        assertTrue(resumed.out().contains(": imported 60, already there 0, failed 0"), resumed.out());
        assertEquals(101, histories().size()); // and one put by itself
    }

    @Test
    void whatIsDoneHasNothingToDoUnlessItIsBegunAnew() throws IOException {
        String file = file("rows.csv", 60).toString();
        cli.run("import", file, "-t", "t").done();
        List<String> once = histories();
        CliHarness.Result again = cli.run("import", file, "-t", "t", "-o", "json");
        assertEquals("Note: this file was imported before, to its end; --restart imports it again\n", again.err());
        assertTrue(again.out().startsWith("{\"lines\":0,\"imported\":0,\"existing\":0,\"failed\":0,"), again.out());
        assertTrue(again.out().endsWith(",\"expired\":0,\"resumed_behind_line\":120}\n"), again.out());
        assertEquals(once, histories());

        cli.run("import", file, "-t", "t", "--restart").done();
        assertEquals(2 * once.size(), histories().size());
        List<String> twice = histories();
        // The newest run is the one that is gone on with.
        assertEquals(0, cli.run("import", file, "-t", "t").exit());
        assertEquals(twice, histories());
    }

    @Test
    void anotherMeaningOrAnotherFileIsAnotherImport() throws IOException {
        Path file = Files.writeString(temp.resolve("rows.csv"), "id,name\n1,x\n");
        cli.run("import", file.toString(), "--key", "id", "-t", "t").done();
        cli.run("import", file.toString(), "--key", "name", "-t", "t").done();
        cli.run("import", file.toString(), "--key", "id", "-t", "u").done();
        Path copy = Files.copy(file, temp.resolve("copy.csv"));
        assertTrue(cli.run("import", copy.toString(), "--key", "id", "-t", "t")
                .err()
                .startsWith("Note: this file was"));
        Files.writeString(file, "id,name\n1,x\n2,y\n");
        assertTrue(cli.run("import", file.toString(), "--key", "id", "-t", "u")
                .done()
                .endsWith(": imported 1, already there 1, failed 0\n"));
    }

    @Test
    void itIsRememberedLongerThanARequestIdLives() throws IOException {
        ImportJournal journal = ImportJournal.of(file("rows.csv", 5), List.of("csv"), bytes -> {});
        ImportJournal other = ImportJournal.of(file("rows.csv", 5), List.of("tsv"), bytes -> {});
        long daysAgo = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now().minus(Duration.ofDays(3)));
        Environment system = Environment.system();
        Environment early = new Environment(system.fileSystem(), () -> daysAgo, system.randomness());
        Path directory = temp.resolve("early");
        Place end = new Place(0, 1L << 40, 1L << 30);
        try (BlockDb db = BlockDb.open(directory, Options.defaults().withEnvironment(early))) {
            assertNull(journal.last(new EmbeddedDatabase(db)));
            for (Place place : List.of(new Place(0, 0xfff, 9), end, new Place(0, 0x1000, 10))) {
                byte[] key = place.toString().getBytes(StandardCharsets.UTF_8);
                db.write(new WriteBatch().put(key, key).requestId(journal.requestId(place)));
            }
        }
        try (BlockDb db = BlockDb.open(directory, Options.defaults())) {
            assertEquals(end, journal.last(new EmbeddedDatabase(db)));
            assertNull(other.last(new EmbeddedDatabase(db)));
        }
    }

    @Test
    void whatComesThroughAPipeIsReadFromItsBeginning() throws IOException {
        String rows = Files.readString(file("rows.csv", 20));
        cli.input(rows).run("import", "-", "--format", "csv", "-t", "t").done();
        cli.input(rows).run("import", "-", "--format", "csv", "-t", "t").done();
        assertEquals(40, histories().size());
        cli.input(rows)
                .run("import", "-", "--format", "csv", "--restart")
                .failed(2, "Error: --restart: only a file is remembered, and this is none");
    }
}
