package io.blockdb.sstable;

import io.blockdb.base.EntryCursor;
import java.io.IOException;

/**
 * Walks a whole SSTable: a page cursor for each level, the one of the data page on the bottom putting keys together.
 * Next and previous go up only as far as a page ends, and down again at its edge.
 *
 * <p>Threading: one thread at a time.
 */
final class SstableCursor implements EntryCursor {
    private final Sstable table;
    private final boolean keepPages;
    /** By height: 0 is the data page. */
    private final PageCursor[] levels;

    private final PageCursor leaf;
    private boolean valid;

    SstableCursor(Sstable table, boolean keepPages) {
        this.table = table;
        this.keepPages = keepPages;
        this.levels = new PageCursor[table.height() + 1];
        for (int height = 0; height < levels.length; height++) {
            levels[height] = new PageCursor(height == 0);
        }
        this.leaf = levels[0];
        levels[table.height()].reset(table.root());
    }

    @Override
    public boolean valid() {
        return valid;
    }

    @Override
    public boolean first() throws IOException {
        valid = false;
        levels[table.height()].first();
        descend(table.height(), true);
        valid = true;
        return true;
    }

    @Override
    public boolean last() throws IOException {
        valid = false;
        levels[table.height()].last();
        descend(table.height(), false);
        valid = true;
        return true;
    }

    @Override
    public boolean seek(byte[] key, long sequence) throws IOException {
        return seek(key, key.length, sequence);
    }

    /** {@link #seek(byte[], long)} for {@code key[0, length)}. */
    boolean seek(byte[] key, int length, long sequence) throws IOException {
        valid = false;
        long clamped = Sstable.clamp(sequence);
        for (int height = table.height(); height > 0; height--) {
            if (!levels[height].seek(key, length, clamped)) {
                return false;
            }
            load(height - 1);
        }
        // A target between the page's last entry and its separator is followed by the next page's first entry.
        valid = leaf.seek(key, length, clamped) || nextPage();
        return valid;
    }

    @Override
    public boolean seekBefore(byte[] key, long sequence) throws IOException {
        return seekBefore(key, key.length, sequence);
    }

    /** {@link #seekBefore(byte[], long)} for {@code key[0, length)}. */
    boolean seekBefore(byte[] key, int length, long sequence) throws IOException {
        return seek(key, length, sequence) ? previous() : last();
    }

    @Override
    public boolean next() throws IOException {
        requireValid();
        valid = false;
        valid = leaf.next() || nextPage();
        return valid;
    }

    @Override
    public boolean previous() throws IOException {
        requireValid();
        valid = false;
        valid = leaf.previous() || previousPage();
        return valid;
    }

    private boolean nextPage() throws IOException {
        for (int height = 1; height < levels.length; height++) {
            if (levels[height].next()) {
                descend(height, true);
                return true;
            }
        }
        return false;
    }

    private boolean previousPage() throws IOException {
        for (int height = 1; height < levels.length; height++) {
            if (levels[height].previous()) {
                descend(height, false);
                return true;
            }
        }
        return false;
    }

    private void descend(int from, boolean toFirst) throws IOException {
        for (int height = from - 1; height >= 0; height--) {
            load(height);
            if (toFirst) {
                levels[height].first();
            } else {
                levels[height].last();
            }
        }
    }

    /** Turns a level to the page that the level above it points to. */
    private void load(int height) throws IOException {
        levels[height].reset(table.page(height, levels[height + 1].child(), keepPages || height > 0));
    }

    private void requireValid() {
        if (!valid) {
            throw new IllegalStateException("the cursor is at no entry");
        }
    }

    @Override
    public byte[] keyArray() {
        return leaf.key();
    }

    @Override
    public int keyOffset() {
        return 0;
    }

    @Override
    public int keyLength() {
        return leaf.keyLength();
    }

    @Override
    public long sequence() {
        return leaf.sequence();
    }

    @Override
    public byte[] valueArray() {
        return leaf.bytes();
    }

    @Override
    public int valueOffset() {
        return leaf.valueAt();
    }

    @Override
    public int valueLength() {
        return leaf.valueLength();
    }

    @Override
    public void close() {
        valid = false;
    }
}
