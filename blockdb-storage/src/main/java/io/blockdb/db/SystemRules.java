package io.blockdb.db;

import io.blockdb.base.LedgerId;
import io.blockdb.base.TableName;
import io.blockdb.db.Decider.Finding;
import io.blockdb.db.RefusedException.Reason;
import io.blockdb.proof.EntryLeaf;
import io.blockdb.proof.Origin;
import io.blockdb.proof.VerifierKey;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the operations that make entries of system tables are decided. What a batch changes shows to its own later operations,
 * and to later batches once it is accepted.
 *
 * <p>Threading: the committer only.
 */
final class SystemRules {
    private final Standing standing;
    private final Catalog catalog;
    private final @Nullable LedgerId ledgerId;
    private final AccessRules access;

    /** Tables that the batches accepted so far have changed. Most proposals change none, and cost no map. */
    private Map<TableName, TableInfo> accepted = Map.of();

    /** Tables that the batch under way has changed. */
    private Map<TableName, TableInfo> batch = Map.of();

    private int level;
    private int batchLevel;
    /** What the first key is named after that the batch adds. */
    private @Nullable Origin batchOrigin;

    SystemRules(Standing standing, Catalog catalog, int level, @Nullable LedgerId ledgerId) {
        this.standing = standing;
        this.catalog = catalog;
        this.level = level;
        this.batchLevel = level;
        this.ledgerId = ledgerId;
        this.access = new AccessRules(standing);
    }

    /** Begins a batch. */
    void begin() {
        batch = Map.of();
        batchOrigin = null;
        batchLevel = level;
    }

    /** Ends a batch: what it changed is kept when it was accepted, and forgotten when not. */
    void end(boolean wasAccepted) {
        if (wasAccepted) {
            level = batchLevel;
            if (!batch.isEmpty()) {
                batch.values().forEach(info -> accepted = with(accepted, info));
            }
        }
        batch = Map.of();
    }

    private static Map<TableName, TableInfo> with(Map<TableName, TableInfo> tables, TableInfo info) {
        Map<TableName, TableInfo> changed = tables.isEmpty() ? new HashMap<>() : tables;
        changed.put(info.name(), info);
        return changed;
    }

    List<TableInfo> tablesChanged() {
        return accepted.isEmpty() ? List.of() : List.copyOf(accepted.values());
    }

    int level() {
        return level;
    }

    /** What holds for a table now. */
    TableInfo table(TableName name) {
        TableInfo info = batch.get(name);
        if (info == null) {
            info = accepted.get(name);
        }
        return info != null ? info : catalog.of(name);
    }

    /** The key of a system table that an operation writes. */
    static Standing.KeyOf keyOf(Operation operation) {
        if (operation instanceof Operation.CreateTable create) {
            return new Standing.KeyOf(SystemTables.TABLES, SystemTables.tableKey(create.table()));
        }
        if (operation instanceof Operation.AlterTable alter) {
            return new Standing.KeyOf(SystemTables.TABLES, SystemTables.tableKey(alter.table()));
        }
        if (operation instanceof Operation.AddKey add) {
            return new Standing.KeyOf(
                    SystemTables.KEYS, SystemTables.keyKey(add.key().keyId()));
        }
        if (operation instanceof Operation.RetireKey retire) {
            return new Standing.KeyOf(
                    SystemTables.KEYS, SystemTables.keyKey(retire.key().keyId()));
        }
        if (operation instanceof Operation.Erase erase) {
            return new Standing.KeyOf(SystemTables.ERASURES, SystemTables.erasureKey(erase.sequence()));
        }
        if (operation instanceof Operation.RaiseLevel) {
            return new Standing.KeyOf(SystemTables.FORMAT, SystemTables.LEVEL_KEY);
        }
        Standing.KeyOf key = AccessRules.keyOf(operation);
        if (key == null) {
            throw new IllegalStateException("not a system operation: " + operation);
        }
        return key;
    }

    /**
     * Decides an operation.
     *
     * @param salt the one that came with it, empty where it has none
     * @param added what the operations before it in the batch add
     */
    Finding find(Operation operation, int number, byte[] salt, List<Planned> added) throws IOException {
        if (operation instanceof Operation.CreateTable create) {
            return createTable(create, number, added);
        }
        if (operation instanceof Operation.AlterTable alter) {
            return alterTable(alter, number, added);
        }
        if (operation instanceof Operation.AddKey add) {
            return addKey(add, number);
        }
        if (operation instanceof Operation.RetireKey retire) {
            return retireKey(retire, number);
        }
        if (operation instanceof Operation.Erase erase) {
            return erase(erase, number);
        }
        if (operation instanceof Operation.RaiseLevel raise) {
            return raiseLevel(raise, number);
        }
        Finding finding = access.find(operation, number, salt, added);
        if (finding == null) {
            throw new IllegalStateException("not a system operation: " + operation);
        }
        return finding;
    }

    /** The entry that an operation makes, without asking whether it may; null where it changes what is not there. */
    @Nullable
    Planned entryOf(Operation operation) throws IOException {
        if (operation instanceof Operation.CreateTable create) {
            return tableEntry(create.table(), create.policy(), create.erasable());
        }
        if (operation instanceof Operation.AlterTable alter) {
            return tableEntry(alter.table(), table(alter.table()).policy(), alter.erasable());
        }
        if (operation instanceof Operation.AddKey add) {
            return keyEntry(add.key(), add.node(), SystemTables.ACTIVE);
        }
        if (operation instanceof Operation.RetireKey retire) {
            return keyEntry(retire.key(), retire.node(), SystemTables.RETIRED);
        }
        if (operation instanceof Operation.Erase erase) {
            Standing.Entry erased = standing.entryAt(erase.sequence());
            return erasureEntry(
                    erase,
                    erased == null ? SystemTables.ERASURES : erased.table(),
                    erased == null ? new byte[0] : erased.key());
        }
        if (operation instanceof Operation.RaiseLevel raise) {
            return levelEntry(raise);
        }
        return access.entryOf(operation);
    }

    private static Planned tableEntry(TableName table, TablePolicy policy, boolean erasable) {
        return Planned.system(
                SystemTables.TABLES, SystemTables.tableKey(table), SystemTables.tableValue(policy, erasable));
    }

    private static Planned keyEntry(VerifierKey key, String node, String state) {
        return Planned.system(
                SystemTables.KEYS,
                SystemTables.keyKey(key.keyId()),
                SystemTables.keyValue(key.toString(), node, state));
    }

    private static Planned levelEntry(Operation.RaiseLevel raise) {
        return Planned.system(
                SystemTables.FORMAT, SystemTables.LEVEL_KEY, SystemTables.formatValue(raise.level(), raise.writer()));
    }

    private static Planned erasureEntry(Operation.Erase erase, TableName table, byte[] key) {
        return Planned.system(
                SystemTables.ERASURES,
                SystemTables.erasureKey(erase.sequence()),
                SystemTables.erasureValue(table, key, erase.reason()));
    }

    private Finding createTable(Operation.CreateTable create, int number, List<Planned> added) throws IOException {
        TableName name = create.table();
        if (name.isSystem()) {
            throw refuse(
                    Reason.INVALID,
                    number,
                    "table '" + name + "': names that begin with _ are reserved for BlockDB's own tables");
        }
        TableInfo info = table(name);
        if (info.declared()) {
            if (info.policy() != create.policy()) {
                throw refuse(
                        Reason.TABLE_CONFLICT,
                        number,
                        "table '" + name + "' exists and is " + info.policy()
                                + "; the policy of a table never changes");
            }
            if (info.erasable() != create.erasable()) {
                throw refuse(
                        Reason.TABLE_CONFLICT,
                        number,
                        "table '" + name + "' exists and is " + (info.erasable() ? "" : "not ")
                                + "erasable; alter it to change that");
            }
            return stands(SystemTables.TABLES, SystemTables.tableKey(name));
        }
        boolean inUse = name.equals(TableName.DEFAULT) || hasEntries(name, added);
        if (inUse && create.policy() != TablePolicy.WRITE_ONCE) {
            throw refuse(
                    Reason.TABLE_CONFLICT,
                    number,
                    "table '" + name + "' "
                            + (name.equals(TableName.DEFAULT) ? "is" : "was written to before it was created, so it is")
                            + " write-once for good");
        }
        batch = with(batch, new TableInfo(name, create.policy(), create.erasable(), true));
        return new Finding.Adds(tableEntry(name, create.policy(), create.erasable()));
    }

    private Finding alterTable(Operation.AlterTable alter, int number, List<Planned> added) throws IOException {
        TableName name = alter.table();
        TableInfo info = table(name);
        boolean exists = info.declared() || name.equals(TableName.DEFAULT) || hasEntries(name, added);
        if (name.isSystem() || !exists) {
            throw refuse(
                    Reason.NO_SUCH_TABLE,
                    number,
                    name.isSystem() ? "table '" + name + "' is BlockDB's own" : "there is no table '" + name + "'");
        }
        if (info.declared() && info.erasable() == alter.erasable()) {
            return stands(SystemTables.TABLES, SystemTables.tableKey(name));
        }
        batch = with(batch, new TableInfo(name, info.policy(), alter.erasable(), true));
        return new Finding.Adds(tableEntry(name, info.policy(), alter.erasable()));
    }

    private boolean hasEntries(TableName name, List<Planned> added) throws IOException {
        for (Planned entry : added) {
            if (entry.table().equals(name)) {
                return true;
            }
        }
        return standing.hasEntries(name);
    }

    private Finding addKey(Operation.AddKey add, int number) throws IOException {
        VerifierKey key = add.key();
        if (ledgerId == null || !key.origin().ledgerId().equals(ledgerId)) {
            throw refuse(Reason.KEY_CONFLICT, number, "key " + key + " is of another ledger than " + ledgerId);
        }
        Origin origin = origin();
        if (origin != null && !key.origin().equals(origin)) {
            throw refuse(
                    Reason.KEY_CONFLICT,
                    number,
                    "key " + key + " has another name than the keys of this ledger: expected " + origin + ", found "
                            + key.origin());
        }
        Standing.Current known = standing.current(SystemTables.KEYS, SystemTables.keyKey(key.keyId()));
        Planned entry = keyEntry(key, add.node(), SystemTables.ACTIVE);
        if (known == null) {
            batchOrigin = key.origin();
            return new Finding.Adds(entry);
        }
        if (standing.valueEquals(known, entry.value())) {
            return new Finding.Stands(known.sequence());
        }
        throw refuse(Reason.KEY_CONFLICT, number, "a key of this ledger has or had the id " + key.keyId());
    }

    /** What all keys of this ledger are named after, null where there is none yet. */
    private @Nullable Origin origin() throws IOException {
        if (batchOrigin != null) {
            return batchOrigin;
        }
        byte[] value = standing.anyValue(SystemTables.KEYS);
        return value == null ? null : SystemTables.verifierKey(value).origin();
    }

    private Finding retireKey(Operation.RetireKey retire, int number) throws IOException {
        VerifierKey key = retire.key();
        Standing.Current known = standing.current(SystemTables.KEYS, SystemTables.keyKey(key.keyId()));
        Planned entry = keyEntry(key, retire.node(), SystemTables.RETIRED);
        if (known == null) {
            throw refuse(Reason.KEY_CONFLICT, number, "the ledger has no key " + key.keyId());
        }
        if (standing.valueEquals(known, entry.value())) {
            return new Finding.Stands(known.sequence());
        }
        if (!standing.valueEquals(
                known, keyEntry(key, retire.node(), SystemTables.ACTIVE).value())) {
            throw refuse(Reason.KEY_CONFLICT, number, "key " + key.keyId() + " of the ledger is another one");
        }
        return new Finding.Adds(entry);
    }

    private Finding erase(Operation.Erase erase, int number) throws IOException {
        Standing.Entry entry = standing.entryAt(erase.sequence());
        if (entry == null || entry.kind() != EntryLeaf.KIND_PUT || entry.saltLength() == 0) {
            throw refuse(Reason.NOT_ERASABLE, number, notErasable(entry, erase.sequence()));
        }
        if (entry.erased()) {
            return stands(SystemTables.ERASURES, SystemTables.erasureKey(erase.sequence()));
        }
        return new Finding.Adds(erasureEntry(erase, entry.table(), entry.key()));
    }

    private static String notErasable(Standing.@Nullable Entry entry, long sequence) {
        if (entry == null) {
            return "there is no entry with sequence " + sequence;
        }
        return entry.kind() != EntryLeaf.KIND_PUT
                ? "the entry with sequence " + sequence + " is a delete: it has no value to be erased"
                : "the value at sequence " + sequence
                        + " has no salt: only values written while their table was erasable can be erased";
    }

    private Finding raiseLevel(Operation.RaiseLevel raise, int number) throws IOException {
        if (raise.level() == batchLevel) {
            return stands(SystemTables.FORMAT, SystemTables.LEVEL_KEY);
        }
        if (raise.level() < batchLevel || raise.level() > SystemTables.LEVEL) {
            throw refuse(
                    Reason.LEVEL_CONFLICT,
                    number,
                    "the level of the rules is " + batchLevel + " and cannot become " + raise.level()
                            + ": it is only raised, here to at most " + SystemTables.LEVEL);
        }
        batchLevel = raise.level();
        return new Finding.Adds(levelEntry(raise));
    }

    private Finding stands(TableName table, byte[] key) throws IOException {
        Standing.Current current = standing.current(table, key);
        if (current == null) {
            throw new IllegalStateException("what is known of " + table + " does not stand there");
        }
        return new Finding.Stands(current.sequence());
    }

    private static RefusedException refuse(Reason reason, int number, String message) {
        return new RefusedException(reason, List.of(number), message);
    }
}
