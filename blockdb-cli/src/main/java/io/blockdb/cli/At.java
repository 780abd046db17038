package io.blockdb.cli;

import io.blockdb.cli.database.Database;
import io.blockdb.cli.database.Moment;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The view that {@code --at} asks for. */
final class At {
    private At() {}

    /**
     * The database as of a height, or as it is now where none is given.
     *
     * @throws UsageException if there is no such block
     */
    static Moment height(Database db, @Nullable Long height) throws IOException {
        if (height == null) {
            return db.now();
        }
        long newest = db.height();
        if (height > newest) {
            db.requireWhole();
        }
        if (height < 0 || height > newest) {
            throw new UsageException("--at " + height + ": there is no such block, the newest is " + newest);
        }
        return db.at(height);
    }
}
