package io.blockdb.base;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Several cursors seen as one, in the order of {@link EntryCursor}. No two of them may hold the same (key, sequence);
 * they belong to this cursor, which closes them.
 *
 * <p>The children that are at an entry form a heap, the current one on top. Walking forward, every other child is at
 * its first entry behind the current one, or at none where it has no such entry; walking backward, at its last entry
 * before; what a child that grows gets in between meanwhile may be passed over. A step costs one move of a child, and one or
 * two comparisons as long as the same child stays on top, else up to twice the height of the heap; a change of direction
 * costs a seek in each child.
 *
 * <p>After an {@link IOException} it is at no entry; a seek may be tried again.
 *
 * <p>Threading: one thread at a time.
 */
public final class MergingCursor implements EntryCursor {
    private final EntryCursor[] children;
    private final EntryCursor[] heap;

    /** How many children are at an entry: 0 means that this cursor is at none. */
    private int size;

    /** Which way the heap is ordered: the least entry on top, or the greatest. */
    private boolean forward = true;

    /** Merges these cursors, of which there may be none. */
    public MergingCursor(List<? extends EntryCursor> children) {
        this.children = children.toArray(new EntryCursor[0]);
        this.heap = new EntryCursor[this.children.length];
    }

    @Override
    public boolean valid() {
        return size > 0;
    }

    @Override
    public boolean first() throws IOException {
        size = 0;
        for (EntryCursor child : children) {
            child.first();
        }
        return order(true);
    }

    @Override
    public boolean last() throws IOException {
        size = 0;
        for (EntryCursor child : children) {
            child.last();
        }
        return order(false);
    }

    @Override
    public boolean seek(byte[] key, long sequence) throws IOException {
        size = 0;
        for (EntryCursor child : children) {
            child.seek(key, sequence);
        }
        return order(true);
    }

    @Override
    public boolean seekBefore(byte[] key, long sequence) throws IOException {
        size = 0;
        for (EntryCursor child : children) {
            child.seekBefore(key, sequence);
        }
        return order(false);
    }

    @Override
    public boolean next() throws IOException {
        EntryCursor current = current();
        if (!forward) {
            turn(current);
        }
        // At none while children move, so that an error leaves this cursor there.
        int count = size;
        size = 0;
        return replaceTop(count, current.next());
    }

    @Override
    public boolean previous() throws IOException {
        EntryCursor current = current();
        if (forward) {
            turn(current);
        }
        int count = size;
        size = 0;
        return replaceTop(count, current.previous());
    }

    /** The child on top has moved: to an entry, or off its end. */
    private boolean replaceTop(int count, boolean atEntry) {
        size = atEntry ? count : count - 1;
        if (!atEntry) {
            heap[0] = heap[size];
        }
        if (size > 1) {
            siftDown(0);
        }
        return size > 0;
    }

    /**
     * Changes direction: all children but the current one go to the other side of its entry. They are sought there, since in a
     * child that grows meanwhile more than one entry may stand between where it is and where it has to be.
     */
    private void turn(EntryCursor current) throws IOException {
        boolean toForward = !forward;
        byte[] key =
                Arrays.copyOfRange(current.keyArray(), current.keyOffset(), current.keyOffset() + current.keyLength());
        size = 0;
        for (EntryCursor child : children) {
            if (child == current) {
                continue;
            }
            if (toForward) {
                child.seek(key, current.sequence());
            } else {
                child.seekBefore(key, current.sequence());
            }
        }
        order(toForward);
    }

    /** Builds the heap from where the children are. */
    private boolean order(boolean toForward) {
        forward = toForward;
        int count = 0;
        for (EntryCursor child : children) {
            if (child.valid()) {
                heap[count++] = child;
            }
        }
        size = count;
        for (int i = (count >>> 1) - 1; i >= 0; i--) {
            siftDown(i);
        }
        return count > 0;
    }

    private void siftDown(int from) {
        EntryCursor moved = heap[from];
        int at = from;
        while (true) {
            int child = 2 * at + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && isBefore(heap[child + 1], heap[child])) {
                child++;
            }
            if (!isBefore(heap[child], moved)) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = moved;
    }

    /** Whether {@code a} comes before {@code b} in the direction walked. */
    private boolean isBefore(EntryCursor a, EntryCursor b) {
        int order = Arrays.compareUnsigned(
                a.keyArray(),
                a.keyOffset(),
                a.keyOffset() + a.keyLength(),
                b.keyArray(),
                b.keyOffset(),
                b.keyOffset() + b.keyLength());
        if (order == 0) {
            order = Long.compare(b.sequence(), a.sequence());
        }
        return forward ? order < 0 : order > 0;
    }

    private EntryCursor current() {
        if (size == 0) {
            throw new IllegalStateException("the cursor is at no entry");
        }
        return heap[0];
    }

    @Override
    public byte[] keyArray() {
        return current().keyArray();
    }

    @Override
    public int keyOffset() {
        return current().keyOffset();
    }

    @Override
    public int keyLength() {
        return current().keyLength();
    }

    @Override
    public long sequence() {
        return current().sequence();
    }

    @Override
    public byte[] valueArray() {
        return current().valueArray();
    }

    @Override
    public int valueOffset() {
        return current().valueOffset();
    }

    @Override
    public int valueLength() {
        return current().valueLength();
    }

    @Override
    public void close() {
        size = 0;
        for (EntryCursor child : children) {
            child.close();
        }
    }
}
