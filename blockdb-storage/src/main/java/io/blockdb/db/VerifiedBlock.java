package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.LedgerId;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.Position;
import io.blockdb.base.TableName;
import io.blockdb.base.UnsupportedFormatException;
import io.blockdb.ledger.BlockEntry;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.StoredValue;
import io.blockdb.proof.BlockHeader;
import io.blockdb.proof.EntryLeaf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A block that another engine made and that checks out: it follows the head, its root is that of its entries, every entry obeys
 * what LEDGER.md says of entries and their tables, and every value that is there is the one its entry commits to. What it says
 * in system tables was read, so that nothing of it can turn out to be unreadable once it is appended.
 *
 * <p>Not checked: whether apply would have decided so. That takes all blocks before, and is for {@code verify}.
 *
 * <p>Threading: one thread.
 */
final class VerifiedBlock {
    private final LedgerBlock block;
    private final Catalog catalog;
    private final List<BlockEntry> entries;
    private final List<EntryLeaf> leaves;
    private final Map<TableName, TableInfo> tablesChanged = new HashMap<>();
    private int level;

    private VerifiedBlock(LedgerBlock block, Catalog catalog, int level) throws CorruptionException {
        this.block = block;
        this.catalog = catalog;
        this.level = level;
        this.entries = block.entries();
        this.leaves = new ArrayList<>(entries.size());
        for (int i = 0; i < entries.size(); i++) {
            leaves.add(block.leaf(i));
        }
    }

    /**
     * Checks a block.
     *
     * @param before the point that it must follow
     * @param ledgerId id of the ledger, null while it has no block
     * @param catalog the tables before the block
     * @param level the level of the rules before the block
     */
    static VerifiedBlock of(
            LedgerBlock block, LedgerPoint before, @Nullable LedgerId ledgerId, Catalog catalog, int level)
            throws IOException {
        block.checkFollows(before);
        if (ledgerId != null && !ledgerId.equals(block.header().ledgerId())) {
            throw block.corrupt("block of another ledger: expected " + ledgerId + ", found "
                    + block.header().ledgerId());
        }
        block.checkEntriesRoot();
        block.checkValues();
        VerifiedBlock verified = new VerifiedBlock(block, catalog, level);
        verified.checkEntries(before.isGenesis());
        return verified;
    }

    private void checkEntries(boolean genesis) throws IOException {
        for (int i = 0; i < leaves.size(); i++) {
            EntryLeaf leaf = leaves.get(i);
            TableName table = leaf.table();
            if (table.isSystem()) {
                readSystemEntry(i, leaf);
            } else if (genesis) {
                throw corrupt(i, "block 0 holds an entry of table '" + table + "', not only of system tables");
            }
            checkTable(i, leaf, table);
        }
        if (leaves.get(leaves.size() - 1).joined()) {
            throw corrupt(leaves.size() - 1, "the last entry of the block is joined to a next one");
        }
    }

    private void checkTable(int number, EntryLeaf leaf, TableName table) throws CorruptionException {
        TableInfo changed = tablesChanged.get(table);
        TablePolicy policy = (changed != null ? changed : catalog.of(table)).policy();
        if (leaf.kind() == EntryLeaf.KIND_DELETE && policy != TablePolicy.VERSIONED) {
            throw corrupt(number, "a delete in table '" + table + "', which is " + policy);
        }
        boolean mayExpire = table.isSystem() ? table.equals(SystemTables.REQUESTS) : policy == TablePolicy.VERSIONED;
        if (leaf.expiresAt() != 0 && !mayExpire) {
            throw corrupt(number, "an expiry in table '" + table + "', whose entries never expire");
        }
    }

    private void readSystemEntry(int number, EntryLeaf leaf) throws IOException {
        boolean tables = leaf.table().equals(SystemTables.TABLES);
        boolean principals = leaf.table().equals(SystemTables.PRINCIPALS);
        if (!tables && !principals && !leaf.table().equals(SystemTables.FORMAT)) {
            return;
        }
        StoredValue value = entries.get(number).value();
        if (leaf.kind() != EntryLeaf.KIND_PUT || leaf.saltLength() > 0 || value.isErased()) {
            throw corrupt(number, "an entry of table '" + leaf.table() + "' is salted or has no value");
        }
        try {
            if (tables) {
                TableInfo info = Catalog.parse(leaf.key(), value.value());
                tablesChanged.put(info.name(), info);
            } else if (principals) {
                AccessFormat.check(leaf.key(), value.value());
            } else {
                level = SystemTables.level(value.value());
            }
        } catch (CorruptionException e) {
            throw corrupt(number, e.getMessage());
        }
        if (level > SystemTables.LEVEL) {
            throw UnsupportedFormatException.version("_format: level of the rules", level, 1, SystemTables.LEVEL);
        }
    }

    private CorruptionException corrupt(int number, @Nullable String reason) {
        return block.corrupt("entry " + number + " (sequence " + (header().firstSequence() + number) + "): " + reason);
    }

    BlockHeader header() {
        return block.header();
    }

    Position position() {
        return block.position();
    }

    /** The entries as they are appended. */
    List<BlockEntry> entries() {
        return entries;
    }

    /** The leaf data of an entry, parsed. */
    EntryLeaf leaf(int number) {
        return leaves.get(number);
    }

    /** Tables whose entries in {@code _tables} the block adds, as they are after it. */
    Collection<TableInfo> tablesChanged() {
        return tablesChanged.values();
    }

    /** The level of the rules after the block. */
    int level() {
        return level;
    }
}
