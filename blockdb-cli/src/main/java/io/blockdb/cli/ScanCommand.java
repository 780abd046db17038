package io.blockdb.cli;

import io.blockdb.base.TableName;
import io.blockdb.cli.database.Database;
import io.blockdb.cli.database.Entries;
import io.blockdb.cli.database.Moment;
import io.blockdb.db.KeyRange;
import io.blockdb.db.Revision;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code scan}: prints keys and values in the order of the keys' bytes. */
@Command(
        name = "scan",
        description = "Print keys and values in order.",
        footer = {
            "",
            "On a terminal a table of at most 1,000 rows, unless --limit says otherwise; into a pipe or a file",
            "JSON lines, all of them, which 'import' reads. Keys and values that are not UTF-8 are 0x... in a",
            "table; in JSON and CSV such a row is in base64 and its field encoding says so.",
            "",
            "Examples:",
            "  blockdb-cli scan --prefix user/",
            "  blockdb-cli scan --from 2026-01 --to 2026-02 --output csv",
            "  blockdb-cli scan --reverse --limit 10",
            "  blockdb-cli scan --table sessions --at 100"
        })
final class ScanCommand extends BaseCommand {
    private static final long TERMINAL_LIMIT = 1000;

    private static final List<Column> COLUMNS = List.of(
            Column.bytes("key", "KEY"),
            Column.bytes("value", "VALUE"),
            Column.text("table", ""),
            Column.number("sequence_number", ""),
            Column.text("state", ""));

    @Mixin
    private KeyRangeOptions keys;

    @Option(names = "--limit", paramLabel = "N", description = "At most so many rows; 0: all.")
    private @Nullable Long limit;

    @Option(names = "--reverse", description = "From the last key to the first.")
    private boolean reverse;

    @Mixin
    private TableOption table;

    @Option(names = "--at", paramLabel = "HEIGHT", description = "As of the block of this height.")
    private @Nullable Long height;

    @Override
    List<OutputFormat> formats() {
        return RECORDS;
    }

    @Override
    public Integer call() throws IOException {
        boolean terminal = session().streams().outIsTerminal();
        OutputFormat format = format();
        TableName name = table.toRead();
        KeyRange range = keys.range();
        if (limit != null && limit < 0) {
            throw new UsageException("--limit must not be negative");
        }
        long most = limit == null ? (terminal ? TERMINAL_LIMIT : 0) : limit;
        return database().reading(db -> {
            boolean none = scan(db, name, range, format, most == 0 ? Long.MAX_VALUE : most);
            if (none) {
                UnknownTable.note(db, name, messages());
            }
            return ExitCode.DONE;
        });
    }

    /** Writes the rows; answers whether there was none. */
    private boolean scan(Database db, TableName name, KeyRange range, OutputFormat format, long most)
            throws IOException {
        Moment moment = At.height(db, height);
        long count = 0;
        boolean more;
        try (Entries entries = moment.entries(name, range, reverse);
                Rows rows = Rows.of(format, session(), COLUMNS)) {
            more = entries.next();
            while (more && count < most) {
                Revision revision = entries.revision();
                rows.add(
                        revision.key(),
                        RevisionState.value(revision, format),
                        name.toString(),
                        revision.sequence(),
                        RevisionState.name(revision));
                count++;
                more = entries.next();
            }
        }
        if (more && limit == null) {
            out().flush();
            messages().note("there are more rows; --limit 0 shows all of them");
        }
        return count == 0;
    }
}
