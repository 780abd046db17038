package io.blockdb.server.metrics;

import io.blockdb.db.DiskUse;
import io.blockdb.db.PageCacheUse;
import io.blockdb.db.Stats;
import io.blockdb.db.Timings;
import io.blockdb.server.node.Node;
import io.blockdb.server.node.NodeStatus;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database in figures: at each scrape it is asked once. While there is none, only what is known without it is told.
 *
 * <p>Threading: any thread.
 */
final class DatabaseCollector implements MultiCollector {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseCollector.class);
    private static final double MICROS_PER_SECOND = 1e6;
    private static final double SECONDS_PER_DAY = 24 * 60 * 60;

    private final Node node;
    private final Timings timings;
    private final Warnings warnings;

    DatabaseCollector(Node node, Timings timings, Warnings warnings) {
        this.node = node;
        this.timings = timings;
        this.warnings = warnings;
    }

    @Override
    public MetricSnapshots collect() {
        Families families = new Families();
        Stats stats = stats(node);
        node(families, stats);
        stages(families);
        if (stats != null) {
            ledger(families, stats);
            disk(families, stats.disk());
            index(families, stats);
            cache(families, stats.pageCache());
        }
        return families.snapshots();
    }

    /** What the database says of itself, or null while there is none that can be asked. */
    static @Nullable Stats stats(Node node) {
        try {
            return node.stats();
        } catch (IOException | IllegalStateException e) {
            LOG.debug("no figures of the database: {}", e.toString());
            return null;
        }
    }

    private void node(Families families, @Nullable Stats stats) {
        NodeStatus.State state = node.status().state();
        Map<String, Boolean> states = new LinkedHashMap<>();
        for (NodeStatus.State each : NodeStatus.State.values()) {
            states.put(each.name().toLowerCase(Locale.ROOT), each == state);
        }
        families.gauges(
                        "blockdb_node_state",
                        "1 for what the node is now, 0 for what it is not.",
                        "state",
                        states,
                        is -> is ? 1 : 0)
                .counter(
                        "blockdb_node_openings",
                        "How often the database was opened, or closed to be opened again, since the server started.",
                        node.openings())
                .gauges(
                        "blockdb_warning",
                        "1 for each thing that is warned of in /health.",
                        "name",
                        warnings.active(stats),
                        text -> 1);
    }

    private void stages(Families families) {
        Map<Labels, Timings.Histogram> stages = new LinkedHashMap<>();
        for (Timings.Stage stage : new Timings.Stage[] {
            Timings.Stage.QUEUE,
            Timings.Stage.HASH,
            Timings.Stage.DECIDE,
            Timings.Stage.WRITE,
            Timings.Stage.SYNC,
            Timings.Stage.INDEX,
            Timings.Stage.TOTAL
        }) {
            stages.put(Labels.of("stage", stage.name().toLowerCase(Locale.ROOT)), timings.of(stage));
        }
        families.histogram(
                "blockdb_commit_stage_duration_seconds",
                "How long the stages of committing take: queue, hash and total of a batch, decide, write and index of a"
                        + " block, sync of whatever it covers.",
                stages);
        families.histogram(
                "blockdb_read_duration_seconds",
                "How long the engine takes to find a key and read its value.",
                Map.of(Labels.EMPTY, timings.of(Timings.Stage.READ)));
        families.histogram(
                "blockdb_flush_duration_seconds",
                "How long writing a memtable as an SSTable takes.",
                Map.of(Labels.EMPTY, timings.of(Timings.Stage.FLUSH)));
        families.histogram(
                "blockdb_compaction_duration_seconds",
                "How long a compaction takes.",
                Map.of(Labels.EMPTY, timings.of(Timings.Stage.COMPACTION)));
    }

    private static void ledger(Families families, Stats stats) {
        families.gauge("blockdb_ledger_blocks", "Blocks in the ledger.", stats.blocks())
                .gauge("blockdb_ledger_entries", "Entries in the ledger.", stats.entries())
                .gauge("blockdb_ledger_synced_blocks", "Blocks that are known to be on disk.", stats.syncedBlocks())
                .gauge(
                        "blockdb_ledger_signed_blocks",
                        "Blocks that the newest checkpoint covers.",
                        stats.signedBlocks())
                .gauge(
                        "blockdb_ledger_signed_timestamp_seconds",
                        "When the newest checkpoint was signed, since the Unix epoch; 0: none was.",
                        signedAt(stats) / MICROS_PER_SECOND)
                .gauge("blockdb_ledger_segments", "Files of the ledger.", stats.ledgerSegments())
                .gauge(
                        "blockdb_ledger_head_timestamp_seconds",
                        "Time of the newest block, since the Unix epoch.",
                        stats.headTimestamp() / MICROS_PER_SECOND)
                .gauge("blockdb_tables", "Tables that were created.", stats.tables())
                .gauge(
                        "blockdb_pending_erasures",
                        "Erased values whose bytes may still be on the disk.",
                        stats.pendingErasures())
                .counter(
                        "blockdb_scrub_rounds",
                        "How often everything was verified in the background.",
                        stats.scrub().rounds())
                .gauge(
                        "blockdb_scrub_failures",
                        "Places that the last round of verifying in the background found damaged.",
                        stats.scrub().failures().size())
                .gauge(
                        "blockdb_scrub_finished_timestamp_seconds",
                        "When the last round of verifying in the background ended, since the Unix epoch; 0: none did.",
                        stats.scrub().finishedAt() / MICROS_PER_SECOND);
    }

    private static long signedAt(Stats stats) {
        try {
            Long micros = SignedAt.micros(stats);
            return micros == null ? 0 : micros;
        } catch (IOException e) {
            LOG.debug("nobody knows when a checkpoint was signed: {}", e.toString());
            return 0;
        }
    }

    private static void disk(Families families, DiskUse disk) {
        Map<String, Long> parts = new TreeMap<>();
        long values = Math.max(0, disk.values());
        parts.put("ledger_values", values);
        parts.put("ledger_proofs", disk.ledger() - values);
        parts.put("index", disk.index());
        parts.put("tree", disk.tree());
        parts.put("quarantine", disk.quarantine());
        families.gauges(
                        "blockdb_disk_used_bytes",
                        "Where the disk went. What of the ledger are values is estimated.",
                        "part",
                        parts,
                        Long::doubleValue)
                .gauge("blockdb_disk_free_bytes", "What the file system has left.", disk.free())
                .gauge(
                        "blockdb_disk_writable_bytes",
                        "What may be written before writes are refused, because the rest is reserved.",
                        disk.writable())
                .gauge(
                        "blockdb_disk_growth_bytes_per_second",
                        "By how much ledger, index and tree grew, over about the last day.",
                        disk.growthPerDay() / SECONDS_PER_DAY)
                .gauge(
                        "blockdb_disk_left_seconds",
                        "In how long writes are refused at that rate; +Inf where nothing grows.",
                        disk.secondsLeft() < 0 ? Double.POSITIVE_INFINITY : (double) disk.secondsLeft());
    }

    private static void index(Families families, Stats stats) {
        Map<String, Integer> levels = new LinkedHashMap<>();
        for (int level = 0; level < stats.sstablesPerLevel().size(); level++) {
            levels.put(Integer.toString(level), stats.sstablesPerLevel().get(level));
        }
        families.gauges("blockdb_sstables", "SSTables in each level.", "level", levels, Integer::doubleValue)
                .gauge("blockdb_memtables", "Memtables, the one that is written to included.", stats.memtables())
                .gauge("blockdb_memtable_entries", "Entries in memtables.", stats.memtableEntries())
                .gauge("blockdb_memtable_bytes", "Memory that memtables take.", stats.memtableBytes())
                .gauge(
                        "blockdb_memtable_limit_bytes",
                        "Memory at which a memtable is flushed.",
                        stats.options().memtableSizeLimit())
                .counter("blockdb_flushes", "Memtables that were flushed.", stats.flushes())
                .counter("blockdb_compactions", "Compactions that were done.", stats.compactions())
                .gauge(
                        "blockdb_compaction_debt_bytes",
                        "Bytes of SSTables that wait to be compacted.",
                        stats.compactionDebtBytes())
                .counter("blockdb_write_stalls", "How often writers waited for the index.", stats.stalls())
                .counter(
                        "blockdb_write_stall_seconds",
                        "How long writers waited for the index.",
                        stats.stallMicros() / MICROS_PER_SECOND);
    }

    private static void cache(Families families, PageCacheUse cache) {
        families.counter("blockdb_page_cache_hits", "Pages of SSTables that were found in memory.", cache.hits())
                .counter("blockdb_page_cache_misses", "Pages of SSTables that had to be read.", cache.misses())
                .gauge("blockdb_page_cache_bytes", "Memory that pages of SSTables take.", cache.bytes())
                .gauge("blockdb_page_cache_limit_bytes", "Memory that they may take.", cache.capacityBytes());
    }
}
