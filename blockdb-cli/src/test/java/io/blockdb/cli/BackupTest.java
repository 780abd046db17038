package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code backup}, {@code restore}, {@code verify --repair}, {@code export --proofs}, {@code check-export}. */
final class BackupTest {
    @TempDir
    private Path temp;

    private CliHarness cli;
    private Path backup;
    private String vkey;

    @BeforeEach
    void write() {
        cli = new CliHarness(temp.resolve("data"));
        backup = temp.resolve("backup");
        for (int i = 0; i < 20; i++) {
            cli.run("put", "key" + i, "value" + i).done();
        }
        vkey = cli.run("key").done().strip().lines().findFirst().orElseThrow();
        vkey = vkey.substring(vkey.indexOf("blockdb/")).split("\\s")[0];
    }

    private CliHarness restored() {
        return new CliHarness(temp.resolve("restored"));
    }

    private Path segment(Path directory) {
        return directory.resolve("ledger/0000000001.seg");
    }

    private static void flip(Path file, long offset) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) offset] ^= 1;
        Files.write(file, bytes);
    }

    @Test
    void aBackupIsMadeReadBroughtUpToDateAndRestored() throws IOException {
        List<String> lines = cli.run("backup", backup.toString()).done().lines().toList();
        assertEquals("Backed up 21 blocks with 22 entries to " + backup, lines.get(0));
        assertEquals("  The checkpoint beside it covers 21 of 21 blocks; the private key is not in it", lines.get(2));
        assertEquals("value7\n", cli.run("-d", backup.toString(), "get", "key7").done());
        assertEquals(ExitCode.DONE, cli.run("-d", backup.toString(), "verify").exit());
        cli.run("put", "later", "on").done();
        String json = cli.run("backup", backup.toString(), "--output", "json").done();
        assertTrue(json.contains("\"blocks\":22,\"entries\":23,\"checkpoint_size\":22,"), json);
        CliHarness.Result result = restored().run("restore", backup.toString(), "--key", vkey);
        assertEquals(ExitCode.DONE, result.exit(), result.err());
        assertTrue(result.out().startsWith("Restored 22 blocks with 23 entries to "), result.out());
        assertTrue(result.out().contains("signed by a key that you gave"), result.out());
        assertTrue(result.err().contains("the private key was not in the backup"), result.err());
        assertEquals("on\n", restored().run("get", "later").done());
        restored().run("put", "more", "1").done();
        assertEquals(ExitCode.DONE, restored().run("verify").exit());
    }

    @Test
    void restoringWithoutAKeySaysSoAndRefusesWhatIsThere() throws IOException {
        cli.run("backup", "--with-keys", "--copy", backup.toString()).done();
        CliHarness.Result result = restored().run("restore", backup.toString());
        assertEquals(ExitCode.DONE, result.exit(), result.err());
        assertTrue(result.err().contains("not against one that you trust"), result.err());
        assertFalse(result.err().contains("private key"), result.err());
        assertEquals(ExitCode.NO, restored().run("restore", backup.toString()).exit());
        assertEquals(
                ExitCode.COULD_NOT,
                new CliHarness(temp.resolve("x")).run("restore", "/nowhere").exit());
        CliHarness.Result none =
                new CliHarness(temp.resolve("x")).run("restore", cli.directory().toString());
        assertEquals(ExitCode.NO, none.exit(), none.err());
        flip(segment(backup), Files.size(segment(backup)) / 2);
        CliHarness.Result bad = new CliHarness(temp.resolve("x")).run("restore", backup.toString());
        assertEquals(ExitCode.NO, bad.exit());
        assertTrue(bad.err().startsWith("Error: " + backup + " does not prove itself: "), bad.err());
        assertFalse(Files.exists(temp.resolve("x")));
    }

    @Test
    void aBackupOfAnotherDatabaseIsRefused() {
        cli.run("backup", backup.toString()).done();
        CliHarness other = new CliHarness(temp.resolve("other"));
        other.run("put", "a", "b").done();
        CliHarness.Result refused = other.run("backup", backup.toString());
        assertEquals(ExitCode.NO, refused.exit());
        assertTrue(refused.err().contains("holds a backup of ledger"), refused.err());
        assertEquals(
                ExitCode.COULD_NOT,
                new CliHarness(temp.resolve("none")).run("backup", "b").exit());
        assertEquals(ExitCode.USAGE, cli.run("backup").exit());
        assertEquals(
                ExitCode.USAGE,
                cli.run("backup", cli.directory().resolve("in").toString()).exit());
    }

    @Test
    void aDamagedLedgerIsMendedOutOfABackup() throws IOException {
        // What was signed last is then signed by a key whose entry lies behind the damage.
        assertEquals(ExitCode.DONE, cli.run("key", "rotate").exit());
        cli.run("backup", backup.toString()).done();
        long size = Files.size(segment(cli.directory()));
        flip(segment(cli.directory()), size / 2);
        assertEquals(ExitCode.NO, cli.run("verify").exit());
        CliHarness.Result alone = cli.run("verify", "--repair");
        assertEquals(ExitCode.NO, alone.exit());
        assertTrue(alone.err().contains("Lost: block "), alone.err());
        assertTrue(alone.err().contains("--from-backup"), alone.err());
        assertTrue(alone.out().contains("Nothing was replaced; the report is quarantine/"), alone.out());
        CliHarness.Result refused = cli.run("put", "more", "1");
        assertEquals(ExitCode.COULD_NOT, refused.exit());
        assertTrue(refused.err().contains("'verify --repair' mends what can be mended"), refused.err());
        CliHarness.Result unsigned = cli.run("checkpoint");
        assertEquals(ExitCode.COULD_NOT, unsigned.exit());
        assertTrue(unsigned.err().contains("Error: ledger/0000000001.seg @"), unsigned.err());
        CliHarness.Result mended = cli.run("verify", "--repair", "--from-backup", backup.toString());
        assertEquals(ExitCode.DONE, mended.exit(), mended.err());
        assertTrue(mended.out().contains("ledger/0000000001.seg: the frame of block "), mended.out());
        assertTrue(mended.out().contains("kept in quarantine/"), mended.out());
        cli.run("verify").done();
        assertEquals("value19\n", cli.run("get", "key19").done());
        assertTrue(cli.run("verify", "--repair").done().contains("Nothing to repair"));
    }

    @Test
    void aDamagedIndexIsBuiltAnew() throws IOException {
        cli.run("stats").done();
        Path manifest = cli.directory().resolve("index/MANIFEST");
        if (!Files.exists(manifest)) {
            return;
        }
        flip(manifest, 40);
        CliHarness.Result result = cli.run("verify", "--repair", "--output", "json");
        assertEquals(ExitCode.DONE, result.exit(), result.err());
        assertTrue(result.out().startsWith("{\"repaired\":true,\"blockchain_valid\":true,"), result.out());
    }

    /** What no repair mends is not called repaired: another history than the one that was signed, say. */
    @Test
    void aRepairIsHeldAgainstTheCheckpointThatWasGiven() throws IOException {
        cli.run("backup", "--with-keys", backup.toString()).done();
        CliHarness other = restored();
        assertEquals(ExitCode.DONE, other.run("restore", backup.toString()).exit());
        other.run("put", "other", "history").done();
        Path note = temp.resolve("other.note");
        Files.writeString(note, other.run("checkpoint").done());
        CliHarness.Result result = cli.run("verify", "--repair", "--checkpoint", note.toString());
        assertEquals(ExitCode.NO, result.exit());
        assertTrue(result.err().contains("There is damage still:\n  ledger/"), result.err());
        assertFalse(result.err().contains("Repaired"), result.err());
    }

    @Test
    void aLedgerWithoutItsSegmentIsDamageAndComesBackFromABackup() throws IOException {
        cli.run("backup", backup.toString()).done();
        Files.delete(segment(cli.directory()));
        CliHarness.Result get = cli.run("get", "key1");
        assertEquals(ExitCode.COULD_NOT, get.exit());
        assertTrue(get.err().contains("there is no segment, yet 21 blocks were known to be on disk"), get.err());
        assertEquals(ExitCode.NO, cli.run("verify").exit());
        CliHarness.Result mended = cli.run("verify", "--repair", "--from-backup", backup.toString());
        assertEquals(ExitCode.DONE, mended.exit(), mended.err());
        assertEquals("value19\n", cli.run("get", "key19").done());
        cli.run("verify").done();
    }

    @Test
    void whatLiesBehindTheDamageIsNotCalledAMistakeOfTheCaller() throws IOException {
        flip(segment(cli.directory()), Files.size(segment(cli.directory())) / 2);
        for (String[] line : new String[][] {{"receipt", "--sequence", "20"}, {"get", "key19", "--at", "19"}}) {
            CliHarness.Result result = cli.run(line);
            assertEquals(ExitCode.COULD_NOT, result.exit(), result.err());
            assertTrue(result.err().contains("the answer may lie behind it"), result.err());
        }
    }

    @Test
    void repairRefusesWhatDoesNotGoWithIt() {
        CliHarness.Result itself =
                cli.run("verify", "--repair", "--from-backup", cli.directory().toString());
        assertEquals(ExitCode.USAGE, itself.exit());
        assertTrue(itself.err().contains("is the database itself"), itself.err());
        assertEquals(ExitCode.USAGE, cli.run("verify", "--from-backup", "x").exit());
        assertEquals(ExitCode.USAGE, cli.run("verify", "--repair", "--quick").exit());
    }

    @Test
    void anExportWithProofsIsCheckedByTheKeyAlone() throws IOException {
        Path file = temp.resolve("ledger.proofs.gz");
        cli.run("checkpoint").done();
        Map<String, String> before = cli.fingerprint();
        assertEquals(
                "Exported 22 entries of 21 blocks with their proofs to " + file + "\n",
                cli.run("export", "--proofs", file.toString()).out());
        assertEquals(before, cli.fingerprint());
        CliHarness nowhere = new CliHarness(temp.resolve("nowhere"));
        String held =
                nowhere.run("check-export", file.toString(), "--key", vkey).done();
        assertTrue(held.startsWith("✓ The export holds: it is the whole ledger, unchanged\n"), held);
        String json = nowhere.run("check-export", file.toString(), "--key", vkey, "--output", "json")
                .done();
        assertTrue(json.startsWith("{\"valid\":true,") && json.contains("\"blocks\":21,\"entries\":22,"), json);
        byte[] packed = Files.readAllBytes(file);
        String text = new String(
                new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes(), StandardCharsets.UTF_8);
        Path plain = temp.resolve("ledger.proofs");
        Files.writeString(plain, text);
        nowhere.run("check-export", plain.toString(), "--key", vkey).done();
        assertEquals(text, cli.run("export", "--proofs", "-").out());
        Files.writeString(plain, text.replaceFirst("\"value\":\"dmFsdWU5\"", "\"value\":\"dmFsdWUz\""));
        CliHarness.Result changed = nowhere.run("check-export", plain.toString(), "--key", vkey);
        assertEquals(ExitCode.NO, changed.exit());
        assertTrue(changed.err().startsWith("✗ The export does not hold\n  value: line "), changed.err());
        for (int length : new int[] {5, packed.length / 2}) {
            Files.write(plain, Arrays.copyOf(packed, length));
            CliHarness.Result cut = nowhere.run("check-export", plain.toString(), "--key", vkey);
            assertEquals(ExitCode.NO, cut.exit());
            assertTrue(cut.err().contains("the compressed file is damaged or cut: "), cut.err());
            assertFalse(cut.err().contains("Exception"), cut.err());
        }
        assertEquals(
                ExitCode.USAGE, cli.run("export", "--proofs", file.toString()).exit());
        assertEquals(
                ExitCode.USAGE,
                cli.run("export", "--proofs", "-", "--table", "default").exit());
        try (Stream<Path> left = Files.list(temp)) {
            assertEquals(
                    List.of(),
                    left.filter(path -> path.toString().endsWith(".part")).toList());
        }
    }
}
