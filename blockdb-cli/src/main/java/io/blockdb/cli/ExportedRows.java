package io.blockdb.cli;

import io.blockdb.base.TableName;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows that are operations, a column for each field of one: what {@code export} and {@code scan} write as CSV.
 *
 * <p>Threading: one thread at a time.
 */
final class ExportedRows implements RowMapping {
    private final Header header;
    private final OperationFields fields;
    private final OperationFields.@Nullable Name[] names;

    private byte[] tableUtf8 = new byte[0];
    private @Nullable TableName table;

    /**
     * @param defaultTable the table of a row that names none
     * @throws UsageException if the columns are not those of an export
     */
    ExportedRows(TableName defaultTable, InstantSource clock, Header header) {
        this.header = header;
        this.fields = new OperationFields(defaultTable, clock);
        this.names = new OperationFields.Name[header.names().size()];
        List<String> unknown = new ArrayList<>();
        for (int i = 0; i < names.length; i++) {
            names[i] = OperationFields.Name.of(header.names().get(i));
            if (names[i] == null && !OperationFields.isPlace(header.names().get(i))) {
                unknown.add(header.names().get(i));
            }
        }
        if (!unknown.isEmpty()
                || !header.names().contains("key")
                || !header.names().contains("value")) {
            throw new UsageException("the columns are not those of an export (key, value, table, ...), they are "
                    + String.join(", ", header.names()) + ": say with --key or --key-template what the key is");
        }
    }

    @Override
    public InputLine map(DelimitedInput row) {
        header.check(row);
        fields.begin();
        for (int i = 0; i < names.length; i++) {
            set(row, i, names[i]);
        }
        return fields.line(row.line());
    }

    private void set(DelimitedInput row, int column, OperationFields.@Nullable Name name) {
        if (name == null || row.start(column) == row.end(column) && name != OperationFields.Name.VALUE) {
            return;
        }
        int invalid = Utf8.invalidAt(row.array(), row.start(column), row.end(column));
        if (invalid >= 0) {
            throw KeyedRows.notUtf8(header.names().get(column), row.array()[invalid]);
        }
        switch (name) {
            case KEY -> fields.key(bytes(row, column));
            case VALUE -> fields.value(bytes(row, column));
            case TABLE -> fields.table(table(row, column));
            default -> fields.set(name, String.valueOf(row.text(column)));
        }
    }

    private static byte[] bytes(DelimitedInput row, int column) {
        return Arrays.copyOfRange(row.array(), row.start(column), row.end(column));
    }

    /** The rows of a table stand together: its name is looked at once. */
    private TableName table(DelimitedInput row, int column) {
        TableName last = table;
        if (last == null
                || !Arrays.equals(row.array(), row.start(column), row.end(column), tableUtf8, 0, tableUtf8.length)) {
            tableUtf8 = bytes(row, column);
            last = TableOption.parseWritable(String.valueOf(row.text(column)));
            table = last;
        }
        return last;
    }
}
