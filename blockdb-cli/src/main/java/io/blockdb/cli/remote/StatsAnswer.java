package io.blockdb.cli.remote;

import io.blockdb.cli.database.Figures;
import io.blockdb.db.DiskUse;
import io.blockdb.db.Options;
import io.blockdb.db.PageCacheUse;
import io.blockdb.db.Scrub;
import io.blockdb.db.Stats;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The figures of a server, as {@code GET /stats} has them: groups of fields, named as {@code stats} names its columns. */
final class StatsAnswer {
    private StatsAnswer() {}

    private static DiskUse disk(Fields storage) throws IOException {
        return new DiskUse(
                storage.number("ledger_bytes"),
                storage.number("values_bytes", -1),
                storage.number("index_bytes"),
                storage.number("tree_bytes"),
                storage.number("quarantine_bytes"),
                storage.number("free_bytes"),
                storage.number("writable_bytes"),
                storage.number("growth_since", 0),
                storage.number("growth_bytes_per_day", 0));
    }

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
                storage.textOrNull("signing_problem"),
                (int) storage.number("tables"),
                storage.number("ledger_bytes"),
                storage.number("ledger_segments"),
                storage.number("index_bytes"),
                perLevel,
                (int) storage.number("memtables"),
                storage.number("memtable_entries"),
                storage.number("memtable_bytes"),
                operations.number("flushes"),
                operations.number("compactions"),
                operations.number("compaction_debt_bytes"),
                operations.number("stalls"),
                operations.number("stall_micros"),
                new PageCacheUse(
                        storage.number("page_cache_hits"),
                        storage.number("page_cache_misses"),
                        storage.number("page_cache_bytes"),
                        storage.number("page_cache_limit_bytes")),
                disk(storage),
                new Scrub(
                        operations.number("scrub_rounds", 0),
                        operations.number("scrub_finished_at", 0),
                        VerifyCall.failures(operations, "scrub_damage"),
                        operations.textOrNull("scrub_problem")),
                operations.number("pending_erasures"),
                storage.texts("recovery"),
                options);
        return new Figures(stats, storage.has("signed_at") ? (Long) storage.number("signed_at") : null);
    }
}
