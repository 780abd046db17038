package io.blockdb.client;

import io.blockdb.base.TableName;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A key, and the table that it is in. Compared by value.
 *
 * <p>The bytes are not copied and must not be changed.
 *
 * @param table name of the table, 1 to 255 bytes of UTF-8 without control characters
 * @param bytes 1 to 64,000 bytes
 */
public record Key(String table, byte[] bytes) {
    /** The table of a key for which none is named. */
    public static final String DEFAULT_TABLE = "default";

    /** The longest key, in bytes. */
    public static final int LENGTH_MAX = 64_000;

    /** @throws IllegalArgumentException if table or key break a limit */
    public Key {
        TableName.of(table);
        if (bytes.length == 0 || bytes.length > LENGTH_MAX) {
            throw new IllegalArgumentException("a key has 1 to " + LENGTH_MAX + " bytes, not " + bytes.length);
        }
    }

    /** A key of table {@code default}: the UTF-8 of a text. */
    public static Key of(String key) {
        return new Key(DEFAULT_TABLE, StrictText.utf8(key));
    }

    /** A key: the UTF-8 of a text. */
    public static Key of(String table, String key) {
        return new Key(table, StrictText.utf8(key));
    }

    /** A key of table {@code default}. */
    public static Key of(byte[] key) {
        return new Key(DEFAULT_TABLE, key);
    }

    /**
     * The text that the key is the UTF-8 of.
     *
     * @throws IllegalStateException if it is not UTF-8
     */
    public String text() {
        return StrictText.text(bytes, "the key");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Key key && key.table.equals(table) && Arrays.equals(key.bytes, bytes);
    }

    @Override
    public int hashCode() {
        return 31 * table.hashCode() + Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        try {
            return table + "/" + text();
        } catch (IllegalStateException notText) {
            return table + "/0x" + HexFormat.of().formatHex(bytes);
        }
    }
}
