package io.blockdb.cli;

import io.blockdb.db.BlockDb;
import io.blockdb.db.Stats;
import io.blockdb.db.VerifyProgress;
import io.blockdb.db.VerifyReport;
import io.blockdb.db.VerifyScope;
import java.io.IOException;

/** The database that interactive mode opened once, for all of its commands. Whoever opened it closes it. */
final class SharedSource implements DatabaseSource {
    private final BlockDb db;

    SharedSource(BlockDb db) {
        this.db = db;
    }

    @Override
    public <T> T reading(Work<T> work) throws IOException {
        return work.with(db);
    }

    @Override
    public <T> T writing(Work<T> work) throws IOException {
        return work.with(db);
    }

    @Override
    public Stats stats() throws IOException {
        return db.stats();
    }

    @Override
    public VerifyReport verify(VerifyScope scope, VerifyProgress progress) throws IOException {
        return db.verify(scope, progress);
    }
}
