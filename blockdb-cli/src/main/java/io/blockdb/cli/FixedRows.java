package io.blockdb.cli;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records as columns of a width that does not depend on them, for those that come one by one and are shown at once. */
final class FixedRows implements Rows {
    private static final int NUMBER = 11;
    private static final int TIME = 20;

    private final Output out;
    private final List<Column> columns;
    private boolean begun;

    FixedRows(Output out, List<Column> columns) {
        this.out = out;
        this.columns = columns;
    }

    @Override
    public void add(@Nullable Object... cells) throws IOException {
        if (!begun) {
            begun = true;
            line(columns.stream().map(Column::heading).toArray(String[]::new));
        }
        String[] row = new String[cells.length];
        for (int i = 0; i < cells.length; i++) {
            row[i] = shown(columns.get(i), cells[i]);
        }
        line(row);
    }

    private static String shown(Column column, @Nullable Object cell) {
        if (cell == null) {
            return "-";
        }
        if (cell instanceof byte[] bytes) {
            return Text.shown(bytes);
        }
        return column.kind() == Column.Kind.TIME
                ? TableRows.time((Long) cell / 1_000_000 * 1_000_000)
                : Text.printable(cell.toString());
    }

    private void line(String[] row) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.length; i++) {
            if (columns.get(i).heading().isEmpty()) {
                continue;
            }
            int width = 0;
            switch (columns.get(i).kind()) {
                case NUMBER -> width = Math.max(NUMBER, columns.get(i).heading().length());
                case TIME -> width = -TIME;
                default -> line.append("  ");
            }
            line.append(line.isEmpty() ? "" : " ").append(width == 0 ? row[i] : ("%" + width + "s").formatted(row[i]));
        }
        out.line(line.toString().stripTrailing());
    }

    /** Nothing was begun. */
    @Override
    public void close() {}
}
