package io.blockdb.server.feed;

import io.blockdb.base.TableName;
import io.blockdb.proof.EntryLeaf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which entries a watcher is told of.
 *
 * <p>Threading: immutable; the arrays are its own.
 */
public final class Selection {
    private final @Nullable TableName table;
    private final byte @Nullable [] key;
    private final byte @Nullable [] prefix;

    private Selection(@Nullable TableName table, byte @Nullable [] key, byte @Nullable [] prefix) {
        this.table = table;
        this.key = key;
        this.prefix = prefix;
    }

    /** The entries of one key. */
    public static Selection ofKey(TableName table, byte[] key) {
        return new Selection(table, key.clone(), null);
    }

    /** The entries whose keys begin so; an empty prefix means the whole table. */
    public static Selection ofPrefix(TableName table, byte[] prefix) {
        return prefix.length == 0 ? ofTable(table) : new Selection(table, null, prefix.clone());
    }

    /** All entries of a table. */
    public static Selection ofTable(TableName table) {
        return new Selection(table, null, null);
    }

    /** All entries of all tables but BlockDB's own. */
    public static Selection ofAllTables() {
        return new Selection(null, null, null);
    }

    /** The table, or null for all but BlockDB's own. */
    public @Nullable TableName table() {
        return table;
    }

    /** The one key, or null. */
    byte @Nullable [] key() {
        return key;
    }

    /** What the keys begin with, or null. */
    byte @Nullable [] prefix() {
        return prefix;
    }

    /**
     * Whether an entry is one of them.
     *
     * @param array what the leaf is a view of
     */
    boolean takes(EntryLeaf leaf, byte[] array) {
        TableName only = table;
        if (only == null) {
            return !leaf.table().isSystem();
        }
        if (!leaf.isOf(only)) {
            return false;
        }
        int from = leaf.keyOffset();
        int length = leaf.keyLength();
        byte[] exact = key;
        if (exact != null) {
            return Arrays.equals(exact, 0, exact.length, array, from, from + length);
        }
        byte[] begin = prefix;
        return begin == null
                || (length >= begin.length && Arrays.equals(begin, 0, begin.length, array, from, from + begin.length));
    }
}
