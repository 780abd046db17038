package io.blockdb.cli;

import io.blockdb.cli.database.Database;
import io.blockdb.cli.database.EntryKey;
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
        /** The entry, or null where there is none. */
        @Nullable
        EntryKey entry(Database db) throws IOException;
    }

    /** What came of asking for a receipt without signing. */
    private record Asked(@Nullable EntryKey entry, @Nullable Receipt receipt) {}

    /**
     * The receipt of an entry, or null where there is none.
     *
     * @throws CannotSignException if no signed checkpoint covers it, and none can be signed
     */
    @Nullable
    Receipt receipt(Finder finder) throws IOException {
        Asked asked = source.reading(db -> {
            EntryKey entry = finder.entry(db);
            return new Asked(entry, entry == null ? null : db.coveredReceipt(entry));
        });
        EntryKey entry = asked.entry();
        if (entry == null || asked.receipt() != null) {
            return asked.receipt();
        }
        try {
            return source.signing(db -> db.receipt(entry));
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

    /** The newest signed checkpoint; signed now where it does not cover every block and the directory can be written to. */
    Checkpoint checkpoint() throws IOException {
        Optional<Checkpoint> newest = source.reading(SigningSource::covering);
        if (newest.isPresent()) {
            return newest.get();
        }
        try {
            return source.signing(Database::checkpoint);
        } catch (FileSystemException e) {
            if (!unwritable(e)) {
                throw e;
            }
            messages.note("the directory cannot be written to, so none is signed: this is the newest that was");
            return source.reading(Database::checkpoint);
        }
    }

    /** The newest signed checkpoint, if it is of at least so many blocks; else one that is signed now. */
    Checkpoint checkpoint(long size) throws IOException {
        Optional<Checkpoint> newest = source.reading(db -> Optional.ofNullable(db.newestCheckpoint()));
        return newest.isPresent() && newest.get().treeSize() >= size ? newest.get() : checkpoint();
    }

    /** The newest signed checkpoint, where it covers every block. */
    private static Optional<Checkpoint> covering(Database db) throws IOException {
        Checkpoint signed = db.newestCheckpoint();
        return signed != null && signed.treeSize() > db.height() ? Optional.of(signed) : Optional.empty();
    }

    /** Whether a failure says that nothing can be written where it happened. */
    static boolean unwritable(FileSystemException e) {
        return e instanceof AccessDeniedException
                || String.valueOf(e.getReason()).contains("Read-only file system");
    }
}
