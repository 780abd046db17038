package io.blockdb.cli;

import io.blockdb.cli.database.Database;
import io.blockdb.cli.database.Figures;
import io.blockdb.db.DatabaseInUseException;
import io.blockdb.db.Stats;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Shows figures again and again, with what became of them in a second. In a session they are those of its database.
 * Outside, the directory is opened read-only for each look at it, and only where a file has changed: an open directory
 * would keep writers out. While a writer has it, what can be told from outside is told: who, and the sizes of the files.
 */
final class StatsWatch {
    private static final List<Column> COLUMNS = List.of(
            Column.time("timestamp", "TIME"),
            Column.number("entries", "ENTRIES"),
            Column.number("entries_per_second", "PUTS/S"),
            Column.number("blocks", "BLOCKS"),
            Column.number("blocks_per_second", "BLOCKS/S"),
            Column.number("ledger_bytes", "LEDGER"),
            Column.number("ledger_bytes_per_second", "BYTES/S"),
            Column.number("index_bytes", "INDEX"),
            Column.number("sstables", "SSTABLES"),
            Column.number("memtable_entries", "MEMTABLES"),
            Column.number("compactions", "COMPACTIONS"),
            Column.text("in_use_by", "IN USE BY"));

    /** Figures at one moment; without stats, only what the files show. */
    private record Sample(
            long nanos,
            long micros,
            @Nullable Figures figures,
            @Nullable String holder,
            long ledgerBytes,
            long indexBytes) {
        @Nullable
        Stats stats() {
            return figures == null ? null : figures.stats();
        }
    }

    private final Session session;
    private final DatabaseSource source;
    private final @Nullable Path directory;
    private final OutputFormat format;
    private final boolean repaint;
    private @Nullable Sample last;
    private @Nullable DirectorySizes lastSizes;
    private int painted;

    /**
     * @param directory of the database; null: a server is asked
     * @param repaint whether a table overwrites the one before, instead of a line following a line
     */
    StatsWatch(Session session, DatabaseSource source, @Nullable Path directory, OutputFormat format, boolean repaint) {
        this.session = session;
        this.source = source;
        this.directory = directory;
        this.format = format;
        this.repaint = repaint;
    }

    /**
     * Shows figures until the command is cancelled.
     *
     * @param seconds between two looks
     * @param count so many times, 0: without an end
     */
    void run(double seconds, long count) throws IOException {
        try (Rows rows = repaint ? null : rows()) {
            for (long done = 0; count == 0 || done < count; done++) {
                if (done > 0) {
                    session.cancellation().pause((long) (seconds * 1e9));
                }
                Sample sample = sample();
                if (rows == null) {
                    paint(sample, seconds);
                } else {
                    rows.add(cells(sample));
                }
                session.out().flush();
                last = sample;
            }
        }
    }

    private Rows rows() {
        switch (format) {
            case TABLE:
                return new FixedRows(session.out(), COLUMNS);
            case JSON:
                return Rows.of(OutputFormat.JSONL, session, COLUMNS);
            default:
                return Rows.of(format, session, COLUMNS);
        }
    }

    private Sample sample() throws IOException {
        if (directory == null) {
            return sample(source.reading(Database::figures), null, 0, 0);
        }
        DirectorySizes sizes = DirectorySizes.of(directory);
        Sample before = last;
        Figures figures = null;
        String holder = null;
        if (session.shared() == null && before != null && before.stats() != null && sizes.equals(lastSizes)) {
            figures = before.figures();
        } else {
            try {
                figures = source.reading(Database::figures);
            } catch (DatabaseInUseException e) {
                holder = String.valueOf(e.getMessage());
                holder = holder.substring(holder.indexOf("in use by ") + "in use by ".length());
                holder = holder.substring(0, holder.indexOf(';'));
            }
        }
        lastSizes = sizes;
        return sample(figures, holder, sizes.ledger(), sizes.index());
    }

    private Sample sample(@Nullable Figures figures, @Nullable String holder, long ledgerSize, long indexSize) {
        return new Sample(
                System.nanoTime(),
                TimeToLive.expiry(session.clock(), 0),
                figures,
                holder,
                figures == null ? ledgerSize : figures.stats().ledgerBytes(),
                figures == null ? indexSize : figures.stats().indexBytes());
    }

    private @Nullable Object[] cells(Sample sample) {
        Stats stats = sample.stats();
        return new @Nullable Object[] {
            sample.micros(),
            stats == null ? null : stats.entries(),
            entriesPerSecond(sample),
            stats == null ? null : stats.blocks(),
            blocksPerSecond(sample),
            sample.ledgerBytes(),
            bytesPerSecond(sample),
            sample.indexBytes(),
            stats == null ? null : (long) stats.sstables(),
            stats == null ? null : stats.memtableEntries(),
            stats == null ? null : stats.compactions(),
            sample.holder()
        };
    }

    private @Nullable Long entriesPerSecond(Sample now) {
        Sample then = last;
        return then == null || then.stats() == null || now.stats() == null
                ? null
                : rate(then, now, now.stats().entries() - then.stats().entries());
    }

    private @Nullable Long blocksPerSecond(Sample now) {
        Sample then = last;
        return then == null || then.stats() == null || now.stats() == null
                ? null
                : rate(then, now, now.stats().blocks() - then.stats().blocks());
    }

    private @Nullable Long bytesPerSecond(Sample now) {
        Sample then = last;
        // From outside a file's size is known, in the database how much of it is written: they are not compared.
        return then == null || (then.stats() == null) != (now.stats() == null)
                ? null
                : rate(then, now, now.ledgerBytes() - then.ledgerBytes());
    }

    private static long rate(Sample then, Sample now, long difference) {
        return Math.round(difference * 1e9 / Math.max(1, now.nanos() - then.nanos()));
    }

    private void paint(Sample sample, double seconds) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("");
        Figures figures = sample.figures();
        if (figures != null) {
            lines.addAll(StatsText.lines(figures));
        } else {
            lines.add("BlockDB Statistics:");
            lines.add("  Data directory: " + Text.printable(String.valueOf(directory)));
            lines.add("  In use by " + sample.holder() + ": only the sizes of its files are to be seen");
            lines.add("  Ledger: " + Sizes.format(sample.ledgerBytes()));
            lines.add("  Index:  " + Sizes.format(sample.indexBytes()));
        }
        List<String> rates = new ArrayList<>();
        rate(rates, entriesPerSecond(sample), "puts");
        rate(rates, blocksPerSecond(sample), "blocks");
        Long bytes = bytesPerSecond(sample);
        if (bytes != null) {
            rates.add(Sizes.format(Math.max(0, bytes)) + " of ledger");
        }
        lines.add("  A second: " + (rates.isEmpty() ? "-" : String.join(", ", rates)));
        String every = String.format(Locale.ROOT, seconds == Math.rint(seconds) ? "%.0f" : "%.1f", seconds);
        lines.add(session.style().strong("every " + every + " s, Ctrl-C ends"));
        StringBuilder screen = new StringBuilder(painted == 0 ? "" : "\u001b[" + painted + "A\u001b[J");
        int width = TerminalWidth.of(session.streams());
        painted = lines.size() - 1;
        for (String line : lines.subList(1, lines.size())) {
            screen.append(line.startsWith("\u001b") ? line : TerminalWidth.cut(line, width))
                    .append('\n');
        }
        session.out().text(screen.toString());
    }

    private static void rate(List<String> rates, @Nullable Long number, String what) {
        if (number != null) {
            rates.add(Counts.format(number) + " " + what);
        }
    }
}
