package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Seed;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.io.MemoryFileSystem.UnsyncedPolicy;
import io.blockdb.io.WritableFile;
import io.blockdb.proof.ProofException;
import io.blockdb.proof.ProvedEntry;
import io.blockdb.proof.Receipt;
import io.blockdb.proof.ReceiptVerifier;
import io.blockdb.proof.Signer;
import io.blockdb.proof.SigningKey;
import io.blockdb.proof.VerifierKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How the key that signs is changed, lost, and given from outside. */
@Timeout(300)
class KeyRotationTest {
    private static final Path KEYS = Workload.ROOT.resolve("keys");
    private static final Path GIVEN = Path.of("/safe/key");

    private final MemoryFileSystem disk = new MemoryFileSystem();
    private final Options options = options(disk, 5);

    private static Options options(MemoryFileSystem files, long seed) {
        return Workload.options(files, seed).withCheckpointIntervalMillis(0);
    }

    private static BlockDb open(Options options) throws IOException {
        return BlockDb.open(Workload.ROOT, options);
    }

    private static Path pem(VerifierKey key) {
        return KEYS.resolve(key.keyId() + ".pem");
    }

    private static String refusal(BlockDb db) {
        return String.valueOf(
                assertThrows(CannotSignException.class, db::checkpoint).getMessage());
    }

    private static boolean signed(BlockDb db, VerifierKey key) throws IOException {
        return Signatures.problem(db.checkpoint(), List.of(key)) == null;
    }

    private static ProvedEntry verified(@Nullable Receipt receipt, VerifierKey... keys) {
        try {
            return ReceiptVerifier.verify(Objects.requireNonNull(receipt), List.of(Signer.of(keys)), 1);
        } catch (ProofException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theOldKeySignsTheNewOnesEntryAndSignsNoMore() throws IOException {
        try (BlockDb db = open(options)) {
            VerifierKey old = db.keys().get(0).key();
            db.put("a".getBytes(UTF_8), new byte[1]);
            assertTrue(signed(db, old));
            Receipt before = db.receipt("a".getBytes(UTF_8));
            KeyRotation rotation = db.rotateKey();
            assertEquals(List.of(old), rotation.retired());
            ProvedEntry proved = verified(rotation.handover(), old);
            assertEquals("_keys", proved.table().toString());
            assertEquals(rotation.key().keyId(), new String(proved.key(), UTF_8));
            assertFalse(signed(db, old));
            assertTrue(signed(db, rotation.key()));
            List<LedgerKey> keys = db.keys();
            assertEquals(
                    List.of(old, rotation.key()),
                    keys.stream().map(LedgerKey::key).toList());
            assertEquals(
                    List.of(false, true), keys.stream().map(LedgerKey::active).toList());
            assertEquals(0, keys.get(0).height());
            assertEquals(2, keys.get(1).height());
            assertEquals(3, keys.get(0).retiredAtHeight());
            // A verifier holds the old and the new key as one signer: what either signed is proved.
            verified(db.receipt("a".getBytes(UTF_8)), old, rotation.key());
            verified(before, old, rotation.key());
            KeyRotation second = db.rotateKey();
            assertEquals(List.of(rotation.key()), second.retired());
            verified(second.handover(), rotation.key());
        }
        try (BlockDb db = open(options)) {
            db.put("b".getBytes(UTF_8), new byte[1]);
            assertTrue(signed(db, db.keys().get(2).key()));
        }
    }

    @Test
    void aCrashAtAnyOperationLeavesAChangeThatTheNextCompletes() throws IOException {
        try (BlockDb db = open(options)) {
            db.put("a".getBytes(UTF_8), new byte[1]);
        }
        MemoryFileSystem counted = disk.processCrashClone();
        long before;
        try (BlockDb db = open(options(counted, 6))) {
            before = counted.mutations();
            db.rotateKey();
            before = counted.mutations() - before;
        }
        Random random = Seed.random();
        for (long n = 1; n <= before; n++) {
            MemoryFileSystem crashing = disk.processCrashClone();
            try (BlockDb db = open(options(crashing, 6))) {
                crashing.crashAt(n, random);
                assertThrows(IOException.class, db::rotateKey);
            } catch (IOException closing) {
                assertTrue(crashing.crashed(), closing::toString);
            }
            for (UnsyncedPolicy policy : UnsyncedPolicy.values()) {
                completed(crashing.crashClone(policy, random), "crash at operation " + n + " of " + before);
            }
        }
    }

    /** What was left still signs, and the next change of the key is whole. */
    private static void completed(MemoryFileSystem left, String what) throws IOException {
        try (BlockDb db = open(options(left, 7))) {
            db.put("b".getBytes(UTF_8), new byte[2]);
            assertEquals(db.stats().blocks(), db.checkpoint().treeSize(), what);
            assertValid(db, what);
        }
        try (BlockDb db = open(options(left, 8))) {
            VerifierKey first = db.keys().get(0).key();
            boolean wasDone = !db.keys().get(0).active();
            KeyRotation rotation = db.rotateKey();
            assertEquals(
                    List.of(rotation.key()),
                    db.keys().stream()
                            .filter(LedgerKey::active)
                            .map(LedgerKey::key)
                            .toList(),
                    what);
            assertEquals(wasDone ? 3 : 2, db.keys().size(), what);
            assertNotNull(rotation.handover(), what);
            assertEquals(wasDone, !rotation.retired().contains(first), what);
            assertTrue(signed(db, rotation.key()), what);
            assertValid(db, what);
        }
    }

    /** A key that a change left without an entry, or has not published yet, is no damage. */
    private static void assertValid(BlockDb db, String what) throws IOException {
        VerifyReport report = db.verify((done, total, blocks) -> {});
        assertTrue(report.valid(), () -> what + ": " + report);
    }

    @Test
    void aKeyOfAnotherLedgerIsDamageAndOneOfThisThatHasNoEntryIsNot() throws IOException {
        try (BlockDb db = open(options)) {
            SigningKey secret = SigningKey.of(new byte[32]);
            String id = secret.verifierKey(db.keys().get(0).key().origin()).keyId();
            disk.setContent(KEYS.resolve(id + ".pem"), secret.toPem().getBytes(UTF_8));
            VerifyReport report = db.verify((done, total, blocks) -> {});
            assertTrue(report.valid(), report::toString);
            assertTrue(
                    report.notes().stream().anyMatch(note -> note.contains(id) && note.contains("_keys")),
                    report::toString);
            disk.setContent(KEYS.resolve("00000000.pem"), secret.toPem().getBytes(UTF_8));
            report = db.verify((done, total, blocks) -> {});
            assertEquals(1, report.failures().size(), report::toString);
            assertEquals("keys/00000000.pem", report.failures().get(0).file());
        }
    }

    @Test
    void verifiesWhileTheKeyIsChanged() throws Exception {
        try (BlockDb db = open(options)) {
            FutureTask<Void> changing = new FutureTask<>(() -> {
                for (int i = 0; i < 20; i++) {
                    db.rotateKey();
                }
                return null;
            });
            Thread thread = new Thread(changing);
            thread.start();
            try {
                while (thread.isAlive()) {
                    assertValid(db, "beside a change of the key");
                }
            } finally {
                changing.get();
            }
            assertEquals(21, db.keys().size());
        }
    }

    @Test
    void theOnlyKeyLostIsReplacedAsked() throws IOException {
        VerifierKey lost;
        try (BlockDb db = open(options)) {
            lost = db.keys().get(0).key();
            assertThrows(IllegalArgumentException.class, db::replaceLostKey);
        }
        disk.delete(pem(lost));
        try (BlockDb db = open(options)) {
            db.put("a".getBytes(UTF_8), new byte[1]);
            assertTrue(refusal(db).contains(pem(lost) + " is missing"), () -> refusal(db));
            assertTrue(refusal(db).contains("key rotate --lost"), () -> refusal(db));
            assertThrows(CannotSignException.class, db::rotateKey);
            assertEquals(1, db.keys().size());
            KeyRotation rotation = db.replaceLostKey();
            assertNull(rotation.handover());
            assertEquals(List.of(lost), rotation.retired());
            assertTrue(signed(db, rotation.key()));
        }
        try (BlockDb db = open(options)) {
            db.put("b".getBytes(UTF_8), new byte[1]);
            assertTrue(signed(db, db.keys().get(1).key()));
        }
    }

    @Test
    void aLostKeyIsReplacedAlsoAfterACrashAtAnyOperation() throws IOException {
        try (BlockDb db = open(options)) {
            disk.delete(pem(db.keys().get(0).key()));
            disk.syncDirectory(KEYS);
        }
        MemoryFileSystem counted = disk.processCrashClone();
        long mutations;
        try (BlockDb db = open(options(counted, 6))) {
            mutations = counted.mutations();
            db.replaceLostKey();
            mutations = counted.mutations() - mutations;
        }
        Random random = Seed.random();
        for (long n = 1; n <= mutations; n++) {
            MemoryFileSystem crashing = disk.processCrashClone();
            try (BlockDb db = open(options(crashing, 6))) {
                crashing.crashAt(n, random);
                assertThrows(IOException.class, db::replaceLostKey);
            } catch (IOException closing) {
                assertTrue(crashing.crashed(), closing::toString);
            }
            try (BlockDb db = open(options(crashing.crashClone(UnsyncedPolicy.DROP_RANDOM, random), 7))) {
                if (db.keys().size() == 1) {
                    db.replaceLostKey();
                }
                assertEquals(2, db.keys().size());
                assertTrue(signed(db, db.keys().get(1).key()), "crash at operation " + n);
            }
        }
    }

    @Test
    void aKeyThatIsNotTheOneIsRefusedAndWritingGoesOn() throws IOException {
        VerifierKey key;
        try (BlockDb db = open(options)) {
            key = db.keys().get(0).key();
        }
        byte[] pem = disk.content(pem(key));
        disk.setContent(pem(key), "no key".getBytes(UTF_8));
        try (BlockDb db = open(options)) {
            db.put("a".getBytes(UTF_8), new byte[1]);
            assertTrue(refusal(db).contains(pem(key) + " cannot be used: private key"), () -> refusal(db));
        }
        disk.setContent(pem(key), SigningKey.of(new byte[32]).toPem().getBytes(UTF_8));
        try (BlockDb db = open(options)) {
            assertTrue(refusal(db).contains(pem(key) + " holds another key"), () -> refusal(db));
        }
        disk.setContent(pem(key), pem);
        try (BlockDb db = open(options)) {
            assertTrue(signed(db, key));
        }
    }

    private void give(byte[] bytes) throws IOException {
        disk.createDirectories(GIVEN.getParent());
        try (WritableFile file = disk.create(GIVEN)) {
            file.write(0, bytes, 0, bytes.length);
        }
    }

    @Test
    void aKeyFromOutsideFoundsAndSigns() throws IOException {
        SigningKey secret = SigningKey.of(new byte[32]);
        give(Base64.getMimeDecoder().decode(secret.toPem().split("-----")[2]));
        Options given = options.withSigningKey(GIVEN);
        try (BlockDb db = open(given)) {
            VerifierKey key = db.keys().get(0).key();
            assertArrayEquals(secret.verifierKey(key.origin()).publicKey(), key.publicKey());
            assertEquals(List.of("ANCHOR"), disk.list(KEYS));
            assertTrue(signed(db, key));
        }
        try (BlockDb db = open(options)) {
            db.put("a".getBytes(UTF_8), new byte[1]);
            assertTrue(refusal(db).contains("is missing"), () -> refusal(db));
        }
        try (BlockDb db = open(given)) {
            VerifierKey old = db.keys().get(0).key();
            KeyRotation rotation = db.rotateKey();
            assertTrue(disk.exists(pem(rotation.key())));
            assertEquals(List.of(old), rotation.retired());
            db.put("b".getBytes(UTF_8), new byte[1]);
            assertTrue(signed(db, rotation.key()));
        }
        try (BlockDb db = open(given)) {
            db.put("c".getBytes(UTF_8), new byte[1]);
            assertTrue(refusal(db).contains("the signing key " + GIVEN + " was retired by block"), () -> refusal(db));
        }
        try (BlockDb db = open(options)) {
            assertTrue(signed(db, db.keys().get(1).key()));
        }
    }

    @Test
    void aKeyFromOutsideIsAddedByAChange() throws IOException {
        SigningKey secret = SigningKey.of(new byte[32]);
        give(secret.toPem().getBytes(UTF_8));
        open(options).close();
        try (BlockDb db = open(options.withSigningKey(GIVEN))) {
            db.put("a".getBytes(UTF_8), new byte[1]);
            assertTrue(refusal(db).contains("'key rotate' adds it"), () -> refusal(db));
            KeyRotation rotation = db.rotateKey();
            assertArrayEquals(
                    secret.verifierKey(rotation.key().origin()).publicKey(),
                    rotation.key().publicKey());
            assertEquals(2, disk.list(KEYS).size());
            assertNotNull(rotation.handover());
            assertTrue(signed(db, rotation.key()));
        }
    }
}
