package io.blockdb.cli;

import io.blockdb.cli.database.Figures;
import io.blockdb.db.BlockDb;
import io.blockdb.db.NoDatabaseException;
import io.blockdb.db.Options;
import io.blockdb.db.VerifyProgress;
import io.blockdb.db.VerifyReport;
import io.blockdb.db.VerifyScope;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The database of interactive mode, opened once for all of its commands. Where there is none, the first command that
 * writes creates it.
 *
 * <p>Threading: one thread at a time.
 */
final class SharedSource implements DatabaseSource, AutoCloseable {
    private final Path directory;
    private final Options options;
    private final Messages messages;
    private @Nullable BlockDb db;

    private SharedSource(Path directory, Options options, Messages messages) {
        this.directory = directory;
        this.options = options;
        this.messages = messages;
    }

    /**
     * Opens what is there.
     *
     * @param watched whether somebody looks on, to be told that nothing is there
     */
    static SharedSource open(Path directory, Options options, Messages messages, boolean watched) throws IOException {
        SharedSource source = new SharedSource(directory, options, messages);
        try {
            source.database(false);
        } catch (NoDatabaseException e) {
            if (watched) {
                messages.note(e.getMessage() + " yet: the first write creates it");
            }
        }
        return source;
    }

    @Override
    public Path directory() {
        return directory;
    }

    private BlockDb database(boolean create) throws IOException {
        BlockDb open = db;
        if (open == null) {
            open = openOrReadOnly(create);
            db = open;
            OneShotSource.report(open, messages);
        }
        return open;
    }

    private BlockDb openOrReadOnly(boolean create) throws IOException {
        try {
            return BlockDb.open(directory, options.withCreateIfMissing(create));
        } catch (FileSystemException e) {
            if (!SigningSource.unwritable(e)) {
                throw e;
            }
            BlockDb open = BlockDb.open(directory, options.withReadOnly(true).withCreateIfMissing(false));
            messages.note(directory + " cannot be written to: this session only reads");
            return open;
        }
    }

    @Override
    public <T> T reading(Work<T> work) throws IOException {
        return work.with(new EmbeddedDatabase(database(false)));
    }

    @Override
    public <T> T writing(Work<T> work) throws IOException {
        return work.with(new EmbeddedDatabase(database(true)));
    }

    @Override
    public <T> T signing(Work<T> work) throws IOException {
        return work.with(new EmbeddedDatabase(database(false)));
    }

    @Override
    public <T> T loading(Work<T> work) throws IOException {
        return writing(work);
    }

    @Override
    public Figures stats() throws IOException {
        return new EmbeddedDatabase(database(true)).figures();
    }

    @Override
    public VerifyReport verify(VerifyScope scope, VerifyProgress progress) throws IOException {
        return database(false).verify(scope, progress);
    }

    @Override
    public void close() throws IOException {
        if (db != null) {
            db.close();
        }
    }
}
