package io.blockdb.cli;

import io.blockdb.db.Options;
import io.blockdb.db.Stats;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code stats}: prints what the database is made of. */
@Command(
        name = "stats",
        description = "Print settings, sizes and counts of the database.",
        footer = {
            "",
            "Where there is no database yet, an empty one is created.",
            "",
            "Examples:",
            "  blockdb-cli stats",
            "  blockdb-cli -d /var/lib/blockdb stats --output json"
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
            Column.text("recovery", ""));

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
        Stats stats = database().stats();
        if (format == OutputFormat.TABLE) {
            table(stats);
            return ExitCode.DONE;
        }
        @Nullable Object[] figures = figures(stats);
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

    private static @Nullable Object[] figures(Stats s) {
        Options o = s.options();
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
            String.join(" ", s.recoveryNotes())
        };
    }

    /**
     * The first lines are as users of the earlier database know them; those that follow are aligned among themselves.
     */
    private void table(Stats s) throws IOException {
        Options o = s.options();
        long sync = o.walSyncIntervalMillis();
        out().line("BlockDB Statistics:");
        out().line("  Data directory: " + Text.printable(s.directory().toString()));
        out().line("  Memtable size limit: " + Sizes.format(o.memtableSizeLimit()));
        out().line("  WAL sync interval: " + (sync == 0 ? "every commit" : sync + " ms"));
        out().line("  Compaction threshold: " + o.compactionThreshold());
        out().line("  Blockchain batch size: " + o.blockchainBatchSize());
        List<String[]> facts = new ArrayList<>();
        fact(facts, "Ledger id", s.ledgerId());
        fact(
                facts,
                "Blocks",
                Counts.format(s.blocks()) + (s.blocks() == 0 ? "" : ", newest of height " + (s.blocks() - 1)));
        fact(facts, "Entries", Counts.format(s.entries()));
        fact(facts, "Newest block", s.blocks() == 0 ? "-" : TableRows.time(s.headTimestamp()) + " " + s.headHash());
        fact(facts, "Tables", Counts.format(s.tables()) + " created");
        fact(facts, "Ledger", Sizes.format(s.ledgerBytes()) + " in " + Counts.format(s.ledgerSegments(), "segment"));
        fact(
                facts,
                "Index",
                Sizes.format(s.indexBytes()) + " in " + Counts.format(s.sstables(), "SSTable") + levels(s));
        fact(facts, "Memtables", Counts.format(s.memtableEntries(), "entry") + ", " + Sizes.format(s.memtableBytes()));
        fact(facts, "Flushes", Counts.format(s.flushes()));
        fact(
                facts,
                "Compactions",
                Counts.format(s.compactions())
                        + (s.compactionDebtBytes() == 0 ? "" : ", " + Sizes.format(s.compactionDebtBytes()) + " wait"));
        fact(
                facts,
                "Write stalls",
                Counts.format(s.stalls()) + (s.stalls() == 0 ? "" : ", " + s.stallMicros() / 1000 + " ms"));
        for (String note : s.recoveryNotes()) {
            fact(facts, "Recovery", Text.printable(note));
        }
        int width = facts.stream().mapToInt(fact -> fact[0].length()).max().orElse(0);
        for (String[] fact : facts) {
            out().line("  " + fact[0] + ":" + " ".repeat(width - fact[0].length() + 1) + fact[1]);
        }
    }

    /** How many SSTables each level has, down to the last that has any. */
    private static String levels(Stats s) {
        List<Integer> perLevel = s.sstablesPerLevel();
        int used = perLevel.size();
        while (used > 0 && perLevel.get(used - 1) == 0) {
            used--;
        }
        String counts = perLevel.subList(0, used).stream().map(String::valueOf).collect(Collectors.joining(" + "));
        return used < 2 ? "" : " (by level: " + counts + ")";
    }

    private static void fact(List<String[]> facts, String name, String value) {
        facts.add(new String[] {name, value});
    }
}
