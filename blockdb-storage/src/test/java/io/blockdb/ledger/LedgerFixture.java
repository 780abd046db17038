package io.blockdb.ledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Hash;
import io.blockdb.base.LedgerId;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.Position;
import io.blockdb.base.TableName;
import io.blockdb.io.Environment;
import io.blockdb.io.FileSystem;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.proof.BlockHeader;
import io.blockdb.proof.ConsistencyProof;
import io.blockdb.proof.EntryLeaf;
import io.blockdb.proof.InclusionProof;
import io.blockdb.proof.MerkleTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Makes blocks, remembers them as the oracle, and holds a ledger against them. */
final class LedgerFixture {
    static final Path LEDGER = Path.of("/db/ledger");
    static final Path TREE = Path.of("/db/tree");
    static final Path QUARANTINE = Path.of("/db/quarantine");
    static final int INLINE_VALUE_LIMIT = 100;
    private static final byte[] NO_SALT = {};

    /** A block as it was handed to the ledger. */
    record Block(BlockHeader header, List<BlockEntry> entries, Position position) {
        LedgerPoint pointBehind(LedgerPoint at) {
            return new LedgerPoint(
                    header.height() + 1,
                    header.firstSequence() + header.entryCount(),
                    header.hash(),
                    header.timestamp(),
                    position,
                    at.place());
        }
    }

    private final Random random;
    private final LedgerId ledgerId;
    final List<Block> blocks = new ArrayList<>();

    LedgerFixture(Random random) {
        this.random = random;
        byte[] id = new byte[LedgerId.LENGTH];
        random.nextBytes(id);
        this.ledgerId = LedgerId.of(id);
    }

    static MemoryFileSystem newFileSystem() throws IOException {
        MemoryFileSystem fileSystem = new MemoryFileSystem();
        fileSystem.createDirectories(LEDGER);
        fileSystem.syncDirectory(Path.of("/"));
        fileSystem.syncDirectory(Path.of("/db"));
        return fileSystem;
    }

    static LedgerOptions options(long segmentSize) {
        return new LedgerOptions(segmentSize, INLINE_VALUE_LIMIT, 2, 0, false);
    }

    static LedgerOptions readOnly() {
        return new LedgerOptions(1 << 20, INLINE_VALUE_LIMIT, 2, 0, true);
    }

    Environment environment(FileSystem fileSystem) {
        return new Environment(fileSystem, () -> 0, random::nextBytes);
    }

    Ledger open(FileSystem fileSystem, LedgerOptions options, @Nullable LedgerPoint known) throws IOException {
        return Ledger.open(environment(fileSystem), LEDGER, QUARANTINE, options, known, blocks -> 0);
    }

    Ledger open(FileSystem fileSystem, long segmentSize) throws IOException {
        return open(fileSystem, options(segmentSize), null);
    }

    static Path segment(long number) {
        return LEDGER.resolve(SegmentFormat.fileName(number));
    }

    // ---- Blocks

    /** An entry with a value of so many bytes, which LZ4 shrinks when {@code dull}. */
    BlockEntry entry(String key, int valueLength, boolean salted, boolean dull) {
        byte[] value = new byte[valueLength];
        if (!dull) {
            random.nextBytes(value);
        }
        byte[] salt = salted ? new byte[EntryLeaf.SALT_LENGTH] : NO_SALT;
        random.nextBytes(salt);
        return entry(key, value, salt);
    }

    static BlockEntry entry(String key, byte[] value, byte[] salt) {
        byte[] leaf = EntryLeaf.encode(
                EntryLeaf.KIND_PUT,
                new byte[0],
                TableName.DEFAULT,
                key.getBytes(StandardCharsets.UTF_8),
                value,
                salt,
                0,
                false);
        return new BlockEntry(leaf, MerkleTree.leafHash(leaf).toBytes(), new StoredValue(value, salt));
    }

    static BlockEntry erased(BlockEntry entry) {
        return new BlockEntry(entry.leaf(), entry.leafHash(), StoredValue.ERASED);
    }

    private BlockEntry randomEntry() {
        String key = "key" + random.nextInt(1000);
        return switch (random.nextInt(8)) {
            case 0 -> entry(key, random.nextInt(600), false, random.nextBoolean());
            case 1 -> entry(key, random.nextInt(600), true, random.nextBoolean());
            case 2 -> entry(key, 0, random.nextBoolean(), false);
            case 3 -> erased(entry(key, random.nextInt(300), true, false));
            case 4 -> delete(key);
            default -> entry(key, random.nextInt(INLINE_VALUE_LIMIT + 1), false, random.nextBoolean());
        };
    }

    static BlockEntry delete(String key) {
        byte[] leaf = EntryLeaf.encode(
                EntryLeaf.KIND_DELETE,
                "someone".getBytes(StandardCharsets.UTF_8),
                TableName.of("versioned"),
                key.getBytes(StandardCharsets.UTF_8),
                new byte[0],
                NO_SALT,
                0,
                false);
        return new BlockEntry(leaf, MerkleTree.leafHash(leaf).toBytes(), new StoredValue(new byte[0], NO_SALT));
    }

    List<BlockEntry> randomEntries(int max) {
        List<BlockEntry> entries = new ArrayList<>();
        int count = 1 + random.nextInt(max);
        for (int i = 0; i < count; i++) {
            entries.add(randomEntry());
        }
        return entries;
    }

    /** The next block, behind the last one remembered. It is not remembered. */
    Block block(List<BlockEntry> entries) {
        Block last = blocks.isEmpty() ? null : blocks.get(blocks.size() - 1);
        byte[] hashes = new byte[entries.size() * Hash.LENGTH];
        for (int i = 0; i < entries.size(); i++) {
            System.arraycopy(entries.get(i).leafHash(), 0, hashes, i * Hash.LENGTH, Hash.LENGTH);
        }
        BlockHeader header = new BlockHeader(
                entries.size(),
                blocks.size(),
                last == null ? 0 : last.header.firstSequence() + last.header.entryCount(),
                last == null ? 1_000 : last.header.timestamp() + random.nextInt(3),
                ledgerId,
                last == null ? Hash.ZERO : last.header.hash(),
                MerkleTree.root(hashes, entries.size()));
        byte[] position = new byte[Position.LENGTH];
        random.nextBytes(position);
        return new Block(header, List.copyOf(entries), Position.of(position));
    }

    /** Appends a block and remembers it. */
    Ledger.Appended append(Ledger ledger, List<BlockEntry> entries) throws IOException {
        Block block = block(entries);
        blocks.add(block);
        Ledger.Appended appended = ledger.append(block.header, entries, block.position);
        assertEquals(block.header.hash(), appended.hash());
        LedgerPoint head = ledger.head();
        assertNotNull(head);
        assertEquals(block.pointBehind(head), head);
        return appended;
    }

    void append(Ledger ledger, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            append(ledger, randomEntries(4));
        }
    }

    /** Forgets the blocks that a crash took, as the ledger tells. */
    void forgetLost(Ledger ledger) {
        LedgerPoint head = ledger.head();
        long kept = head == null ? 0 : head.blocks();
        assertTrue(kept <= blocks.size(), kept + " blocks, appended were " + blocks.size());
        blocks.subList((int) kept, blocks.size()).clear();
    }

    // ---- Checks

    /** Reads everything, in every way, and holds it against what was appended. */
    void check(Ledger ledger) throws IOException {
        LedgerPoint head = ledger.head();
        assertEquals(blocks.size(), head == null ? 0 : head.blocks());
        if (ledger.tree().failure() == null) {
            checkTree(ledger.tree(), 10);
        }
        if (head == null) {
            return;
        }
        assertEquals(blocks.get(blocks.size() - 1).pointBehind(head), head);
        try (LedgerCursor cursor = ledger.blocksFrom(Ledger.GENESIS)) {
            for (Block block : blocks) {
                LedgerBlock found = cursor.next();
                assertNotNull(found);
                checkBlock(ledger, block, found);
                LedgerPoint behind = ledger.pointAt(block.header.height() + 1);
                assertEquals(cursor.point(), behind.movedTo(cursor.point().place()));
            }
            assertNull(cursor.next());
        }
        int height = random.nextInt(blocks.size());
        try (LedgerCursor cursor = ledger.blocksFrom(ledger.pointAt(height))) {
            LedgerBlock found = cursor.next();
            assertNotNull(found);
            assertEquals(blocks.get(height).header, found.header());
        }
    }

    /** Holds the tree against one computed anew: its root, and as many roots and paths of smaller trees. */
    void checkTree(LedgerTree tree, int paths) throws IOException {
        MerkleTree naive = new MerkleTree();
        List<Hash> roots = new ArrayList<>(List.of(naive.root()));
        for (Block block : blocks) {
            naive.append(block.header.hash());
            roots.add(naive.root());
        }
        assertEquals(blocks.size(), tree.size());
        assertEquals(roots.get(blocks.size()), tree.root());
        for (int i = 0; i < paths && !blocks.isEmpty(); i++) {
            int size = 1 + random.nextInt(blocks.size());
            assertEquals(roots.get(size), tree.rootAt(size));
            int height = random.nextInt(size);
            Hash leaf = blocks.get(height).header.hash();
            assertEquals(leaf, tree.leaf(height));
            InclusionProof inclusion = new InclusionProof(height, size, tree.inclusionPath(height, size));
            assertTrue(inclusion.proves(leaf, roots.get(size)), () -> "block " + height + " of " + size);
            int from = random.nextInt(size + 1);
            ConsistencyProof consistency = new ConsistencyProof(from, size, tree.consistencyPath(from, size));
            assertTrue(consistency.proves(roots.get(from), roots.get(size)), () -> from + " to " + size);
        }
    }

    private void checkBlock(Ledger ledger, Block expected, LedgerBlock found) throws IOException {
        assertEquals(expected.header, found.header());
        assertArrayEquals(expected.header.encode(), found.headerBytes());
        assertEquals(expected.header.hash(), found.hash());
        assertEquals(expected.position, found.position());
        assertEquals(expected.entries.size(), found.entryCount());
        found.checkEntriesRoot();
        for (int i = 0; i < found.entryCount(); i++) {
            BlockEntry entry = expected.entries.get(i);
            assertArrayEquals(entry.leaf(), found.leafBytes(i));
            assertSame(entry.value(), found.value(i));
            ValuePlace place = found.valuePlace(i);
            assertEquals(entry.isFramed(INLINE_VALUE_LIMIT), place != null);
            if (place != null) {
                assertSame(entry.value(), ledger.value(place));
            }
        }
        if (random.nextInt(4) == 0) {
            long sequence = expected.header.firstSequence() + random.nextInt(found.entryCount());
            assertEquals(expected.header, ledger.blockOfSequence(sequence).header());
            assertEquals(
                    found.place(),
                    ledger.blockAtHeight(expected.header.height()).place());
            assertEquals(expected.header, ledger.blockAt(found.place()).header());
        }
    }

    static void assertSame(StoredValue expected, StoredValue found) {
        assertEquals(expected.isErased(), found.isErased());
        if (!expected.isErased()) {
            assertArrayEquals(expected.value(), found.value());
            assertArrayEquals(expected.salt(), found.salt());
        }
    }

    /** Reads every byte of a ledger that is served. */
    static void readAll(Ledger ledger) throws IOException {
        try (LedgerCursor cursor = ledger.blocksFrom(Ledger.GENESIS)) {
            for (LedgerBlock block; (block = cursor.next()) != null; ) {
                block.entries();
            }
        }
    }
}
