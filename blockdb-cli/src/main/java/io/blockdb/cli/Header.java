package io.blockdb.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * The names of a file's columns: its first row.
 *
 * @param names all different
 */
record Header(List<String> names) {
    /**
     * Reads it.
     *
     * @throws UsageException if it is none
     */
    static Header of(DelimitedInput row) {
        if (row.problem() != null) {
            throw new UsageException("line " + row.line() + ": " + row.problem());
        }
        List<String> names = new ArrayList<>();
        for (int i = 0; i < row.count(); i++) {
            String name = row.text(i);
            if (name == null) {
                throw new UsageException(
                        "line " + row.line() + ": the name of column " + (i + 1) + " is not valid UTF-8");
            }
            if (names.contains(name)) {
                throw new UsageException("line " + row.line() + ": two columns have the name '" + name + "'");
            }
            names.add(name);
        }
        return new Header(List.copyOf(names));
    }

    /**
     * Index of a column.
     *
     * @param option which asks for it, for the message
     * @throws UsageException if there is none of that name
     */
    int index(String option, String name) {
        int index = names.indexOf(name);
        if (index >= 0) {
            return index;
        }
        String nearest = Mistyped.nearest(name, names);
        throw new UsageException(option + ": there is no column '" + name + "'"
                + (nearest == null
                        ? "; the columns are " + String.join(", ", names)
                        : " (did you mean '" + nearest + "'?)"));
    }

    /**
     * Holds the number of a row's fields against that of the names.
     *
     * @throws UsageException if they differ
     */
    void check(DelimitedInput row) {
        if (row.count() != names.size()) {
            throw new UsageException("expected " + Counts.format(names.size(), "field") + " as in the header, found "
                    + row.count() + (row.lastLine() > row.line() ? " up to line " + row.lastLine() : ""));
        }
    }
}
