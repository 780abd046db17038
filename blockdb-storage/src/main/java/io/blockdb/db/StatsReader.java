package io.blockdb.db;

import io.blockdb.base.LedgerId;
import io.blockdb.base.LedgerPoint;
import io.blockdb.ledger.Ledger;
import io.blockdb.manifest.Version;
import io.blockdb.sstable.PageCache;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gathers {@link Stats} from the parts of an open database.
 *
 * <p>Threading: any thread.
 */
final class StatsReader {
    private final DataDirectory directory;
    private final Options options;
    private final Engine engine;
    private final @Nullable IndexMaintenance maintenance;
    private final List<String> recoveryNotes;
    private final DiskUseReader disk;

    StatsReader(
            DataDirectory directory,
            Options options,
            Engine engine,
            @Nullable IndexMaintenance maintenance,
            List<String> recoveryNotes) {
        this.directory = directory;
        this.options = options;
        this.engine = engine;
        this.maintenance = maintenance;
        this.recoveryNotes = recoveryNotes;
        this.disk = new DiskUseReader(directory, options.environment().fileSystem(), engine);
    }

    Stats read(Scrub scrub, long signedBlocks, @Nullable String signingProblem) throws IOException {
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
        PageCache pages = engine.index().pages();
        DiskUse use =
                disk.read(version.totalBytes(), options.environment().clock().micros());
        return new Stats(
                directory.root(),
                id == null ? "" : id.toString(),
                head == null ? 0 : head.blocks(),
                head == null ? 0 : head.entries(),
                head == null ? "" : head.lastHash().toString(),
                head == null ? 0 : head.timestamp(),
                ledger.syncedBlocks(),
                signedBlocks,
                signingProblem,
                engine.catalog().declared().size(),
                use.ledger(),
                ledger.survey().segments(),
                version.totalBytes(),
                perLevel,
                1 + state.frozen().size(),
                memtableEntries,
                memtableBytes,
                maintenance == null ? 0 : maintenance.flushes(),
                maintenance == null ? 0 : maintenance.compactions(),
                maintenance == null ? 0 : maintenance.compactionDebt(version),
                engine.index().stalls(),
                engine.index().stallMicros(),
                new PageCacheUse(pages.hits(), pages.misses(), pages.bytes(), pages.capacityBytes()),
                use,
                scrub,
                engine.index().erasures().pending(),
                recoveryNotes,
                options);
    }
}
