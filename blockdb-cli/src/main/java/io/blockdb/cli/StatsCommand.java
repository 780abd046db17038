package io.blockdb.cli;

import io.blockdb.cli.database.Figures;
import io.blockdb.db.DiskUse;
import io.blockdb.db.Options;
import io.blockdb.db.Stats;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code stats}: prints what the database is made of. */
@Command(
        name = "stats",
        description = "Print settings, sizes and counts of the database.",
        footer = {
            "",
            "Where there is no database yet, an empty one is created, except with --watch. With --watch a",
            "terminal is repainted and a pipe gets a line each time. The directory is opened for each look at",
            "it alone, so that others can write; while one has it open, who has it and how large its files are",
            "is shown. With --url a server tells its own figures.",
            "",
            "Examples:",
            "  blockdb-cli stats",
            "  blockdb-cli -d /var/lib/blockdb stats --output json",
            "  blockdb-cli stats --watch 5 --output csv >> figures.csv"
        })
final class StatsCommand extends BaseCommand {
    private static final List<Column> COLUMNS = List.of(
            Column.text("data_directory", ""),
            Column.number("memtable_size_limit", ""),
            Column.number("wal_sync_interval", ""),
            Column.number("compaction_threshold", ""),
            Column.number("blockchain_batch_size", ""),
            Column.text("ledger_id", ""),
            Column.number("blocks", ""),
            Column.number("synced_blocks", ""),
            Column.number("entries", ""),
            Column.text("head_hash", ""),
            Column.time("head_timestamp", ""),
            Column.number("signed_blocks", ""),
            Column.time("signed_at", ""),
            Column.number("tables", ""),
            Column.number("ledger_bytes", ""),
            Column.number("ledger_segments", ""),
            Column.number("index_bytes", ""),
            Column.number("sstables", ""),
            Column.number("memtable_entries", ""),
            Column.number("memtable_bytes", ""),
            Column.number("flushes", ""),
            Column.number("compactions", ""),
            Column.number("compaction_debt_bytes", ""),
            Column.number("stalls", ""),
            Column.number("stall_micros", ""),
            Column.number("scrub_rounds", ""),
            Column.number("scrub_failures", ""),
            Column.number("pending_erasures", ""),
            Column.number("values_bytes", ""),
            Column.number("tree_bytes", ""),
            Column.number("quarantine_bytes", ""),
            Column.number("total_bytes", ""),
            Column.number("free_bytes", ""),
            Column.number("writable_bytes", ""),
            Column.number("growth_bytes_per_day", ""),
            Column.number("seconds_left", ""),
            Column.number("page_cache_bytes", ""),
            Column.number("page_cache_hits", ""),
            Column.number("page_cache_misses", ""),
            Column.text("recovery", ""));

    @Option(
            names = "--watch",
            arity = "0..1",
            fallbackValue = "2",
            paramLabel = "SECONDS",
            description = "Show them again every so many seconds (2), with what changes in a second. Ctrl-C ends it.")
    private @Nullable Double watch;

    @Option(names = "--count", paramLabel = "N", description = "With --watch: so many times.")
    private @Nullable Long count;

    @Override
    List<OutputFormat> formats() {
        return RECORDS;
    }

    /** The text that users know from the earlier database, in pipes as well. */
    @Override
    OutputFormat usualFormat() {
        return OutputFormat.TABLE;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = format();
        if (watch != null) {
            watch(format, watch);
            return ExitCode.DONE;
        }
        if (count != null) {
            throw new UsageException("--count goes with --watch");
        }
        Figures stats = database().stats();
        if (format == OutputFormat.TABLE) {
            for (String line : StatsText.lines(stats)) {
                out().line(line);
            }
            return ExitCode.DONE;
        }
        @Nullable Object[] figures = cells(stats);
        if (format == OutputFormat.RAW) {
            for (int i = 0; i < figures.length; i++) {
                out().line(COLUMNS.get(i).name() + "\t" + figures[i]);
            }
            return ExitCode.DONE;
        }
        try (Rows rows =
                format == OutputFormat.CSV ? Rows.of(format, session(), COLUMNS) : Rows.object(out(), COLUMNS, false)) {
            rows.add(figures);
        }
        return ExitCode.DONE;
    }

    private void watch(OutputFormat format, double seconds) throws IOException {
        if (!(seconds >= 0.1 && seconds <= 86_400)) {
            throw new UsageException("--watch takes 0.1 to 86,400 seconds");
        }
        if (count != null && count < 1) {
            throw new UsageException("--count must be at least 1");
        }
        boolean repaint = format == OutputFormat.TABLE
                && session().streams().outIsTerminal()
                && !session().streams().variable("TERM").equals("dumb");
        new StatsWatch(session(), database(), root().remote() ? null : root().directory(), format, repaint)
                .run(seconds, count == null ? 0 : count);
    }

    private static @Nullable Object[] cells(Figures of) {
        Stats s = of.stats();
        Options o = s.options();
        DiskUse disk = s.disk();
        return new @Nullable Object[] {
            s.directory().toString(),
            o.memtableSizeLimit(),
            o.walSyncIntervalMillis(),
            (long) o.compactionThreshold(),
            (long) o.blockchainBatchSize(),
            s.ledgerId(),
            s.blocks(),
            s.syncedBlocks(),
            s.entries(),
            s.headHash(),
            s.headTimestamp(),
            s.signedBlocks(),
            of.signedAt(),
            (long) s.tables(),
            s.ledgerBytes(),
            s.ledgerSegments(),
            s.indexBytes(),
            (long) s.sstables(),
            s.memtableEntries(),
            s.memtableBytes(),
            s.flushes(),
            s.compactions(),
            s.compactionDebtBytes(),
            s.stalls(),
            s.stallMicros(),
            s.scrub().rounds(),
            (long) s.scrub().failures().size(),
            s.pendingErasures(),
            disk.values() < 0 ? null : disk.values(),
            disk.tree(),
            disk.quarantine(),
            disk.total(),
            disk.free(),
            disk.writable(),
            disk.growthSince() == 0 ? null : disk.growthPerDay(),
            disk.secondsLeft() < 0 ? null : disk.secondsLeft(),
            s.pageCache().bytes(),
            s.pageCache().hits(),
            s.pageCache().misses(),
            String.join(" ", s.recoveryNotes())
        };
    }
}
