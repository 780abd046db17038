package io.blockdb.cli;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records as columns of a width that does not depend on them, for those that come one by one and are shown at once. */
final class FixedRows implements Rows {
    private static final int NUMBER = 11;
    private static final int TIME = 20;
    /** What is longer moves the rest of its line. */
    private static final int TEXT = 8;

    private static final int BYTES = 24;

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
            line.append(line.isEmpty() ? "" : " ");
            switch (columns.get(i).kind()) {
                case NUMBER -> {
                    int width = Math.max(NUMBER, columns.get(i).heading().length());
                    line.append(" ".repeat(Math.max(0, width - row[i].length())))
                            .append(row[i]);
                }
                case TIME -> padded(line, row[i], TIME);
                case BYTES -> padded(line.append("  "), row[i], BYTES);
                default -> padded(line.append("  "), row[i], TEXT);
            }
        }
        out.line(line.toString().stripTrailing());
    }

    private static void padded(StringBuilder line, String text, int width) {
        line.append(text).append(" ".repeat(Math.max(0, width - TerminalWidth.of(text))));
    }

    /** Nothing was begun. */
    @Override
    public void close() {}
}
