package io.blockdb.db;

import io.blockdb.base.LedgerId;
import io.blockdb.base.LedgerPoint;
import io.blockdb.ledger.Ledger;
import io.blockdb.manifest.Version;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers {@link Stats} from the parts of an open database. */
final class StatsReader {
    private StatsReader() {}

    static Stats read(
            DataDirectory directory,
            Options options,
            Engine engine,
            @Nullable IndexMaintenance maintenance,
            long signedBlocks,
            List<String> recoveryNotes)
            throws IOException {
        Ledger ledger = engine.ledger();
        LedgerPoint head = ledger.head();
        LedgerId id = engine.ledgerId();
        IndexState state = engine.index().state();
        Version version = state.tables().version();
        List<Integer> perLevel = new ArrayList<>();
        for (int level = 0; level < Version.LEVELS; level++) {
            perLevel.add(version.level(level).size());
        }
        long memtableEntries = state.active().entryCount();
        long memtableBytes = state.active().memoryBytes();
        for (IndexState.Frozen frozen : state.frozen()) {
            memtableEntries += frozen.memtable().entryCount();
            memtableBytes += frozen.memtable().memoryBytes();
        }
        return new Stats(
                directory.root(),
                id == null ? "" : id.toString(),
                head == null ? 0 : head.blocks(),
                head == null ? 0 : head.entries(),
                head == null ? "" : head.lastHash().toString(),
                head == null ? 0 : head.timestamp(),
                ledger.syncedBlocks(),
                signedBlocks,
                engine.catalog().declared().size(),
                ledger.sizeBytes(),
                ledger.segmentCount(),
                version.totalBytes(),
                perLevel,
                memtableEntries,
                memtableBytes,
                maintenance == null ? 0 : maintenance.flushes(),
                maintenance == null ? 0 : maintenance.compactions(),
                maintenance == null ? 0 : maintenance.compactionDebt(version),
                engine.index().stalls(),
                engine.index().stallMicros(),
                recoveryNotes,
                options);
    }
}
