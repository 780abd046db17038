package io.blockdb.cli;

import io.blockdb.cli.database.Database;
import io.blockdb.db.TableInfo;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code table list}: lists the tables. */
@Command(
        name = "list",
        description = "List the tables.",
        footer = {"", "Examples:", "  blockdb-cli table list", "  blockdb-cli table list --output csv"})
final class TableListCommand extends BaseCommand {
    private static final List<Column> COLUMNS = List.of(
            Column.text("name", "NAME"),
            Column.text("policy", "POLICY"),
            Column.flag("erasable", "ERASABLE"),
            Column.flag("declared", "CREATED"));

    @Override
    List<OutputFormat> formats() {
        return RECORDS;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = format();
        List<TableInfo> tables = database().reading(Database::tables);
        try (Rows rows = Rows.of(format, session(), COLUMNS)) {
            for (TableInfo table : tables) {
                rows.add(table.name().toString(), table.policy().toString(), table.erasable(), table.declared());
            }
        }
        return ExitCode.DONE;
    }
}
