package io.blockdb.base;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The name of a table: 1 to 255 bytes of UTF-8 without control characters (LEDGER.md, section Entry). Names that begin
 * with {@code _} are BlockDB's own. Ordered and compared by bytes, unsigned. Immutable.
 *
 * <p>In an index key the name stands before the user's key, ended by a zero byte, which no name can hold; so index keys
 * in plain byte order are ordered by table, then key.
 */
public final class TableName implements Comparable<TableName> {
    /** The longest name, in bytes of UTF-8. */
    public static final int MAX_LENGTH = 255;

    /** The table of a client that names none. */
    public static final TableName DEFAULT = of("default");

    /** The table of what proves who somebody is. */
    private static final String CREDENTIALS = "_credentials";

    private final String name;
    /** UTF-8 of the name and a zero byte: the prefix of the table's index keys. */
    private final byte[] indexPrefix;

    private TableName(String name, byte[] utf8) {
        this.name = name;
        this.indexPrefix = Arrays.copyOf(utf8, utf8.length + 1);
    }

    /**
     * The table of that name.
     *
     * @throws IllegalArgumentException if the name is empty, longer than 255 bytes, has control characters or lone
     *     surrogates
     */
    public static TableName of(String name) {
        byte[] utf8;
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(java.nio.CharBuffer.wrap(name));
            utf8 = new byte[encoded.remaining()];
            encoded.get(utf8);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("table name is not valid Unicode: it has a lone surrogate", e);
        }
        if (utf8.length == 0 || utf8.length > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "table name must have 1 to " + MAX_LENGTH + " bytes, has " + utf8.length);
        }
        for (int i = 0; i < name.length(); i++) {
            if (Character.isISOControl(name.charAt(i))) {
                throw new IllegalArgumentException("table name has the control character U+%04X at position %s"
                        .formatted((int) name.charAt(i), i));
            }
        }
        return new TableName(name, utf8);
    }

    /**
     * The table of an index key.
     *
     * @throws IllegalArgumentException if no zero byte ends a name in it
     */
    public static TableName ofIndexKey(byte[] indexKey, int offset, int length) {
        int end = offset;
        while (end < offset + length && indexKey[end] != 0) {
            end++;
        }
        if (end == offset + length) {
            throw new IllegalArgumentException("an index key without a table");
        }
        return of(new String(indexKey, offset, end - offset, StandardCharsets.UTF_8));
    }

    /** Whether this is one of BlockDB's own tables, which clients may not write. */
    public boolean isSystem() {
        return indexPrefix[0] == '_';
    }

    /** Whether the values of this table are shown to nobody: they go to backups and members of the cluster only. */
    public boolean isWithheld() {
        return isSystem() && name.equals(CREDENTIALS);
    }

    /** Length of the name in bytes of UTF-8. */
    public int utf8Length() {
        return indexPrefix.length - 1;
    }

    /** Copies the name's UTF-8 to {@code target} at {@code offset}. */
    public void copyUtf8To(byte[] target, int offset) {
        System.arraycopy(indexPrefix, 0, target, offset, indexPrefix.length - 1);
    }

    /** Whether {@code array[offset, offset + length)} is the name's UTF-8. */
    public boolean isUtf8(byte[] array, int offset, int length) {
        return length == utf8Length() && Arrays.equals(indexPrefix, 0, length, array, offset, offset + length);
    }

    /** Length of {@link #indexKey}'s prefix: the name and its zero byte. */
    public int indexPrefixLength() {
        return indexPrefix.length;
    }

    /** Whether {@code indexKey[offset, offset + length)} is an index key of this table. */
    public boolean isPrefixOf(byte[] indexKey, int offset, int length) {
        return length >= indexPrefix.length
                && Arrays.equals(indexPrefix, 0, indexPrefix.length, indexKey, offset, offset + indexPrefix.length);
    }

    /** A new index key: the name, a zero byte, the key. */
    public byte[] indexKey(byte[] key) {
        return indexKey(key, 0, key.length);
    }

    /** A new index key: the name, a zero byte, {@code key[offset, offset + length)}. */
    public byte[] indexKey(byte[] key, int offset, int length) {
        byte[] indexKey = Arrays.copyOf(indexPrefix, indexPrefix.length + length);
        System.arraycopy(key, offset, indexKey, indexPrefix.length, length);
        return indexKey;
    }

    /** A new byte string behind every index key of the table and before those of the tables behind it. */
    public byte[] indexKeyBehindAll() {
        byte[] behind = indexPrefix.clone();
        behind[behind.length - 1] = 1;
        return behind;
    }

    @Override
    public int compareTo(TableName other) {
        return Arrays.compareUnsigned(indexPrefix, other.indexPrefix);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TableName table && table.name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
