package io.blockdb.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Hash;
import io.blockdb.base.LedgerId;
import io.blockdb.client.LedgerConflictException.Kind;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.CheckpointVerifier;
import io.blockdb.proof.ConsistencyProof;
import io.blockdb.proof.GrowthProof;
import io.blockdb.proof.MerkleTree;
import io.blockdb.proof.Origin;
import io.blockdb.proof.Signer;
import io.blockdb.proof.SigningKey;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which checkpoints are believed, with two signers of whom both must have signed. */
class TrustedLedgerTest {
    private static final Origin ORIGIN = new Origin("blockdb", LedgerId.parse("11".repeat(16)));
    private static final SigningKey ONE = key(1);
    private static final SigningKey TWO = key(2);
    private static final SigningKey STRANGER = key(3);

    private final CheckpointStore store = CheckpointStore.inMemory();
    private byte[] leaves = history(0);
    private Checkpoint shown;
    private long askedAtLeast = -1;

    private final TrustedLedger ledger = new TrustedLedger(
            new CheckpointVerifier(List.of(Signer.of(ONE.verifierKey(ORIGIN)), Signer.of(TWO.verifierKey(ORIGIN))), 2),
            store,
            new TrustedLedger.Source() {
                @Override
                public Checkpoint checkpoint(long atLeast) {
                    askedAtLeast = atLeast;
                    return shown;
                }

                @Override
                public GrowthProof growth(long from, long to) {
                    return new GrowthProof(ConsistencyProof.build(leaves, (int) from, (int) to), null);
                }
            });

    private static SigningKey key(int number) {
        byte[] seed = new byte[SigningKey.SEED_LENGTH];
        Arrays.fill(seed, (byte) number);
        return SigningKey.of(seed);
    }

    /** Leaf hashes of a ledger of 20 blocks. */
    private static byte[] history(int number) {
        byte[] all = new byte[20 * Hash.LENGTH];
        for (int i = 0; i < 20; i++) {
            MerkleTree.leafHash(new byte[] {(byte) number, (byte) i}).copyTo(all, i * Hash.LENGTH);
        }
        return all;
    }

    private static Checkpoint signed(byte[] history, int size, SigningKey... keys) {
        Hash root = MerkleTree.root(Arrays.copyOf(history, size * Hash.LENGTH), size);
        return Checkpoint.sign(ORIGIN, size, root, List.of(keys));
    }

    private Checkpoint show(int size) {
        shown = signed(leaves, size, ONE, TWO);
        return shown;
    }

    @Test
    void growth() throws IOException {
        for (int size : new int[] {0, 0, 1, 2, 7, 8, 8, 20}) {
            Checkpoint next = show(size);
            assertEquals(next, ledger.newest());
            assertEquals(next, store.load());
        }
        assertEquals(8, askedAtLeast);
    }

    @Test
    void whatIsOlderIsStale() throws IOException {
        Checkpoint newer = show(8);
        ledger.newest();
        Checkpoint older = show(5);
        StaleCheckpointException stale = assertThrows(StaleCheckpointException.class, ledger::newest);
        assertEquals(newer, stale.remembered());
        assertEquals(older, stale.received());
        assertEquals(newer, store.load());
    }

    /** An older one of another history is not merely stale. */
    @Test
    void whatIsOlderMustBeProvedToo() throws IOException {
        Checkpoint newer = show(8);
        ledger.newest();
        shown = signed(history(1), 5, ONE, TWO);
        LedgerConflictException conflict = assertThrows(LedgerConflictException.class, ledger::newest);
        assertEquals(Kind.PROOF_FAILS, conflict.kind());
        assertEquals(newer, store.load());
    }

    @Test
    void tooFewSignatures() {
        shown = signed(leaves, 3, ONE);
        assertThrows(UnprovedException.class, ledger::newest);
        shown = signed(leaves, 3, ONE, STRANGER);
        assertThrows(UnprovedException.class, ledger::newest);
        shown = signed(leaves, 3, ONE, STRANGER, TWO);
        assertEquals(shown, ledger.newest());
    }

    /** Whoever signed two histories is named, and nobody else. */
    @Test
    void theSignersOfBothAreConvicted() {
        show(6);
        ledger.newest();
        shown = signed(history(1), 6, ONE, TWO);
        LedgerConflictException conflict = assertThrows(LedgerConflictException.class, ledger::newest);
        assertEquals(Kind.TWO_ROOTS, conflict.kind());
        assertEquals(List.of(ONE.verifierKey(ORIGIN), TWO.verifierKey(ORIGIN)), conflict.convicted());
        assertTrue(conflict.getMessage().contains(ONE.verifierKey(ORIGIN).keyId()));
    }

    /** One good line convicts, where too few signed and where another line makes the note invalid. */
    @Test
    void aNoteThatDoesNotHoldConvictsAllTheSame() throws Exception {
        show(6);
        ledger.newest();
        shown = signed(history(1), 6, ONE);
        LedgerConflictException conflict = assertThrows(LedgerConflictException.class, ledger::newest);
        assertEquals(List.of(ONE.verifierKey(ORIGIN)), conflict.convicted());
        String good = signed(history(1), 6, ONE).note();
        String wrongLine = signed(history(2), 6, TWO).note();
        shown = Checkpoint.parse(good + wrongLine.substring(wrongLine.indexOf("\n\n") + 2));
        conflict = assertThrows(LedgerConflictException.class, ledger::newest);
        assertEquals(List.of(ONE.verifierKey(ORIGIN)), conflict.convicted());
    }

    @Test
    void aStrangersNoteConvictsNobody() {
        show(6);
        ledger.newest();
        shown = signed(history(1), 6, STRANGER);
        UnprovedException unproved = assertThrows(UnprovedException.class, ledger::newest);
        assertEquals(shown.note(), unproved.evidence());
        Origin foreign = new Origin("blockdb", LedgerId.parse("22".repeat(16)));
        shown = Checkpoint.sign(foreign, 0, MerkleTree.EMPTY_ROOT, List.of(ONE));
        assertThrows(UnprovedException.class, ledger::newest);
    }

    /** Somebody else brings news while one's own is being checked: it was the newest when it was asked for, and is so no more. */
    @Test
    void twoThatBringNewsAtOnce() throws IOException {
        show(4);
        ledger.newest();
        Checkpoint theirs = signed(leaves, 9, ONE, TWO);
        CheckpointStore racing = new CheckpointStore() {
            private boolean raced;

            @Override
            public Checkpoint load() throws IOException {
                return store.load();
            }

            @Override
            public boolean replace(Checkpoint expected, Checkpoint next) throws IOException {
                if (!raced) {
                    raced = true;
                    store.replace(expected, theirs);
                }
                return store.replace(expected, next);
            }
        };
        TrustedLedger other = new TrustedLedger(
                new CheckpointVerifier(List.of(Signer.of(ONE.verifierKey(ORIGIN))), 1),
                racing,
                new TrustedLedger.Source() {
                    @Override
                    public Checkpoint checkpoint(long atLeast) {
                        return signed(leaves, 6, ONE, TWO);
                    }

                    @Override
                    public GrowthProof growth(long from, long to) {
                        return new GrowthProof(ConsistencyProof.build(leaves, (int) from, (int) to), null);
                    }
                });
        assertEquals(6, other.newest().treeSize());
        assertEquals(theirs, store.load());
        assertThrows(StaleCheckpointException.class, other::newest);
    }
}
