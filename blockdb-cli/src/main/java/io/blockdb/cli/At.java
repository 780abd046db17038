package io.blockdb.cli;

import io.blockdb.db.BlockDb;
import io.blockdb.db.Snapshot;
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
    static Snapshot height(BlockDb db, @Nullable Long height) throws IOException {
        if (height == null) {
            return db.snapshot();
        }
        long newest = db.snapshot().height();
        if (height < 0 || height > newest) {
            throw new UsageException("--at " + height + ": there is no such block, the newest is " + newest);
        }
        return db.snapshotAt(height);
    }
}
