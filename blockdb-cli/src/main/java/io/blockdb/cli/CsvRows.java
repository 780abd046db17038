package io.blockdb.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records as comma-separated values: RFC 4180, in UTF-8, a line of names first, lines ended by a line feed. */
final class CsvRows implements Rows {
    private final Output out;
    private final List<Column> columns;
    private final int lastBytes;
    private boolean begun;

    CsvRows(Output out, List<Column> columns) {
        this.out = out;
        this.columns = columns;
        this.lastBytes = Rows.lastBytes(columns);
    }

    @Override
    public void add(@Nullable Object... cells) throws IOException {
        begin();
        boolean text = Rows.allText(cells);
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            Object cell = cells[i];
            if (cell instanceof byte[] bytes) {
                append(
                        line,
                        text
                                ? new String(bytes, StandardCharsets.UTF_8)
                                : Base64.getEncoder().encodeToString(bytes));
            } else {
                append(line, cell == null ? "" : cell.toString());
            }
            if (i == lastBytes) {
                append(line, text ? "text" : "base64");
            }
        }
        out.line(line.toString());
    }

    @Override
    public void close() throws IOException {
        begin();
    }

    private void begin() throws IOException {
        if (begun) {
            return;
        }
        begun = true;
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
            append(line, columns.get(i).name());
            if (i == lastBytes) {
                append(line, "encoding");
            }
        }
        out.line(line.toString());
    }

    private static void append(StringBuilder line, String field) {
        if (line.length() > 0) {
            line.append(',');
        }
        if (field.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')) {
            line.append('"').append(field.replace("\"", "\"\"")).append('"');
        } else {
            line.append(field);
        }
    }
}
