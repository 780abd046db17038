package io.blockdb.cli;

import io.blockdb.base.TableName;
import io.blockdb.db.BlockDb;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code import}: writes any number of operations, in batches. */
@Command(
        name = "import",
        description = "Write any number of operations from a file or a pipe.",
        footer = {
            "",
            "A line for each operation, as in 'batch'; what 'scan --output jsonl' writes can be read. A line that",
            "cannot be written is reported by its number and left out, the others are written. An import that was",
            "interrupted is repeated: what is there already is counted, not written again (in versioned tables",
            "every put adds a revision).",
            "",
            "Exit code 1: some lines failed.",
            "",
            "Examples:",
            "  blockdb-cli import --format jsonl packages.jsonl",
            "  zcat dump.jsonl.gz | blockdb-cli import --table packages -"
        })
final class ImportCommand extends BaseCommand {
    private static final List<Column> COLUMNS = List.of(
            Column.number("lines", ""),
            Column.number("imported", ""),
            Column.number("existing", ""),
            Column.number("failed", ""),
            Column.number("duration_ms", ""));

    /** What the lines are. */
    enum Format {
        JSONL;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(index = "0", paramLabel = "FILE", description = "JSON lines; - reads standard input, .gz is unpacked.")
    private String file;

    @Option(names = "--format", paramLabel = "FORMAT", description = "jsonl: a JSON object a line (default).")
    private Format inputFormat = Format.JSONL;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            description = "Operations committed together, 1 to 10,000; default 1,000.")
    private int batchSize = 1000;

    @Mixin
    private TableOption table;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table (default) or json.")
    private @Nullable OutputFormat output;

    @Override
    public Integer call() throws IOException {
        OutputFormat format = OutputFormat.choose(output, OutputFormat.TABLE, OutputFormat.TABLE, OutputFormat.JSON);
        if (batchSize < 1 || batchSize > Limits.BATCH_OPERATIONS) {
            throw new UsageException("--batch-size must be 1 to %,d".formatted(Limits.BATCH_OPERATIONS));
        }
        TableName name = table.toWrite();
        long begun = System.nanoTime();
        try (LineSource source = LineSource.open(file, session());
                ProgressBar bar = new ProgressBar(session(), "Importing")) {
            Importer importer = database().writing(db -> run(db, name, source, bar));
            bar.clear();
            print(importer, format, (System.nanoTime() - begun) / 1000);
            return importer.failed() == 0 ? ExitCode.DONE : ExitCode.NO;
        }
    }

    private Importer run(BlockDb db, TableName name, LineSource source, ProgressBar bar) throws IOException {
        Importer importer = new Importer(db, batchSize, new Importer.Listener() {
            private final long begun = System.nanoTime();

            @Override
            public void failed(long line, String reason) {
                bar.clear();
                messages().error("line " + line + ": " + reason);
            }

            @Override
            public void reached(long line) {
                double seconds = (System.nanoTime() - begun) / 1e9;
                String speed = Counts.format((long) (line / Math.max(seconds, 0.001)));
                bar.show(source.bytesRead(), source.size(), Counts.format(line, "line") + ", " + speed + " lines/s");
            }
        });
        try {
            OperationParser parser = switch (inputFormat) {
                case JSONL -> new OperationParser(name, session().clock());
            };
            importer.run(source.lines(), parser);
        } catch (IOException e) {
            bar.clear();
            messages()
                    .note("stopped at line %s; what was imported before is kept: %s"
                            .formatted(Counts.format(source.lines().number()), summary(importer)));
            throw e;
        }
        return importer;
    }

    private static String summary(Importer importer) {
        return "imported %s, already there %s, failed %s"
                .formatted(
                        Counts.format(importer.imported()),
                        Counts.format(importer.existing()),
                        Counts.format(importer.failed()));
    }

    private void print(Importer importer, OutputFormat format, long micros) throws IOException {
        if (format == OutputFormat.JSON) {
            try (Rows rows = Rows.object(out(), COLUMNS, false)) {
                rows.add(importer.lines(), importer.imported(), importer.existing(), importer.failed(), micros / 1000);
            }
        } else {
            out().line("Read %s in %s: %s"
                    .formatted(Counts.format(importer.lines(), "line"), TimeTaken.format(micros), summary(importer)));
        }
    }
}
