package io.blockdb.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records as bare bytes: the columns that a table shows, a tab between them, a line each. There is no heading, and
 * nothing is escaped, so what holds tabs or line feeds is better asked for in another format.
 */
final class RawRows implements Rows {
    private final Output out;
    private final List<Column> columns;

    RawRows(Output out, List<Column> columns) {
        this.out = out;
        this.columns = columns;
    }

    @Override
    public void add(@Nullable Object... cells) throws IOException {
        boolean first = true;
        for (int i = 0; i < cells.length; i++) {
            Column column = columns.get(i);
            if (column.heading().isEmpty()) {
                continue;
            }
            if (!first) {
                out.write('\t');
            }
            first = false;
            Object cell = cells[i];
            if (cell instanceof byte[] bytes) {
                out.write(bytes);
            } else if (cell != null) {
                String text = column.kind() == Column.Kind.TIME ? TableRows.time((Long) cell) : cell.toString();
                out.write(text.getBytes(StandardCharsets.UTF_8));
            }
        }
        out.write('\n');
    }

    /** Nothing was begun. */
    @Override
    public void close() {}
}
