package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.db.BlockDb;
import io.blockdb.db.Options;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DoctorTest {
    @TempDir
    private Path temp;

    private CliHarness cli;

    @BeforeEach
    void begin() {
        cli = new CliHarness(temp.resolve("data"));
    }

    private String section(String doctor, String heading) {
        int begin = doctor.indexOf("\n" + heading + "\n");
        int end = doctor.indexOf("\n\n", begin);
        return doctor.substring(begin + 1, end < 0 ? doctor.length() : end);
    }

    @Test
    void aSoundDatabase() throws Exception {
        cli.run("put", "k", "v").done();
        Map<String, String> before = cli.fingerprint();
        String doctor = cli.run("doctor").done();
        assertEquals(before, cli.fingerprint());
        String database = section(doctor, "Database");
        assertTrue(database.matches("(?s).*\n  ✓ ledger +height 1, 3 entries, 1 segment\n.*"), doctor);
        assertTrue(database.matches("(?s).*\n  ✓ recovery +nothing to recover\n.*"), doctor);
        assertTrue(section(doctor, "Directory").contains(cli.directory().toString()), doctor);
        assertTrue(doctor.contains("blockdb-cli") && doctor.contains("JVM") && doctor.contains("open files"), doctor);
        assertTrue(doctor.matches("(?s).*\nNo problem, [0-9]+ warnings?\\.\n"), doctor);
    }

    @Test
    void noDatabaseIsAWarningAndNoneIsCreated() {
        String doctor = cli.run("doctor").done();
        assertTrue(section(doctor, "Database").startsWith("Database\n  ! state"), doctor);
        assertFalse(Files.exists(cli.directory()));
    }

    @Test
    void damageIsAProblemAndTheRestIsSaidAllTheSame() throws Exception {
        cli.run("put", "k", "v").done();
        Path segment = cli.directory().resolve("ledger/0000000001.seg");
        byte[] bytes = Files.readAllBytes(segment);
        bytes[0] ^= 1;
        Files.write(segment, bytes);
        CliHarness.Result result = cli.run("doctor");
        assertEquals(ExitCode.NO, result.exit());
        assertTrue(section(result.out(), "Database").contains("  ✗ "), result.out());
        assertTrue(section(result.out(), "Setting").contains("memtable-size"), result.out());
        assertTrue(result.out().contains("\n1 problem, "), result.out());
    }

    @Test
    void whoHoldsItIsNamed() throws Exception {
        try (BlockDb db = BlockDb.open(cli.directory(), Options.defaults())) {
            String doctor = cli.run("doctor").done();
            assertTrue(
                    section(doctor, "Database")
                            .contains("in use by process "
                                    + ProcessHandle.current().pid()),
                    doctor);
            db.stats();
        }
    }

    @Test
    void settingsWithTheirOrigin() {
        cli.set("BLOCKDB_COMPACTION_THRESHOLD", "7")
                .set("BLOCKDB_MEMTABLE_SIZ", "3")
                .set("BLOCKDB_TOKEN", "hush")
                .set("BLOCKDB_CDS", "off");
        CliHarness.Result result = cli.run("doctor", "--memtable-size", "16MB");
        String settings = section(result.out(), "Setting");
        assertTrue(settings.contains("16MB (option --memtable-size)"), settings);
        assertTrue(settings.contains(" 7 (environment BLOCKDB_COMPACTION_THRESHOLD)"), settings);
        assertTrue(settings.contains(" 1000 (default)"), settings);
        assertTrue(settings.contains("did you mean BLOCKDB_MEMTABLE_SIZE?"), settings);
        assertFalse(result.out().contains("hush"));
        CliHarness.Result bad = cli.set("BLOCKDB_WAL_SYNC_INTERVAL", "soon").run("doctor", "-o", "jsonl");
        assertEquals(ExitCode.NO, bad.exit());
        assertTrue(
                bad.out().contains("{\"section\":\"database\",\"check\":\"settings\",\"state\":\"problem\","),
                bad.out());
    }

    @Test
    void benchMeasuresAndLeavesNothingBehind() throws Exception {
        cli.run("put", "k", "v").done();
        Map<String, String> before = cli.fingerprint();
        String table = cli.run("bench", "--duration", "1", "--output", "table").done();
        assertTrue(table.startsWith("MEASURE "), table);
        assertTrue(table.contains("\nput, synced, 8 clients "), table);
        assertTrue(table.contains("durable commits a second from one client"), table);
        String csv = cli.run("bench", "--duration", "1", "-o", "csv", "--dir", temp.toString())
                .done();
        assertEquals(8, csv.lines().count(), csv);
        assertEquals(before, cli.fingerprint());
        try (var names = Files.list(temp)) {
            assertEquals(1, names.count());
        }
        cli.run("bench", "--duration", "1000").failed(2, "Error: --duration takes 1 to 120 seconds");
        cli.run("bench", "--dir", "/nowhere").failed(2, "Error: --dir: there is no directory /nowhere");
    }

    @Test
    void latenciesAreKeptWithinAnEighth() {
        Latencies latencies = new Latencies();
        for (long i = 1; i <= 100_000; i++) {
            latencies.add(i * 10);
        }
        assertEquals(100_000, latencies.count());
        assertEquals(1.0, latencies.quantile(0.5) / 500_000.0, 0.125);
        assertEquals(1.0, latencies.quantile(0.99) / 990_000.0, 0.125);
        assertEquals(0, new Latencies().quantile(0.5));
        Latencies both = new Latencies();
        both.add(3);
        both.add(latencies);
        assertEquals(100_001, both.count());
        assertEquals(3, both.quantile(0), "the smallest are exact");
    }
}
