package io.blockdb.cli;

import io.blockdb.base.TableName;
import io.blockdb.db.Commit;
import java.io.IOException;
import java.util.List;

/** Tells where a write stands. */
final class Written {
    private static final List<Column> COLUMNS = List.of(
            Column.bytes("key", ""),
            Column.text("table", ""),
            Column.number("sequence_number", ""),
            Column.number("height", ""),
            Column.text("block_hash", ""),
            Column.time("timestamp", ""),
            Column.flag("existing", ""));

    private Written() {}

    /** Writes the sentence, or in JSON the whole commit. */
    static void print(Output out, OutputFormat format, String sentence, TableName table, byte[] key, Commit commit)
            throws IOException {
        if (format != OutputFormat.JSON) {
            out.line(sentence);
            return;
        }
        try (Rows rows = Rows.object(out, COLUMNS, false)) {
            rows.add(
                    key,
                    table.toString(),
                    commit.sequence(),
                    commit.height(),
                    commit.blockHash().toString(),
                    commit.timestamp(),
                    commit.existing());
        }
    }
}
