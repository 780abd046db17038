package io.blockdb.db;

import io.blockdb.base.LedgerId;
import io.blockdb.base.TableName;
import io.blockdb.db.RefusedException.Reason;
import io.blockdb.proof.EntryLeaf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides the batches of one proposal, in order, by the rules of level 1. Reads no clock, no configuration and no randomness:
 * what it answers depends on the ledger and the proposal alone.
 *
 * <ol>
 *   <li>The request id comes first: a batch whose id stands in {@code _requests}, not expired, is the same batch (and
 *       answered with the first commit) or refused.
 *   <li>Each operation is held against what stands there, and gives an entry, or is found to stand there, or is refused.
 *   <li>A batch whose operations all stand there is the same write if it is exactly one stored batch, or a single operation;
 *       partly there is refused. A refused batch leaves no trace.
 *   <li>A batch that adds entries and has a request id adds one for it, the last.
 * </ol>
 *
 * <p>Threading: the committer only; one object decides one proposal.
 */
final class Decider {
    private final Standing standing;
    private final SystemRules systemRules;
    private final long timestamp;

    /**
     * @param timestamp the time that the block will have
     * @param ledgerId id of the ledger, also of one that this proposal founds
     */
    Decider(Standing standing, Catalog catalog, int level, @Nullable LedgerId ledgerId, long timestamp) {
        this.standing = standing;
        this.systemRules = new SystemRules(standing, catalog, level, ledgerId);
        this.timestamp = timestamp;
    }

    /** What is found of one operation. */
    sealed interface Finding {
        /** The operation adds an entry. */
        record Adds(Planned entry) implements Finding {}

        /** What the operation asks for stands there. */
        record Stands(long sequence) implements Finding {}
    }

    /** Tables whose entries in {@code _tables} the batches so far have added. */
    List<TableInfo> tablesChanged() {
        return systemRules.tablesChanged();
    }

    /** The level of the rules after the batches so far. */
    int level() {
        return systemRules.level();
    }

    /** Decides a batch; what it adds shows to the next one. */
    Decision decide(Batch batch) throws IOException {
        try {
            batch.prepare();
        } catch (IllegalArgumentException e) {
            return new Decision.Refused(
                    new RefusedException(Reason.INVALID, List.of(), String.valueOf(e.getMessage())));
        }
        systemRules.begin();
        boolean accepted = false;
        try {
            Decision repeated = decideRequest(batch);
            Decision decision = repeated != null ? repeated : decideOperations(batch);
            accepted = decision instanceof Decision.Added;
            return decision;
        } catch (RefusedException e) {
            return new Decision.Refused(e);
        } finally {
            systemRules.end(accepted);
        }
    }

    private @Nullable Decision decideRequest(Batch batch) throws IOException {
        byte[] requestId = batch.requestId();
        if (requestId == null) {
            return null;
        }
        Standing.Current request =
                standing.current(SystemTables.REQUESTS, SystemTables.requestKey(batch.author(), requestId));
        if (request == null || request.hides(timestamp)) {
            return null;
        }
        Standing.StoredBatch stored = standing.batchOf(request.sequence());
        List<Standing.Entry> entries =
                stored.entries().subList(0, stored.entries().size() - 1);
        if (!isSame(batch, entries)) {
            throw new RefusedException(
                    Reason.REQUEST_CONFLICT,
                    List.of(),
                    "this request id was used before, at sequence " + request.sequence()
                            + ", for another batch; name the request otherwise");
        }
        return new Decision.Existing(stored.firstSequence(), entries.size());
    }

    private boolean isSame(Batch batch, List<Standing.Entry> stored) throws IOException {
        List<Operation> operations = batch.operations();
        if (operations.size() != stored.size()) {
            return false;
        }
        for (int i = 0; i < operations.size(); i++) {
            if (!asks(operations.get(i), stored.get(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean asks(Operation operation, Standing.Entry entry) throws IOException {
        if (operation instanceof Operation.Put put) {
            return entry.says(EntryLeaf.KIND_PUT, put.table(), put.key(), put.value());
        }
        if (operation instanceof Operation.Delete delete) {
            return entry.says(EntryLeaf.KIND_DELETE, delete.table(), delete.key(), new byte[0]);
        }
        Planned planned = systemRules.entryOf(operation);
        return planned != null && entry.says(planned.kind(), planned.table(), planned.key(), planned.value());
    }

    private Decision decideOperations(Batch batch) throws IOException {
        List<Operation> operations = batch.operations();
        List<Planned> added = new ArrayList<>(operations.size() + 1);
        List<Integer> standingOperations = new ArrayList<>(0);
        List<Long> sequences = new ArrayList<>(0);
        List<Integer> duplicates = new ArrayList<>(0);
        checkKeysOnce(operations);
        for (int i = 0; i < operations.size(); i++) {
            Finding finding = find(batch, i, added);
            if (finding == null) {
                duplicates.add(i);
            } else if (finding instanceof Finding.Adds adds) {
                added.add(adds.entry());
            } else if (finding instanceof Finding.Stands stands) {
                standingOperations.add(i);
                sequences.add(stands.sequence());
            }
        }
        if (!duplicates.isEmpty()) {
            throw new DuplicateKeyException(duplicates, duplicateMessage(operations, duplicates));
        }
        if (added.isEmpty()) {
            return standsThere(standingOperations, sequences);
        }
        if (!standingOperations.isEmpty()) {
            throw partlyStored(standingOperations);
        }
        int entries = added.size();
        addRequest(batch, added);
        checkSequences(added.size());
        return new Decision.Added(standing.accept(batch.authorUtf8(), added), entries);
    }

    private void addRequest(Batch batch, List<Planned> added) {
        byte[] requestId = batch.requestId();
        if (requestId == null) {
            return;
        }
        if (timestamp > EntryLeaf.NUMBER_MAX - SystemTables.REQUEST_LIFETIME_MICROS) {
            throw new RefusedException(
                    Reason.INVALID,
                    List.of(),
                    "the block's time " + timestamp + " leaves no room for the 24 hours that a request id lives");
        }
        added.add(Planned.request(
                SystemTables.requestKey(batch.author(), requestId), timestamp + SystemTables.REQUEST_LIFETIME_MICROS));
    }

    private void checkSequences(int entries) {
        long next = standing.nextSequence();
        if (next > EntryLeaf.NUMBER_MAX + 1 - entries) {
            throw new RefusedException(
                    Reason.INVALID,
                    List.of(),
                    "the ledger is full: it holds " + next + " entries, and " + entries + " more would be over 2^53");
        }
    }

    private static void checkKeysOnce(List<Operation> operations) {
        if (operations.size() == 1) {
            return;
        }
        Map<Standing.KeyOf, Integer> keys = new HashMap<>(2 * operations.size());
        for (int i = 0; i < operations.size(); i++) {
            Standing.KeyOf key = keyOf(operations.get(i));
            Integer earlier = keys.put(key, i);
            if (earlier != null) {
                throw new RefusedException(
                        Reason.KEY_TWICE,
                        List.of(i),
                        "the key of table '" + key.table() + "' is written by operation " + earlier
                                + " of the batch as well; a batch may write a key once");
            }
        }
    }

    private static Standing.KeyOf keyOf(Operation operation) {
        if (operation instanceof Operation.Put put) {
            return new Standing.KeyOf(put.table(), put.key());
        }
        return operation instanceof Operation.Delete delete
                ? new Standing.KeyOf(delete.table(), delete.key())
                : SystemRules.keyOf(operation);
    }

    /**
     * What is found of an operation; null where another value stands under a write-once key.
     *
     * @param added what the operations before it in the batch add
     */
    private @Nullable Finding find(Batch batch, int number, List<Planned> added) throws IOException {
        Operation operation = batch.operations().get(number);
        if (operation instanceof Operation.Put put) {
            return findPut(batch, number, put);
        }
        if (operation instanceof Operation.Delete delete) {
            return findDelete(batch, number, delete);
        }
        return systemRules.find(operation, number, batch.salt(number), added);
    }

    private @Nullable Finding findPut(Batch batch, int number, Operation.Put put) throws IOException {
        TableInfo table = clientTable(put.table(), number);
        byte[] salt = batch.salt(number);
        if (table.erasable() && salt.length == 0) {
            throw new RefusedException(
                    Reason.TABLE_CHANGED,
                    List.of(number),
                    "table '" + put.table() + "' has become erasable: the put must be proposed again with a salt");
        }
        if (table.policy() == TablePolicy.VERSIONED) {
            if (put.expiresAt() != 0 && put.expiresAt() <= timestamp) {
                throw new RefusedException(
                        Reason.EXPIRED,
                        List.of(number),
                        "the entry has expired before it was written: it expires at " + put.expiresAt()
                                + ", the block's time is " + timestamp);
            }
            return new Finding.Adds(Planned.of(put, salt, batch.prepared(number)));
        }
        if (put.expiresAt() != 0) {
            throw new RefusedException(
                    Reason.NOT_VERSIONED,
                    List.of(number),
                    "table '" + put.table()
                            + "' is write-once: its entries cannot expire (only those of a versioned table)");
        }
        Standing.Current current = standing.current(put.table(), put.key());
        if (current == null) {
            return new Finding.Adds(Planned.of(put, salt, batch.prepared(number)));
        }
        long erasedBy = standing.erasedBy(current);
        if (erasedBy >= 0) {
            throw new RefusedException(
                    Reason.ERASED,
                    List.of(number),
                    "the value of this key was erased (see _erasures, sequence " + erasedBy
                            + "); the key takes no other");
        }
        return standing.valueEquals(current, put.value()) ? new Finding.Stands(current.sequence()) : null;
    }

    private Finding findDelete(Batch batch, int number, Operation.Delete delete) throws IOException {
        if (clientTable(delete.table(), number).policy() != TablePolicy.VERSIONED) {
            throw new RefusedException(
                    Reason.NOT_VERSIONED,
                    List.of(number),
                    "table '" + delete.table()
                            + "' is write-once: nothing can be deleted from it (only from a versioned table)");
        }
        Standing.Current current = standing.current(delete.table(), delete.key());
        if (current == null || current.hides(timestamp)) {
            throw new RefusedException(
                    Reason.KEY_ABSENT,
                    List.of(number),
                    "table '" + delete.table() + "' does not hold the key that is to be deleted");
        }
        return new Finding.Adds(Planned.of(delete, batch.prepared(number)));
    }

    private TableInfo clientTable(TableName table, int number) {
        if (table.isSystem()) {
            throw new RefusedException(
                    Reason.INVALID,
                    List.of(number),
                    "table '" + table + "' is BlockDB's own: names that begin with _ are reserved");
        }
        return systemRules.table(table);
    }

    private Decision standsThere(List<Integer> numbers, List<Long> sequences) throws IOException {
        long first = sequences.get(0);
        if (sequences.size() > 1 && !isWholeBatch(standing.batchOf(first), sequences)) {
            throw partlyStored(numbers);
        }
        return new Decision.Existing(first, sequences.size());
    }

    /**
     * Whether the entries of these sequences, in this order, are exactly the client entries of a stored batch, or all of it but the
     * entry of its request id.
     */
    private static boolean isWholeBatch(Standing.StoredBatch stored, List<Long> sequences) {
        List<Long> clientEntries = new ArrayList<>();
        List<Long> entries = new ArrayList<>();
        for (int i = 0; i < stored.entries().size(); i++) {
            TableName table = stored.entries().get(i).table();
            if (!table.equals(SystemTables.REQUESTS)) {
                entries.add(stored.firstSequence() + i);
            }
            if (!table.isSystem()) {
                clientEntries.add(stored.firstSequence() + i);
            }
        }
        return sequences.equals(clientEntries) || sequences.equals(entries);
    }

    private static RefusedException partlyStored(List<Integer> numbers) {
        return new RefusedException(
                Reason.PARTLY_STORED,
                numbers,
                "operations " + numbers
                        + " stand in the ledger already, but not this batch as a whole: write the others by themselves;"
                        + " nothing was written");
    }

    private static String duplicateMessage(List<Operation> operations, List<Integer> duplicates) {
        return operations.size() == 1
                ? "the key already exists with another value"
                : "the keys of operations " + duplicates + " already exist with other values; nothing was written";
    }
}
