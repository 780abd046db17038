package io.blockdb.server.feed;

import io.blockdb.base.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The watchers who are up to date, by what they watch.
 *
 * <p>Threading: one thread at a time.
 */
final class WatchIndex {
    private final Map<TableName, TableWatchers> tables = new HashMap<>();
    private final Set<Watcher> ofAllTables = new LinkedHashSet<>();

    void add(Watcher watcher) {
        TableName table = watcher.selection().table();
        if (table == null) {
            ofAllTables.add(watcher);
        } else {
            tables.computeIfAbsent(table, first -> new TableWatchers()).add(watcher);
        }
    }

    void remove(Watcher watcher) {
        TableName table = watcher.selection().table();
        if (table == null) {
            ofAllTables.remove(watcher);
            return;
        }
        TableWatchers watchers = tables.get(table);
        if (watchers != null) {
            watchers.remove(watcher);
            if (watchers.isEmpty()) {
                tables.remove(table);
            }
        }
    }

    boolean isEmpty() {
        return tables.isEmpty() && ofAllTables.isEmpty();
    }

    /** Who watches a table or keys of it, or null. */
    @Nullable
    TableWatchers of(TableName table) {
        return tables.get(table);
    }

    /** Who watches all tables but BlockDB's own. */
    Set<Watcher> ofAllTables() {
        return ofAllTables;
    }

    /** All of them; the list is the caller's. */
    List<Watcher> all() {
        List<Watcher> all = new ArrayList<>(ofAllTables);
        tables.values().forEach(watchers -> watchers.collect(all));
        return all;
    }
}
