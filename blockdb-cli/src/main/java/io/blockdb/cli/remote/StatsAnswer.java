package io.blockdb.cli.remote;

import io.blockdb.cli.database.Figures;
import io.blockdb.db.Options;
import io.blockdb.db.Scrub;
import io.blockdb.db.Stats;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The figures of a server, as {@code GET /stats} has them: groups of fields, named as {@code stats} names its columns. */
final class StatsAnswer {
    private StatsAnswer() {}

    /** The figures. */
    static Figures figures(Fields answer) throws IOException {
        Fields config = answer.object("config");
        Fields storage = answer.object("storage");
        Fields operations = answer.object("operations");
        List<Integer> perLevel = new ArrayList<>();
        for (Object count : storage.has("sstables_per_level") ? storage.list("sstables_per_level") : List.of()) {
            perLevel.add(count instanceof Long number ? number.intValue() : 0);
        }
        if (perLevel.isEmpty()) {
            perLevel.add((int) storage.number("sstable_count"));
        }
        Options options = Options.defaults()
                .withMemtableSizeLimit(config.number("memtable_size_limit"))
                .withWalSyncIntervalMillis(config.number("wal_sync_interval"))
                .withCompactionThreshold((int) config.number("compaction_threshold"))
                .withBlockchainBatchSize((int) config.number("blockchain_batch_size"));
        Stats stats = new Stats(
                Path.of(config.text("data_directory")),
                storage.text("ledger_id"),
                storage.number("blocks"),
                storage.number("entries"),
                storage.text("head_hash"),
                storage.number("head_timestamp"),
                storage.number("synced_blocks"),
                storage.number("signed_blocks"),
                (int) storage.number("tables"),
                storage.number("ledger_bytes"),
                storage.number("ledger_segments"),
                storage.number("index_bytes"),
                perLevel,
                storage.number("memtable_entries"),
                storage.number("memtable_bytes"),
                operations.number("flushes"),
                operations.number("compactions"),
                operations.number("compaction_debt_bytes"),
                operations.number("stalls"),
                operations.number("stall_micros"),
                new Scrub(
                        operations.number("scrub_rounds", 0),
                        operations.number("scrub_finished_at", 0),
                        List.of(),
                        operations.textOrNull("scrub_problem")),
                operations.number("pending_erasures"),
                storage.texts("recovery"),
                options);
        return new Figures(stats, storage.has("signed_at") ? (Long) storage.number("signed_at") : null);
    }
}
