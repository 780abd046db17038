package io.blockdb.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.blockdb.db.DiskUse;
import io.blockdb.db.Stats;
import io.blockdb.db.VerifyReport;
import java.io.IOException;

/** The figures of a database as JSON: what {@code /stats} and {@code /metrics} have in common. */
final class StorageFigures {
    private StorageFigures() {}

    /** Sizes: where memory and disk went, and how long the disk lasts. */
    static void storage(JsonGenerator json, Stats stats) throws IOException {
        DiskUse disk = stats.disk();
        json.writeNumberField("memtable_entries", stats.memtableEntries());
        json.writeNumberField("memtable_bytes", stats.memtableBytes());
        json.writeNumberField("memtables", stats.memtables());
        json.writeNumberField("sstable_count", stats.sstables());
        json.writeArrayFieldStart("sstables_per_level");
        for (int count : stats.sstablesPerLevel()) {
            json.writeNumber(count);
        }
        json.writeEndArray();
        json.writeNumberField("wal_size_bytes", disk.ledger());
        json.writeNumberField("ledger_bytes", disk.ledger());
        json.writeNumberField("ledger_segments", stats.ledgerSegments());
        json.writeFieldName("values_bytes");
        known(json, disk.values() >= 0, disk.values());
        json.writeNumberField("index_bytes", disk.index());
        json.writeNumberField("tree_bytes", disk.tree());
        json.writeNumberField("quarantine_bytes", disk.quarantine());
        json.writeNumberField("total_size_bytes", disk.total());
        json.writeNumberField("free_bytes", disk.free());
        json.writeNumberField("writable_bytes", disk.writable());
        json.writeFieldName("growth_bytes_per_day");
        known(json, disk.growthSince() > 0, disk.growthPerDay());
        json.writeFieldName("growth_since");
        known(json, disk.growthSince() > 0, disk.growthSince());
        json.writeFieldName("seconds_left");
        known(json, disk.secondsLeft() >= 0, disk.secondsLeft());
        json.writeNumberField("page_cache_bytes", stats.pageCache().bytes());
        json.writeNumberField("page_cache_limit_bytes", stats.pageCache().capacityBytes());
        json.writeNumberField("page_cache_hits", stats.pageCache().hits());
        json.writeNumberField("page_cache_misses", stats.pageCache().misses());
    }

    private static void known(JsonGenerator json, boolean known, long value) throws IOException {
        if (known) {
            json.writeNumber(value);
        } else {
            json.writeNull();
        }
    }

    /** What was done since the database was opened. */
    static void upkeep(JsonGenerator json, Stats stats) throws IOException {
        json.writeNumberField("flushes", stats.flushes());
        json.writeNumberField("compactions", stats.compactions());
        json.writeNumberField("compaction_debt_bytes", stats.compactionDebtBytes());
        json.writeNumberField("stalls", stats.stalls());
        json.writeNumberField("stall_micros", stats.stallMicros());
        json.writeNumberField("pending_erasures", stats.pendingErasures());
        json.writeNumberField("scrub_rounds", stats.scrub().rounds());
        json.writeNumberField("scrub_finished_at", stats.scrub().finishedAt());
        json.writeNumberField("scrub_failures", stats.scrub().failures().size());
        json.writeStringField("scrub_problem", stats.scrub().problem());
        json.writeArrayFieldStart("scrub_damage");
        for (VerifyReport.Failure failure : stats.scrub().failures()) {
            MaintenanceResource.failure(json, failure);
        }
        json.writeEndArray();
    }
}
