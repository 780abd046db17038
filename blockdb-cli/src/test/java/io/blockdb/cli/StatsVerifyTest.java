package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.LedgerId;
import io.blockdb.db.BlockDb;
import io.blockdb.db.Options;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.MerkleTree;
import io.blockdb.proof.Origin;
import io.blockdb.proof.SigningKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StatsVerifyTest {
    @TempDir
    private Path temp;

    private CliHarness cli;

    @BeforeEach
    void begin() {
        cli = new CliHarness(temp.resolve("data"));
    }

    @Test
    void statsBeginsAsDocumentedAndCreatesADatabase() {
        List<String> lines = cli.run("stats").done().lines().toList();
        assertEquals(
                List.of(
                        "BlockDB Statistics:",
                        "  Data directory: " + cli.directory(),
                        "  Memtable size limit: 64 MB",
                        "  WAL sync interval: every commit",
                        "  Compaction threshold: 4",
                        "  Blockchain batch size: 1000"),
                lines.subList(0, 6));
        assertTrue(lines.stream().anyMatch(line -> line.matches("  Blocks: +1, newest of height 0")), lines::toString);
        cli.run("get", "k").failed(1, "Key not found");
    }

    @Test
    void settingsCanBeGivenOnEitherSideAndInTheEnvironment() {
        cli.set("BLOCKDB_COMPACTION_THRESHOLD", "7").set("BLOCKDB_BLOCKCHAIN_BATCH_SIZE", "5");
        String stats = cli.run(
                        "--memtable-size", "16mb", "stats", "--wal-sync-interval=1000", "--blockchain-batch-size", "50")
                .done();
        assertTrue(stats.contains("""
                          Memtable size limit: 16 MB
                          WAL sync interval: 1000 ms
                          Compaction threshold: 7
                          Blockchain batch size: 50
                        """), stats);
    }

    @Test
    void statsSayWhereTheDiskWentAndHowMuchRoomIsLeft() throws Exception {
        cli.run("put", "k", "v".repeat(5000)).done();
        Path kept = cli.directory().resolve("quarantine").resolve("old");
        Files.createDirectories(kept.getParent());
        Files.write(kept, new byte[2048]);
        String stats = cli.run("stats").done();
        assertTrue(
                stats.lines()
                        .anyMatch(line ->
                                line.matches("  Disk: +[0-9.]+ K?B: ledger [0-9.]+ K?B \\(values about [0-9]+ %\\),"
                                        + " index .*, tree .*, quarantine 2 KB")),
                stats);
        assertTrue(
                stats.lines().anyMatch(line -> line.matches("  Room: +[0-9.]+ [KMGT]?B of [0-9.]+ [KMGT]B free")),
                stats);
        String json = cli.run("stats", "--output", "json").done();
        assertTrue(json.contains("\"quarantine_bytes\":2048,"), json);
        assertTrue(json.contains("\"growth_bytes_per_day\":null,\"seconds_left\":null,"), json);
    }

    @Test
    void statsAsJson() {
        cli.run("put", "k", "v").done();
        String json = cli.run("stats", "--output", "json").done();
        assertTrue(json.contains("\"memtable_size_limit\":67108864,\"wal_sync_interval\":0,"), json);
        assertTrue(json.contains("\"blocks\":2,\"synced_blocks\":2,\"entries\":3,"), json);
    }

    @Test
    void verifyOfASoundDatabase() {
        cli.run("put", "k", "v").done();
        List<String> lines = cli.run("verify").done().lines().toList();
        assertEquals("Verifying blockchain integrity...", lines.get(0));
        assertEquals("✓ Blockchain integrity verified successfully", lines.get(1));
        assertTrue(cli.run("verify", "-o", "json")
                .done()
                .matches("\\{\"blockchain_valid\":true,\"blocks_verified\":2,\"entries_verified\":3,"
                        + "\"verification_time_ms\":[0-9]+,\"bytes_read\":[0-9]+,\"direct_reads\":(true|false)}\n"));
    }

    @Test
    void verifyOfAPart() {
        cli.run("put", "a", "1").done();
        cli.run("put", "b", "2").done();
        assertTrue(cli.run("verify", "--from", "1").done().contains("  2 blocks, 2 entries"));
        assertTrue(cli.run("verify", "--from", "3", "-o", "json").done().contains("\"blocks_verified\":0,"));
        assertTrue(cli.run("verify", "--quick").done().contains("  3 blocks, 4 entries"));
        cli.run("verify", "--from", "4").failed(2, "Error: --from: there is no block 4: the newest has height 2");
        cli.run("verify", "--from", "-1").failed(2, "Error: --from: there is no block -1");
    }

    @Test
    void verifyOfOneTableOrKey() {
        cli.run("table", "create", "t", "--policy", "versioned").done();
        cli.run("put", "k", "v", "-t", "t").done();
        cli.run("put", "k", "v").done();
        assertTrue(cli.run("verify", "--table", "t").done().contains("✓ Blockchain integrity verified successfully"));
        assertTrue(cli.run("verify", "--key", "aw==", "--key-encoding", "base64")
                .done()
                .contains("✓ Blockchain integrity verified successfully"));
        CliHarness.Result none = cli.run("verify", "--table", "t", "--key", "absent");
        assertEquals(0, none.exit());
        assertEquals(
                "Note: No entry was found of the key that was named: of entries nothing was verified.\n", none.err());
        assertEquals(
                "Note: No entry was found of the table that was named: of entries nothing was verified.\n",
                cli.run("verify", "--table", "absent").err());
        assertEquals("", cli.run("verify", "--table", "t", "--key", "k").err());
        cli.run("verify", "--quick", "--key", "k")
                .failed(2, "Error: --quick looks at no entries: it does not go with --table or --key");
        assertEquals(2, cli.run("verify", "--key", "").exit());
    }

    @Test
    void verifyAgainstARememberedCheckpoint() throws Exception {
        cli.run("put", "a", "1").done();
        Path note = temp.resolve("remembered");
        Files.writeString(note, "no note");
        CliHarness.Result none = cli.run("verify", "--checkpoint", note.toString());
        assertEquals(2, none.exit());
        assertTrue(none.err().startsWith("Error: --checkpoint " + note + " is no checkpoint: "), none.err());
        assertEquals(2, cli.run("verify", "--verifier-key", "x").exit());
        assertEquals(
                2,
                cli.run("verify", "--from", "1", "--checkpoint", note.toString())
                        .exit());
        LedgerId other = LedgerId.of(new byte[LedgerId.LENGTH]);
        SigningKey key = SigningKey.of(new byte[SigningKey.SEED_LENGTH]);
        Checkpoint checkpoint = Checkpoint.sign(new Origin("blockdb", other), 2, MerkleTree.EMPTY_ROOT, List.of(key));
        Files.writeString(note, checkpoint.note());
        CliHarness.Result result = cli.run("verify", "--checkpoint", note.toString());
        assertEquals(1, result.exit());
        assertTrue(
                result.err()
                        .contains(note + " @0: this is another ledger than the checkpoint is of: expected " + other),
                result.err());
    }

    @Test
    void verifyNamesThePlaceOfDamage() throws Exception {
        for (int i = 0; i < 5; i++) {
            cli.run("put", "k" + i, "value " + i).done();
        }
        Path segment;
        try (Stream<Path> files = Files.list(cli.directory().resolve("ledger"))) {
            segment = files.filter(file -> file.toString().endsWith(".seg"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(segment);
        int place = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("value 2");
        bytes[place] ^= 1;
        Files.write(segment, bytes);

        CliHarness.Result result = cli.run("verify");
        assertEquals(1, result.exit());
        assertEquals("Verifying blockchain integrity...\n", result.out());
        List<String> err = result.err().lines().toList();
        assertEquals("✗ Blockchain integrity verification failed", err.get(0));
        assertTrue(err.get(1).matches("  ledger/" + segment.getFileName() + " @[0-9]+.*height 3.*"), result.err());
        CliHarness.Result json = cli.run("verify", "-o", "json");
        assertEquals(1, json.exit());
        assertTrue(json.out().contains("\"blockchain_valid\":false,\"blocks_verified\":"), json.out());
        assertTrue(
                json.out().matches("(?s).*\"expected\":\"[0-9a-f]{8}\",\"found\":\"[0-9a-f]{8}\",\"reason\".*"),
                json.out());
        assertTrue(json.out().contains("\"first_failure\":{\"file\":\"ledger/" + segment.getFileName()), json.out());
    }

    @Test
    void commandsThatReadChangeNothing() throws Exception {
        cli.run("table", "create", "t", "--policy", "versioned").done();
        cli.run("put", "k", "v", "-t", "t").done();
        cli.run("put", "k", "v").done();
        Map<String, String> before = cli.fingerprint();
        cli.run("get", "k").done();
        cli.run("get", "k", "--at", "3", "-o", "json").done();
        cli.run("scan").done();
        cli.run("history", "k", "-t", "t").done();
        cli.run("table", "list").done();
        cli.run("verify").done();
        cli.run("stats").done();
        assertEquals(before, cli.fingerprint());
    }

    @Test
    void watchingAppendsALineEachTimeWithRates() {
        cli.run("stats", "--watch").failed(3, "Error: No database at " + cli.directory());
        cli.run("put", "k", "v").done();
        List<String> table = cli.run("stats", "--watch", "0.1", "--count", "3")
                .done()
                .lines()
                .toList();
        assertEquals(4, table.size());
        assertTrue(table.get(0).startsWith("TIME                     ENTRIES      PUTS/S"), table.get(0));
        assertTrue(table.get(1).matches("20[-0-9T:]+Z +3 +- +2 +- .*"), table.get(1));
        assertTrue(table.get(2).matches("20[-0-9T:]+Z +3 +0 +2 +0 .*"), table.get(2));
        String json =
                cli.run("stats", "--watch=0.1", "--count", "2", "-o", "json").done();
        assertTrue(json.lines().allMatch(line -> line.startsWith("{\"timestamp\":")), json);
        cli.run("stats", "--count", "2").failed(2, "Error: --count goes with --watch");
        cli.run("stats", "--watch", "0").failed(2, "Error: --watch takes 0.1 to 86,400 seconds");
    }

    @Test
    void watchingWhatAnotherHasOpenShowsWhoAndTheFiles() throws Exception {
        try (BlockDb db = BlockDb.open(cli.directory(), Options.defaults())) {
            String line = cli.run("stats", "--watch", "0.1", "--count", "1", "-o", "jsonl")
                    .done();
            assertTrue(line.contains("\"entries\":null,"), line);
            assertTrue(line.matches("(?s).*\"ledger_bytes\":[1-9][0-9]*,.*"), line);
            assertTrue(
                    line.contains(
                            "\"in_use_by\":\"process " + ProcessHandle.current().pid()),
                    line);
            db.stats();
        }
    }

    @Test
    void watchingOnATerminalPaintsOverWhatStoodThere() {
        cli.run("put", "k", "v").done();
        cli.terminals("1").set("TERM", "xterm").set("COLUMNS", "60");
        String screen = cli.run("stats", "--watch", "0.1", "--count", "2").done();
        assertTrue(screen.startsWith("BlockDB Statistics:\n"), screen);
        assertTrue(screen.matches("(?s).*\u001b\\[[0-9]+A\u001b\\[JBlockDB Statistics:\n.*"), screen);
        assertTrue(screen.contains("\n  A second: 0 puts, 0 blocks, 0 B of ledger\n"), screen);
        assertTrue(cli.input("put a b\nstats --watch 0.1 --count 1\n")
                .run("interactive")
                .done()
                .contains("  A second: -\n"));
    }
}
