package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Hash;
import io.blockdb.base.TableName;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.io.MemoryFileSystem.UnsyncedPolicy;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.LedgerCursor;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.MerkleTree;
import io.blockdb.proof.SigningKey;
import io.blockdb.proof.VerifierKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Somebody who knows the formats rearranges the blocks of a ledger and makes every checksum right, or writes it anew from some block
 * on: the chain tells, or a checkpoint that somebody remembers.
 */
class ForgedLedgerTest {
    private static final Path ROOT = Workload.ROOT;
    private static final Path SEGMENT = ROOT.resolve("ledger/0000000001.seg");
    private static final Path ANCHOR = ROOT.resolve("keys/ANCHOR");
    private static final int SEGMENT_HEADER = 96;
    private static final int BLOCKS = 10;

    private final MemoryFileSystem disk = new MemoryFileSystem();
    private final List<byte[]> frames = new ArrayList<>();
    private final List<Hash> hashes = new ArrayList<>();

    private static Options options(MemoryFileSystem files, long seed) {
        return Workload.options(files, seed).withSegmentSize(1 << 20);
    }

    @BeforeEach
    void write() throws IOException {
        create(disk, 1, BLOCKS);
        frames.addAll(frames(disk));
        try (BlockDb db = BlockDb.open(ROOT, options(disk, 2).withReadOnly(true));
                LedgerCursor cursor = db.engine().blocksFrom(0)) {
            for (LedgerBlock block; (block = cursor.next()) != null; ) {
                hashes.add(block.hash());
            }
        }
    }

    private static void create(MemoryFileSystem files, long seed, int blocks) throws IOException {
        try (BlockDb db = BlockDb.open(ROOT, options(files, seed))) {
            for (int i = 1; i < blocks; i++) {
                db.put(TableName.DEFAULT, bytes("key" + i), bytes("value " + i));
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static List<byte[]> frames(MemoryFileSystem files) throws IOException {
        List<byte[]> frames = new ArrayList<>();
        byte[] content = files.content(SEGMENT);
        try (BlockDb db = BlockDb.open(ROOT, options(files, 3).withReadOnly(true));
                LedgerCursor cursor = db.engine().blocksFrom(0)) {
            for (LedgerBlock block; (block = cursor.next()) != null; ) {
                int at = (int) block.place().offset();
                frames.add(Arrays.copyOfRange(content, at, at + block.frameLength()));
            }
        }
        return frames;
    }

    /** The ledger alone, of these frames: each with its place and its segment in its head, and the checksum made right. */
    private MemoryFileSystem of(List<byte[]> order) throws IOException {
        MemoryFileSystem forged = disk.crashClone(UnsyncedPolicy.DROP_NONE, new Random(1));
        byte[] header = Arrays.copyOf(disk.content(SEGMENT), SEGMENT_HEADER);
        int length =
                SEGMENT_HEADER + order.stream().mapToInt(frame -> frame.length).sum();
        ByteBuffer segment = ByteBuffer.allocate(length).put(header);
        for (byte[] frame : order) {
            ByteBuffer moved = ByteBuffer.wrap(frame.clone());
            moved.putLong(8, ByteBuffer.wrap(header).getLong(24)).putLong(16, segment.position());
            CRC32C crc = new CRC32C();
            crc.update(moved.array(), 8, 96);
            moved.putInt(4, (int) crc.getValue());
            segment.put(moved.array());
        }
        forged.setContent(SEGMENT, segment.array());
        for (String directory : List.of("index", "tree")) {
            for (String name : forged.list(ROOT.resolve(directory))) {
                forged.delete(ROOT.resolve(directory).resolve(name));
            }
        }
        forged.delete(ROOT.resolve("ledger/HEAD"));
        return forged;
    }

    private static VerifyReport verify(MemoryFileSystem files, VerifyScope scope) throws IOException {
        return BlockDb.verify(ROOT, options(files, 4), scope, (done, total, blocks) -> {});
    }

    private void checkFound(List<byte[]> order, int height) throws IOException {
        MemoryFileSystem forged = of(order);
        for (VerifyScope scope : List.of(VerifyScope.ALL, new VerifyScope(0, true))) {
            VerifyReport report = verify(forged, scope);
            assertFalse(report.valid());
            VerifyReport.Failure first = report.failures().get(0);
            assertEquals("ledger/0000000001.seg", first.file());
            assertEquals(height, first.height(), report::toString);
            long offset = SEGMENT_HEADER;
            for (byte[] frame : order.subList(0, height)) {
                offset += frame.length;
            }
            assertEquals(offset, first.offset(), report::toString);
        }
    }

    @Test
    void putTogetherAgainItIsGood() throws IOException {
        VerifyReport report = verify(of(frames), VerifyScope.ALL);
        assertTrue(report.valid(), report::toString);
        assertEquals(BLOCKS, report.blocks());
    }

    @Test
    void droppedBlocks() throws IOException {
        for (int i = 0; i < BLOCKS - 1; i++) {
            List<byte[]> order = new ArrayList<>(frames);
            order.remove(i);
            checkFound(order, i);
        }
    }

    @Test
    void doubledBlocks() throws IOException {
        for (int i = 0; i < BLOCKS; i++) {
            List<byte[]> order = new ArrayList<>(frames);
            order.add(i, frames.get(i));
            checkFound(order, i + 1);
        }
    }

    @Test
    void reorderedBlocks() throws IOException {
        for (int i = 0; i < BLOCKS - 1; i++) {
            List<byte[]> order = new ArrayList<>(frames);
            order.set(i, frames.get(i + 1));
            order.set(i + 1, frames.get(i));
            checkFound(order, i);
        }
    }

    @Test
    void blocksOfAnotherLedger() throws IOException {
        MemoryFileSystem other = new MemoryFileSystem();
        create(other, 77, BLOCKS);
        List<byte[]> theirs = frames(other);
        for (int i = 0; i < BLOCKS; i++) {
            List<byte[]> order = new ArrayList<>(frames);
            order.set(i, theirs.get(i));
            checkFound(order, i);
        }
    }

    @Test
    void allDamageIsToldAndWhatLiesBetweenIsGood() throws IOException {
        MemoryFileSystem damaged = disk.crashClone(UnsyncedPolicy.DROP_NONE, new Random(1));
        int offset = SEGMENT_HEADER;
        List<Long> expected = new ArrayList<>();
        for (int i = 0; i < BLOCKS; i++) {
            if (i % 3 == 1) {
                // A head one time, a body the other.
                damaged.corrupt(SEGMENT, offset + (i % 2 == 0 ? 20 : 150), 1);
                expected.add((long) i);
            }
            offset += frames.get(i).length;
        }
        VerifyReport report = verify(damaged, VerifyScope.ALL);
        assertEquals(
                expected,
                report.failures().stream().map(VerifyReport.Failure::height).toList(),
                report::toString);
        assertEquals(BLOCKS - expected.size(), report.blocks());
    }

    // ---- Against what somebody remembers

    private Checkpoint checkpoint(int size) throws IOException {
        MerkleTree tree = new MerkleTree();
        hashes.subList(0, size).forEach(tree::append);
        return Checkpoint.sign(vkey().origin(), size, tree.root(), List.of(key()));
    }

    private SigningKey key() throws IOException {
        String name = disk.list(ROOT.resolve("keys")).stream()
                .filter(file -> file.endsWith(".pem"))
                .findFirst()
                .orElseThrow();
        byte[] pem = disk.content(ROOT.resolve("keys").resolve(name));
        try {
            return SigningKey.parsePem(new String(pem, StandardCharsets.US_ASCII));
        } catch (io.blockdb.proof.MalformedException e) {
            throw new IOException(e);
        }
    }

    private VerifierKey vkey() throws IOException {
        try (BlockDb db = BlockDb.open(ROOT, options(disk, 5).withReadOnly(true))) {
            Revision found = db.history(SystemTables.KEYS, keyId(db)).get(0);
            return SystemTables.verifierKey(found.value());
        }
    }

    private static byte[] keyId(BlockDb db) throws IOException {
        try (Cursor cursor = db.cursor(SystemTables.KEYS, KeyRange.all())) {
            assertTrue(cursor.next());
            return cursor.key();
        }
    }

    private VerifyScope against(Checkpoint checkpoint, VerifierKey... keys) {
        return VerifyScope.ALL.withClaims(List.of(new RootClaim("remembered.note", checkpoint, List.of(keys))));
    }

    /** A database with the same first blocks, and others behind them; nothing in it is wrong. */
    private MemoryFileSystem rewritten(int same, int others) throws IOException {
        MemoryFileSystem files = new MemoryFileSystem();
        try (BlockDb source = BlockDb.open(ROOT, options(disk, 6).withReadOnly(true));
                LedgerCursor cursor = source.engine().blocksFrom(0);
                BlockDb copy = BlockDb.openMember(ROOT, options(files, 7))) {
            for (int i = 0; i < same; i++) {
                copy.engine().appendVerified(java.util.Objects.requireNonNull(cursor.next()));
            }
            copy.engine().sync();
            copy.engine().publishAll();
        }
        for (String name : disk.list(ROOT.resolve("keys"))) {
            if (name.endsWith(".pem")) {
                Path file = ROOT.resolve("keys").resolve(name);
                files.setContent(file, disk.content(file));
            }
        }
        try (BlockDb db = BlockDb.open(ROOT, options(files, 8))) {
            for (int i = 0; i < others; i++) {
                db.put(TableName.DEFAULT, bytes("other" + i), bytes("forged " + i));
            }
        }
        return files;
    }

    @Test
    void aLedgerWrittenAnewFromSomeBlockOn() throws IOException {
        for (int same = 1; same < BLOCKS; same++) {
            MemoryFileSystem forged = rewritten(same, BLOCKS - same + 2);
            assertTrue(verify(forged, VerifyScope.ALL).valid());
            MemoryFileSystem remembering = forged.crashClone(UnsyncedPolicy.DROP_NONE, new Random(1));
            remembering.setContent(ANCHOR, disk.content(ANCHOR));
            assertTrue(
                    verify(remembering, VerifyScope.ALL).toString().contains("keys/ANCHOR remembers"),
                    "by the database");
            // The anchor inside was forged with the stolen key: the one outside tells.
            Path outside = Path.of("/other/anchor");
            MemoryFileSystem anchored = forged.crashClone(UnsyncedPolicy.DROP_NONE, new Random(1));
            anchored.createDirectories(outside.getParent());
            anchored.create(outside).close();
            anchored.setContent(outside, disk.content(ANCHOR));
            VerifyReport told =
                    BlockDb.verify(ROOT, options(anchored, 4).withAnchorPath(outside), (done, total, blocks) -> {});
            assertTrue(told.failures().get(0).reason().contains(outside + " remembers"), told::toString);
            VerifyReport report = verify(forged, against(checkpoint(BLOCKS), vkey()));
            assertFalse(report.valid());
            assertTrue(report.failures().get(0).reason().contains("remembered.note remembers"), report::toString);
            assertFalse(verify(
                            forged,
                            new VerifyScope(0, true)
                                    .withClaims(against(checkpoint(BLOCKS)).claims()))
                    .valid());
            // What was remembered before is still true, and narrows it down.
            VerifyScope both = VerifyScope.ALL.withClaims(List.of(
                    new RootClaim("older.note", checkpoint(same), List.of()),
                    new RootClaim("newer.note", checkpoint(BLOCKS), List.of())));
            report = verify(forged, both);
            assertEquals(1, report.failures().size(), report::toString);
            assertEquals(same, report.failures().get(0).height());
        }
    }

    @Test
    void aLedgerThatWasCut() throws IOException {
        for (int same = 1; same < BLOCKS; same++) {
            MemoryFileSystem cut = rewritten(same, 0);
            assertTrue(verify(cut, VerifyScope.ALL).valid());
            VerifyReport report = verify(cut, against(checkpoint(BLOCKS), vkey()));
            assertEquals(1, report.failures().size(), report::toString);
            assertEquals(same, report.failures().get(0).height());
            assertTrue(report.failures().get(0).reason().contains("cut short"), report::toString);
        }
    }

    @Test
    void theCheckpointOfThisLedgerHolds() throws IOException {
        VerifyReport report = verify(disk, against(checkpoint(BLOCKS), vkey()));
        assertTrue(report.valid(), report::toString);
        assertTrue(report.notes().toString().contains("which was given"), report::toString);
        report = verify(disk, against(checkpoint(4)));
        assertTrue(report.valid(), report::toString);
        assertTrue(report.notes().toString().contains("which the ledger itself names"), report::toString);
    }

    @Test
    void aCheckpointThatNobodySigned() throws IOException {
        SigningKey stranger = SigningKey.of(new byte[SigningKey.SEED_LENGTH]);
        MerkleTree tree = new MerkleTree();
        hashes.forEach(tree::append);
        Checkpoint other = Checkpoint.sign(vkey().origin(), BLOCKS, tree.root(), List.of(stranger));
        VerifyReport report = verify(disk, against(other));
        assertTrue(report.valid(), report::toString);
        assertTrue(report.notes().toString().contains("was not checked"), report::toString);
        report = verify(disk, against(other, vkey()));
        assertFalse(report.valid());
        assertEquals("remembered.note", report.failures().get(0).file());
    }
}
