package io.blockdb.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Hash;
import io.blockdb.base.LedgerId;
import io.blockdb.base.TableName;
import io.blockdb.proof.BlockHeader;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.ConsistencyProof;
import io.blockdb.proof.EntryLeaf;
import io.blockdb.proof.GrowthProof;
import io.blockdb.proof.InclusionProof;
import io.blockdb.proof.MalformedException;
import io.blockdb.proof.MerkleTree;
import io.blockdb.proof.Origin;
import io.blockdb.proof.Receipt;
import io.blockdb.proof.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that check proofs offline, on a ledger of three blocks made by hand: no database is there. */
final class CheckProofsTest {
    private static final LedgerId LEDGER = LedgerId.parse("a7".repeat(16));
    private static final Origin ORIGIN = new Origin("blockdb", LEDGER);
    private static final SigningKey KEY = SigningKey.of(new byte[32]);
    private static final String VKEY = KEY.verifierKey(ORIGIN).toString();
    private static final long TIME = 1_700_000_000_000_000L;

    @TempDir
    private Path temp;

    private CliHarness cli;
    private final byte[] hashes = new byte[3 * Hash.LENGTH];

    @BeforeEach
    void begin() {
        cli = new CliHarness(temp.resolve("absent"));
    }

    private static byte[] leaf(int kind, byte[] key, byte[] value, byte[] salt) {
        return EntryLeaf.encode(
                kind,
                "alice".getBytes(UTF_8),
                TableName.of(kind == 1 ? "default" : "rates"),
                key,
                value,
                salt,
                0,
                false);
    }

    /** A receipt of the newest of three blocks, which holds one entry. */
    private Receipt receipt(byte[] leaf, byte[] key, byte @Nullable [] value, byte @Nullable [] salt) {
        byte[] header = new byte[0];
        Hash previous = Hash.ZERO;
        byte[] system =
                EntryLeaf.encode(1, new byte[0], TableName.of("_format"), key, new byte[0], new byte[0], 0, false);
        for (int height = 0; height < 3; height++) {
            Hash root = MerkleTree.leafHash(height == 2 ? leaf : system);
            BlockHeader block = new BlockHeader(1, height, height, TIME + height, LEDGER, previous, root);
            header = block.encode();
            previous = block.hash();
            previous.copyTo(hashes, height * Hash.LENGTH);
        }
        return new Receipt(
                table(leaf),
                key,
                value,
                salt,
                2,
                2,
                leaf,
                0,
                List.of(),
                header,
                InclusionProof.build(hashes.clone(), 2, 3).path(),
                checkpoint(3).note());
    }

    /** The table that leaf data names. */
    private static String table(byte[] leaf) {
        try {
            return EntryLeaf.parse(leaf, 0, leaf.length).table().toString();
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    private Checkpoint checkpoint(int size) {
        return Checkpoint.sign(ORIGIN, size, MerkleTree.root(hashes.clone(), size), List.of(KEY));
    }

    private String file(String name, String content) throws IOException {
        return Files.writeString(temp.resolve(name), content).toString();
    }

    private String put(byte @Nullable [] shown) throws IOException {
        byte[] value = "paid".getBytes(UTF_8);
        byte[] leaf = leaf(1, "invoice-17".getBytes(UTF_8), value, new byte[0]);
        return file(
                "receipt.json",
                receipt(leaf, "invoice-17".getBytes(UTF_8), shown, shown == null ? null : new byte[0])
                        .toJson());
    }

    @Test
    void aReceiptThatHoldsSaysWhatItProves() throws Exception {
        String out = cli.run("check-receipt", put("paid".getBytes(UTF_8)), "--key", VKEY)
                .done();
        assertEquals("""
                ✓ The receipt holds: this entry stands in the ledger
                  Kind:      put
                  Table:     default
                  Key:       invoice-17
                  Value:     proved, 4 bytes
                  Author:    alice
                  Time:      2023-11-14T22:13:20.000002Z by the writer's clock
                  Expires:   never
                  Sequence:  2
                  Block:     2 of 3 blocks
                  Ledger:    blockdb/a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7
                  Not proved: that there is no newer revision; check-receipt --help says what else is not.
                """, out);
        String json = cli.run("check-receipt", put(null), "--key", VKEY, "--output", "json")
                .done();
        assertTrue(json.contains("\"valid\":true"), json);
        assertTrue(json.contains("\"value_proved\":false"), json);
        assertTrue(json.contains("\"tree_size\":3"), json);
    }

    @Test
    void noTwoKeysLookTheSame() throws Exception {
        for (String[] each : new String[][] {{"a\\nb", "a\\\\nb"}, {"a\nb", "a\\nb"}}) {
            byte[] key = each[0].getBytes(UTF_8);
            byte[] leaf = leaf(1, key, new byte[0], new byte[0]);
            String file = file(
                    "receipt.json", receipt(leaf, key, new byte[0], new byte[0]).toJson());
            String out = cli.run("check-receipt", file, "--key", VKEY).done();
            assertTrue(out.contains("\n  Key:       " + each[1] + "\n"), out);
        }
    }

    @Test
    void aReceiptComesFromStandardInputToo() throws Exception {
        cli.input(Files.readString(Path.of(put(null))));
        assertTrue(
                cli.run("check-receipt", "-", "--key", VKEY).done().contains("not proved: the receipt withholds it"));
    }

    @Test
    void aValueThatCameApartIsCompared() throws Exception {
        String withheld = put(null);
        String paid = file("value", "paid");
        String other = file("other", "owed");
        assertTrue(cli.run("check-receipt", withheld, "--key", VKEY, "--value", paid)
                .done()
                .contains("proved, 4 bytes"));
        cli.run("check-receipt", withheld, "--key", VKEY, "--value", other)
                .failed(
                        ExitCode.NO,
                        "✗ The receipt does not hold\n  value: it is not the one that was written: lengths or digest differ");
        cli.run("check-receipt", put("paid".getBytes(UTF_8)), "--key", VKEY, "--value", other)
                .failed(
                        ExitCode.NO,
                        "✗ The receipt does not hold\n  value: --value is not the value that the receipt shows");
    }

    @Test
    void aDeletionAndASaltedValueCannotBeCompared() throws Exception {
        byte[] key = "eur".getBytes(UTF_8);
        String deletion = file(
                "deletion.json",
                receipt(leaf(2, key, new byte[0], new byte[0]), key, null, null).toJson());
        assertTrue(cli.run("check-receipt", deletion, "--key", VKEY).done().contains("Kind:      deletion"));
        String value = file("value", "1.07");
        cli.run("check-receipt", deletion, "--key", VKEY, "--value", value)
                .failed(
                        ExitCode.NO,
                        "✗ The receipt does not hold\n  value: a deletion has no value to compare --value with");
        byte[] salted = leaf(1, key, "1.07".getBytes(UTF_8), new byte[16]);
        String withheld = file("salted.json", receipt(salted, key, null, null).toJson());
        cli.run("check-receipt", withheld, "--key", VKEY, "--value", value)
                .failed(
                        ExitCode.NO,
                        "✗ The receipt does not hold\n  value: the value was written with a salt, which the receipt"
                                + " withholds: --value cannot be compared");
    }

    @Test
    void whatDoesNotHoldIsRefusedWithTheStepThatFailed() throws Exception {
        String good = Files.readString(Path.of(put(null)));
        String stranger = SigningKey.of(
                        "a stranger's seed of 32 bytes....".substring(0, 32).getBytes(UTF_8))
                .verifierKey(ORIGIN)
                .toString();
        CliHarness.Result refused = cli.run(
                "check-receipt",
                file("a", good.replace("\"sequence\":2", "\"sequence\":3")),
                "--key",
                VKEY,
                "-o",
                "json");
        assertEquals(ExitCode.NO, refused.exit());
        assertEquals(
                "{\"valid\":false,\"failed_step\":\"header\",\"reason\":\"entry 0 of the block has the sequence 2, the receipt"
                        + " says 3\"}\n",
                refused.out());
        cli.run("check-receipt", file("b", good), "--key", stranger)
                .failed(
                        ExitCode.NO,
                        "✗ The receipt does not hold\n  checkpoint: 0 of the signers given have signed it, 1 are needed");
        cli.run("check-receipt", file("c", "{}"), "--key", VKEY)
                .failed(ExitCode.NO, "✗ The receipt does not hold\n  form: receipt has 0 of its 13 fields");
        cli.run("check-receipt", temp.resolve("none").toString(), "--key", VKEY)
                .failed(
                        ExitCode.COULD_NOT,
                        "Error: cannot open " + temp.resolve("none") + " (No such file or directory)");
        assertEquals(ExitCode.USAGE, cli.run("check-receipt", file("d", good)).exit());
        cli.run("check-receipt", file("e", good), "--key", "nonsense")
                .failed(ExitCode.USAGE, "Error: --key 'nonsense': verifier key is not of the form name+key_id+base64");
        cli.run("check-receipt", file("f", good), "--key", VKEY, "--threshold", "2")
                .failed(ExitCode.USAGE, "Error: --key, --threshold: threshold 2 is not 1 to the number of signers, 1");
    }

    @Test
    void aReceiptIsHeldAgainstACheckpointThatIsTrusted() throws Exception {
        String receipt = put(null);
        String same = file("same.note", checkpoint(3).note());
        cli.run("check-receipt", receipt, "--key", VKEY, "--checkpoint", same).done();
        String older = file("older.note", checkpoint(2).note());
        CliHarness.Result noted = cli.run("check-receipt", receipt, "--key", VKEY, "--checkpoint", older);
        assertEquals(ExitCode.DONE, noted.exit());
        assertTrue(noted.err().contains("prove-consistency"), noted.err());
        String forged = file(
                "forged.note",
                Checkpoint.sign(ORIGIN, 3, Hash.ZERO, List.of(KEY)).note());
        CliHarness.Result evidence = cli.run("check-receipt", receipt, "--key", VKEY, "--checkpoint", forged);
        assertEquals(ExitCode.NO, evidence.exit());
        assertTrue(evidence.err().contains("EVIDENCE OF TAMPERING"), evidence.err());
    }

    @Test
    void oneGoodLineOnEachNoteConvictsThoughAnotherLineFails() throws Exception {
        String receipt = put(null);
        String forged = Checkpoint.sign(ORIGIN, 3, Hash.ZERO, List.of(KEY)).note();
        String good = forged.substring(forged.lastIndexOf('\u2014'));
        String bad = checkpoint(3).note();
        bad = bad.substring(bad.lastIndexOf('\u2014'));
        String note = file("spoilt.note", forged.replace(good, good + bad));
        CliHarness.Result evidence = cli.run("check-receipt", receipt, "--key", VKEY, "--checkpoint", note);
        assertEquals(ExitCode.NO, evidence.exit());
        assertTrue(evidence.err().contains("EVIDENCE OF TAMPERING"), evidence.err());
    }

    @Test
    void growthIsShownOrRefused() throws Exception {
        put(null);
        ConsistencyProof proof = ConsistencyProof.build(hashes, 2, 3);
        String older = file("older.note", checkpoint(2).note());
        String growth = file("growth.json", new GrowthProof(proof, checkpoint(3).note()).toJson());
        assertEquals(
                "✓ The ledger of 3 blocks grew out of the one of 2 blocks: nothing before was changed\n",
                cli.run("check-consistency", older, growth, "--key", VKEY).done());
        String bare = file("bare.json", new GrowthProof(proof, null).toJson());
        String newer = file("newer.note", checkpoint(3).note());
        cli.run("check-consistency", older, bare, "--checkpoint", newer, "--key", VKEY)
                .done();
        assertEquals(
                ExitCode.USAGE,
                cli.run("check-consistency", older, bare, "--key", VKEY).exit());
        String other = file(
                "other.note",
                Checkpoint.sign(ORIGIN, 3, Hash.ZERO, List.of(KEY)).note());
        CliHarness.Result refused = cli.run("check-consistency", older, bare, "--checkpoint", other, "--key", VKEY);
        assertEquals(ExitCode.NO, refused.exit());
        assertTrue(refused.err().contains("does not lead from the older root"), refused.err());
        Origin foreign = new Origin("blockdb", LedgerId.parse("b8".repeat(16)));
        String strange = file(
                "strange.note",
                Checkpoint.sign(foreign, 3, Hash.ZERO, List.of(KEY)).note());
        CliHarness.Result two = cli.run("check-consistency", newer, bare, "--checkpoint", strange, "--key", VKEY);
        assertEquals(ExitCode.NO, two.exit());
        assertTrue(two.err().contains("of two ledgers"), two.err());
        CliHarness.Result evidence = cli.run("check-consistency", newer, bare, "--checkpoint", other, "--key", VKEY);
        assertTrue(evidence.err().contains("EVIDENCE OF TAMPERING"), evidence.err());
    }
}
