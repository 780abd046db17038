package io.blockdb.sstable;

import io.blockdb.base.ByteWriter;
import java.util.Arrays;

/**
 * Builds the raw bytes of one page after the other ({@link SstableFormat}, data page and index page), and remembers the
 * last entry. Whether entries come in order is for the caller to check.
 *
 * <p>Threading: one thread at a time.
 */
final class PageBuilder {
    private final int restartInterval;
    private final ByteWriter raw;
    private int[] restarts = new int[64];
    private int restartCount;
    private int entriesSinceRestart;
    private int entries;
    private int firstKeyLength;

    private byte[] lastKey = new byte[64];
    private int lastKeyLength;
    private long lastSequence;

    PageBuilder(int pageSize, int restartInterval) {
        this.raw = new ByteWriter(pageSize + (pageSize >> 2));
        this.restartInterval = restartInterval;
    }

    /**
     * Adds an entry.
     *
     * @param shared how many bytes its key shares with {@link #lastKey}; of no meaning for the first entry of a page
     */
    void add(
            byte[] key,
            int keyAt,
            int keyLength,
            int shared,
            long sequence,
            byte[] value,
            int valueAt,
            int valueLength) {
        int common = shared;
        if (entries == 0 || entriesSinceRestart == restartInterval) {
            common = 0;
            entriesSinceRestart = 0;
            if (restartCount == restarts.length) {
                restarts = Arrays.copyOf(restarts, restartCount * 2);
            }
            restarts[restartCount++] = raw.size();
        }
        if (entries == 0) {
            firstKeyLength = keyLength;
        }
        raw.varint(common).varint(keyLength - common).varint(valueLength).varint(sequence);
        raw.bytes(key, keyAt + common, keyLength - common).bytes(value, valueAt, valueLength);
        entries++;
        entriesSinceRestart++;
        rememberLast(key, keyAt, keyLength, sequence);
    }

    private void rememberLast(byte[] key, int keyAt, int keyLength, long sequence) {
        if (lastKey.length < keyLength) {
            lastKey = new byte[keyLength + (keyLength >> 1)];
        }
        System.arraycopy(key, keyAt, lastKey, 0, keyLength);
        lastKeyLength = keyLength;
        lastSequence = sequence;
    }

    boolean isEmpty() {
        return entries == 0;
    }

    int entries() {
        return entries;
    }

    /**
     * How full the page is: its raw bytes without the first key, which it needs anyway. Otherwise long keys that share
     * nearly all of their bytes would each get a page of their own, and the page would be nothing but the key.
     */
    int fill() {
        return raw.size() + 4 * restartCount + 4 - firstKeyLength;
    }

    /** An upper bound of what {@link #fill} grows by with one more entry. */
    int growth(int keyLength, int shared, int valueLength) {
        int written = entriesSinceRestart == restartInterval ? keyLength + 4 : keyLength - shared;
        return written + valueLength + 16;
    }

    /** Key of the last entry of this page, or of the page before when this one is empty. */
    byte[] lastKey() {
        return lastKey;
    }

    int lastKeyLength() {
        return lastKeyLength;
    }

    long lastSequence() {
        return lastSequence;
    }

    /** Ends the page: the bytes stand in the writer until {@link #reset}. */
    ByteWriter finish() {
        for (int i = 0; i < restartCount; i++) {
            raw.i32(restarts[i]);
        }
        return raw.i32(restartCount);
    }

    /** Begins the next page; the last entry is still known. */
    void reset() {
        raw.clear();
        restartCount = 0;
        entriesSinceRestart = 0;
        entries = 0;
        firstKeyLength = 0;
    }
}
