package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.TableName;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.LedgerCursor;
import io.blockdb.ledger.StoredValue;
import io.blockdb.proof.EntryLeaf;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Walks the entries of the ledger in the order of their sequences, system tables included, without the index: for who needs
 * the whole ledger, or has no index. Checks checksums and the chain, and not the hashes of the entries, as verify does.
 *
 * <p>It keeps a file open until it is closed. Threading: one thread at a time; others may write meanwhile.
 */
public final class LedgerEntries implements Closeable {
    private final LedgerCursor blocks;
    /** Entries from this sequence on are not seen. */
    private final long end;

    private final long timeMicros;
    private final @Nullable CorruptionException damage;
    private @Nullable LedgerBlock block;
    private @Nullable EntryLeaf leaf;
    private @Nullable TableName table;
    private int index;

    /** @param damage where the ledger goes on and cannot be read, null where it does not or that is not asked for */
    LedgerEntries(LedgerCursor blocks, long end, long timeMicros, @Nullable CorruptionException damage) {
        this.blocks = blocks;
        this.end = end;
        this.timeMicros = timeMicros;
        this.damage = damage;
    }

    /** When this was opened, in microseconds since the Unix epoch, never before the newest block: what has expired by then. */
    public long timeMicros() {
        return timeMicros;
    }

    /**
     * Moves to the next entry; false at the end.
     *
     * @throws CorruptionException if a block is damaged, or does not follow the one before
     */
    public boolean next() throws IOException {
        LedgerBlock current = block;
        index++;
        if (current == null || index == current.header().entryCount()) {
            current = blocks.point().entries() < end ? blocks.next() : null;
            block = current;
            index = 0;
        }
        if (current == null || current.header().firstSequence() + index >= end) {
            if (current == null && damage != null) {
                throw damage;
            }
            block = null;
            leaf = null;
            return false;
        }
        EntryLeaf next = current.leaf(index);
        leaf = next;
        table = next.table();
        return true;
    }

    private EntryLeaf current() {
        EntryLeaf current = leaf;
        if (current == null) {
            throw new IllegalStateException("at no entry");
        }
        return current;
    }

    private LedgerBlock currentBlock() {
        LedgerBlock current = block;
        if (current == null) {
            throw new IllegalStateException("at no entry");
        }
        return current;
    }

    /** The entry's number in the ledger. */
    public long sequence() {
        return currentBlock().header().firstSequence() + index;
    }

    /** The table. */
    public TableName table() {
        TableName current = table;
        if (current == null) {
            throw new IllegalStateException("at no entry");
        }
        return current;
    }

    /** The key; the caller's own. */
    public byte[] key() {
        return current().key();
    }

    /** Whether the entry is a delete. */
    public boolean isDelete() {
        return current().kind() == EntryLeaf.KIND_DELETE;
    }

    /** From when on the entry is hidden from reads, in microseconds since the Unix epoch; 0 = never. */
    public long expiresAt() {
        return current().expiresAt();
    }

    /** The value, empty where the entry is a delete; null where it was erased and is gone, or is shown to nobody. */
    public byte @Nullable [] value() throws IOException {
        if (table().isWithheld()) {
            return null;
        }
        StoredValue value = currentBlock().value(index);
        return value.isErased() ? null : value.value();
    }

    /**
     * What an entry of {@code _tables} says.
     *
     * @throws IllegalStateException if it is of another table
     */
    public TableInfo tableInfo() throws IOException {
        byte[] value = value();
        if (!table().equals(SystemTables.TABLES) || value == null) {
            throw new IllegalStateException("the entry is of table " + table);
        }
        return Catalog.parse(key(), value);
    }

    @Override
    public void close() throws IOException {
        block = null;
        leaf = null;
        blocks.close();
    }
}
