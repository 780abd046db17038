package io.blockdb.client;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which tables are known to be write-once. A table's policy is fixed for good, so it is asked for once. Writing to such a table is
 * safe to repeat as it is; any other write needs an idempotency key, which costs the ledger an entry.
 *
 * <p>Threading: any thread.
 */
final class TablePolicies {
    private final Transport transport;
    private final Call listing;
    private final Map<String, Table.Policy> known = new ConcurrentHashMap<>();

    TablePolicies(Transport transport, Call listing) {
        this.transport = transport;
        this.listing = listing;
        known.put(Key.DEFAULT_TABLE, Table.Policy.WRITE_ONCE);
    }

    /** Takes note of tables that a server told of. */
    void learn(Collection<Table> tables) {
        tables.forEach(table -> known.put(table.name(), table.policy()));
    }

    /**
     * Whether all of the tables are write-once, for certain. One that does not exist yet is not: somebody may create it as
     * versioned before it is written to. Where the tables cannot be listed, nothing is certain.
     *
     * @param pending is told of the call that this takes
     */
    CompletableFuture<Boolean> areWriteOnce(Collection<String> tables, Pending<?> pending) {
        if (known.keySet().containsAll(tables)) {
            return CompletableFuture.completedFuture(allWriteOnce(tables));
        }
        return pending.now(listing, transport.send(listing, Answers::tables)).handle((listed, failure) -> {
            if (listed != null) {
                learn(listed);
            }
            return allWriteOnce(tables);
        });
    }

    private boolean allWriteOnce(Collection<String> tables) {
        return tables.stream().allMatch(table -> known.get(table) == Table.Policy.WRITE_ONCE);
    }
}
