package io.blockdb.sstable;

import io.blockdb.base.EntryCursor;
import io.blockdb.base.TableName;
import java.io.IOException;

/**
 * The entries of one table out of an SSTable that may hold several: the cursor over everything, bounded to the index
 * keys with the table's prefix, which is left out of the keys shown.
 *
 * <p>Threading: one thread at a time.
 */
final class TableCursor implements EntryCursor {
    private final SstableCursor all;
    private final TableName table;
    private final int prefixLength;
    /** The least key that is greater than every key of the table: its prefix with the zero byte raised to one. */
    private final byte[] end;

    /** The table's prefix, and behind it the key that is sought. */
    private byte[] target;

    private boolean valid;

    TableCursor(SstableCursor all, TableName table) {
        this.all = all;
        this.table = table;
        this.prefixLength = table.indexPrefixLength();
        this.target = table.indexKey(new byte[64]);
        this.end = table.indexKey(new byte[0]);
        end[prefixLength - 1] = 1;
    }

    @Override
    public boolean valid() {
        return valid;
    }

    @Override
    public boolean first() throws IOException {
        valid = false;
        return settle(all.seek(target, prefixLength, Long.MAX_VALUE));
    }

    @Override
    public boolean last() throws IOException {
        valid = false;
        return settle(all.seekBefore(end, end.length, Long.MAX_VALUE));
    }

    @Override
    public boolean seek(byte[] key, long sequence) throws IOException {
        valid = false;
        int length = aimAt(key);
        return settle(all.seek(target, length, sequence));
    }

    @Override
    public boolean seekBefore(byte[] key, long sequence) throws IOException {
        valid = false;
        int length = aimAt(key);
        return settle(all.seekBefore(target, length, sequence));
    }

    /** Puts the key behind the prefix; {@link #target} may be another array after that. Returns the length of both. */
    private int aimAt(byte[] key) {
        int length = prefixLength + key.length;
        if (length > target.length) {
            target = table.indexKey(key);
        } else {
            System.arraycopy(key, 0, target, prefixLength, key.length);
        }
        return length;
    }

    @Override
    public boolean next() throws IOException {
        requireValid();
        valid = false;
        return settle(all.next());
    }

    @Override
    public boolean previous() throws IOException {
        requireValid();
        valid = false;
        return settle(all.previous());
    }

    private boolean settle(boolean atEntry) {
        valid = atEntry && table.isPrefixOf(all.keyArray(), all.keyOffset(), all.keyLength());
        return valid;
    }

    private void requireValid() {
        if (!valid) {
            throw new IllegalStateException("the cursor is at no entry of table " + table);
        }
    }

    @Override
    public byte[] keyArray() {
        return all.keyArray();
    }

    @Override
    public int keyOffset() {
        return all.keyOffset() + prefixLength;
    }

    @Override
    public int keyLength() {
        return all.keyLength() - prefixLength;
    }

    @Override
    public long sequence() {
        return all.sequence();
    }

    @Override
    public byte[] valueArray() {
        return all.valueArray();
    }

    @Override
    public int valueOffset() {
        return all.valueOffset();
    }

    @Override
    public int valueLength() {
        return all.valueLength();
    }

    @Override
    public void close() {
        valid = false;
        all.close();
    }
}
