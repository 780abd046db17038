package io.blockdb.base;

/**
 * What an index structure holds for a key: the newest entry at or below the sequence that was asked for.
 *
 * @param sequence the entry's sequence
 * @param array holds the index value; not to be written, and never changed behind the holder's back
 * @param offset where the index value begins in {@code array}
 * @param length length of the index value in bytes
 */
public record IndexHit(long sequence, byte[] array, int offset, int length) {}
