package io.blockdb.base;

import java.io.Closeable;
import java.io.IOException;

/**
 * Walks the entries of an index structure in order: key ascending (unsigned bytes), and for equal keys the newest
 * first, that is sequence descending. Every (key, sequence) stands at most once.
 *
 * <p>A cursor is at an entry or at none ({@link #valid}); a new one is at none. Moving off either end leaves it at none,
 * from where only a seek, {@link #first} or {@link #last} brings it back. The arrays of key and value belong to the
 * structure: they must not be written, and hold what they say only until the cursor moves or is closed.
 *
 * <p>Threading: one thread at a time.
 */
public interface EntryCursor extends Closeable {
    /** Whether the cursor is at an entry. */
    boolean valid();

    /** Moves to the first entry. Returns {@link #valid}. */
    boolean first() throws IOException;

    /** Moves to the last entry. Returns {@link #valid}. */
    boolean last() throws IOException;

    /**
     * Moves to the first entry at or after (key, sequence): the first whose key is greater, or equal with a sequence of at
     * most {@code sequence}. {@code Long.MAX_VALUE} finds the newest entry of the key. Returns {@link #valid}.
     */
    boolean seek(byte[] key, long sequence) throws IOException;

    /** Moves to the last entry before (key, sequence) in the order above. Returns {@link #valid}. */
    boolean seekBefore(byte[] key, long sequence) throws IOException;

    /** Moves to the next entry; requires {@link #valid}. Returns {@link #valid}. */
    boolean next() throws IOException;

    /** Moves to the entry before; requires {@link #valid}. Returns {@link #valid}. */
    boolean previous() throws IOException;

    /** The array that holds the key, at {@link #keyOffset} for {@link #keyLength} bytes. */
    byte[] keyArray();

    /** Where the key begins in {@link #keyArray}. */
    int keyOffset();

    /** Length of the key in bytes. */
    int keyLength();

    /** Sequence of the entry. */
    long sequence();

    /** The array that holds the index value, at {@link #valueOffset} for {@link #valueLength} bytes. */
    byte[] valueArray();

    /** Where the index value begins in {@link #valueArray}. */
    int valueOffset();

    /** Length of the index value in bytes. */
    int valueLength();

    @Override
    void close();
}
