package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Seed;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.io.MemoryFileSystem.Operation;
import io.blockdb.io.MemoryFileSystem.UnsyncedPolicy;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.ProofException;
import io.blockdb.proof.Receipt;
import io.blockdb.proof.ReceiptVerifier;
import io.blockdb.proof.Signer;
import io.blockdb.proof.VerifierKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When checkpoints are signed, and what keeps a database from signing one. */
@Timeout(120)
class SigningTest {
    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final Path KEYS = Workload.ROOT.resolve("keys");
    private static final Path ANCHOR = KEYS.resolve("ANCHOR");
    private static final Path OUTSIDE = Path.of("/other/anchor");

    private final MemoryFileSystem disk = new MemoryFileSystem();
    private final Options options = options(disk);

    private static Options options(MemoryFileSystem files) {
        return Workload.options(files, 5).withCheckpointIntervalMillis(0);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static BlockDb open(Options options) throws IOException {
        return BlockDb.open(Workload.ROOT, options);
    }

    private static void put(BlockDb db, int from, int to) throws IOException {
        for (int i = from; i < to; i++) {
            db.put(bytes("key" + i), bytes("value" + i));
        }
    }

    private static String refusal(BlockDb db) {
        return String.valueOf(
                assertThrows(CannotSignException.class, db::checkpoint).getMessage());
    }

    @Test
    void aCheckpointCoversWhatWasWrittenAndASizeIsSignedOnce() throws IOException {
        try (BlockDb db = open(options)) {
            put(db, 0, 3);
            Checkpoint first = db.checkpoint();
            assertEquals(4, first.treeSize());
            assertSame(first, db.checkpoint());
            assertSame(first, db.newestCheckpoint());
            put(db, 3, 40);
            Checkpoint second = db.checkpoint();
            assertEquals(41, second.treeSize());
            assertEquals(second.note(), new String(disk.content(ANCHOR), UTF_8));
        }
    }

    @Test
    void theMemoryBeginsWithNothingSigned() throws IOException {
        try (BlockDb db = open(options.withCheckpointAtClose(false))) {
            assertNull(db.newestCheckpoint());
            String origin = db.keys().get(0).key().origin().toString();
            assertEquals(
                    origin + "\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
                    new String(disk.content(ANCHOR), UTF_8));
        }
    }

    @Test
    void aCleanCloseSigns() throws IOException {
        try (BlockDb db = open(options)) {
            put(db, 0, 3);
        }
        long operations = disk.mutations();
        try (BlockDb db = open(options.withReadOnly(true))) {
            assertEquals(4, db.checkpoint().treeSize());
        }
        assertEquals(operations, disk.mutations());
        byte[] anchor = disk.content(ANCHOR);
        try (BlockDb db = open(options.withCheckpointAtClose(false))) {
            put(db, 3, 5);
        }
        assertArrayEquals(anchor, disk.content(ANCHOR));
    }

    @Test
    void theIntervalSignsWhatWasWritten() throws IOException {
        try (BlockDb db = open(options.withCheckpointIntervalMillis(5))) {
            put(db, 0, 3);
            long begin = System.nanoTime();
            for (Checkpoint newest = null; newest == null || newest.treeSize() < 4; newest = db.newestCheckpoint()) {
                assertTrue(System.nanoTime() - begin < PATIENCE_NANOS, "never signed");
                LockSupport.parkNanos(50_000);
            }
        }
    }

    @Test
    void whatIsSignedIsSyncedBefore() throws IOException {
        try (BlockDb db = open(options.withWalSyncIntervalMillis(3_600_000))) {
            put(db, 0, 3);
            assertEquals(1, db.stats().syncedBlocks());
            db.checkpoint();
            assertEquals(4, db.stats().syncedBlocks());
        }
    }

    @Test
    void aBitThatFlippedOnItsWayIsNotSigned() throws IOException {
        try (BlockDb db = open(options)) {
            db.checkpoint();
            long end = db.engine().head().place().offset();
            put(db, 0, 1);
            disk.corrupt(Workload.ROOT.resolve("ledger/0000000001.seg"), end + 150, 4);
            CorruptionException refused = assertThrows(CorruptionException.class, db::checkpoint);
            assertEquals("ledger/0000000001.seg", refused.file());
            assertEquals(1, db.newestCheckpoint().treeSize());
            db.put(bytes("other"), bytes("goes on"));
        }
    }

    private static void verify(BlockDb db, Receipt receipt) throws IOException, ProofException {
        List<VerifierKey> keys = db.keys().stream().map(LedgerKey::key).toList();
        ReceiptVerifier.verify(receipt, List.of(new Signer(keys)), 1);
    }

    @Test
    void receiptsRestOnTheNewestCheckpointThatCoversThem() throws IOException, ProofException {
        try (BlockDb db = open(options)) {
            put(db, 0, 9);
            Receipt receipt = db.receipt(bytes("key4"));
            verify(db, receipt);
            Checkpoint signed = db.newestCheckpoint();
            assertEquals(10, signed.treeSize());
            put(db, 9, 12);
            assertEquals(signed.note(), db.receipt(bytes("key5")).checkpoint());
            assertEquals(10, db.newestCheckpoint().treeSize());
            verify(db, db.receipt(bytes("key11")));
            assertEquals(13, db.newestCheckpoint().treeSize());
            verify(db, db.receipt(0));
            assertNull(db.receipt(bytes("nobody")));
            assertThrows(IllegalArgumentException.class, () -> db.receipt(99));
            assertTrue(
                    db.consistency(10, 13).proves(signed.root(), db.checkpoint().root()));
            assertThrows(IllegalArgumentException.class, () -> db.consistency(10, 14));
        }
    }

    /** Writes more than is read back while somebody waits. */
    private static void putVeryMuch(BlockDb db) throws IOException {
        byte[] value = new byte[(8 << 20) - 100];
        Seed.random().nextBytes(value); // so that it does not get smaller on disk
        for (long bytes = 0; bytes <= Signing.WAIT_BYTES_MAX; bytes += value.length) {
            value[0]++;
            db.put(bytes("large" + bytes), value);
        }
    }

    @Test
    void neitherAReceiptNorAClosingWaitsForVeryMuch() throws IOException, ProofException {
        Options large = options.withSegmentSize(128 << 20).withCheckpointIntervalMillis(3_600_000);
        try (BlockDb db = open(large)) {
            putVeryMuch(db);
        }
        try (BlockDb db = open(large)) {
            assertNull(db.newestCheckpoint(), "closing signed");
            assertThrows(CheckpointPendingException.class, () -> db.receipt(bytes("large0")));
            long begin = System.nanoTime();
            while (db.newestCheckpoint() == null) {
                assertTrue(System.nanoTime() - begin < PATIENCE_NANOS, "never signed");
                LockSupport.parkNanos(50_000);
            }
            verify(db, db.receipt(bytes("large0")));
        }
    }

    @Test
    void whoAsksForACheckpointWaits() throws IOException, ProofException {
        try (BlockDb db = open(options.withSegmentSize(128 << 20))) {
            putVeryMuch(db);
            verify(db, db.receipt(bytes("large0")));
            assertEquals(db.stats().blocks(), db.newestCheckpoint().treeSize());
        }
    }

    @Test
    void withoutAnIndexReceiptsAreFoundBySequence() throws IOException, ProofException {
        Options small = options.withMemtableSizeLimit(4 << 10);
        try (BlockDb db = open(small)) {
            for (int i = 0; i < 60; i++) {
                db.put(bytes("key" + i), new byte[1000]);
            }
            db.rotateKey();
        }
        for (String name : disk.list(Workload.ROOT.resolve("index"))) {
            disk.delete(Workload.ROOT.resolve("index").resolve(name));
        }
        try (BlockDb db = open(small.withReadOnly(true))) {
            assertThrows(IndexBehindException.class, () -> db.receipt(bytes("key7")));
            verify(db, db.receipt(30));
            assertEquals(2, db.keys().size());
        }
    }

    @Test
    void aDeleteHasAReceiptOfItsOwn() throws IOException, ProofException {
        try (BlockDb db = open(options)) {
            db.createTable(Workload.USERS, TablePolicy.VERSIONED, false);
            db.put(Workload.USERS, bytes("ada"), bytes("1"));
            db.delete(Workload.USERS, bytes("ada"));
            Receipt receipt = db.receipt(Workload.USERS, bytes("ada"));
            verify(db, receipt);
            assertNull(receipt.value());
            assertEquals(db.stats().entries() - 1, receipt.sequence());
        }
    }

    @Test
    void readOnlyThereAreReceiptsOfWhatWasSigned() throws IOException, ProofException {
        try (BlockDb db = open(options)) {
            put(db, 0, 3);
        }
        try (BlockDb db = open(options.withCheckpointAtClose(false))) {
            put(db, 3, 4);
        }
        disk.setReadOnly(true);
        try (BlockDb db = open(options.withReadOnly(true))) {
            verify(db, db.receipt(bytes("key2")));
            assertEquals(4, db.checkpoint().treeSize());
            CannotSignException refused = assertThrows(CannotSignException.class, () -> db.receipt(bytes("key3")));
            assertTrue(refused.getMessage().contains("Open it for writing"), refused::getMessage);
            assertEquals(4, db.stats().signedBlocks());
        }
    }

    @Test
    void aMemberOfAClusterDoesNotSignByItself() throws IOException {
        try (BlockDb db = open(options)) {
            put(db, 0, 3);
        }
        byte[] anchor = disk.content(ANCHOR);
        try (BlockDb db = BlockDb.openMember(Workload.ROOT, options.withCheckpointIntervalMillis(1))) {
            assertThrows(IllegalStateException.class, db::checkpoint);
            assertThrows(IllegalStateException.class, db::rotateKey);
        }
        assertArrayEquals(anchor, disk.content(ANCHOR));
    }

    /** Whatever is lost in a crash, what was handed out is remembered, and the ledger that it covers is there. */
    @Test
    void whatWasHandedOutIsRememberedWhateverCrashes() throws IOException {
        disk.createDirectories(OUTSIDE.getParent());
        disk.syncDirectory(OUTSIDE.getParent());
        Random random = Seed.random();
        try (BlockDb db = open(options.withAnchorPath(OUTSIDE))) {
            put(db, 0, 2);
            db.checkpoint();
        }
        MemoryFileSystem counted = disk.processCrashClone();
        long before = counted.mutations();
        List<Checkpoint> all = handedOut(counted);
        assertEquals(List.of(6L, 9L), all.stream().map(Checkpoint::treeSize).toList());
        long mutations = counted.mutations() - before;
        for (long n = 1; n <= mutations; n++) {
            MemoryFileSystem crashing = disk.processCrashClone();
            crashing.crashAt(n, random);
            List<Checkpoint> seen = handedOut(crashing);
            for (UnsyncedPolicy policy : UnsyncedPolicy.values()) {
                for (Options reopened : List.of(
                        options(crashing.crashClone(policy, random)).withAnchorPath(OUTSIDE),
                        options(crashing.crashClone(policy, random)))) {
                    try (BlockDb db = open(reopened)) {
                        Checkpoint newest = db.newestCheckpoint();
                        for (Checkpoint one : seen) {
                            assertTrue(newest.treeSize() >= one.treeSize(), "crash at operation " + n);
                            assertEquals(one.root(), db.engine().ledger().tree().rootAt(one.treeSize()));
                        }
                        assertEquals(db.stats().blocks(), db.checkpoint().treeSize());
                    }
                }
            }
        }
    }

    private static List<Checkpoint> handedOut(MemoryFileSystem files) {
        List<Checkpoint> seen = new ArrayList<>();
        try (BlockDb db = open(options(files).withAnchorPath(OUTSIDE).withWalSyncIntervalMillis(3_600_000))) {
            put(db, 2, 5);
            seen.add(db.checkpoint());
            put(db, 5, 8);
            seen.add(db.checkpoint());
        } catch (IOException crashed) {
            assertTrue(files.crashed(), crashed::toString);
        }
        return seen;
    }

    @Test
    void nothingIsHandedOutThatIsNotRemembered() throws IOException {
        try (BlockDb db = open(options)) {
            put(db, 0, 3);
            disk.failWhen((operation, path, number) -> operation == Operation.SYNC_DIRECTORY && path.equals(KEYS));
            assertThrows(IOException.class, db::checkpoint);
            assertNull(db.newestCheckpoint());
            disk.clearFaults();
            assertEquals(4, db.checkpoint().treeSize());
        }
    }

    @Test
    void aLedgerShorterThanWhatWasSignedIsDamage() throws IOException {
        MemoryFileSystem crashed;
        byte[] anchor;
        try (BlockDb db = open(options.withWalSyncIntervalMillis(3_600_000))) {
            put(db, 0, 4);
            crashed = disk.crashClone(UnsyncedPolicy.DROP_ALL, Seed.random());
            db.checkpoint();
            anchor = disk.content(ANCHOR);
        }
        try (BlockDb db = open(options(crashed.processCrashClone()))) {
            assertEquals(1, db.stats().blocks());
        }
        crashed.setContent(ANCHOR, anchor);
        CorruptionException damage = assertThrows(CorruptionException.class, () -> open(options(crashed)));
        assertTrue(damage.getMessage().contains("5 blocks were known to be on disk"), damage::getMessage);
        VerifyReport report = BlockDb.verify(Workload.ROOT, options(crashed), (done, total, blocks) -> {});
        assertTrue(!report.valid(), report::toString);
        anchor[anchor.length - 10] ^= 1;
        crashed.setContent(ANCHOR, anchor);
        try (BlockDb db = open(options(crashed))) {
            assertTrue(db.recoveryNotes().toString().contains("keys/ANCHOR"), db.recoveryNotes()::toString);
            assertTrue(refusal(db).contains("ANCHOR"), () -> refusal(db));
        }
    }

    @Test
    void aCopyThatGrewDifferentlyIsNotSigned() throws IOException {
        disk.createDirectories(OUTSIDE.getParent());
        Options both = options.withAnchorPath(OUTSIDE);
        MemoryFileSystem copy;
        byte[] outside;
        try (BlockDb db = open(both)) {
            put(db, 0, 2);
            db.checkpoint();
            copy = disk.processCrashClone();
            put(db, 2, 4);
            db.checkpoint();
            outside = disk.content(OUTSIDE);
            assertArrayEquals(outside, disk.content(ANCHOR));
        }
        copy.setContent(OUTSIDE, outside);
        try (BlockDb db = open(options(copy).withAnchorPath(OUTSIDE))) {
            assertTrue(
                    refusal(db).contains("the ledger has 3 blocks, a checkpoint of 5 was signed"), () -> refusal(db));
            put(db, 7, 12);
            assertTrue(refusal(db).contains("the first 5 blocks have the root"), () -> refusal(db));
            assertTrue(refusal(db).contains("key rotate --lost"), () -> refusal(db));
            assertArrayEquals(bytes("value8"), db.get(bytes("key8")));
            assertThrows(CannotSignException.class, () -> db.receipt(bytes("key8")));
        }
        assertArrayEquals(outside, copy.content(OUTSIDE));
        try (BlockDb db = open(options(copy).withAnchorPath(OUTSIDE))) {
            KeyRotation rotation = db.replaceLostKey();
            assertNull(rotation.handover());
            assertEquals(1, rotation.retired().size());
            Path aside =
                    OUTSIDE.resolveSibling("anchor.before-" + rotation.key().keyId());
            assertArrayEquals(outside, copy.content(aside));
            assertEquals(db.stats().blocks(), db.checkpoint().treeSize());
        }
        try (BlockDb db = open(options(copy).withAnchorPath(OUTSIDE))) {
            put(db, 20, 21);
            assertEquals(db.stats().blocks(), db.checkpoint().treeSize());
        }
    }

    @Test
    void theAnchorOutsideIsTakenUpAndMustBeThere() throws IOException {
        try (BlockDb db = open(options)) {
            put(db, 0, 2);
        }
        try (BlockDb db = open(options.withAnchorPath(OUTSIDE))) {
            assertTrue(refusal(db).contains("anchor_path " + OUTSIDE), () -> refusal(db));
        }
        disk.createDirectories(OUTSIDE.getParent());
        try (BlockDb db = open(options.withAnchorPath(OUTSIDE))) {
            assertNotNull(db.newestCheckpoint());
            assertArrayEquals(disk.content(ANCHOR), disk.content(OUTSIDE));
        }
        disk.delete(ANCHOR);
        try (BlockDb db = open(options)) {
            assertTrue(
                    refusal(db).contains("ANCHOR, which remembers what was signed last, is missing"),
                    () -> refusal(db));
        }
        try (BlockDb db = open(options.withAnchorPath(OUTSIDE))) {
            assertEquals(3, db.checkpoint().treeSize());
            assertArrayEquals(disk.content(ANCHOR), disk.content(OUTSIDE));
        }
    }

    @Test
    void anAnchorOfAnotherLedgerIsRefused() throws IOException {
        disk.createDirectories(OUTSIDE.getParent());
        try (BlockDb db = open(options.withAnchorPath(OUTSIDE))) {
            db.checkpoint();
        }
        try (BlockDb db =
                BlockDb.open(Path.of("/data/second"), Workload.options(disk, 99).withAnchorPath(OUTSIDE))) {
            assertTrue(refusal(db).contains("remembers what was signed of the ledger"), () -> refusal(db));
            db.put(bytes("a"), bytes("b"));
        }
    }

    @Test
    void aLedgerThatIsMissingIsNotFoundedAnewOverWhatWasSigned() throws IOException {
        try (BlockDb db = open(options)) {
            put(db, 0, 2);
        }
        for (String directory : new String[] {"ledger", "index"}) {
            for (String name : disk.list(Workload.ROOT.resolve(directory))) {
                disk.delete(Workload.ROOT.resolve(directory).resolve(name));
            }
        }
        CorruptionException missing = assertThrows(CorruptionException.class, () -> open(options));
        assertTrue(missing.getMessage().contains("3 blocks were known to be on disk"), missing::getMessage);
    }
}
