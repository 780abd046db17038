package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.GrowthProof;
import io.blockdb.proof.MalformedException;
import io.blockdb.proof.Receipt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** receipt, checkpoint, key, prove-consistency, and --receipt: what is printed, and when something is signed. */
final class SigningCommandsTest {
    @TempDir
    private Path temp;

    private CliHarness cli;

    @BeforeEach
    void begin() {
        cli = new CliHarness(temp.resolve("data"));
    }

    private String file(String name) {
        return temp.resolve(name).toString();
    }

    private String keys() {
        return String.join(",", cli.run("key").done().strip().split("\n"));
    }

    private void check(String receipt) {
        CliHarness stranger = new CliHarness(temp.resolve("nowhere"));
        assertTrue(
                stranger.run("check-receipt", receipt, "--key", keys()).done().startsWith("✓"));
    }

    @Test
    void aPutWithItsReceipt() throws Exception {
        assertEquals(
                PutCommand.DONE + "\n",
                cli.run("put", "k", "v", "--receipt", file("r.json")).done());
        check(file("r.json"));
        assertEquals(
                2, Receipt.parse(Files.readAllBytes(temp.resolve("r.json"))).sequence());
        cli.run("put", "k", "v", "--receipt", file("r.json")).done();
        check(file("r.json"));
        cli.run("put", "l", "v", "--receipt", file("none/r.json"))
                .failed(2, "Error: --receipt: there is no directory " + file("none") + "");
        cli.run("put", "l", "v", "--receipt", "-")
                .failed(2, "Error: --receipt: name a file; 'receipt' prints one to standard output");
        cli.run("get", "l").failed(1, "Key not found");
    }

    @Test
    void aReceiptOnlyReadsWhatWasSigned() throws Exception {
        cli.run("put", "k", "v").done();
        cli.run("put", "l", "w").done();
        cli.run("checkpoint").done();
        Map<String, String> before = cli.fingerprint();
        String printed = cli.run("receipt", "k").done();
        Files.writeString(temp.resolve("r.json"), printed);
        check(file("r.json"));
        assertEquals("w\n", cli.run("get", "l", "--receipt", file("l.json")).done());
        check(file("l.json"));
        assertEquals(printed, cli.run("receipt", "--sequence", "2").done());
        assertEquals(
                printed,
                cli.run("receipt", "6b", "--key-encoding", "hex", "--sequence", "2")
                        .done());
        assertEquals(printed, cli.run("receipt", "k", "--at", "1").done());
        assertEquals(before, cli.fingerprint());

        cli.run("put", "m", "x").done();
        assertEquals(3, Receipt.parse(cli.run("receipt", "l").done()).height() + 1);
        assertEquals(before.get("keys/ANCHOR"), cli.fingerprint().get("keys/ANCHOR"));
        Files.writeString(temp.resolve("m.json"), cli.run("receipt", "m").done());
        check(file("m.json"));
        assertNotEquals(before.get("keys/ANCHOR"), cli.fingerprint().get("keys/ANCHOR"));
    }

    @Test
    void aReceiptThatCannotBe() {
        cli.run("receipt", "k").failed(3, "Error: No database at " + cli.directory());
        cli.run("checkpoint").failed(3, "Error: No database at " + cli.directory());
        cli.run("key").failed(3, "Error: No database at " + cli.directory());
        cli.run("put", "k", "v").done();
        cli.run("receipt", "l").failed(1, "Key not found");
        cli.run("receipt", "k", "--sequence", "1")
                .failed(1, "Note: entry 1 is not one of this key; 'history' lists those that are\nKey not found");
        cli.run("receipt", "--sequence", "9")
                .failed(2, "Error: --sequence 9: there is no such entry, the newest has sequence 2");
        cli.run("receipt").failed(2, "Error: receipt needs a KEY, or --sequence alone");
    }

    @Test
    void aCheckpointIsSignedOnceForASize() throws Exception {
        cli.run("put", "k", "v").done();
        String note = cli.run("checkpoint").done();
        assertEquals(2, Checkpoint.parse(note).treeSize());
        Map<String, String> before = cli.fingerprint();
        assertEquals(note, cli.run("checkpoint").done());
        assertEquals(before, cli.fingerprint());
        assertEquals(note, Files.readString(cli.directory().resolve("keys/ANCHOR")));
    }

    @Test
    void commandsSignNothingUnasked() throws Exception {
        cli.run("put", "k", "v").done();
        assertTrue(cli.run("stats").done().contains("Signed:       no checkpoint yet\n"));
        cli.input("put l v\nexit\n").run("interactive").done();
        assertTrue(Files.readString(cli.directory().resolve("keys/ANCHOR")).contains("\n3\n"));
        cli.run("put", "m", "v").done();
        String stats = cli.run("stats").done();
        assertTrue(stats.contains("Signed:       the first 3 blocks, last at "), stats);
        assertTrue(stats.contains("; 1 block since\n"), stats);
        assertTrue(cli.run("stats", "--output", "json").done().contains("\"signed_blocks\":3,\"signed_at\":"));
        assertTrue(cli.run("doctor").out().contains("the first 3 blocks"));
    }

    @Test
    void growthIsProved() throws Exception {
        cli.run("put", "k", "v").done();
        Files.writeString(temp.resolve("old"), cli.run("checkpoint").done());
        for (String key : new String[] {"l", "m", "n"}) {
            cli.run("put", key, "v").done();
        }
        Files.writeString(temp.resolve("new"), cli.run("checkpoint").done());
        cli.run("put", "o", "v").done();
        String proof = cli.run("prove-consistency", "--from", file("old")).done();
        GrowthProof parsed = GrowthProof.parse(proof.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertEquals(5, parsed.proof().newSize());
        Files.writeString(temp.resolve("proof"), proof);
        assertTrue(cli.run("check-consistency", file("old"), file("proof"), "--key", keys())
                .done()
                .startsWith("✓"));
        assertEquals(
                proof,
                cli.run("prove-consistency", "--from", file("old"), "--to", file("new"))
                        .done());
        cli.run("prove-consistency", "--from", file("new"), "--to", file("old"))
                .failed(1, "Error: the older checkpoint is of 5 blocks, the newer of 2, and the ledger has 6");
        assertEquals(3, cli.run("prove-consistency", "--from", file("none")).exit());
        CliHarness foreign = new CliHarness(temp.resolve("foreign"));
        foreign.run("put", "k", "v").done();
        Files.writeString(temp.resolve("theirs"), foreign.run("checkpoint").done());
        CliHarness.Result refused = cli.run("prove-consistency", "--from", file("theirs"));
        assertEquals(1, refused.exit());
        assertTrue(refused.err().startsWith("Error: the checkpoints are of two ledgers, 'blockdb/"), refused.err());
    }

    @Test
    void theKeyIsChanged() throws Exception {
        cli.run("put", "k", "v", "--receipt", file("before.json")).done();
        String old = cli.run("key").done().strip();
        CliHarness.Result rotated = cli.run("key", "rotate", "--receipt", file("handover.json"));
        assertEquals(0, rotated.exit(), rotated.err());
        String oldId = old.split("\\+")[1];
        assertEquals("Note: key " + oldId + " is retired; what it signed stays valid\n", rotated.err());
        assertEquals(old + "\n" + rotated.out(), cli.run("key").done());
        assertTrue(cli.run("key", "--output", "json").done().contains("\"state\":\"retired\""));
        assertTrue(cli.run("key", "--output", "table").done().contains("STATE"));
        check(file("before.json"));
        String handover =
                cli.run("check-receipt", file("handover.json"), "--key", old).done();
        assertTrue(handover.contains("_keys"), handover);
        cli.run("put", "l", "v", "--receipt", file("after.json")).done();
        check(file("after.json"));
        // The file that 'key' was printed to is the argument as it is.
        CliHarness stranger = new CliHarness(temp.resolve("nowhere"));
        String lines = cli.run("key").done().strip();
        stranger.run("check-receipt", file("after.json"), "--key", lines).done();
        Files.writeString(temp.resolve("note"), cli.run("checkpoint").done());
        String trusted = "Note: The checkpoint in " + file("note") + " is signed by key "
                + rotated.out().split("\\+")[1] + ", which was given.\n";
        CliHarness.Result verified = cli.run("verify", "--checkpoint", file("note"), "--verifier-key", lines);
        assertEquals(0, verified.exit());
        assertEquals(trusted, verified.err());
        assertEquals(
                1, cli.run("check-receipt", file("after.json"), "--key", old).exit());
        CliHarness.Result none = cli.run("key", "rotate", "--lost");
        assertEquals(2, none.exit());
        assertTrue(none.err().contains("no key is lost"), none.err());
    }

    @Test
    void aLostKey() throws IOException {
        cli.run("put", "k", "v").done();
        String keyId = cli.run("key").done().split("\\+")[1];
        Path pem = cli.directory().resolve("keys/" + keyId + ".pem");
        Files.delete(pem);
        CliHarness.Result stored = cli.run("put", "l", "v", "--receipt", file("r.json"));
        assertEquals(PutCommand.DONE + "\n", stored.out());
        assertEquals(3, stored.exit());
        assertTrue(
                stored.err()
                        .startsWith(
                                "Error: the pair is stored, its receipt cannot be had: no key can sign for this ledger: "
                                        + pem + " is missing"),
                stored.err());
        CliHarness.Result lost = cli.run("key", "rotate", "--lost");
        assertEquals(0, lost.exit(), lost.err());
        assertTrue(lost.err().contains("every verifier must be given it by hand"), lost.err());
        cli.run("put", "l", "v", "--receipt", file("r.json")).done();
        check(file("r.json"));
    }

    @Test
    void settings() throws Exception {
        Files.createDirectory(temp.resolve("other"));
        cli.set("BLOCKDB_ANCHOR_PATH", file("other/anchor"));
        cli.run("put", "k", "v", "--receipt", file("r.json")).done();
        assertEquals(
                Files.readString(cli.directory().resolve("keys/ANCHOR")),
                Files.readString(temp.resolve("other/anchor")));
        cli.run("checkpoint", "--checkpoint-interval", "x")
                .failed(2, "Error: --checkpoint-interval: 'x' is not a whole number from 0 to 1099511627776");
        assertFalse(cli.run("--help").done().isEmpty());
        CliHarness.Result wrong = cli.run("put", "m", "v", "--receipt", file("m.json"), "--signing-key", file("none"));
        assertEquals(3, wrong.exit());
        assertTrue(wrong.err().contains("the signing key " + file("none") + " is not there"), wrong.err());
    }

    @Test
    void malformedFilesAreRefused() throws IOException, MalformedException {
        cli.run("put", "k", "v").done();
        Files.writeString(temp.resolve("bad"), "no checkpoint");
        CliHarness.Result refused = cli.run("prove-consistency", "--from", file("bad"));
        assertEquals(2, refused.exit());
        assertTrue(refused.err().startsWith("Error: --from " + file("bad") + ": "), refused.err());
    }
}
