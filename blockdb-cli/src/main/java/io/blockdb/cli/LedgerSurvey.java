package io.blockdb.cli;

import io.blockdb.base.TableName;
import io.blockdb.db.BlockDb;
import io.blockdb.db.LedgerEntries;
import io.blockdb.db.TableInfo;
import io.blockdb.db.TablePolicy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What must be known of the whole ledger before it can be said of an entry whether it stands: a first pass over it. Keeps in
 * memory the keys of versioned tables, with their newest entries; those of write-once tables have one each.
 *
 * <p>Threading: immutable after it was made.
 */
final class LedgerSurvey {
    private static final TableName TABLES = TableName.of("_tables");
    private static final TableName ERASURES = TableName.of("_erasures");

    private final long timeMicros;
    private final Map<TableName, TableInfo> tables = new TreeMap<>();
    /** Of each key of a versioned table, the sequence of its newest entry. */
    private final Map<TableName, Map<ByteBuffer, Long>> newest = new HashMap<>();

    private final Set<Long> erased = new HashSet<>();

    private LedgerSurvey(long timeMicros) {
        this.timeMicros = timeMicros;
        tables.put(TableName.DEFAULT, new TableInfo(TableName.DEFAULT, TablePolicy.WRITE_ONCE, false, false));
    }

    /**
     * Reads the first entries of the ledger; of what was erased, all.
     *
     * @param count of entries
     */
    static LedgerSurvey of(BlockDb db, long count) throws IOException {
        try (LedgerEntries entries = db.ledgerEntries(Long.MAX_VALUE)) {
            LedgerSurvey survey = new LedgerSurvey(entries.timeMicros());
            while (entries.next()) {
                if (entries.table().equals(ERASURES)) {
                    survey.erased.add(ByteBuffer.wrap(entries.key()).getLong());
                } else if (entries.sequence() < count) {
                    survey.note(entries);
                }
            }
            return survey;
        }
    }

    private void note(LedgerEntries entries) throws IOException {
        TableName table = entries.table();
        TableInfo created = table.equals(TABLES) ? entries.tableInfo() : null;
        if (created != null) {
            tables.put(created.name(), created);
        } else if (!table.isSystem()) {
            TableInfo info = tables.get(table);
            if (info == null) {
                tables.put(table, new TableInfo(table, TablePolicy.WRITE_ONCE, false, false));
            } else if (info.policy() == TablePolicy.VERSIONED) {
                newest.computeIfAbsent(table, name -> new HashMap<>())
                        .put(ByteBuffer.wrap(entries.key()), entries.sequence());
            }
        }
    }

    /** The tables, sorted by name. */
    List<TableInfo> tables(@Nullable TableName only) {
        return tables.values().stream()
                .filter(info -> only == null || info.name().equals(only))
                .toList();
    }

    /** Whether an entry is what its key reads as: the newest, no delete, and not expired. */
    boolean isStanding(LedgerEntries entry) {
        if (entry.table().isSystem()
                || entry.isDelete()
                || (entry.expiresAt() != 0 && entry.expiresAt() <= timeMicros)) {
            return false;
        }
        Map<ByteBuffer, Long> keys = newest.get(entry.table());
        return keys == null || Long.valueOf(entry.sequence()).equals(keys.get(ByteBuffer.wrap(entry.key())));
    }

    /** Whether an entry's value was erased. */
    boolean isErased(LedgerEntries entry) {
        return erased.contains(entry.sequence());
    }
}
