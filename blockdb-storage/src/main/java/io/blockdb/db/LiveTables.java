package io.blockdb.db;

import io.blockdb.manifest.Version;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A version of the set of SSTables, counted: as long as it is current or somebody reads by it, its files stay.
 *
 * <p>Threading: any thread.
 */
final class LiveTables {
    private final Version version;
    private final Runnable whenUnused;
    /** The index, while this is current, and every reader; at 0 it is over for good. */
    private final AtomicInteger users = new AtomicInteger(1);

    LiveTables(Version version, Runnable whenUnused) {
        this.version = version;
        this.whenUnused = whenUnused;
    }

    Version version() {
        return version;
    }

    /** Takes it for reading; false when it is over, and a newer one is there. */
    boolean acquire() {
        int before;
        do {
            before = users.get();
            if (before == 0) {
                return false;
            }
        } while (!users.compareAndSet(before, before + 1));
        return true;
    }

    /** Gives it back. */
    void release() {
        if (users.decrementAndGet() == 0) {
            whenUnused.run();
        }
    }
}
