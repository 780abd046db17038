package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.TableName;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.ConsistencyProof;
import io.blockdb.proof.Receipt;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signing side of an open database: when checkpoints are signed, and the receipts that rest on them.
 *
 * <p>Threading: any thread.
 */
final class Signing {
    private static final Logger LOG = LoggerFactory.getLogger(Signing.class);

    /** Closing reads back at most so many bytes: some tenths of a second. */
    static final long CLOSE_BYTES_MAX = 64 << 20;

    /** A receipt waits until at most so many bytes were read back, where a thread signs by itself. */
    static final long WAIT_BYTES_MAX = 64 << 20;

    private final Engine engine;
    private final Options options;
    /** Whether the database signs by itself: it is no member of a cluster, which needs a majority. */
    private final boolean alone;

    private final Checkpointer checkpointer;
    private final Receipts receipts;
    private final KeyRotator rotator;
    private final @Nullable CheckpointInterval interval;

    Signing(DataDirectory directory, Options options, Engine engine, Writes writes, boolean alone) {
        this.engine = engine;
        this.options = options;
        this.alone = alone;
        this.checkpointer = new Checkpointer(engine, options, directory);
        this.receipts = new Receipts(engine);
        this.rotator = new KeyRotator(engine, writes, checkpointer, receipts, options);
        this.interval = alone && !options.readOnly() && options.checkpointIntervalMillis() > 0
                ? new CheckpointInterval(checkpointer, options.checkpointIntervalMillis())
                : null;
    }

    /** As {@link BlockDb#checkpoint}. */
    Checkpoint checkpoint() throws IOException {
        if (!options.readOnly()) {
            requireAlone();
            return checkpointer.checkpoint();
        }
        Checkpointer.Signed newest = remembered();
        if (newest == null) {
            throw new CannotSignException(
                    "no checkpoint was signed yet, and the database was opened read-only: open it for"
                            + " writing to sign one");
        }
        return newest.checkpoint();
    }

    private void requireAlone() {
        if (!alone) {
            throw new IllegalStateException("the database of a cluster's member is signed by its cluster");
        }
    }

    /** What was signed last. Where the ledger is damaged, the keys that signed it may lie behind the damage: then that is said. */
    private Checkpointer.@Nullable Signed remembered() throws IOException {
        try {
            return checkpointer.newest();
        } catch (CannotSignException e) {
            CorruptionException damage = engine.damage();
            if (damage == null) {
                throw e;
            }
            throw new CorruptionException(damage.file(), damage.offset(), damage.length(), damage.reason(), e);
        }
    }

    /** As {@link BlockDb#newestCheckpoint}. */
    @Nullable
    Checkpoint newest() throws IOException {
        Checkpointer.Signed newest = remembered();
        return newest == null ? null : newest.checkpoint();
    }

    /** As {@link BlockDb#receipt(TableName, byte[])}. */
    @Nullable
    Receipt receipt(View view, TableName table, byte[] key) throws IOException {
        long sequence = view.newestSequence(table, key);
        return sequence < 0 ? null : receipt(sequence);
    }

    /** As {@link BlockDb#receipt(long)}. */
    Receipt receipt(long sequence) throws IOException {
        long entries = engine.published().entries();
        if (sequence >= entries) {
            engine.requireWhole();
        }
        if (sequence < 0 || sequence >= entries) {
            throw new IllegalArgumentException(
                    "there is no entry " + sequence + ": the newest has sequence " + (entries - 1));
        }
        return receipts.of(sequence, covering(sequence));
    }

    /** A checkpoint that covers an entry. */
    private Checkpoint covering(long sequence) throws IOException {
        Checkpointer.Signed newest = remembered();
        if (newest != null && sequence < newest.entries()) {
            return newest.checkpoint();
        }
        if (options.readOnly()) {
            throw new CannotSignException(
                    "no checkpoint signed so far covers entry " + sequence + ": the newest covers "
                            + (newest == null ? 0 : newest.entries())
                            + " entries, and the database was opened read-only. Open it for writing to sign one.");
        }
        requireAlone();
        CheckpointInterval signer = interval;
        if (signer != null) {
            long bytes = checkpointer.bytesToReadBack();
            if (bytes > WAIT_BYTES_MAX) {
                signer.wake();
                throw new CheckpointPendingException("the checkpoint that covers entry " + sequence + " is being made: "
                        + bytes
                        + " bytes are read back and checked before they are signed. Ask again later, or sign one"
                        + " and wait for it.");
            }
        }
        return checkpointer.checkpoint();
    }

    /** As {@link BlockDb#consistency}. */
    ConsistencyProof consistency(long from, long to) throws IOException {
        return receipts.consistency(from, to);
    }

    /** As {@link Stats#signedBlocks}. */
    long newestSize() throws IOException {
        return checkpointer.newestSize();
    }

    /** As {@link Stats#signingProblem}. */
    @Nullable
    String problem() {
        return interval == null ? null : interval.refusal();
    }

    /** As {@link BlockDb#keys}. */
    List<LedgerKey> keys() throws IOException {
        List<LedgerKey> all = checkpointer.keys().all();
        if (all.isEmpty()) {
            engine.requireWhole();
        }
        return all;
    }

    /** As {@link BlockDb#rotateKey} and {@link BlockDb#replaceLostKey}. */
    synchronized KeyRotation rotate(boolean lost) throws IOException {
        requireAlone();
        return lost ? rotator.replaceLost() : rotator.rotate();
    }

    /** Ends the thread that signs, so that the database can be closed; nothing is read back any more. */
    void stop() {
        CheckpointInterval signer = interval;
        boolean interrupted = false;
        for (boolean ended = signer == null; !ended && signer != null; ) {
            try {
                signer.stop();
                ended = true;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Signs what was written since the last signature, where that takes no long time. What keeps it from signing does not keep
     * the database from being closed.
     */
    void signAtClose() {
        LedgerPoint head = engine.ledger().head();
        if (!alone || options.readOnly() || !options.checkpointAtClose() || head == null || engine.hasFailed()) {
            return;
        }
        try {
            long bytes = checkpointer.bytesToReadBack();
            if (bytes > CLOSE_BYTES_MAX) {
                LOG.info("{} bytes were not read back and signed at close: the next open does so, or who asks", bytes);
            } else if (bytes > 0) {
                checkpointer.checkpoint();
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("no checkpoint was signed at close: {}", e.getMessage(), e instanceof IOException ? null : e);
        }
    }
}
