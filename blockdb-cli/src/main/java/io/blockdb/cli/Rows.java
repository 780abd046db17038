package io.blockdb.cli;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes records, one by one, in the format of the user's choice. Where one of a record's keys and values is not UTF-8,
 * JSON and CSV hold all of them in base64, and the field {@code encoding} says so; in a table such bytes are {@code
 * 0x} and digits.
 */
interface Rows extends Closeable {
    /**
     * Writes a record.
     *
     * @param cells a value for each column, null where there is none
     */
    void add(@Nullable Object... cells) throws IOException;

    /** Ends what was begun; the output stays open. */
    @Override
    void close() throws IOException;

    /** Any number of records. Statements, not an expression: see {@link CommandTree}. */
    static Rows of(OutputFormat format, Session session, List<Column> columns) {
        switch (format) {
            case TABLE:
                return new TableRows(session, columns);
            case JSON:
                return new JsonRows(session.out(), columns, JsonRows.Shape.ARRAY, false);
            case JSONL:
                return new JsonRows(session.out(), columns, JsonRows.Shape.LINES, false);
            case CSV:
                return new CsvRows(session.out(), columns);
            case RAW:
                return new RawRows(session.out(), columns);
            default:
                throw new AssertionError(format);
        }
    }

    /**
     * One record, as a JSON object.
     *
     * @param base64 whether keys and values are base64 even where they are text
     */
    static Rows object(Output out, List<Column> columns, boolean base64) {
        return new JsonRows(out, columns, JsonRows.Shape.LINES, base64);
    }

    /** Whether all keys and values among the cells are text. */
    static boolean allText(@Nullable Object[] cells) {
        for (Object cell : cells) {
            if (cell instanceof byte[] bytes && Text.decode(bytes) == null) {
                return false;
            }
        }
        return true;
    }

    /** Index of the last column of bytes, behind which {@code encoding} is said; -1: there is none. */
    static int lastBytes(List<Column> columns) {
        int last = -1;
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).kind() == Column.Kind.BYTES) {
                last = i;
            }
        }
        return last;
    }
}
