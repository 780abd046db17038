package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.TableName;
import io.blockdb.base.UnsupportedFormatException;
import io.blockdb.db.VerifyReport.Failure;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.StoredValue;
import io.blockdb.proof.EntryLeaf;
import io.blockdb.proof.Origin;
import io.blockdb.proof.VerifierKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Holds the blocks of a ledger, in order, against the rules by which {@code apply} lets them come about, as far as the system
 * tables decide: level, keys, tables and their policies, principals and what proves them. Each rule is looked at as it stood at the entry. Erasures are gathered
 * for {@link ErasureCheck}.
 *
 * <p>Not here: that a write-once key stands once ({@link UniqueKeys}), and what depends on the newest revision of a key of a
 * versioned table.
 *
 * <p>Threading: one thread at a time. Memory: grows with the number of tables, keys and erasures.
 */
final class RulesAudit {
    private final Damages damages;
    /** Whether all blocks before are known, so that what they say of tables and keys is. */
    private final boolean fromGenesis;

    private final ErasureCheck erasures;
    private final Catalog catalog = new Catalog();
    private final Set<TableName> used = new HashSet<>();
    private final Map<String, Key> keys = new TreeMap<>();
    private final AccessAudit access;
    private @Nullable Origin origin;
    private int level;

    /** A key of the ledger. */
    record Key(VerifierKey key, boolean active) {}

    RulesAudit(Damages damages, boolean fromGenesis, ErasureCheck erasures) {
        this.damages = damages;
        this.fromGenesis = fromGenesis;
        this.erasures = erasures;
        this.access = new AccessAudit(erasures::isErasedSoFar);
    }

    /** The tables as the last block leaves them. */
    Catalog catalog() {
        return catalog;
    }

    /** The tables that have entries, but for system tables. */
    Set<TableName> used() {
        return used;
    }

    /** The keys of the ledger by their ids, as the last block leaves them. */
    Map<String, Key> keys() {
        return keys;
    }

    /** Takes the next block that can be read. */
    void add(AuditedBlock audited, LedgerBlock block) throws IOException {
        if (block.header().height() == 0) {
            checkGenesis(block, audited);
        }
        if (audited.changesRules) {
            addInOrder(block);
        } else if (fromGenesis) {
            for (AuditedBlock.Use use : audited.uses) {
                check(block, use);
            }
        }
    }

    private void checkGenesis(LedgerBlock block, AuditedBlock audited) throws CorruptionException {
        for (AuditedBlock.Use use : audited.uses) {
            report(block, -1, "block 0 holds an entry of table '" + use.table + "', not only of system tables");
        }
        boolean founds = block.entryCount() >= 2
                && block.leaf(0).isOf(SystemTables.FORMAT)
                && block.leaf(1).isOf(SystemTables.KEYS);
        if (!founds) {
            report(block, -1, "block 0 does not begin with the level of the rules and the ledger's first key");
        }
    }

    private void check(LedgerBlock block, AuditedBlock.Use use) {
        used.add(use.table);
        TableInfo info = catalog.of(use.table);
        if (use.delete >= 0 && info.policy() != TablePolicy.VERSIONED) {
            report(block, use.delete, "a delete in table '" + use.table + "', which is " + info.policy());
        }
        if (use.expiry >= 0 && info.policy() != TablePolicy.VERSIONED) {
            report(block, use.expiry, "an expiry in table '" + use.table + "', whose entries never expire");
        }
        if (use.unsalted >= 0 && info.erasable()) {
            report(block, use.unsalted, "a put without a salt in table '" + use.table + "', which is erasable");
        }
    }

    /** Entry by entry, since what holds changes within the block. */
    private void addInOrder(LedgerBlock block) throws IOException {
        for (int i = 0; i < block.entryCount(); i++) {
            EntryLeaf leaf;
            StoredValue value;
            try {
                leaf = block.leaf(i);
                value = leaf.table().isSystem() ? block.value(i) : StoredValue.ERASED;
            } catch (CorruptionException e) {
                continue; // Was reported by who checked the block by itself.
            }
            TableName table = leaf.table();
            if (!table.isSystem()) {
                AuditedBlock.Use use = new AuditedBlock.Use(table);
                boolean delete = leaf.kind() == EntryLeaf.KIND_DELETE;
                use.delete = delete ? i : -1;
                use.unsalted = !delete && leaf.saltLength() == 0 ? i : -1;
                use.expiry = leaf.expiresAt() != 0 ? i : -1;
                if (fromGenesis) {
                    check(block, use);
                }
            } else if (table.equals(SystemTables.CREDENTIALS)) {
                String problem = fromGenesis ? access.addCredential(leaf, sequence(block, i)) : null;
                if (problem != null) {
                    report(block, i, problem);
                }
            } else if (SystemTables.KNOWN.contains(table) && !value.isErased()) {
                try {
                    addSystemEntry(block, i, leaf, value.value());
                } catch (UnsupportedFormatException e) {
                    throw e;
                } catch (IOException e) {
                    report(block, i, "an entry of " + table + " does not parse: " + e.getMessage());
                }
            }
        }
    }

    private void addSystemEntry(LedgerBlock block, int number, EntryLeaf leaf, byte[] value) throws IOException {
        String problem = null;
        if (leaf.isOf(SystemTables.ERASURES)) {
            problem = erasures.addEntry(leaf.key(), sequence(block, number));
        } else if (leaf.isOf(SystemTables.PRINCIPALS)) {
            String found = access.addPrincipal(leaf.key(), value);
            problem = fromGenesis ? found : null;
        } else if (leaf.isOf(SystemTables.FORMAT)) {
            problem = addLevel(SystemTables.checkLevel(SystemTables.level(value)));
        } else if (leaf.isOf(SystemTables.TABLES)) {
            problem = addTable(Catalog.parse(leaf.key(), value));
        } else if (leaf.isOf(SystemTables.KEYS)) {
            problem = addKey(block, new String(leaf.key(), StandardCharsets.UTF_8), value);
        }
        if (problem != null) {
            report(block, number, problem);
        }
    }

    private static long sequence(LedgerBlock block, int number) {
        return block.header().firstSequence() + number;
    }

    private @Nullable String addLevel(int stated) {
        String problem = stated <= level && fromGenesis
                ? "the level of the rules is only raised: expected more than " + level + ", found " + stated
                : null;
        level = stated;
        return problem;
    }

    private @Nullable String addTable(TableInfo info) {
        TableInfo before = catalog.of(info.name());
        boolean inUse = info.name().equals(TableName.DEFAULT) || used.contains(info.name());
        boolean settled = before.declared() || inUse;
        if (info.name().isSystem()) {
            return "_tables has an entry for '" + info.name() + "', which is BlockDB's own";
        }
        catalog.put(info);
        return fromGenesis && settled && before.policy() != info.policy()
                ? "the policy of table '" + info.name() + "' never changes: expected " + before.policy() + ", found "
                        + info.policy()
                : null;
    }

    private @Nullable String addKey(LedgerBlock block, String id, byte[] value) throws IOException {
        VerifierKey key = SystemTables.verifierKey(value);
        Map<String, String> fields = SystemTables.parse(value);
        boolean active = SystemTables.ACTIVE.equals(fields.get("state"));
        Key before = keys.get(id);
        if (!key.keyId().equals(id)) {
            return "_keys: expected the key of id " + id + ", found " + key.keyId();
        }
        if (!key.origin().ledgerId().equals(block.header().ledgerId())) {
            return "_keys: key " + id + " is of another ledger: expected "
                    + block.header().ledgerId() + ", found " + key.origin().ledgerId();
        }
        if (!active && !SystemTables.RETIRED.equals(fields.get("state"))) {
            return "_keys: state of key " + id + ": expected active or retired, found " + fields.get("state");
        }
        Origin named = origin;
        origin = named == null ? key.origin() : named;
        keys.put(id, new Key(key, active));
        if (named != null && !named.equals(key.origin())) {
            return "_keys: name of key " + id + ": expected " + named + ", found " + key.origin();
        }
        if (active) {
            return before == null ? null : "_keys: a key of this ledger has or had the id " + id;
        }
        boolean retires = before != null && before.active() && before.key().equals(key);
        return retires || !fromGenesis ? null : "_keys: key " + id + " is retired, and was not active";
    }

    private void report(LedgerBlock block, int number, String problem) {
        long sequence = number < 0 ? -1 : sequence(block, number);
        String what = number < 0 ? problem : "entry " + number + ": " + problem;
        damages.add(new Failure(block.corrupt(what), block.header().height(), sequence, null, null));
    }
}
