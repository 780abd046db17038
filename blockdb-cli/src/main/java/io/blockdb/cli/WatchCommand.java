package io.blockdb.cli;

import io.blockdb.base.TableName;
import io.blockdb.cli.remote.Watching;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code watch}: prints entries as they are written. */
@Command(
        name = "watch",
        description = "Print entries as they are written to a server, until Ctrl-C.",
        footer = {
            "",
            "Without KEY and --prefix the whole table is watched. --from begins with what was written before.",
            "When the connection breaks it is made again, and nothing is missed or told twice. Each entry is",
            "written out at once: into a pipe or a file as a line of JSON.",
            "",
            "Examples:",
            "  blockdb-cli --url http://127.0.0.1:8080 watch invoice-17 --values",
            "  blockdb-cli --url http://127.0.0.1:8080 watch --prefix user/ --table accounts",
            "  blockdb-cli --url http://127.0.0.1:8080 watch --all-tables --from 0 >> log.jsonl",
            "  blockdb-cli --url http://127.0.0.1:8080 watch deploy/go --count 1 && ./deploy"
        })
final class WatchCommand extends BaseCommand {
    private static final String ALL_TABLES = "*";

    @Parameters(index = "0", arity = "0..1", paramLabel = "KEY", description = "Only entries of this key.")
    private @Nullable String key;

    @Option(names = "--prefix", paramLabel = "TEXT", description = "Only keys that begin with this.")
    private @Nullable String prefix;

    @Option(
            names = "--key-encoding",
            paramLabel = "ENCODING",
            description = "How KEY and --prefix are written: text (default), base64 or hex.")
    private @Nullable Encoding encoding;

    @Mixin
    private TableOption table;

    @Option(names = "--all-tables", description = "Entries of all tables but BlockDB's own.")
    private boolean allTables;

    @Option(
            names = "--from",
            paramLabel = "SEQUENCE",
            description = "Begin with the entry of this sequence; default: with the next that is written.")
    private @Nullable Long from;

    @Option(names = "--values", description = "Print values too.")
    private boolean values;

    @Option(names = "--count", paramLabel = "N", description = "End after so many entries.")
    private @Nullable Long count;

    @Override
    List<OutputFormat> formats() {
        return RECORDS;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = format();
        Watching.Asked asked = asked();
        try (Watching watching = RemoteSource.required(root(), "watch")
                        .watch(asked, session().cancellation()::pause);
                Rows rows = rows(format)) {
            for (long told = 0; count == null || told < count; told++) {
                rows.add(cells(watching.next(messages()::note)));
                out().flush();
            }
        }
        return ExitCode.DONE;
    }

    private Watching.Asked asked() {
        if (key != null && prefix != null) {
            throw new UsageException("KEY and --prefix exclude each other");
        }
        if (from != null && from < 0) {
            throw new UsageException("--from must not be negative");
        }
        if (count != null && count < 1) {
            throw new UsageException("--count must be at least 1");
        }
        TableName name = table.toRead();
        if (allTables && (key != null || prefix != null || !name.equals(TableName.DEFAULT))) {
            throw new UsageException("--all-tables goes with neither --table, KEY nor --prefix");
        }
        if (name.toString().equals(ALL_TABLES)) {
            throw new UsageException(
                    "a table called * cannot be watched by itself, since that stands for all: see --all-tables");
        }
        Encoding written = encoding == null ? Encoding.TEXT : encoding;
        return new Watching.Asked(
                allTables ? ALL_TABLES : name.toString(),
                key == null ? null : Limits.key(written.decode("KEY", key)),
                prefix == null ? null : written.decode("--prefix", prefix),
                from,
                values);
    }

    /** Rows that are complete as soon as they are added. */
    private Rows rows(OutputFormat format) {
        List<Column> columns = new ArrayList<>();
        columns.add(Column.number("sequence_number", "SEQUENCE"));
        columns.add(Column.time("timestamp", "TIME"));
        columns.add(Column.text("kind", "KIND"));
        columns.add(Column.text("table", allTables ? "TABLE" : ""));
        columns.add(Column.bytes("key", "KEY"));
        columns.add(Column.number("height", ""));
        columns.add(Column.time("expires_at", ""));
        columns.add(Column.text("author", ""));
        if (values) {
            columns.add(Column.bytes("value", "VALUE"));
        }
        switch (format) {
            case TABLE:
                return new FixedRows(out(), columns);
            case JSON:
                return Rows.of(OutputFormat.JSONL, session(), columns);
            default:
                return Rows.of(format, session(), columns);
        }
    }

    private @Nullable Object[] cells(Watching.Entry entry) {
        List<@Nullable Object> cells = new ArrayList<>();
        cells.add(entry.sequence());
        cells.add(entry.timestamp());
        cells.add(entry.kind());
        cells.add(entry.table());
        cells.add(entry.key());
        cells.add(entry.height());
        cells.add(entry.expiresAt() == 0 ? null : entry.expiresAt());
        cells.add(entry.author().isEmpty() ? null : entry.author());
        if (values) {
            cells.add(entry.value());
        }
        return cells.toArray();
    }
}
