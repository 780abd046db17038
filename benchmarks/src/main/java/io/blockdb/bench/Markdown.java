package io.blockdb.bench;

import java.util.List;
import java.util.regex.Pattern;

/** A document being written. */
final class Markdown {
    /** How a number begins, or what stands where there is none. */
    private static final Pattern NUMBER = Pattern.compile("^[≥≤]? ?[0-9]|^–$");

    private final StringBuilder text = new StringBuilder();

    Markdown heading(int level, String title) {
        return block("#".repeat(level) + " " + title);
    }

    /** A paragraph, or anything else that stands alone. */
    Markdown block(String paragraph) {
        if (!text.isEmpty()) {
            text.append('\n');
        }
        text.append(paragraph.strip()).append('\n');
        return this;
    }

    /** A table; columns of numbers are aligned to the right. */
    Markdown table(List<String> head, List<List<String>> rows) {
        StringBuilder table = new StringBuilder();
        row(table, head);
        table.append('|');
        for (int column = 0; column < head.size(); column++) {
            int at = column;
            boolean numbers = !rows.isEmpty()
                    && rows.stream().allMatch(row -> NUMBER.matcher(row.get(at)).find());
            table.append(numbers ? "--:|" : "---|");
        }
        table.append('\n');
        for (List<String> row : rows) {
            if (row.size() != head.size()) {
                throw new IllegalArgumentException("a row of " + row.size() + " cells in a table of " + head.size());
            }
            row(table, row);
        }
        return block(table.toString());
    }

    private static void row(StringBuilder table, List<String> cells) {
        table.append('|');
        for (String cell : cells) {
            table.append(' ').append(cell.replace("|", "\\|")).append(" |");
        }
        table.append('\n');
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
