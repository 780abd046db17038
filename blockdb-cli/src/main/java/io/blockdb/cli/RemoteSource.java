package io.blockdb.cli;

import io.blockdb.cli.database.Figures;
import io.blockdb.cli.remote.RemoteDatabase;
import io.blockdb.db.VerifyProgress;
import io.blockdb.db.VerifyReport;
import io.blockdb.db.VerifyScope;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A database behind a server. It is there always, and synced by the server's own rule.
 *
 * <p>Threading: one thread at a time.
 */
final class RemoteSource implements DatabaseSource {
    private final RemoteDatabase database;

    RemoteSource(RemoteDatabase database) {
        this.database = database;
    }

    /**
     * The server that was named, for what is asked of servers only.
     *
     * @param what asks it, such as a command
     * @throws UsageException if a directory was named
     */
    static RemoteDatabase required(RootCommand root, String what) throws IOException {
        if (root.database() instanceof RemoteSource source) {
            return source.database;
        }
        throw new UsageException(what + " asks a server: name one with --url");
    }

    @Override
    public @Nullable Path directory() {
        return null;
    }

    @Override
    public <T> T reading(Work<T> work) throws IOException {
        return work.with(database);
    }

    @Override
    public <T> T writing(Work<T> work) throws IOException {
        return work.with(database);
    }

    @Override
    public <T> T signing(Work<T> work) throws IOException {
        return work.with(database);
    }

    @Override
    public <T> T loading(Work<T> work) throws IOException {
        return work.with(database);
    }

    @Override
    public Figures stats() throws IOException {
        return database.figures();
    }

    @Override
    public VerifyReport verify(VerifyScope scope, VerifyProgress progress) throws IOException {
        return database.verify(scope);
    }
}
