package io.blockdb.db;

import io.blockdb.base.ReaderCount;
import io.blockdb.manifest.Version;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A version of the set of SSTables, counted: as long as it is current or somebody reads by it, its files stay.
 *
 * <p>Threading: any thread.
 */
final class LiveTables {
    private final Version version;
    private final Runnable whenUnused;
    private final ReaderCount readers = new ReaderCount();
    /** Whether {@link #whenUnused} was called. */
    private final AtomicBoolean letGo = new AtomicBoolean();

    LiveTables(Version version, Runnable whenUnused) {
        this.version = version;
        this.whenUnused = whenUnused;
    }

    Version version() {
        return version;
    }

    /** Takes it for reading; false when it is over, and a newer one is there. */
    boolean acquire() {
        if (readers.enter()) {
            return true;
        }
        letGoIfOver();
        return false;
    }

    /** Gives back what {@link #acquire} took. */
    void release() {
        readers.leave();
        letGoIfOver();
    }

    /** Called once, when it is no longer current. */
    void retire() {
        readers.shut();
        letGoIfOver();
    }

    private void letGoIfOver() {
        if (readers.isOver() && letGo.compareAndSet(false, true)) {
            whenUnused.run();
        }
    }
}
