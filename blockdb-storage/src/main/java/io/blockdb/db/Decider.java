package io.blockdb.db;

import io.blockdb.base.LedgerId;
import io.blockdb.base.TableName;
import io.blockdb.db.RefusedException.Reason;
import io.blockdb.ledger.BlockEntry;
import io.blockdb.proof.EntryLeaf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides the batches of one proposal, in order, by the rules of level 1. Reads no clock, no configuration and no randomness:
 * what it answers depends on the ledger and the proposal alone.
 *
 * <ol>
 *   <li>The request id comes first: a batch whose id stands in {@code _requests}, not expired, is the same batch (and
 *       answered with the first commit) or refused.
 *   <li>Each operation is held against what stands there, and gives an entry, or is found to stand there, or is refused.
 *   <li>A batch whose puts all stand there is the same write if it is exactly one stored batch, or a single put; partly there
 *       is refused. So is anything refused: a refused batch leaves no trace.
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
            Decision repeated = decideRequest(batch);
            if (repeated != null) {
                return repeated;
            }
            systemRules.begin();
            Decision decision = decideOperations(batch);
            systemRules.end(decision instanceof Decision.Added);
            return decision;
        } catch (RefusedException e) {
            systemRules.end(false);
            return new Decision.Refused(e);
        } catch (IllegalArgumentException e) {
            systemRules.end(false);
            return new Decision.Refused(
                    new RefusedException(Reason.INVALID, List.of(), String.valueOf(e.getMessage())));
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
                    "this request id was used before, at sequence " + request.sequence() + ", for another batch");
        }
        return new Decision.Existing(stored.firstSequence(), entries.size());
    }

    private boolean isSame(Batch batch, List<Standing.Entry> stored) throws IOException {
        int next = 0;
        for (Operation operation : batch.operations()) {
            Standing.Entry entry = next < stored.size() ? stored.get(next) : null;
            if (entry != null && asks(operation, entry)) {
                next++;
            } else if (operation instanceof Operation.Put || operation instanceof Operation.Delete) {
                return false;
            }
        }
        return next == stored.size();
    }

    private boolean asks(Operation operation, Standing.Entry entry) throws IOException {
        if (operation instanceof Operation.Put put) {
            return entry.says(EntryLeaf.KIND_PUT, put.table(), put.key(), put.value());
        }
        if (operation instanceof Operation.Delete delete) {
            return entry.says(EntryLeaf.KIND_DELETE, delete.table(), delete.key(), new byte[0]);
        }
        Planned planned = systemRules.entryOf(operation);
        return entry.says(planned.kind(), planned.table(), planned.key(), planned.value());
    }

    private Decision decideOperations(Batch batch) throws IOException {
        List<Operation> operations = batch.operations();
        List<Planned> added = new ArrayList<>(operations.size());
        List<Integer> standingOperations = new ArrayList<>();
        List<Long> sequences = new ArrayList<>();
        List<Integer> duplicates = new ArrayList<>();
        checkKeysOnce(operations);
        for (int i = 0; i < operations.size(); i++) {
            Finding finding = find(batch, i);
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
            return standsThere(operations, standingOperations, sequences);
        }
        if (!standingOperations.isEmpty() && isClientWrite(operations, standingOperations)) {
            throw partlyStored(standingOperations);
        }
        int entries = added.size();
        byte[] requestId = batch.requestId();
        if (requestId != null) {
            added.add(new Planned(
                    EntryLeaf.KIND_PUT,
                    SystemTables.REQUESTS,
                    SystemTables.requestKey(batch.author(), requestId),
                    new byte[0],
                    Batch.NO_SALT,
                    timestamp + SystemTables.REQUEST_LIFETIME_MICROS,
                    null));
        }
        return new Decision.Added(standing.accept(added), entries);
    }

    private static boolean isClientWrite(List<Operation> operations, List<Integer> numbers) {
        for (int number : numbers) {
            if (operations.get(number) instanceof Operation.Put) {
                return true;
            }
        }
        return false;
    }

    private static void checkKeysOnce(List<Operation> operations) {
        if (operations.size() == 1) {
            return;
        }
        Set<Standing.KeyOf> keys = new HashSet<>();
        for (int i = 0; i < operations.size(); i++) {
            Standing.KeyOf key = null;
            if (operations.get(i) instanceof Operation.Put put) {
                key = new Standing.KeyOf(put.table(), put.key());
            } else if (operations.get(i) instanceof Operation.Delete delete) {
                key = new Standing.KeyOf(delete.table(), delete.key());
            }
            if (key != null && !keys.add(key)) {
                throw new RefusedException(
                        Reason.KEY_TWICE,
                        List.of(i),
                        "operation " + i + " names a key that an earlier one of the batch names");
            }
        }
    }

    /** What is found of an operation; null where another value stands under a write-once key. */
    private @Nullable Finding find(Batch batch, int number) throws IOException {
        Operation operation = batch.operations().get(number);
        if (operation instanceof Operation.Put put) {
            return findPut(batch, number, put);
        }
        if (operation instanceof Operation.Delete delete) {
            return findDelete(batch, number, delete);
        }
        return systemRules.find(operation, number);
    }

    private @Nullable Finding findPut(Batch batch, int number, Operation.Put put) throws IOException {
        TableInfo table = clientTable(put.table(), number);
        byte[] salt = batch.salt(number);
        if (table.erasable() && salt.length == 0) {
            throw new RefusedException(
                    Reason.TABLE_CHANGED,
                    List.of(number),
                    "table '" + put.table() + "' has become erasable: operation " + number
                            + " must be proposed again with a salt");
        }
        if (table.policy() == TablePolicy.VERSIONED) {
            if (put.expiresAt() != 0 && put.expiresAt() <= timestamp) {
                throw new RefusedException(
                        Reason.EXPIRED, List.of(number), "operation " + number + " has expired before it was written");
            }
            return new Finding.Adds(planned(batch, number, EntryLeaf.KIND_PUT, put.table(), put.key(), put.value()));
        }
        if (put.expiresAt() != 0) {
            throw new RefusedException(
                    Reason.NOT_VERSIONED,
                    List.of(number),
                    "table '" + put.table() + "' is write-once: its entries cannot expire");
        }
        Standing.Current current = standing.current(put.table(), put.key());
        if (current == null) {
            return new Finding.Adds(planned(batch, number, EntryLeaf.KIND_PUT, put.table(), put.key(), put.value()));
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
            throw new RefusedException(Reason.KEY_ABSENT, List.of(number), "Key not found");
        }
        return new Finding.Adds(
                planned(batch, number, EntryLeaf.KIND_DELETE, delete.table(), delete.key(), new byte[0]));
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

    private static Planned planned(Batch batch, int number, int kind, TableName table, byte[] key, byte[] value) {
        List<BlockEntry> prepared = batch.prepared();
        BlockEntry entry = prepared == null ? null : prepared.get(number);
        long expiresAt = batch.operations().get(number) instanceof Operation.Put put ? put.expiresAt() : 0;
        byte[] salt = kind == EntryLeaf.KIND_PUT ? batch.salt(number) : Batch.NO_SALT;
        if (entry == null) {
            entry = Batch.entry(kind, batch.authorUtf8(), table, key, value, salt, expiresAt, true);
        }
        return new Planned(kind, table, key, value, salt, expiresAt, entry);
    }

    private Decision standsThere(List<Operation> operations, List<Integer> numbers, List<Long> sequences)
            throws IOException {
        long first = sequences.get(0);
        if (operations.size() == 1 || !isClientWrite(operations, numbers)) {
            return new Decision.Existing(first, operations.size());
        }
        Standing.StoredBatch stored = standing.batchOf(first);
        List<Long> clientSequences = new ArrayList<>();
        for (int i = 0; i < stored.entries().size(); i++) {
            if (!stored.entries().get(i).table().isSystem()) {
                clientSequences.add(stored.firstSequence() + i);
            }
        }
        if (!clientSequences.equals(sequences)) {
            throw partlyStored(numbers);
        }
        return new Decision.Existing(first, operations.size());
    }

    private static RefusedException partlyStored(List<Integer> numbers) {
        return new RefusedException(
                Reason.PARTLY_STORED,
                numbers,
                "operations " + numbers
                        + " stand in the ledger already, but not this batch as a whole; nothing was written");
    }

    private static String duplicateMessage(List<Operation> operations, List<Integer> duplicates) {
        return operations.size() == 1
                ? "the key already exists with another value"
                : "the keys of operations " + duplicates + " already exist with other values; nothing was written";
    }
}
