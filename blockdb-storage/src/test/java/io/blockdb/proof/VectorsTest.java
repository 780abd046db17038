package io.blockdb.proof;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Hash;
import io.blockdb.base.LedgerId;
import io.blockdb.base.TableName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Everything of the vectors that entries, blocks, trees, proofs and keys can reproduce. */
class VectorsTest {
    private static Vectors vectors = new Vectors(Map.of());

    @BeforeAll
    static void load() throws Exception {
        vectors = Vectors.load();
    }

    @Test
    void entriesAreReproducedFromTheirFields() throws Exception {
        int withheld = 0;
        for (Vectors block : blocks()) {
            for (Vectors entry : block.objects("entries")) {
                byte[] expected = entry.base64("entry");
                assertEquals(entry.hash("entry_hash"), MerkleTree.leafHash(expected));
                if (entry.isNull("value") && entry.number("kind") == EntryLeaf.KIND_PUT) {
                    withheld++;
                } else {
                    assertArrayEquals(expected, encode(entry));
                }
                checkParsed(entry, EntryLeaf.parse(expected, 0, expected.length));
            }
        }
        assertEquals(2, withheld);
    }

    private static byte[] encode(Vectors entry) {
        return EntryLeaf.encode(
                (int) entry.number("kind"),
                entry.string("author").getBytes(StandardCharsets.UTF_8),
                TableName.of(entry.string("table")),
                entry.base64("key"),
                bytesOrNone(entry, "value"),
                bytesOrNone(entry, "salt"),
                entry.number("expires_at"),
                entry.number("flags") == EntryLeaf.FLAG_JOINED);
    }

    private static byte[] bytesOrNone(Vectors entry, String field) {
        return entry.isNull(field) ? new byte[0] : entry.base64(field);
    }

    private static void checkParsed(Vectors entry, EntryLeaf leaf) {
        assertEquals(entry.number("kind"), leaf.kind());
        assertEquals(entry.number("flags"), leaf.joined() ? 1 : 0);
        assertEquals(entry.string("author"), leaf.author());
        assertEquals(TableName.of(entry.string("table")), leaf.table());
        assertArrayEquals(entry.base64("key"), leaf.key());
        assertEquals(entry.number("expires_at"), leaf.expiresAt());
        assertEquals(entry.hash("entry_hash"), leaf.hash());
        if (!entry.isNull("value")) {
            assertEquals(entry.base64("salt").length, leaf.saltLength());
            assertEquals(entry.base64("value").length, leaf.valueLength());
            assertTrue(leaf.digestMatches(entry.base64("salt"), entry.base64("value")));
        }
    }

    @Test
    void blocksAndLedgerTreesAreReproduced() throws Exception {
        for (Vectors ledger : vectors.objects("ledgers")) {
            MerkleTree tree = new MerkleTree();
            Hash previousHash = Hash.ZERO;
            long firstSequence = 0;
            for (Vectors block : ledger.objects("blocks")) {
                List<Vectors> entries = block.objects("entries");
                byte[] hashes = new byte[entries.size() * Hash.LENGTH];
                for (int i = 0; i < entries.size(); i++) {
                    byte[] entry = entries.get(i).base64("entry");
                    MerkleTree.leafHash(entry, 0, entry.length, hashes, i * Hash.LENGTH);
                }
                Hash entriesRoot = MerkleTree.root(hashes, entries.size());
                assertEquals(block.hash("entries_root"), entriesRoot);
                BlockHeader header = new BlockHeader(
                        entries.size(),
                        tree.size(),
                        firstSequence,
                        block.number("timestamp"),
                        LedgerId.parse(ledger.string("ledger_id")),
                        previousHash,
                        entriesRoot);
                assertArrayEquals(block.base64("header"), header.encode());
                assertEquals(header, BlockHeader.parse(block.base64("header"), 0, BlockHeader.LENGTH));
                assertEquals(block.number("height"), header.height());
                assertEquals(block.number("first_sequence"), header.firstSequence());
                assertEquals(block.hash("block_hash"), header.hash());
                tree.append(header.hash());
                assertEquals(block.hash("tree_root"), tree.root());
                previousHash = header.hash();
                firstSequence += entries.size();
            }
        }
    }

    @Test
    void keysAreReproducedFromTheirSeeds() throws Exception {
        for (Vectors ledger : vectors.objects("ledgers")) {
            Origin origin = Origin.parse(ledger.string("origin"));
            assertEquals(ledger.string("origin"), origin.toString());
            assertEquals(ledger.string("ledger_id"), origin.ledgerId().toString());
            for (Vectors key : ledger.objects("keys")) {
                SigningKey signingKey = SigningKey.of(HexFormat.of().parseHex(key.string("private_key_seed")));
                VerifierKey verifierKey = signingKey.verifierKey(origin);
                assertEquals(key.string("public_key"), HexFormat.of().formatHex(verifierKey.publicKey()));
                assertEquals(key.string("verifier_key"), verifierKey.toString());
                assertEquals(verifierKey, VerifierKey.parse(key.string("verifier_key")));
                assertEquals(
                        verifierKey, SigningKey.parsePem(signingKey.toPem()).verifierKey(origin));
            }
        }
    }

    @Test
    void everyKeyThatMayVerifyIsParsedAndWritesItselfAgain() throws Exception {
        int count = 0;
        for (Vectors note : notes()) {
            if (!accepted(note)) {
                continue;
            }
            for (String key : note.nestedStrings("signers")) {
                assertEquals(key, VerifierKey.parse(key).toString());
                count++;
            }
        }
        assertTrue(count > 70, "only " + count + " keys");
    }

    @Test
    void keysThatMustNotVerifyAreRefused() {
        int count = 0;
        for (Vectors note : notes()) {
            String why = note.why();
            boolean keyIsWrong = why.contains("small-order")
                    || why.contains("vkey")
                    || why.contains("verifier key")
                    || why.contains("origin: ")
                    || why.equals("a key with another's id");
            if (keyIsWrong && !accepted(note)) {
                assertTrue(note.nestedStrings("signers").stream().anyMatch(VectorsTest::isRefused), why);
                count++;
            }
        }
        assertTrue(count > 30, "only " + count + " keys");
    }

    private static boolean accepted(Vectors note) {
        return note.flag(note.fields().containsKey("accepted") ? "accepted" : "holds");
    }

    private static boolean isRefused(String verifierKey) {
        try {
            VerifierKey.parse(verifierKey);
            return false;
        } catch (MalformedException e) {
            return true;
        }
    }

    @Test
    void refusedEntriesAreRefused() {
        for (Vectors refused : vectors.objects("refused_entries")) {
            byte[] entry = refused.base64("entry");
            assertThrows(MalformedException.class, () -> EntryLeaf.parse(entry, 0, entry.length), refused.why());
        }
    }

    @Test
    void consistencyIsProvedAndBuilt() {
        for (Vectors ledger : vectors.objects("ledgers")) {
            List<Vectors> blocks = ledger.objects("blocks");
            byte[] hashes = new byte[blocks.size() * Hash.LENGTH];
            for (int i = 0; i < blocks.size(); i++) {
                blocks.get(i).hash("block_hash").copyTo(hashes, i * Hash.LENGTH);
            }
            for (Vectors vector : ledger.objects("consistency")) {
                assertTrue(holds(vector), () -> "to " + vector.number("new_size"));
                ConsistencyProof built = ConsistencyProof.build(
                        hashes, (int) vector.number("old_size"), (int) vector.number("new_size"));
                assertEquals(path(vector.strings("proof")), built.path());
            }
        }
        for (Vectors vector : vectors.objects("consistency")) {
            assertEquals(vector.flag("accepted"), holds(vector), vector.why());
        }
        for (Vectors vector : vectors.objects("refused_consistency")) {
            assertFalse(holds(vector), vector.why());
        }
    }

    private static boolean holds(Vectors vector) {
        try {
            return new ConsistencyProof(
                            vector.number("old_size"), vector.number("new_size"), path(vector.strings("proof")))
                    .proves(vector.hash("old_root"), vector.hash("new_root"));
        } catch (IllegalArgumentException e) {
            assertEquals("hash short", vector.why(), e.getMessage());
            return false;
        }
    }

    @Test
    void receiptsLeadFromTheEntryToTheRoot() throws Exception {
        int count = 0;
        for (Vectors ledger : vectors.objects("ledgers")) {
            for (Vectors vector : ledger.objects("receipts")) {
                Vectors receipt = vector.object("receipt");
                byte[] entry = receipt.base64("entry");
                BlockHeader header = BlockHeader.parse(receipt.base64("header"), 0, BlockHeader.LENGTH);
                EntryLeaf leaf = EntryLeaf.parse(entry, 0, entry.length);
                assertTrue(new InclusionProof(
                                receipt.number("entry_index"), header.entryCount(), path(receipt.strings("entry_path")))
                        .proves(leaf.hash(), header.entriesRoot()));
                String[] checkpoint = receipt.string("checkpoint").split("\n", 4);
                assertTrue(new InclusionProof(
                                header.height(), Long.parseLong(checkpoint[1]), path(receipt.strings("block_path")))
                        .proves(header.hash(), Hash.of(Base64.getDecoder().decode(checkpoint[2]))));
                count++;
            }
        }
        assertTrue(count > 30, "only " + count + " receipts");
    }

    private static List<Hash> path(List<String> base64) {
        return base64.stream()
                .map(hash -> Hash.of(Base64.getDecoder().decode(hash)))
                .toList();
    }

    private static List<Vectors> blocks() {
        return vectors.objects("ledgers").stream()
                .flatMap(ledger -> ledger.objects("blocks").stream())
                .toList();
    }

    private static List<Vectors> notes() {
        List<Vectors> all = new ArrayList<>(vectors.objects("notes"));
        all.addAll(vectors.objects("texts"));
        all.addAll(vectors.objects("thresholds"));
        return all;
    }
}
