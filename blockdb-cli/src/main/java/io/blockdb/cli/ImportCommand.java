package io.blockdb.cli;

import io.blockdb.base.TableName;
import io.blockdb.cli.ImportJournal.Place;
import io.blockdb.cli.database.Database;
import io.blockdb.cli.database.NotAllowedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code import}: writes any number of operations, in batches. */
@Command(
        name = "import",
        description = "Write any number of keys and values from a file or a pipe.",
        footer = {
            "",
            "The format is jsonl, csv (RFC 4180) or tsv (with \\t, \\n, \\r and \\\\ in fields). Where --format is",
            "not given it is the file's ending (.csv, .tsv, also before .gz), else jsonl. CSV and TSV begin",
            "with a row of names.",
            "",
            "With --key or --key-template, rows and JSON objects may be any. The value is one of their fields",
            "with --value, else a row as a JSON object of strings, or the line of JSON as it stands. Without",
            "them they are operations, as 'export', 'scan' and 'batch' have them, with the fields key, value,",
            "table, encoding (text or base64), ttl_seconds or expires_at (microseconds), type.",
            "",
            "A line that cannot be written is reported by its number and left out, the others are written;",
            "with --strict the import stops there. An import of a file that was interrupted goes on where it",
            "stopped when it is run again, and one that is done has nothing to do; --restart begins anew.",
            "Standard input is always read from its beginning: what is there already in write-once tables is",
            "counted, not written again; in versioned tables every put adds a revision. All is on disk when",
            "the command ends, and before that all but the last second.",
            "",
            "Exit code 1: some lines could not be written.",
            "",
            "Examples:",
            "  blockdb-cli import customers.csv --key id --table customers",
            "  blockdb-cli import orders.csv.gz --key-template 'order/{year}/{id}'",
            "  blockdb-cli import rates.tsv --key currency --value rate --strict",
            "  blockdb-cli import events.jsonl --key id",
            "  zcat dump.jsonl.gz | blockdb-cli import --table packages -"
        })
final class ImportCommand extends BaseCommand {
    private static final List<Column> COLUMNS = List.of(
            Column.number("lines", ""),
            Column.number("imported", ""),
            Column.number("existing", ""),
            Column.number("failed", ""),
            Column.number("duration_ms", ""),
            Column.number("expired", ""),
            Column.number("resumed_behind_line", ""));

    /** So many lines that cannot be written are told one by one. */
    private static final int FAILURES_SHOWN = 20;

    @Parameters(index = "0", paramLabel = "FILE", description = "The file; - reads standard input, .gz is unpacked.")
    private String file;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "jsonl, csv or tsv; default: by the file's ending.")
    private @Nullable DataFormat inputFormat;

    @Option(names = "--key", paramLabel = "FIELD", description = "The field that is the key.")
    private @Nullable String keyField;

    @Option(
            names = "--key-template",
            paramLabel = "TEMPLATE",
            description = "What the key is made of, as in 'order/{year}/{id}'; {{ is a brace.")
    private @Nullable String keyTemplate;

    @Option(names = "--value", paramLabel = "FIELD", description = "The field that is the value; default: all of them.")
    private @Nullable String valueField;

    @Option(names = "--strict", description = "Stop at the first line that cannot be written; its batch is not.")
    private boolean strict;

    @Option(names = "--restart", description = "Import all of the file again, whatever was imported of it before.")
    private boolean restart;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            description = "Operations committed together, 1 to 10,000; default 1,000.")
    private int batchSize = 1000;

    @Mixin
    private TableOption table;

    private @Nullable Place resumedAt;

    @Override
    List<OutputFormat> formats() {
        return SENTENCE;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = format();
        if (batchSize < 1 || batchSize > Limits.BATCH_OPERATIONS) {
            throw new UsageException("--batch-size must be 1 to " + Counts.format(Limits.BATCH_OPERATIONS));
        }
        TableName name = table.toWrite();
        KeyTemplate key = key();
        long begun = System.nanoTime();
        try (LineSource source = LineSource.open(file, session());
                OperationInput input = open(source, name, key)) {
            ImportJournal journal = journal(name);
            Importer importer = database().loading(db -> run(db, source, input, journal));
            out().flush();
            print(importer, format, (System.nanoTime() - begun) / 1000);
            return importer.failed() == 0 ? ExitCode.DONE : ExitCode.NO;
        } catch (Importer.StoppedException e) {
            messages().error(String.valueOf(e.getMessage()));
            return ExitCode.NO;
        }
    }

    private @Nullable KeyTemplate key() {
        if (keyField != null && keyTemplate != null) {
            throw new UsageException("--key and --key-template are both given; give one of them");
        }
        if (valueField != null && keyField == null && keyTemplate == null) {
            throw new UsageException("--value needs --key or --key-template");
        }
        return keyField != null
                ? KeyTemplate.ofField(keyField)
                : keyTemplate != null ? KeyTemplate.parse(keyTemplate) : null;
    }

    private OperationInput open(LineSource source, TableName name, @Nullable KeyTemplate key) throws IOException {
        DataFormat format = DataFormat.of(inputFormat, file);
        if (format == DataFormat.JSONL) {
            JsonOperations.Mapping mapping = key == null
                    ? new OperationParser(name, session().clock())::parseAny
                    : new KeyedLines(name, key, valueField);
            return new JsonOperations(source.lines(), mapping);
        }
        DelimitedInput rows =
                format == DataFormat.CSV ? DelimitedInput.csv(source.content()) : DelimitedInput.tsv(source.content());
        try {
            return RowOperations.open(
                    rows,
                    header -> key == null
                            ? new ExportedRows(name, session().clock(), header)
                            : new KeyedRows(name, header, key, valueField));
        } catch (UsageException e) {
            throw new UsageException((file.equals("-") ? "standard input" : file) + ": " + e.getMessage());
        }
    }

    /** The journal of this import; null where the input cannot be read twice. */
    private @Nullable ImportJournal journal(TableName name) throws IOException {
        if (file.equals("-") || !Files.isRegularFile(Path.of(file))) {
            if (restart) {
                throw new UsageException("--restart: only a file is remembered, and this is none");
            }
            return null;
        }
        Path path = Path.of(file);
        long size = Files.size(path);
        List<String> meaning = Arrays.asList(
                DataFormat.of(inputFormat, file).toString(),
                name.toString(),
                "key " + keyField,
                "template " + keyTemplate,
                "value " + valueField);
        try (ProgressBar bar = new ProgressBar(session(), "Reading", true)) {
            return ImportJournal.of(path, meaning, bytes -> bar.show(bytes, size, Sizes.format(bytes)));
        }
    }

    private Importer run(Database db, LineSource source, OperationInput input, @Nullable ImportJournal journal)
            throws IOException {
        Place last = journal == null ? null : last(db, journal);
        int run = restart ? ImportJournal.runAfter(last) : last == null ? 0 : last.run();
        if (last != null && !restart) {
            input.skipTo(last.offset(), last.lines());
            resumedAt = last;
        }
        try (ProgressBar bar = new ProgressBar(session(), "Importing", true)) {
            bar.startAt(source.bytesRead());
            Importer importer = new Importer(db, journal, run, strict, listener(source, bar));
            try (ImportReader reader =
                    new ImportReader(input, source::bytesRead, session().clock(), batchSize)) {
                ImportBatch batch = reader.take();
                noteResumption(batch == null);
                for (; batch != null; batch = reader.take()) {
                    session().cancellation().check();
                    importer.write(batch);
                }
            } catch (IOException | Importer.StoppedException | Cancellation.CancelledException e) {
                bar.clear();
                messages()
                        .note("stopped at line %s; what was imported before is kept: %s"
                                .formatted(Counts.format(importer.linesEnded()), summary(importer)));
                throw e;
            }
            if (importer.failed() > FAILURES_SHOWN) {
                bar.clear();
                messages().note("%s in all could not be written".formatted(Counts.format(importer.failed(), "line")));
            }
            return importer;
        }
    }

    /** Where the import has come to; null where it never began, or whoever asks may not see that. */
    private @Nullable Place last(Database db, ImportJournal journal) throws IOException {
        try {
            return journal.last(db);
        } catch (NotAllowedException e) {
            if (restart) {
                throw e;
            }
            messages()
                    .note(
                            "how far this file was imported before only auditors may see: it is read from its beginning, and"
                                    + " what was written of it within a day is not written again");
            return null;
        }
    }

    private void noteResumption(boolean complete) {
        Place place = resumedAt;
        if (place != null && complete) {
            messages().note("this file was imported before, to its end; --restart imports it again");
        } else if (place != null) {
            messages()
                    .note("this file was imported before up to line %s: going on behind it; --restart begins anew"
                            .formatted(Counts.format(place.lines())));
        }
    }

    private Importer.Listener listener(LineSource source, ProgressBar bar) {
        return new Importer.Listener() {
            private final long begun = System.nanoTime();
            private long lines;
            private long failures;

            @Override
            public void failed(long line, String reason) {
                failures++;
                if (failures <= FAILURES_SHOWN) {
                    bar.clear();
                    messages().error("line " + line + ": " + reason);
                } else if (failures == FAILURES_SHOWN + 1) {
                    bar.clear();
                    messages().note("further lines that cannot be written are only counted");
                }
            }

            @Override
            public void reached(ImportBatch batch) {
                lines += batch.lines();
                if (bar.due()) {
                    double seconds = (System.nanoTime() - begun) / 1e9;
                    String speed = Counts.format((long) (lines / Math.max(seconds, 0.001)));
                    String detail = Counts.format(lines, "line") + ", " + speed + "/s";
                    bar.showWithTimeLeft(batch.bytesRead(), source.size(), detail);
                }
            }
        };
    }

    private static String summary(Importer importer) {
        return "imported %s, already there %s, failed %s%s"
                .formatted(
                        Counts.format(importer.imported()),
                        Counts.format(importer.existing()),
                        Counts.format(importer.failed()),
                        importer.expired() == 0 ? "" : ", expired " + Counts.format(importer.expired()));
    }

    private void print(Importer importer, OutputFormat format, long micros) throws IOException {
        Place resumed = resumedAt;
        if (format == OutputFormat.JSON) {
            try (Rows rows = Rows.object(out(), COLUMNS, false)) {
                rows.add(
                        importer.lines(),
                        importer.imported(),
                        importer.existing(),
                        importer.failed(),
                        micros / 1000,
                        importer.expired(),
                        resumed == null ? 0L : resumed.lines());
            }
        } else {
            out().line("Read %s in %s: %s"
                    .formatted(Counts.format(importer.lines(), "line"), TimeTaken.format(micros), summary(importer)));
        }
    }
}
