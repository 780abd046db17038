package io.blockdb.cli;

import io.blockdb.db.BlockDb;
import io.blockdb.db.CannotSignException;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.Receipt;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checkpoints and receipts for commands that would rather read: the database is opened for writing only where something must be
 * signed.
 *
 * <p>Threading: one thread at a time.
 */
final class SigningSource {
    private final DatabaseSource source;
    private final Messages messages;

    SigningSource(DatabaseSource source, Messages messages) {
        this.source = source;
        this.messages = messages;
    }

    /** Finds the entry that a receipt is asked for. */
    @FunctionalInterface
    interface Finder {
        /** The entry's sequence, or -1 where there is none. */
        long sequence(BlockDb db) throws IOException;
    }

    /** What came of asking for a receipt without signing. */
    private record Asked(long sequence, @Nullable Receipt receipt) {}

    /**
     * The receipt of an entry, or null where there is none.
     *
     * @throws CannotSignException if no signed checkpoint covers it, and none can be signed
     */
    @Nullable
    Receipt receipt(Finder finder) throws IOException {
        Asked asked = source.reading(db -> {
            long sequence = finder.sequence(db);
            boolean covered = sequence >= 0
                    && covers(db.newestCheckpoint(), db.blockOf(sequence).height());
            return new Asked(sequence, covered ? db.receipt(sequence) : null);
        });
        if (asked.sequence() < 0 || asked.receipt() != null) {
            return asked.receipt();
        }
        try {
            return source.signing(db ->
                    receipt(db, asked.sequence(), db.blockOf(asked.sequence()).height()));
        } catch (FileSystemException e) {
            if (!unwritable(e)) {
                throw e;
            }
            throw new IOException(
                    "no checkpoint signed so far covers the entry, and the directory cannot be written to, so none can be"
                            + " signed: use a copy that was made after 'checkpoint', or sign one where it can be written",
                    e);
        }
    }

    /**
     * The receipt of an entry, for which a checkpoint is signed where none covers its block, however long that takes.
     *
     * @throws CannotSignException if none can be signed
     */
    static Receipt receipt(BlockDb db, long sequence, long height) throws IOException {
        if (!covers(db.newestCheckpoint(), height)) {
            db.checkpoint();
        }
        return db.receipt(sequence);
    }

    /** The newest signed checkpoint; signed now where it does not cover every block and the directory can be written to. */
    Checkpoint checkpoint() throws IOException {
        Optional<Checkpoint> newest = source.reading(db -> Optional.ofNullable(db.newestCheckpoint())
                .filter(signed -> covers(signed, db.snapshot().height())));
        if (newest.isPresent()) {
            return newest.get();
        }
        try {
            return source.signing(BlockDb::checkpoint);
        } catch (FileSystemException e) {
            if (!unwritable(e)) {
                throw e;
            }
            messages.note("the directory cannot be written to, so none is signed: this is the newest that was");
            return source.reading(BlockDb::checkpoint);
        }
    }

    /** The newest signed checkpoint, if it is of at least so many blocks; else one that is signed now. */
    Checkpoint checkpoint(long size) throws IOException {
        Optional<Checkpoint> newest = source.reading(db -> Optional.ofNullable(db.newestCheckpoint()));
        return newest.isPresent() && newest.get().treeSize() >= size ? newest.get() : checkpoint();
    }

    private static boolean covers(@Nullable Checkpoint signed, long height) {
        return signed != null && signed.treeSize() > height;
    }

    /** Whether a failure says that nothing can be written where it happened. */
    static boolean unwritable(FileSystemException e) {
        return e instanceof AccessDeniedException
                || String.valueOf(e.getReason()).contains("Read-only file system");
    }
}
