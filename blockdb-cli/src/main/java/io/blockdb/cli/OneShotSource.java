package io.blockdb.cli;

import io.blockdb.cli.database.Database;
import io.blockdb.cli.database.Figures;
import io.blockdb.db.BlockDb;
import io.blockdb.db.NoDatabaseException;
import io.blockdb.db.Options;
import io.blockdb.db.VerifyProgress;
import io.blockdb.db.VerifyReport;
import io.blockdb.db.VerifyScope;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Opens the directory for one command and closes it again. Nothing is signed unless the command asks for it: a command would take
 * a third longer (docs/decisions/0028-when-it-is-signed.md).
 */
final class OneShotSource implements DatabaseSource {
    /** How much of a long write a power failure may take, while nobody has been told that it is done. */
    private static final long LOADING_SYNC_MILLIS = 1000;

    private final Path directory;
    private final Options options;
    private final Messages messages;

    OneShotSource(Path directory, Options options, Messages messages) {
        this.directory = directory;
        this.options = options.withCheckpointIntervalMillis(0).withCheckpointAtClose(false);
        this.messages = messages;
    }

    @Override
    public Path directory() {
        return directory;
    }

    @Override
    public <T> T reading(Work<T> work) throws IOException {
        return with(readOnly(), work);
    }

    @Override
    public <T> T writing(Work<T> work) throws IOException {
        return with(options, work);
    }

    @Override
    public <T> T signing(Work<T> work) throws IOException {
        return with(options.withCreateIfMissing(false), work);
    }

    @Override
    public <T> T loading(Work<T> work) throws IOException {
        long interval = Math.max(options.walSyncIntervalMillis(), LOADING_SYNC_MILLIS);
        return with(options.withWalSyncIntervalMillis(interval), work);
    }

    @Override
    public Figures stats() throws IOException {
        try {
            return reading(Database::figures);
        } catch (NoDatabaseException e) {
            return writing(Database::figures);
        }
    }

    @Override
    public VerifyReport verify(VerifyScope scope, VerifyProgress progress) throws IOException {
        return BlockDb.verify(directory, readOnly(), scope, progress);
    }

    private Options readOnly() {
        return options.withReadOnly(true).withCreateIfMissing(false);
    }

    private <T> T with(Options how, Work<T> work) throws IOException {
        try (BlockDb db = BlockDb.open(directory, how)) {
            report(db, messages);
            return work.with(new EmbeddedDatabase(db));
        }
    }

    /** Says what opening had to recover. */
    static void report(BlockDb db, Messages messages) {
        for (String note : db.recoveryNotes()) {
            messages.line("Recovery: " + Text.printable(note));
        }
    }
}
