package io.blockdb.cli;

import io.blockdb.db.Commit;
import java.io.IOException;
import java.util.List;

/** Tells where the change of a table stands. */
final class TableChange {
    private static final List<Column> COLUMNS = List.of(
            Column.text("table", ""),
            Column.number("sequence_number", ""),
            Column.number("height", ""),
            Column.text("block_hash", ""),
            Column.time("timestamp", ""),
            Column.flag("existing", ""));

    private TableChange() {}

    /** Writes the sentence, or in JSON the whole commit. */
    static void print(Output out, OutputFormat format, String sentence, String table, Commit commit)
            throws IOException {
        if (format != OutputFormat.JSON) {
            out.line(sentence);
            return;
        }
        try (Rows rows = Rows.object(out, COLUMNS, false)) {
            rows.add(
                    table,
                    commit.sequence(),
                    commit.height(),
                    commit.blockHash().toString(),
                    commit.timestamp(),
                    commit.existing());
        }
    }
}
