package io.blockdb.ledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Hash;
import io.blockdb.base.LedgerId;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.Position;
import io.blockdb.base.TableName;
import io.blockdb.io.Environment;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.proof.BlockHeader;
import io.blockdb.proof.EntryLeaf;
import io.blockdb.proof.MerkleTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A ledger that version 1 wrote must be read for ever, and be gone on with. Its files are never written again: what a later
 * version writes differently gets golden files of its own.
 */
class LedgerGoldenTest {
    private static final String RESOURCES = "/golden/ledger-v1/";
    private static final List<String> FILES = List.of("0000000001.seg", "0000000002.seg", "0000000003.seg", "HEAD");
    private static final HexFormat HEX = HexFormat.of();
    private static final byte[] EMPTY = {};

    private static byte[] golden(String name) throws IOException {
        try (InputStream in = LedgerGoldenTest.class.getResourceAsStream(RESOURCES + name)) {
            assertNotNull(in, name);
            return in.readAllBytes();
        }
    }

    private static MemoryFileSystem goldenFiles() throws IOException {
        MemoryFileSystem fileSystem = LedgerFixture.newFileSystem();
        for (String name : FILES) {
            fileSystem.setContent(LedgerFixture.LEDGER.resolve(name), golden(name));
        }
        return fileSystem;
    }

    private static Ledger open(MemoryFileSystem fileSystem, LedgerOptions options) throws IOException {
        Environment environment = new Environment(fileSystem, () -> 0, target -> Arrays.fill(target, (byte) 0x4e));
        return Ledger.open(environment, LedgerFixture.LEDGER, LedgerFixture.QUARANTINE, options, null, blocks -> 0);
    }

    /** All that a ledger tells of itself, line by line. */
    private static String rendered(Ledger ledger) throws IOException {
        StringBuilder text = new StringBuilder();
        try (LedgerCursor cursor = ledger.blocksFrom(Ledger.GENESIS)) {
            for (LedgerBlock block; (block = cursor.next()) != null; ) {
                text.append("block ").append(block.header().height());
                text.append(" at ")
                        .append(block.place().segment() + "@" + block.place().offset());
                text.append("+").append(block.frameLength());
                text.append(" durable ").append(block.durableBlocks());
                text.append("\n  position ").append(block.position());
                text.append("\n  hash ").append(block.hash());
                text.append("\n  header ")
                        .append(HEX.formatHex(block.headerBytes()))
                        .append('\n');
                block.checkEntriesRoot();
                block.checkValues();
                for (int i = 0; i < block.entryCount(); i++) {
                    render(text, ledger, block, i);
                }
            }
        }
        LedgerPoint head = ledger.head();
        assertNotNull(head);
        text.append("head ").append(head.blocks() + " blocks, " + head.entries() + " entries, " + head.lastHash());
        text.append(", " + head.timestamp() + ", " + head.position());
        text.append(", " + head.place().segment() + "@" + head.place().offset()).append('\n');
        return text.toString();
    }

    private static void render(StringBuilder text, Ledger ledger, LedgerBlock block, int index) throws IOException {
        StoredValue value = block.value(index);
        text.append("  leaf ").append(HEX.formatHex(block.leafBytes(index)));
        text.append("\n    value ").append(value.isErased() ? "erased" : "'" + HEX.formatHex(value.value()) + "'");
        text.append(" salt '").append(HEX.formatHex(value.salt())).append('\'');
        ValuePlace place = block.valuePlace(index);
        if (place != null) {
            text.append(" at ").append(place.offset());
            LedgerFixture.assertSame(value, ledger.value(place));
        }
        text.append('\n');
    }

    @Test
    void readsWhatVersionOneWrote() throws IOException {
        MemoryFileSystem fileSystem = goldenFiles();
        fileSystem.setReadOnly(true);
        try (Ledger ledger = open(fileSystem, LedgerFixture.readOnly())) {
            assertEquals(List.of(), ledger.recoveryNotes());
            assertTrue(ledger.wasClean());
            assertEquals(new String(golden("expected.txt"), StandardCharsets.UTF_8), rendered(ledger));
        }
        fileSystem.assertNoOpenFiles();
    }

    @Test
    void goesOnWithWhatVersionOneWrote() throws IOException {
        MemoryFileSystem fileSystem = goldenFiles();
        try (Ledger ledger = open(fileSystem, LedgerFixture.options(2000))) {
            LedgerPoint head = ledger.head();
            assertNotNull(head);
            assertEquals(6, ledger.syncedBlocks());
            BlockEntry entry = put("default", "later", new byte[500], EMPTY, 0);
            ledger.append(header(head, entry), List.of(entry), Position.NONE);
        }
        try (Ledger ledger = open(fileSystem, LedgerFixture.readOnly())) {
            assertEquals(new byte[500].length, ledger.blockAtHeight(6).value(0).value().length);
            String expected = new String(golden("expected.txt"), StandardCharsets.UTF_8);
            String blocks = expected.substring(0, expected.indexOf("head "));
            assertTrue(rendered(ledger).startsWith(blocks));
        }
        for (int number = 1; number <= 2; number++) {
            assertArrayEquals(golden(FILES.get(number - 1)), fileSystem.content(LedgerFixture.segment(number)));
        }
    }

    /** LZ4 may compress the same bytes to others one day, so only the segment without compression must come out equal. */
    @Test
    void writesWhatVersionOneWrote() throws IOException {
        MemoryFileSystem fileSystem = LedgerFixture.newFileSystem();
        try (Ledger ledger = open(fileSystem, LedgerFixture.options(2000))) {
            LedgerPoint point = Ledger.GENESIS;
            int height = 0;
            for (List<BlockEntry> entries : content()) {
                byte[] position = new byte[Position.LENGTH];
                Arrays.fill(position, (byte) height);
                BlockHeader header = header(point, entries.toArray(new BlockEntry[0]));
                ledger.append(header, entries, Position.of(position));
                if (height++ % 2 == 1) {
                    ledger.sync();
                }
                LedgerPoint head = ledger.head();
                assertNotNull(head);
                point = head;
            }
        }
        assertArrayEquals(golden("0000000001.seg"), fileSystem.content(LedgerFixture.segment(1)));
    }

    // ---- The golden ledger's content

    private static List<List<BlockEntry>> content() {
        byte[] salt = "0123456789abcdef".getBytes(StandardCharsets.UTF_8);
        BlockEntry[] dull = new BlockEntry[12];
        for (int i = 0; i < dull.length; i++) {
            dull[i] = put("default", "dull-" + i, new byte[10 * i], EMPTY, 0);
        }
        return List.of(
                List.of(put("_format", "level", text("{\"level\":1,\"writer\":\"blockdb 0.1.0\"}"), EMPTY, 0)),
                List.of(
                        put("default", "salted", text("small and salted"), salt, 0),
                        put("default", "empty", EMPTY, EMPTY, 0),
                        put("default", "empty and salted", EMPTY, salt, 0)),
                List.of(put("default", "large", noise(400), EMPTY, 0)),
                List.of(
                        LedgerFixture.erased(put("default", "erased", noise(40), salt, 0)),
                        LedgerFixture.delete("gone"),
                        put("größe", "expires ✓", noise(20), EMPTY, 1_700_000_000_000_000L)),
                List.of(dull),
                List.of(
                        put("default", "large and dull", new byte[1000], salt, 0),
                        put("default", "small", noise(99), EMPTY, 0)));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        long state = length;
        for (int i = 0; i < length; i++) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            bytes[i] = (byte) (state >>> 56);
        }
        return bytes;
    }

    private static BlockEntry put(String table, String key, byte[] value, byte[] salt, long expiresAt) {
        byte[] leaf = EntryLeaf.encode(
                EntryLeaf.KIND_PUT, text("author"), TableName.of(table), text(key), value, salt, expiresAt, false);
        return new BlockEntry(leaf, MerkleTree.leafHash(leaf).toBytes(), new StoredValue(value, salt));
    }

    private static BlockHeader header(LedgerPoint before, BlockEntry... entries) {
        byte[] hashes = new byte[entries.length * Hash.LENGTH];
        for (int i = 0; i < entries.length; i++) {
            System.arraycopy(entries[i].leafHash(), 0, hashes, i * Hash.LENGTH, Hash.LENGTH);
        }
        return new BlockHeader(
                entries.length,
                before.blocks(),
                before.entries(),
                1_750_000_000_000_000L + before.blocks(),
                LedgerId.parse("00112233445566778899aabbccddeeff"),
                before.lastHash(),
                MerkleTree.root(hashes, entries.length));
    }
}
