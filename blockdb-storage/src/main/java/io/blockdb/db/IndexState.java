package io.blockdb.db;

import io.blockdb.base.LedgerPoint;
import io.blockdb.memtable.Memtable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parts of the index at one moment: replaced as a whole, never changed, so a reader that took it needs no lock.
 *
 * @param active takes the newest entries
 * @param frozen full memtables that wait to be flushed, newest first
 * @param tables the SSTables
 */
record IndexState(Memtable active, List<Frozen> frozen, LiveTables tables) {
    /**
     * A full memtable.
     *
     * @param reached the point of the ledger behind its last entry
     */
    record Frozen(Memtable memtable, LedgerPoint reached) {}

    /** The oldest memtable that waits, or null. */
    @Nullable
    Frozen oldest() {
        return frozen.isEmpty() ? null : frozen.get(frozen.size() - 1);
    }
}
