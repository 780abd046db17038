package io.blockdb.proof;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Hash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Every receipt, note and consistency proof of the vectors: those that hold, and those that must be refused. */
class ReceiptVectorsTest {
    private static Vectors vectors = new Vectors(Map.of());

    @BeforeAll
    static void load() throws Exception {
        vectors = Vectors.load();
    }

    /** The receipt of a vector as a text; its fields stand there in the order of LEDGER.md, whatever their types are. */
    private static String json(Vectors receipt) {
        List<String> fields = new ArrayList<>();
        receipt.fields().forEach((name, value) -> fields.add("\"" + name + "\":" + json(value)));
        return "{" + String.join(",", fields) + "}";
    }

    private static String json(@Nullable Object value) {
        if (value instanceof String text) {
            return "\""
                    + text.replace("\\", "\\\\")
                            .replace("\"", "\\\"")
                            .replace("\n", "\\n")
                            .replace("\r", "\\r")
                            .replace("\t", "\\t")
                            .replace("\0", "\\u0000")
                    + "\"";
        }
        if (value instanceof List<?> list) {
            return "["
                    + String.join(
                            ",", list.stream().map(ReceiptVectorsTest::json).toList()) + "]";
        }
        return String.valueOf(value);
    }

    private static List<Signer> signers(List<List<String>> texts) throws MalformedException {
        List<Signer> signers = new ArrayList<>();
        for (List<String> keys : texts) {
            List<VerifierKey> parsed = new ArrayList<>();
            for (String key : keys) {
                parsed.add(VerifierKey.parse(key));
            }
            signers.add(new Signer(parsed));
        }
        return signers;
    }

    private static List<List<String>> signerTexts(Vectors vector) {
        return ((List<?>) Objects.requireNonNull(vector.fields().get("signers")))
                .stream()
                        .map(keys -> ((List<?>) keys)
                                .stream().map(String.class::cast).toList())
                        .toList();
    }

    /** Whether something holds; a refusal is one of the three exceptions that say so, and nothing else. */
    private static boolean holds(Executable check) throws Throwable {
        try {
            check.execute();
            return true;
        } catch (MalformedException | ProofException | IllegalArgumentException e) {
            assertTrue(Objects.requireNonNull(e.getMessage()).length() > 10, e::toString);
            return false;
        }
    }

    private static ProvedEntry verify(String json, List<List<String>> signers, int threshold)
            throws MalformedException, ProofException {
        return ReceiptVerifier.verify(
                Receipt.parse(json.getBytes(StandardCharsets.UTF_8)), signers(signers), threshold);
    }

    @Test
    void everyReceiptOfTheLedgersHolds() throws Exception {
        int count = 0;
        for (Vectors ledger : vectors.objects("ledgers")) {
            List<List<String>> signers = ledger.objects("keys").stream()
                    .map(key -> List.of(key.string("verifier_key")))
                    .toList();
            for (Vectors expected : ledger.objects("receipts")) {
                Vectors fields = expected.object("receipt");
                ProvedEntry proved = verify(json(fields), signers, (int) ledger.number("threshold"));
                assertEquals(expected.flag("deleted"), proved.deletion());
                assertEquals(expected.flag("value_proved"), proved.value() != null);
                assertEquals(expected.string("author"), proved.author());
                assertEquals(expected.number("expires_at"), proved.expiresAt());
                assertEquals(expected.number("timestamp"), proved.timestamp());
                assertEquals(expected.flag("joined_to_next"), proved.joinedToNext());
                assertEquals(fields.string("table"), proved.table().toString());
                assertArrayEquals(fields.base64("key"), proved.key());
                assertEquals(json(fields), Receipt.parse(json(fields)).toJson());
                count++;
            }
        }
        assertTrue(count > 40, "only " + count + " receipts");
    }

    @Test
    void everyReceiptToBeRefusedIs() throws Throwable {
        List<List<String>> signers = List.of(
                List.of(vectors.objects("ledgers").get(0).objects("keys").get(0).string("verifier_key")));
        for (Vectors refused : vectors.objects("refused_receipts")) {
            assertEquals(false, holds(() -> verify(json(refused.object("receipt")), signers, 1)), refused.why());
        }
    }

    @Test
    void craftedReceiptsAreJudgedAsTheyShould() throws Throwable {
        Vectors crafted = vectors.object("crafted");
        List<List<String>> signers = List.of(crafted.strings("verifier_keys"));
        for (Vectors vector : crafted.objects("receipts")) {
            assertEquals(
                    vector.flag("accepted"),
                    holds(() -> verify(json(vector.object("receipt")), signers, (int) crafted.number("threshold"))),
                    vector.why());
        }
    }

    @Test
    void textsAreJudgedAsTheyShould() throws Throwable {
        for (Vectors vector : vectors.objects("texts")) {
            // A lone surrogate cannot be encoded, so such a text is handed over as it is.
            assertEquals(
                    vector.flag("accepted"),
                    holds(() -> ReceiptVerifier.verify(
                            Receipt.parse(vector.string("text")), signers(signerTexts(vector)), (int)
                                    vector.number("threshold"))),
                    vector.why());
        }
    }

    @Test
    void notesAndThresholdsAreJudgedAsTheyShould() throws Throwable {
        for (Vectors vector : vectors.objects("notes")) {
            assertEquals(vector.flag("accepted"), noteHolds(vector), vector.why());
        }
        for (Vectors vector : vectors.objects("thresholds")) {
            assertEquals(vector.flag("holds"), noteHolds(vector), vector.why());
        }
    }

    private static boolean noteHolds(Vectors vector) throws Throwable {
        return holds(() -> new CheckpointVerifier(signers(signerTexts(vector)), (int) vector.number("threshold"))
                .verify(Checkpoint.parse(vector.string("note"))));
    }

    @Test
    void checkpointsAreReproducedFromTheirKeys() throws Exception {
        for (Vectors ledger : vectors.objects("ledgers")) {
            List<SigningKey> keys = ledger.objects("keys").stream()
                    .map(key -> SigningKey.of(HexFormat.of().parseHex(key.string("private_key_seed"))))
                    .toList();
            Origin origin = Origin.parse(ledger.string("origin"));
            for (Object note : (List<?>) Objects.requireNonNull(ledger.fields().get("checkpoints"))) {
                Checkpoint checkpoint = Checkpoint.parse((String) note);
                assertEquals(
                        note,
                        Checkpoint.sign(origin, checkpoint.treeSize(), checkpoint.root(), keys)
                                .note());
            }
        }
    }

    @Test
    void consistencyProofsAreJudgedAsTheyShould() throws Throwable {
        for (Vectors ledger : vectors.objects("ledgers")) {
            for (Vectors vector : ledger.objects("consistency")) {
                assertTrue(provesGrowth(vector), vector::toString);
            }
        }
        for (Vectors vector : vectors.objects("refused_consistency")) {
            assertEquals(false, holds(() -> assertTrueOrMalformed(provesGrowth(vector))), vector.why());
        }
        for (Vectors vector : vectors.objects("consistency")) {
            assertEquals(
                    vector.flag("accepted"), holds(() -> assertTrueOrMalformed(provesGrowth(vector))), vector.why());
        }
    }

    private static void assertTrueOrMalformed(boolean proves) throws MalformedException {
        if (!proves) {
            throw new MalformedException("proves nothing");
        }
    }

    private static boolean provesGrowth(Vectors vector) {
        List<Hash> path = vector.strings("proof").stream()
                .map(text -> Hash.of(Base64.getDecoder().decode(text)))
                .toList();
        return new ConsistencyProof(vector.number("old_size"), vector.number("new_size"), path)
                .proves(vector.hash("old_root"), vector.hash("new_root"));
    }

    @Test
    void aReceiptHoldsOnlyAsItIs() throws Throwable {
        Vectors ledger = vectors.objects("ledgers").get(0);
        List<List<String>> signers =
                List.of(List.of(ledger.objects("keys").get(0).string("verifier_key")));
        Receipt good = Receipt.parse(json(ledger.objects("receipts").get(3).object("receipt")));
        byte[] json = good.toJsonBytes();
        for (int i = 0; i < json.length; i++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] altered = json.clone();
                altered[i] ^= (byte) (1 << bit);
                int at = i;
                assertEquals(
                        false,
                        holds(() -> ReceiptVerifier.verify(Receipt.parse(altered), signers(signers), 1)),
                        () -> "byte " + at + " altered: " + new String(altered, StandardCharsets.UTF_8));
            }
        }
        assertNull(ReceiptVerifier.verify(withheld(good), signers(signers), 1).value());
    }

    private static Receipt withheld(Receipt receipt) {
        return new Receipt(
                receipt.table(),
                receipt.key(),
                null,
                null,
                receipt.sequence(),
                receipt.height(),
                receipt.entry(),
                receipt.entryIndex(),
                receipt.entryPath(),
                receipt.header(),
                receipt.blockPath(),
                receipt.checkpoint());
    }

    @Test
    void twoHistoriesOfOneSizeConvictTheKeyThatSignedBoth() throws Exception {
        SigningKey key = SigningKey.of(new byte[32]);
        Origin origin = Origin.parse("blockdb/" + "a7".repeat(16));
        Checkpoint one = Checkpoint.sign(origin, 5, Hash.of(new byte[32]), List.of(key));
        Checkpoint other = Checkpoint.sign(origin, 5, MerkleTree.EMPTY_ROOT, List.of(key));
        Checkpoint larger = Checkpoint.sign(origin, 6, MerkleTree.EMPTY_ROOT, List.of(key));
        VerifierKey known = key.verifierKey(origin);
        CheckpointVerifier verifier = new CheckpointVerifier(List.of(Signer.of(known)), 1);
        assertEquals(List.of(known), verifier.convicted(one, other));
        assertEquals(List.of(), verifier.convicted(one, one));
        assertEquals(List.of(), verifier.convicted(one, larger));
        assertThrows(IllegalArgumentException.class, () -> new CheckpointVerifier(List.of(Signer.of(known)), 2));
    }
}
