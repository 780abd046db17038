package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.TableName;
import io.blockdb.cli.Launched.Outcome;
import io.blockdb.db.BlockDb;
import io.blockdb.db.Options;
import io.blockdb.db.Revision;
import io.blockdb.db.TablePolicy;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills an import with SIGKILL at random moments and runs it again, until it comes to its end: a versioned table then has
 * every revision of every key once, in the order of the file. {@code -Dblockdb.kill.rounds} makes it longer.
 */
final class ImportKillIT {
    private static final int ROUNDS = Integer.getInteger("blockdb.kill.rounds", 4);
    private static final int ROWS = 40_000 * ROUNDS;
    private static final int KEYS = 997;
    private static final TableName TABLE = TableName.of("t");

    private final long seed = Long.getLong("blockdb.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final String reproduce =
            "reproduce with: mvn -pl blockdb-cli -am verify -Dit.test=ImportKillIT -Dblockdb.seed=" + seed;

    @TempDir
    private Path temp;

    private static String value(int row) {
        return "row " + row + (row % 3 == 0 ? ",\n\"quoted\"" : "");
    }

    private Path file() throws IOException {
        Path file = temp.resolve("rows.csv");
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            writer.write("id,text\n");
            for (int row = 0; row < ROWS; row++) {
                writer.write("k" + row % KEYS + ",\"" + value(row).replace("\"", "\"\"") + "\"\n");
            }
        }
        return file;
    }

    @Test
    void everyRevisionIsThereOnceHoweverOftenItWasKilled() throws Exception {
        String file = file().toString();
        Path directory;
        int kills;
        int attempts = 0;
        do { // again if it came to its end at once, which a machine that is busy elsewhere may bring about
            assertTrue(attempts < 20, () -> "it is always over before it is killed; " + reproduce);
            directory = temp.resolve("data-" + attempts++);
            kills = killUntilFinished(directory, file);
        } while (kills == 0);
        Outcome again =
                Launched.cli("-d", directory.toString(), "import", file, "--key", "id", "--value", "text", "-t", "t");
        assertEquals("Note: this file was imported before, to its end; --restart imports it again\n", again.err());
        Outcome verified = Launched.cli("-d", directory.toString(), "verify");
        assertEquals(0, verified.exit(), () -> verified.err() + reproduce);
        checkHistories(directory, kills + " kills; " + reproduce);
    }

    /** Answers how often it was killed. */
    private int killUntilFinished(Path directory, String file) throws Exception {
        try (BlockDb db = BlockDb.open(directory, Options.defaults())) {
            db.createTable(TABLE, TablePolicy.VERSIONED, false);
        }
        int kills = 0;
        while (!finishes(directory, file)) {
            kills++;
            assertTrue(kills < 50 * ROUNDS, () -> "it never comes to its end; " + reproduce);
        }
        return kills;
    }

    /** The bytes of the ledger's files, which an import makes more; it may write meanwhile. */
    private static long ledgerSize(Path directory) {
        long size = 0;
        for (File file :
                Objects.requireNonNull(directory.resolve("ledger").toFile().listFiles())) {
            size += file.length();
        }
        return size;
    }

    /** Runs the import until it has written, and for a random while more; answers whether it came to its end. */
    private boolean finishes(Path directory, String file) throws Exception {
        Process process = Launched.prepare(
                        Launched.CLI,
                        "-d",
                        directory.toString(),
                        "import",
                        file,
                        "--key",
                        "id",
                        "--value",
                        "text",
                        "--table",
                        "t",
                        "--batch-size",
                        String.valueOf(50 + random.nextInt(200)),
                        "--memtable-size",
                        "1MB")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        long before = ledgerSize(directory);
        while (process.isAlive() && ledgerSize(directory) == before) {
            Thread.onSpinWait();
        }
        boolean ended = process.waitFor(random.nextInt(400), TimeUnit.MILLISECONDS);
        process.destroyForcibly().waitFor();
        return ended && process.exitValue() == 0;
    }

    private static void checkHistories(Path directory, String where) throws IOException {
        try (BlockDb db = BlockDb.open(directory, Options.defaults().withReadOnly(true))) {
            for (int key = 0; key < KEYS; key++) {
                List<String> expected = new ArrayList<>();
                for (int row = key; row < ROWS; row += KEYS) {
                    expected.add(0, value(row));
                }
                List<String> found = new ArrayList<>();
                for (Revision revision : db.history(TABLE, ("k" + key).getBytes(StandardCharsets.UTF_8))) {
                    found.add(new String(revision.value(), StandardCharsets.UTF_8));
                }
                assertEquals(expected, found, where);
            }
        }
    }

    @Test
    void anExportGoesThroughAPipeIntoAnImport() throws Exception {
        Outcome outcome = Launched.script(temp, """
                "$CLI" -d "$DIR/a" put clé 'vålue' &&
                "$CLI" -d "$DIR/a" table create t --policy versioned &&
                "$CLI" -d "$DIR/a" put k v -t t --ttl 1h &&
                "$CLI" -d "$DIR/a" export | "$CLI" -d "$DIR/b" import - > "$DIR/summary" &&
                "$CLI" -d "$DIR/a" export --output "$DIR/a.csv" > "$DIR/summary" &&
                "$CLI" -d "$DIR/b" export --output "$DIR/b.csv" > "$DIR/summary" &&
                cmp "$DIR/a.csv" "$DIR/b.csv" &&
                "$CLI" -d "$DIR/b" export | head -n 1 &&
                "$CLI" -d "$DIR/b" table list -o csv
                """);
        assertEquals("", outcome.err());
        assertEquals("""
                Successfully stored key-value pair
                Successfully created table t
                Successfully stored key-value pair
                {"type":"table","table":"t","policy":"versioned","erasable":false}
                name,policy,erasable,declared
                default,write-once,false,false
                t,versioned,false,true
                """, outcome.out());
    }
}
