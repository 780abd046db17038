package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.TableName;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What holds for the tables that were created: the newest entries of {@code _tables}, kept in memory.
 *
 * <p>Threading: written by the committer, read by all: a new map replaces the old one.
 */
final class Catalog {
    private static final TableInfo SYSTEM = new TableInfo(SystemTables.FORMAT, TablePolicy.VERSIONED, false, true);
    private static final TableInfo CREDENTIALS =
            new TableInfo(SystemTables.CREDENTIALS, TablePolicy.VERSIONED, true, true);

    private volatile Map<TableName, TableInfo> declared = Map.of();

    /** What holds for a table, whether it was created or not. */
    TableInfo of(TableName table) {
        if (table.isSystem()) {
            return table.isWithheld() ? CREDENTIALS : SYSTEM;
        }
        TableInfo info = declared.get(table);
        return info != null ? info : undeclared(table);
    }

    static TableInfo undeclared(TableName table) {
        return new TableInfo(table, TablePolicy.WRITE_ONCE, false, false);
    }

    /** The tables that were created, in the order of their names. */
    Map<TableName, TableInfo> declared() {
        return declared;
    }

    /** Takes an entry of {@code _tables} into account. */
    void put(TableInfo info) {
        Map<TableName, TableInfo> changed = new TreeMap<>(declared);
        changed.put(info.name(), info);
        declared = changed;
    }

    /** Reads an entry of {@code _tables}. */
    static TableInfo parse(byte[] key, byte[] value) throws IOException {
        TableName name;
        @Nullable String policy = null;
        @Nullable String erasable = null;
        try {
            name = TableName.of(new String(key, java.nio.charset.StandardCharsets.UTF_8));
            Map<String, String> fields = SystemTables.parse(value);
            policy = fields.get("policy");
            erasable = fields.get("erasable");
            return new TableInfo(name, TablePolicy.parse(String.valueOf(policy)), "true".equals(erasable), true);
        } catch (IllegalArgumentException e) {
            throw new CorruptionException("_tables", 0, 0, "entry of a table does not parse: " + e.getMessage(), e);
        }
    }
}
