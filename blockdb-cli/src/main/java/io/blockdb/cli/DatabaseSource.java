package io.blockdb.cli;

import io.blockdb.cli.database.Database;
import io.blockdb.cli.database.Figures;
import io.blockdb.db.VerifyProgress;
import io.blockdb.db.VerifyReport;
import io.blockdb.db.VerifyScope;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where a command gets its database: opened for it alone, or the one of the session. */
interface DatabaseSource {
    /** What a command does with an open database. */
    interface Work<T> {
        /** Does it. The database stays the source's to close. */
        T with(Database db) throws IOException;
    }

    /** The directory of the database; null: it is behind a server. */
    @Nullable
    Path directory();

    /** Does what only reads: the directory must hold a database, and no byte of it changes. */
    <T> T reading(Work<T> work) throws IOException;

    /** Does what writes: where there is no database, one is created. */
    <T> T writing(Work<T> work) throws IOException;

    /** Does what changes a database that must be there: signing, erasing. */
    <T> T signing(Work<T> work) throws IOException;

    /**
     * Does what writes very much: where the source opens the database for it alone, all of it is on disk when this
     * returns or throws, and not each write when it is answered.
     */
    <T> T loading(Work<T> work) throws IOException;

    /** The figures of the database; where there is none, of one just created. */
    Figures stats() throws IOException;

    /** Verifies what is on the disk. */
    VerifyReport verify(VerifyScope scope, VerifyProgress progress) throws IOException;
}
