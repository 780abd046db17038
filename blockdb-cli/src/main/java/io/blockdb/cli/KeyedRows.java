package io.blockdb.cli;

import io.blockdb.base.TableName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows of any file: some columns make the key, and the value is one column, or all of them as a JSON object of strings, in
 * the order of the columns.
 *
 * <p>Threading: one thread at a time.
 */
final class KeyedRows implements RowMapping {
    private static final byte[] LAST = "\"}".getBytes(StandardCharsets.US_ASCII);

    private final TableName table;
    private final Header header;
    /** Of each piece of the key: its column, or -1 for one that is always {@link #keyBytes}. */
    private final int[] keyColumns;

    private final byte[][] keyBytes;
    /** The column that is the value; -1: all of them. */
    private final int valueColumn;
    /** What stands before the value of each column in the JSON object. */
    private final byte[][] jsonBefore;

    private final ByteText text = new ByteText();

    /**
     * @param value name of the column that is the value; null: all of them
     * @throws UsageException if a column is not there
     */
    KeyedRows(TableName table, Header header, KeyTemplate key, @Nullable String value) {
        this.table = table;
        this.header = header;
        List<KeyTemplate.Part> parts = key.parts();
        this.keyColumns = new int[parts.size()];
        this.keyBytes = new byte[parts.size()][];
        for (int i = 0; i < keyColumns.length; i++) {
            KeyTemplate.Part part = parts.get(i);
            keyColumns[i] = part.isField() ? header.index("the key", part.text()) : -1;
            keyBytes[i] = Encoding.TEXT.decode("--key-template", part.text());
        }
        this.valueColumn = value == null ? -1 : header.index("--value", value);
        this.jsonBefore = new byte[header.names().size()][];
        for (int i = 0; i < jsonBefore.length; i++) {
            byte[] name = header.names().get(i).getBytes(StandardCharsets.UTF_8);
            text.clear().append(i == 0 ? "{\"" : "\",\"").appendJson(name, 0, name.length);
            jsonBefore[i] = text.append("\":\"").toBytes();
        }
    }

    @Override
    public InputLine map(DelimitedInput row) {
        header.check(row);
        byte[] key = Limits.key(key(row));
        byte[] value = Limits.value(valueColumn < 0 ? object(row) : column(row, valueColumn));
        return new OperationLine(row.line(), false, table, key, value, 0);
    }

    private byte[] key(DelimitedInput row) {
        text.clear();
        for (int i = 0; i < keyColumns.length; i++) {
            int column = keyColumns[i];
            if (column < 0) {
                text.append(keyBytes[i]);
            } else {
                check(row, column);
                text.append(row.array(), row.start(column), row.end(column));
            }
        }
        return text.toBytes();
    }

    private byte[] column(DelimitedInput row, int column) {
        check(row, column);
        return text.clear()
                .append(row.array(), row.start(column), row.end(column))
                .toBytes();
    }

    private byte[] object(DelimitedInput row) {
        text.clear();
        for (int i = 0; i < jsonBefore.length; i++) {
            text.append(jsonBefore[i]);
            if (!text.appendJson(row.array(), row.start(i), row.end(i))) {
                check(row, i);
            }
        }
        return text.append(LAST).toBytes();
    }

    private void check(DelimitedInput row, int column) {
        int invalid = Utf8.invalidAt(row.array(), row.start(column), row.end(column));
        if (invalid >= 0) {
            throw notUtf8(header.names().get(column), row.array()[invalid]);
        }
    }

    /** What is said of a field that is not text. */
    static UsageException notUtf8(String field, byte found) {
        return new UsageException("field '%s': expected UTF-8, found the byte 0x%02x, which is none there"
                .formatted(field, found & 0xff));
    }
}
