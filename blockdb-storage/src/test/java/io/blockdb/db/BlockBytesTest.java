package io.blockdb.db;

import static io.blockdb.db.TablePolicy.VERSIONED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.TableName;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.proof.EntryLeaf;
import io.blockdb.proof.MalformedException;
import io.blockdb.proof.Origin;
import io.blockdb.proof.SigningKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The blocks that apply makes, against LEDGER.md as this test reads it, with nothing but SHA-256. */
class BlockBytesTest {
    private static byte[] sha256(byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] leafHash(byte[] data) {
        return sha256(new byte[] {0}, data);
    }

    /** MTH of RFC 6962, section 2.1. */
    private static byte[] root(List<byte[]> leaves) {
        if (leaves.size() == 1) {
            return leafHash(leaves.get(0));
        }
        int split = Integer.highestOneBit(leaves.size() - 1);
        return sha256(new byte[] {1}, root(leaves.subList(0, split)), root(leaves.subList(split, leaves.size())));
    }

    /** Leaf data by the table of the section Entry. */
    private static byte[] leaf(
            int kind,
            boolean joined,
            String author,
            String table,
            byte[] key,
            byte[] value,
            byte[] salt,
            long expiresAt) {
        byte[] authorBytes = author.getBytes(StandardCharsets.UTF_8);
        byte[] tableBytes = table.getBytes(StandardCharsets.UTF_8);
        int length = 24 + authorBytes.length + tableBytes.length + key.length + 32;
        return ByteBuffer.allocate(length)
                .put((byte) 1)
                .put((byte) kind)
                .put((byte) salt.length)
                .put((byte) (joined ? 1 : 0))
                .putShort((short) authorBytes.length)
                .putShort((short) tableBytes.length)
                .putInt(key.length)
                .putInt(value.length)
                .putLong(expiresAt)
                .put(authorBytes)
                .put(tableBytes)
                .put(key)
                .put(sha256(salt, value))
                .array();
    }

    private static byte[] put(boolean joined, String author, String table, String key, String value) {
        return leaf(1, joined, author, table, Ask.bytes(key), Ask.bytes(value), new byte[0], 0);
    }

    /** Header by the table of the section Block. */
    private static byte[] header(
            List<byte[]> leaves, long height, long firstSequence, long timestamp, byte[] ledgerId, byte[] previous) {
        return ByteBuffer.allocate(112)
                .put(new byte[] {0x42, 0x44, 0x42, 0x01})
                .putInt(leaves.size())
                .putLong(height)
                .putLong(firstSequence)
                .putLong(timestamp)
                .put(ledgerId)
                .put(previous)
                .put(root(leaves))
                .array();
    }

    private static void holds(LedgerBlock block, List<byte[]> leaves, byte[] header) throws IOException {
        List<byte[]> found = new ArrayList<>();
        for (int i = 0; i < block.entryCount(); i++) {
            found.add(block.leafBytes(i));
        }
        assertEquals(leaves.size(), found.size());
        for (int i = 0; i < leaves.size(); i++) {
            assertArrayEquals(leaves.get(i), found.get(i), "leaf data of entry " + i);
        }
        assertArrayEquals(header, block.headerBytes(), "header");
        assertArrayEquals(leafHash(header), block.header().hash().toBytes(), "block hash");
    }

    @Test
    void blocksAreThoseOfTheLedgersPage() throws IOException {
        try (EngineFixture engine = EngineFixture.founded()) {
            byte[] id = EngineFixture.ID.toBytes();
            String vkey = EngineFixture.key(1).toString();
            List<byte[]> genesis = List.of(
                    put(true, "", "_format", "level", "{\"level\":1,\"writer\":\"blockdb 0.1.0\"}"),
                    put(
                            false,
                            "",
                            "_keys",
                            EngineFixture.key(1).keyId(),
                            "{\"vkey\":\"" + vkey + "\",\"node\":\"node1\",\"state\":\"active\"}"));
            byte[] header0 = header(genesis, 0, 0, EngineFixture.BEGIN, id, new byte[32]);
            holds(engine.lastBlock(), genesis, header0);

            engine.time = EngineFixture.BEGIN + 7;
            long expiry = engine.time + 1000;
            Ask first = new Ask()
                    .create("größe", VERSIONED, true)
                    .putSalted("größe", "schlüssel", "wert", 9)
                    .put("default", "k", "")
                    .author("svc-ä");
            Ask second = new Ask().put("default", "l", "x".repeat(300));
            Ask refused = new Ask().put("default", "k", "other");
            Ask same = new Ask().put("default", "l", "x".repeat(300));
            Ask third = new Ask()
                    .create("v", VERSIONED, false)
                    .put("v", "e", "1", expiry)
                    .request("r")
                    .author("ada");
            engine.apply(first, second, refused, same, third, new Ask().delete("größe", "schlüssel"));
            List<byte[]> leaves = List.of(
                    put(true, "svc-ä", "_tables", "größe", "{\"policy\":\"versioned\",\"erasable\":true}"),
                    leaf(1, true, "svc-ä", "größe", Ask.bytes("schlüssel"), Ask.bytes("wert"), Ask.salt(9), 0),
                    put(false, "svc-ä", "default", "k", ""),
                    put(false, "", "default", "l", "x".repeat(300)),
                    put(true, "ada", "_tables", "v", "{\"policy\":\"versioned\",\"erasable\":false}"),
                    leaf(1, true, "ada", "v", Ask.bytes("e"), Ask.bytes("1"), new byte[0], expiry),
                    leaf(
                            1,
                            false,
                            "ada",
                            "_requests",
                            Ask.bytes("ada\0r"),
                            new byte[0],
                            new byte[0],
                            EngineFixture.BEGIN + 7 + 24L * 3600 * 1_000_000),
                    leaf(2, false, "", "größe", Ask.bytes("schlüssel"), new byte[0], new byte[0], 0));
            byte[] header1 = header(leaves, 1, 2, EngineFixture.BEGIN + 7, id, leafHash(header0));
            holds(engine.lastBlock(), leaves, header1);

            engine.commits(new Ask().erase(3).author("dpo"));
            ByteArrayOutputStream key = new ByteArrayOutputStream();
            key.write(ByteBuffer.allocate(8).putLong(3).array());
            String erasure = "{\"table\":\"größe\",\"key\":\"c2NobMO8c3NlbA==\",\"reason\":\"asked\"}";
            List<byte[]> erased =
                    List.of(leaf(1, false, "dpo", "_erasures", key.toByteArray(), Ask.bytes(erasure), new byte[0], 0));
            holds(engine.lastBlock(), erased, header(erased, 2, 10, engine.time - 1, id, leafHash(header1)));
        }
    }

    @Test
    void anEmbeddedDatabaseFoundsItselfAsTheLedgersPageSays() throws IOException, MalformedException {
        MemoryFileSystem files = new MemoryFileSystem();
        try (BlockDb db =
                BlockDb.open(EngineFixture.ROOT, EngineFixture.options(files).withNodeName("nödə \"1\""))) {
            LedgerBlock block = db.engine().ledger().blockAtHeight(0);
            assertEquals(2, block.entryCount());
            EntryLeaf format = block.leaf(0);
            assertEquals(TableName.of("_format"), format.table());
            assertArrayEquals(Ask.bytes("level"), format.key());
            assertArrayEquals(
                    Ask.bytes("{\"level\":1,\"writer\":\"blockdb 0.1.0\"}"),
                    block.value(0).value());
            List<String> pems = new ArrayList<>(files.list(EngineFixture.ROOT.resolve("keys")));
            assertTrue(pems.remove("ANCHOR"));
            assertEquals(1, pems.size());
            String keyId = pems.get(0).substring(0, 8);
            SigningKey signingKey = SigningKey.parsePem(new String(
                    files.content(EngineFixture.ROOT.resolve("keys").resolve(pems.get(0))), StandardCharsets.US_ASCII));
            String vkey = signingKey
                    .verifierKey(new Origin("blockdb", db.engine().ledgerId()))
                    .toString();
            EntryLeaf key = block.leaf(1);
            assertEquals(TableName.of("_keys"), key.table());
            assertArrayEquals(Ask.bytes(keyId), key.key());
            assertArrayEquals(
                    Ask.bytes("{\"vkey\":\"" + vkey + "\",\"node\":\"nödə \\\"1\\\"\",\"state\":\"active\"}"),
                    block.value(1).value());
            assertEquals(true, format.joined());
            assertEquals(false, key.joined());
        }
    }
}
