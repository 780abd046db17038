package io.blockdb.cli;

import io.blockdb.db.Commit;
import io.blockdb.db.RefusedException;
import io.blockdb.db.WriteBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code batch}: commits the operations of a file together or not at all. */
@Command(
        name = "batch",
        description = "Commit all operations of a file, or none.",
        footer = {
            "",
            "A line for each operation, at most 10,000 of them and 8 MB of keys and values:",
            "  {\"key\":\"invoice/17\",\"value\":\"19.90\"}",
            "  {\"type\":\"delete\",\"key\":\"session/7\",\"table\":\"sessions\"}",
            "Further fields: encoding (text or base64, of key and value), ttl_seconds.",
            "",
            "Examples:",
            "  blockdb-cli batch transfer.jsonl",
            "  generate | blockdb-cli batch -"
        })
final class BatchCommand extends BaseCommand {
    private static final List<Column> COLUMNS = List.of(
            Column.number("total_processed", ""),
            Column.number("sequence_number", ""),
            Column.number("height", ""),
            Column.text("block_hash", ""),
            Column.time("timestamp", ""),
            Column.flag("existing", ""));

    @Parameters(index = "0", paramLabel = "FILE", description = "JSON lines; - reads standard input, .gz is unpacked.")
    private Path file;

    @Mixin
    private TableOption table;

    @Override
    List<OutputFormat> formats() {
        return SENTENCE;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = format();
        List<OperationLine> operations = read();
        WriteBatch batch = new WriteBatch();
        for (OperationLine operation : operations) {
            operation.addTo(batch);
        }
        Commit commit;
        try {
            commit = database().writing(db -> db.write(batch));
        } catch (RefusedException e) {
            return refused(operations, e);
        }
        if (format == OutputFormat.JSON) {
            try (Rows rows = Rows.object(out(), COLUMNS, false)) {
                rows.add(
                        (long) operations.size(),
                        commit.sequence(),
                        commit.height(),
                        commit.blockHash().toString(),
                        commit.timestamp(),
                        commit.existing());
            }
        } else {
            out().line("Successfully committed " + Counts.format(operations.size(), "operation")
                    + (commit.existing() ? " (already there)" : ""));
        }
        return ExitCode.DONE;
    }

    private List<OperationLine> read() throws IOException {
        OperationParser parser = new OperationParser(table.toWrite(), session().clock());
        List<OperationLine> operations = new ArrayList<>();
        long bytes = 0;
        try (LineSource source = LineSource.open(file.toString(), session())) {
            LineInput lines = source.lines();
            while (lines.next()) {
                try {
                    String line = lines.text();
                    if (line.isBlank()) {
                        continue;
                    }
                    OperationLine operation = parser.parse(lines.number(), line);
                    bytes += operation.size();
                    operations.add(operation);
                    check(operations.size(), bytes);
                } catch (UsageException e) {
                    throw new UsageException("line " + lines.number() + ": " + e.getMessage());
                }
            }
        }
        if (operations.isEmpty()) {
            throw new UsageException(
                    "there is no operation in " + (file.toString().equals("-") ? "standard input" : file));
        }
        return operations;
    }

    private static void check(int count, long bytes) {
        if (count > Limits.BATCH_OPERATIONS) {
            throw new UsageException("a batch has at most " + Counts.format(Limits.BATCH_OPERATIONS)
                    + " operations; import takes any number");
        }
        if (bytes > Limits.BATCH_BYTES) {
            throw new UsageException("a batch has at most " + Sizes.format(Limits.BATCH_BYTES)
                    + " of keys and values; import takes any number");
        }
    }

    /** Says of each refused operation why, by its line. */
    private int refused(List<OperationLine> operations, RefusedException e) {
        for (int number : e.operations()) {
            OperationLine operation = operations.get(number);
            messages().error("line " + operation.line() + ": " + operation.complaint(e));
        }
        if (e.operations().isEmpty()) {
            messages().error(Failure.text(e));
        }
        messages().note("nothing of the batch was written");
        return ExitCode.NO;
    }
}
