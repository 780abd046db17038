package io.blockdb.cli;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records as aligned columns. The first of them decide how wide the columns are, the rest is written as it comes, so
 * that a table of any length takes constant memory. On a terminal no line is longer than its width: the widest columns
 * give way first, and what does not fit into a column ends with an ellipsis. Elsewhere nothing is cut.
 */
final class TableRows implements Rows {
    private static final int ROWS_MEASURED = 200;
    private static final int WIDTH_MAX = 60;
    private static final int WIDTH_MIN = 6;
    private static final String GAP = "  ";

    private final Output out;
    private final Style style;
    private final int lineWidth;
    private final List<Column> columns;
    private final List<String[]> waiting = new ArrayList<>();
    private int @Nullable [] widths;

    TableRows(Session session, List<Column> columns) {
        this.out = session.out();
        this.style = session.style();
        this.lineWidth = TerminalWidth.of(session.streams());
        this.columns = columns;
    }

    @Override
    public void add(@Nullable Object... cells) throws IOException {
        String[] row = new String[cells.length];
        for (int i = 0; i < cells.length; i++) {
            row[i] = shown(columns.get(i), cells[i]);
        }
        if (widths != null) {
            write(row, widths, false);
            return;
        }
        waiting.add(row);
        if (waiting.size() == ROWS_MEASURED) {
            begin();
        }
    }

    @Override
    public void close() throws IOException {
        if (widths == null && !waiting.isEmpty()) {
            begin();
        }
    }

    /** The moment in UTC, to the microsecond. */
    static String time(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
    }

    private static String shown(Column column, @Nullable Object cell) {
        if (cell == null) {
            return "-";
        }
        if (cell instanceof byte[] bytes) {
            return Text.shown(bytes);
        }
        if (column.kind() == Column.Kind.TIME && cell instanceof Long micros) {
            return time(micros);
        }
        if (column.kind() == Column.Kind.NANOS && cell instanceof Long nanos) {
            return TimeTaken.nanos(nanos);
        }
        if (cell instanceof Boolean flag) {
            return flag ? "yes" : "no";
        }
        return Text.printable(cell.toString());
    }

    private void begin() throws IOException {
        int[] measured = new int[columns.size()];
        String[] headings = new String[columns.size()];
        int last = measured.length - 1;
        while (last > 0 && columns.get(last).heading().isEmpty()) {
            last--;
        }
        for (int i = 0; i < measured.length; i++) {
            headings[i] = columns.get(i).heading();
            measured[i] = headings[i].length();
            for (String[] row : waiting) {
                // On a terminal the last column may take whatever is left; it is not padded.
                int most = lineWidth > 0 && i == last ? lineWidth : WIDTH_MAX;
                measured[i] = Math.max(measured[i], Math.min(most, TerminalWidth.of(row[i])));
            }
        }
        if (lineWidth > 0) {
            fit(measured);
        }
        widths = measured;
        write(headings, measured, true);
        for (String[] row : waiting) {
            write(row, measured, false);
        }
        waiting.clear();
    }

    /** Takes from the widest columns of bytes and text until the line fits, or none can give any more. */
    private void fit(int[] measured) {
        while (true) {
            int sum = -GAP.length();
            int widest = -1;
            for (int i = 0; i < measured.length; i++) {
                Column column = columns.get(i);
                if (column.heading().isEmpty()) {
                    continue;
                }
                sum += measured[i] + GAP.length();
                if (gives(column) && measured[i] > WIDTH_MIN && (widest < 0 || measured[i] >= measured[widest])) {
                    widest = i;
                }
            }
            if (sum <= lineWidth || widest < 0) {
                return;
            }
            measured[widest]--;
        }
    }

    /** Whether a part of what the column holds still says something: not so of numbers. */
    private static boolean gives(Column column) {
        return column.kind() == Column.Kind.BYTES || column.kind() == Column.Kind.TEXT;
    }

    private void write(String[] row, int[] measured, boolean heading) throws IOException {
        StringBuilder line = new StringBuilder();
        int pad = 0;
        for (int i = 0; i < row.length; i++) {
            if (columns.get(i).heading().isEmpty()) {
                continue;
            }
            line.append(" ".repeat(pad));
            boolean right = columns.get(i).kind() == Column.Kind.NUMBER
                    || columns.get(i).kind() == Column.Kind.NANOS;
            String cell = lineWidth > 0 && gives(columns.get(i)) ? TerminalWidth.cut(row[i], measured[i]) : row[i];
            int missing = Math.max(0, measured[i] - TerminalWidth.of(cell));
            line.append(" ".repeat(right ? missing : 0)).append(cell);
            pad = GAP.length() + (right ? 0 : missing);
        }
        String text = lineWidth == 0 ? line.toString() : TerminalWidth.cut(line.toString(), lineWidth);
        out.line(heading ? style.strong(text) : text);
    }
}
