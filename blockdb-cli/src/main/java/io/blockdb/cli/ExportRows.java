package io.blockdb.cli;

import io.blockdb.base.TableName;
import io.blockdb.db.TableInfo;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Writes tables and entries in a form that {@code import} reads back to the same. Where key or value are not UTF-8, both
 * are base64, and the field {@code encoding} says so.
 *
 * <p>Threading: one thread at a time.
 */
abstract sealed class ExportRows permits ExportRows.Lines, ExportRows.Delimited {
    private static final byte[] TEXT = "text".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BASE64 = "base64".getBytes(StandardCharsets.US_ASCII);

    private final OutputStream out;

    /** The row in the making. */
    final ByteText row = new ByteText();

    private ExportRows(OutputStream out) {
        this.out = out;
    }

    /** Rows of a format. Whoever opened the output closes it. */
    static ExportRows of(DataFormat format, OutputStream out) {
        return switch (format) {
            case JSONL -> new Lines(out);
            case CSV -> new Delimited(out, ',');
            case TSV -> new Delimited(out, '\t');
        };
    }

    /** Writes what stands before all rows. */
    abstract void begin() throws IOException;

    /** Writes a table that was created. */
    abstract void table(TableInfo info) throws IOException;

    /** Writes an entry whose key and value are written as {@code encoding} says. */
    abstract void entry(byte[] table, byte[] key, byte[] value, byte[] encoding, long expiresAt) throws IOException;

    /**
     * Writes an entry.
     *
     * @param table UTF-8 of the table's name
     * @param expiresAt in microseconds since the Unix epoch, 0 = never
     */
    void entry(byte[] table, byte[] key, byte[] value, long expiresAt) throws IOException {
        if (Utf8.isValid(key, 0, key.length) && Utf8.isValid(value, 0, value.length)) {
            entry(table, key, value, TEXT, expiresAt);
        } else {
            Base64.Encoder encoder = Base64.getEncoder();
            entry(table, encoder.encode(key), encoder.encode(value), BASE64, expiresAt);
        }
    }

    /** UTF-8 of a table's name, for {@link #entry(byte[], byte[], byte[], long)}. */
    static byte[] utf8(TableName table) {
        return table.toString().getBytes(StandardCharsets.UTF_8);
    }

    final void end() throws IOException {
        row.append((byte) '\n');
        out.write(row.array(), 0, row.length());
        row.clear();
    }

    /** A JSON object a line. */
    static final class Lines extends ExportRows {
        private Lines(OutputStream out) {
            super(out);
        }

        @Override
        void begin() {
            // Lines of JSON need no header.
        }

        @Override
        void table(TableInfo info) throws IOException {
            row.append("{\"type\":\"table\"");
            string(",\"table\":\"", utf8(info.name()));
            row.append(",\"policy\":\"" + info.policy() + "\",\"erasable\":" + info.erasable() + "}");
            end();
        }

        @Override
        void entry(byte[] table, byte[] key, byte[] value, byte[] encoding, long expiresAt) throws IOException {
            string("{\"table\":\"", table);
            string(",\"key\":\"", key);
            string(",\"value\":\"", value);
            string(",\"encoding\":\"", encoding);
            if (expiresAt != 0) {
                row.append(",\"expires_at\":" + expiresAt);
            }
            row.append((byte) '}');
            end();
        }

        private void string(String before, byte[] utf8) {
            row.append(before).appendJson(utf8, 0, utf8.length);
            row.append((byte) '"');
        }
    }

    /** Rows of fields, with a row of names first. */
    static final class Delimited extends ExportRows {
        private static final byte[] PUT = "put".getBytes(StandardCharsets.US_ASCII);
        private static final byte[] TABLE = "table".getBytes(StandardCharsets.US_ASCII);
        private static final byte[] EMPTY = {};

        private final byte delimiter;

        private Delimited(OutputStream out, char delimiter) {
            super(out);
            this.delimiter = (byte) delimiter;
        }

        @Override
        void begin() throws IOException {
            String names = "type,table,key,value,encoding,expires_at";
            row.append(names.replace(',', (char) delimiter));
            end();
        }

        @Override
        void table(TableInfo info) throws IOException {
            String words = info.policy() + (info.erasable() ? TableLine.ERASABLE : "");
            fields(TABLE, utf8(info.name()), EMPTY, words.getBytes(StandardCharsets.UTF_8), TEXT, 0);
        }

        @Override
        void entry(byte[] table, byte[] key, byte[] value, byte[] encoding, long expiresAt) throws IOException {
            fields(PUT, table, key, value, encoding, expiresAt);
        }

        private void fields(byte[] type, byte[] table, byte[] key, byte[] value, byte[] encoding, long expiresAt)
                throws IOException {
            row.append(type);
            field(table);
            field(key);
            field(value);
            field(encoding);
            row.append(delimiter);
            if (expiresAt != 0) {
                row.append(Long.toString(expiresAt));
            }
            end();
        }

        private void field(byte[] bytes) {
            row.append(delimiter);
            if (delimiter == ',') {
                quoted(bytes);
            } else {
                escaped(bytes);
            }
        }

        private void quoted(byte[] bytes) {
            boolean plain = true;
            for (byte b : bytes) {
                plain &= b != ',' && b != '"' && b != '\n' && b != '\r';
            }
            if (plain) {
                row.append(bytes);
                return;
            }
            row.append((byte) '"');
            for (byte b : bytes) {
                row.append(b);
                if (b == '"') {
                    row.append(b);
                }
            }
            row.append((byte) '"');
        }

        private void escaped(byte[] bytes) {
            for (byte b : bytes) {
                switch (b) {
                    case '\t' -> row.append((byte) '\\').append((byte) 't');
                    case '\n' -> row.append((byte) '\\').append((byte) 'n');
                    case '\r' -> row.append((byte) '\\').append((byte) 'r');
                    case '\\' -> row.append((byte) '\\').append(b);
                    default -> row.append(b);
                }
            }
        }
    }
}
