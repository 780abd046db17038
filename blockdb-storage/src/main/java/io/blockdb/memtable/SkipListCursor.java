package io.blockdb.memtable;

import io.blockdb.base.EntryCursor;
import io.blockdb.base.TableName;
import org.jspecify.annotations.Nullable;

/**
 * Walks one table of a memtable, of which it also sees what is inserted meanwhile. Keys are copied when they are asked
 * for, values stay where they are.
 *
 * <p>Threading: one thread at a time; the memtable's writer may go on meanwhile.
 */
final class SkipListCursor implements EntryCursor {
    private final Memtable memtable;
    private final TableName table;
    /** Null until the memtable has an entry of the table. */
    private @Nullable SkipList list;

    private int node = SkipList.NONE;
    private byte[] key = new byte[32];
    /** The node whose key is in {@link #key}. */
    private int copied = SkipList.NONE;

    SkipListCursor(Memtable memtable, TableName table) {
        this.memtable = memtable;
        this.table = table;
    }

    @Override
    public boolean valid() {
        return node != SkipList.NONE;
    }

    @Override
    public boolean first() {
        SkipList found = list();
        return moveTo(found == null ? SkipList.NONE : found.first());
    }

    @Override
    public boolean last() {
        SkipList found = list();
        return moveTo(found == null ? SkipList.NONE : found.last());
    }

    @Override
    public boolean seek(byte[] target, long sequence) {
        SkipList found = list();
        return moveTo(found == null ? SkipList.NONE : found.atOrAfter(target, target.length, sequence));
    }

    @Override
    public boolean seekBefore(byte[] target, long sequence) {
        SkipList found = list();
        return moveTo(found == null ? SkipList.NONE : found.before(target, target.length, sequence));
    }

    @Override
    public boolean next() {
        return moveTo(current().next(node));
    }

    @Override
    public boolean previous() {
        SkipList current = current();
        return moveTo(current.before(keyArray(), current.keyLength(node), current.sequence(node)));
    }

    private boolean moveTo(int target) {
        node = target;
        return target != SkipList.NONE;
    }

    @Override
    public byte[] keyArray() {
        SkipList current = current();
        if (copied != node) {
            int room = KeyWords.count(current.keyLength(node)) << 3;
            if (room > key.length) {
                key = new byte[Math.max(room, key.length * 2)];
            }
            current.copyKey(node, key);
            copied = node;
        }
        return key;
    }

    @Override
    public int keyOffset() {
        return 0;
    }

    @Override
    public int keyLength() {
        return current().keyLength(node);
    }

    @Override
    public long sequence() {
        return current().sequence(node);
    }

    @Override
    public byte[] valueArray() {
        return current().valueArray(node);
    }

    @Override
    public int valueOffset() {
        return current().valueOffset(node);
    }

    @Override
    public int valueLength() {
        return current().valueLength(node);
    }

    /** Leaves the cursor at none; it holds nothing that would have to be given back. */
    @Override
    public void close() {
        node = SkipList.NONE;
    }

    private @Nullable SkipList list() {
        if (list == null) {
            list = memtable.list(table);
        }
        return list;
    }

    private SkipList current() {
        SkipList found = list;
        if (found == null || node == SkipList.NONE) {
            throw new IllegalStateException("the cursor is at no entry");
        }
        return found;
    }
}
