package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.blockdb.base.TableName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a database holds that took certain batches of a {@link Workload}, in order: every revision of every key.
 *
 * <p>Threading: one thread at a time.
 */
final class Expected {
    /** By table and key: the revisions, newest first, null for a delete. */
    private final Map<TableName, TreeMap<String, List<byte @Nullable []>>> tables = new TreeMap<>();

    /** @param outcome only batches of this outcome count, null for all */
    Expected(List<Workload.Attempt> attempts, Workload.@Nullable Outcome outcome) {
        tables.put(TableName.DEFAULT, new TreeMap<>());
        for (Workload.Attempt attempt : attempts) {
            if (outcome == null || attempt.outcome == outcome) {
                apply(attempt);
            }
        }
    }

    private void apply(Workload.Attempt attempt) {
        if (attempt.creates != null) {
            tables.put(attempt.creates, new TreeMap<>());
        }
        for (Workload.Write write : attempt.writes) {
            tables.computeIfAbsent(write.table(), table -> new TreeMap<>())
                    .computeIfAbsent(write.key(), key -> new ArrayList<>())
                    .add(0, write.value());
        }
    }

    /** The newest value of a key, null where it is absent. */
    byte @Nullable [] value(TableName table, String key) {
        Map<String, List<byte @Nullable []>> keys = tables.get(table);
        List<byte @Nullable []> revisions = keys == null ? null : keys.get(key);
        return revisions == null ? null : revisions.get(0);
    }

    /** Holds a database against this, table by table, in all ways of reading. */
    void check(BlockDb db) throws IOException {
        assertEquals(
                List.copyOf(tables.keySet()),
                db.tables().stream().map(TableInfo::name).toList(),
                "tables");
        for (Map.Entry<TableName, TreeMap<String, List<byte @Nullable []>>> table : tables.entrySet()) {
            checkTable(db, table.getKey(), table.getValue());
        }
    }

    private static void checkTable(BlockDb db, TableName table, Map<String, List<byte @Nullable []>> keys)
            throws IOException {
        List<String> present = new ArrayList<>();
        for (Map.Entry<String, List<byte @Nullable []>> entry : keys.entrySet()) {
            byte[] key = entry.getKey().getBytes(UTF_8);
            List<byte @Nullable []> revisions = entry.getValue();
            String name = table + "/" + entry.getKey();
            assertArrayEquals(revisions.get(0), db.get(table, key), name);
            List<Revision> history = db.history(table, key);
            assertEquals(revisions.size(), history.size(), () -> "revisions of " + name);
            for (int i = 0; i < revisions.size(); i++) {
                assertArrayEquals(revisions.get(i), history.get(i).value(), "revision " + i + " of " + name);
            }
            if (revisions.get(0) != null) {
                present.add(entry.getKey());
            }
        }
        List<String> found = new ArrayList<>();
        try (Cursor cursor = db.cursor(table, KeyRange.all())) {
            while (cursor.next()) {
                String key = new String(cursor.key(), UTF_8);
                found.add(key);
                assertArrayEquals(revision(keys, key), cursor.value(), table + "/" + key + " by cursor");
            }
        }
        assertEquals(present, found, () -> "keys of " + table);
    }

    private static byte @Nullable [] revision(Map<String, List<byte @Nullable []>> keys, String key) {
        List<byte @Nullable []> revisions = keys.get(key);
        return revisions == null ? null : revisions.get(0);
    }
}
