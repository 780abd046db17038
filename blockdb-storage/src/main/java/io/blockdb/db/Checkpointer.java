package io.blockdb.db;

import io.blockdb.base.Hash;
import io.blockdb.base.LedgerPoint;
import io.blockdb.ledger.Ledger;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.MerkleTree;
import io.blockdb.proof.VerifierKey;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Signs checkpoints of an open database.
 *
 * <ol>
 *   <li>What was signed before is read from the memory ({@link SignedMemory}). A ledger that is shorter, or has another root
 *       there, is another history: nothing is signed.
 *   <li>A key is chosen ({@link KeyChoice}).
 *   <li>The ledger is synced as far as it is to be signed.
 *   <li>What came since the newest signature is read back from disk and recomputed ({@link ReadBack}), in slices, so that nobody
 *       else waits for more than one of them.
 *   <li>The tree is signed, the note remembered, and only then handed out. A tree size is signed once.
 * </ol>
 *
 * <p>Threading: any thread.
 */
final class Checkpointer {
    /** How many bytes are read back while others wait. */
    private static final long SLICE_BYTES = 8 << 20;

    private final Engine engine;
    private final Ledger ledger;
    private final Options options;
    private final KeyFiles files;
    private final SignedMemory memory;
    private final ReentrantLock lock = new ReentrantLock();

    /** Whether the memory was read; guarded by {@link #lock}. */
    private boolean remembered;

    /** Guarded by {@link #lock}; null until the first signature. */
    private @Nullable ReadBack readBack;

    /** The newest checkpoint that is remembered, once the memory was read. */
    private volatile @Nullable Signed newest;

    /**
     * A checkpoint that was signed and is remembered.
     *
     * @param entries how many entries its blocks hold
     */
    record Signed(Checkpoint checkpoint, long entries) {
        boolean covers(LedgerPoint end) {
            return checkpoint.treeSize() >= end.blocks();
        }
    }

    Checkpointer(Engine engine, Options options, DataDirectory directory) {
        this.engine = engine;
        this.ledger = engine.ledger();
        this.options = options;
        this.files = directory.keyFiles(options);
        this.memory = directory.signedMemory(options);
    }

    /** The private keys. */
    KeyFiles files() {
        return files;
    }

    /** The ledger's keys as readers see them. */
    LedgerKeys keys() throws IOException {
        return LedgerKeys.read(engine);
    }

    /**
     * The newest checkpoint that was signed, or null where none was. Nothing is signed.
     *
     * @throws CannotSignException if what was signed is not known, or is not of this history
     */
    @Nullable
    Signed newest() throws IOException {
        Signed known = newest;
        if (known != null) {
            return known;
        }
        lock.lock();
        try {
            return remembered(keys());
        } finally {
            lock.unlock();
        }
    }

    /** Size of the tree that was signed last, as the memory states it, unchecked; 0 for none. */
    long newestSize() throws IOException {
        Signed known = newest;
        return known != null ? known.checkpoint().treeSize() : memory.statedSize();
    }

    /** The memory, read once, and held against the ledger. */
    private @Nullable Signed remembered(LedgerKeys keys) throws IOException {
        if (!remembered) {
            Checkpoint found = memory.newest(keys);
            if (found != null) {
                requireExtends(found);
                if (!options.readOnly()) {
                    memory.remember(found);
                }
            }
            newest = found == null
                    ? null
                    : new Signed(found, ledger.pointAt(found.treeSize()).entries());
            remembered = true;
        }
        return newest;
    }

    private void requireExtends(Checkpoint signed) throws IOException {
        LedgerPoint head = ledger.head();
        long blocks = head == null ? 0 : head.blocks();
        String difference = null;
        if (signed.treeSize() > blocks) {
            difference = "the ledger has " + blocks + " blocks, a checkpoint of " + signed.treeSize() + " was signed";
        } else if (!ledger.tree().rootAt(signed.treeSize()).equals(signed.root())) {
            difference = "the first " + signed.treeSize() + " blocks have the root "
                    + ledger.tree().rootAt(signed.treeSize()) + ", signed was " + signed.root();
        }
        if (difference != null) {
            throw new CannotSignException(
                    "this ledger does not extend what was signed of it before, so nothing is signed: " + difference
                            + ". It may have been brought back from a backup and have grown differently since. Bring back"
                            + " the ledger that was signed; if that is lost for good, 'key rotate --lost' goes on with a"
                            + " new key, which verifiers must be given by hand.");
        }
    }

    /**
     * A checkpoint that covers all that was answered before the call; the newest there is, if it does. May take long: all that
     * was not signed yet is read back.
     *
     * @throws CannotSignException if nothing can be signed, and why
     * @throws IOException if what is to be signed cannot be read, does not check out, or cannot be remembered
     */
    Checkpoint checkpoint() throws IOException {
        LedgerPoint end = requireHead();
        for (; ; ) {
            Signed done = step(end);
            if (done != null) {
                return done.checkpoint();
            }
        }
    }

    /** As {@link #checkpoint}, but where nothing was written since the last one, or stopped underway, signs nothing. */
    void checkpointUnless(BooleanSupplier stopped) throws IOException {
        LedgerPoint end = ledger.head();
        boolean done = end == null || covers(newest, end);
        while (end != null && !done && !stopped.getAsBoolean()) {
            done = step(end) != null;
        }
    }

    /** Forgets what was signed: a new key goes on with this history, and what was remembered is kept beside. */
    void startAnew(VerifierKey key) throws IOException {
        lock.lock();
        try {
            memory.startAnew(key.origin(), key.keyId());
            remembered = false;
            newest = null;
            readBack = null;
        } finally {
            lock.unlock();
        }
    }

    /** @throws CannotSignException if the place of the second anchor is not there: then nothing can be said of the memory */
    void requireMemoryReachable() throws IOException {
        memory.requireReachable();
    }

    /** About how many bytes are to be read back before all is signed that was answered before the call. */
    long bytesToReadBack() throws IOException {
        LedgerPoint end = requireHead();
        lock.lock();
        try {
            return covers(remembered(keys()), end) ? 0 : readBackBehind(newest).bytesTo(end, options.segmentSize());
        } finally {
            lock.unlock();
        }
    }

    private LedgerPoint requireHead() {
        LedgerPoint head = ledger.head();
        if (head == null) {
            throw new IllegalStateException("the ledger is unborn: it has no block");
        }
        return head;
    }

    private static boolean covers(@Nullable Signed signed, LedgerPoint end) {
        return signed != null && signed.covers(end);
    }

    /** Reads back a slice of what comes before a point, and signs where that was the last; null where it was not. */
    private @Nullable Signed step(LedgerPoint end) throws IOException {
        lock.lock();
        try {
            LedgerKeys keys = keys();
            Signed before = remembered(keys);
            if (before != null && before.covers(end)) {
                return before;
            }
            KeyChoice.Chosen chosen = KeyChoice.choose(files, keys, before == null ? null : before.checkpoint());
            if (ledger.syncedBlocks() < end.blocks()) {
                engine.sync();
            }
            ReadBack checked = readBackBehind(before);
            if (!checked.advance(end.blocks(), SLICE_BYTES)) {
                return null;
            }
            Checkpoint signed =
                    Checkpoint.sign(keys.origin(), checked.blocks(), checked.root(), List.of(chosen.secret()));
            memory.remember(signed);
            Signed done = new Signed(signed, checked.entries());
            newest = done;
            return done;
        } finally {
            lock.unlock();
        }
    }

    private ReadBack readBackBehind(@Nullable Signed before) throws IOException {
        ReadBack current = readBack;
        if (current == null) {
            long size = before == null ? 0 : before.checkpoint().treeSize();
            Hash root =
                    before == null ? MerkleTree.EMPTY_ROOT : before.checkpoint().root();
            current = ReadBack.behind(ledger, engine.erasedValues(), size, root);
            readBack = current;
        }
        return current;
    }
}
