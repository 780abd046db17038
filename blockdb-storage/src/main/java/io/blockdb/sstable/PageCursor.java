package io.blockdb.sstable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Finds and walks the entries of one raw page ({@link SstableFormat}, data page and index page), without allocating:
 * the page stays a byte array, and a search compares with the bytes where they stand. Only where the key is asked for
 * ({@code keys}) it is put together in a buffer that is reused.
 *
 * <p>Pages come here with their checksum verified, so their structure is taken as the writer left it;
 * {@link SstableVerifier} is who distrusts it.
 *
 * <p>Threading: one thread at a time.
 */
final class PageCursor {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final byte[] NO_PAGE = new byte[0];

    private final boolean keys;

    private byte[] page = NO_PAGE;
    /** Where the entries end and the restart offsets begin. */
    private int entriesEnd;

    private int restartCount;

    /** The restart at or before the entry, and where the next one is, or {@link #entriesEnd}. */
    private int restart;

    private int nextRestartAt;
    /** Where the entry begins and ends; -1 when the cursor is at none. */
    private int entryAt = -1;

    private int nextAt;

    private int shared;
    private int unshared;
    private int unsharedAt;
    private int valueAt;
    private int valueLength;
    private long sequence;

    private byte[] key;
    private int keyLength;

    private boolean exact;

    /** Where the decoder is: a field, so that a number can be returned and passed over at once. */
    private int position;

    /** A cursor on no page. */
    PageCursor(boolean keys) {
        this.keys = keys;
        this.key = keys ? new byte[128] : NO_PAGE;
    }

    /** Turns to a page, at none of its entries. */
    void reset(byte[] newPage) {
        page = newPage;
        restartCount = (int) INT.get(newPage, newPage.length - 4);
        entriesEnd = newPage.length - 4 - 4 * restartCount;
        entryAt = -1;
    }

    boolean valid() {
        return entryAt >= 0;
    }

    /** Moves to the first entry; every page has one. */
    void first() {
        walk(0, 0);
    }

    /** Moves to the last entry; every page has one. */
    void last() {
        walk(restartCount - 1, entriesEnd - 1);
    }

    boolean next() {
        if (nextAt >= entriesEnd) {
            entryAt = -1;
            return false;
        }
        step();
        return true;
    }

    boolean previous() {
        int before = entryAt;
        if (before == 0) {
            entryAt = -1;
            return false;
        }
        walk(restartAt(restart) == before ? restart - 1 : restart, before - 1);
        return true;
    }

    /** Moves to the last entry that begins at or before {@code limit}, from a restart that does. */
    private void walk(int fromRestart, int limit) {
        startAt(fromRestart);
        do {
            step();
        } while (nextAt <= limit);
    }

    private void startAt(int newRestart) {
        restart = newRestart - 1;
        nextAt = restartAt(newRestart);
        nextRestartAt = nextAt;
    }

    private void step() {
        if (nextAt == nextRestartAt) {
            restart++;
            nextRestartAt = restart + 1 < restartCount ? restartAt(restart + 1) : entriesEnd;
        }
        entryAt = nextAt;
        decode(entryAt);
        if (keys) {
            keyLength = shared + unshared;
            if (key.length < keyLength) {
                key = Arrays.copyOf(key, keyLength + (keyLength >> 1));
            }
            System.arraycopy(page, unsharedAt, key, shared, unshared);
        }
    }

    /**
     * Moves to the first entry at or after (target, sequence), in the order of {@link io.blockdb.base.EntryCursor}.
     *
     * @return whether there is one in this page
     */
    boolean seek(byte[] target, int offset, int length, long targetSequence) {
        int from = restartBefore(target, offset, length, targetSequence);
        if (!scan(from, target, offset, length, targetSequence)) {
            entryAt = -1;
            return false;
        }
        if (keys) {
            walk(from, entryAt);
        }
        return true;
    }

    /** The last restart whose entry is before the target, or 0. */
    private int restartBefore(byte[] target, int offset, int length, long targetSequence) {
        int low = 0;
        int high = restartCount - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            decode(restartAt(middle));
            int order =
                    Arrays.compareUnsigned(page, unsharedAt, unsharedAt + unshared, target, offset, offset + length);
            if (order < 0 || (order == 0 && sequence > targetSequence)) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /**
     * Scans on from a restart without putting keys together: {@code match} is how much of the target the key before
     * shares with it. That key is less than the target, so one that shares more with it than {@code match} is less too,
     * and one that shares less, being greater than that key, is greater than the target.
     */
    private boolean scan(int from, byte[] target, int offset, int length, long targetSequence) {
        int match = 0;
        exact = false;
        startAt(from);
        while (nextAt < entriesEnd) {
            if (nextAt == nextRestartAt) {
                restart++;
                nextRestartAt = restart + 1 < restartCount ? restartAt(restart + 1) : entriesEnd;
                match = 0;
            }
            entryAt = nextAt;
            decode(entryAt);
            if (shared > match) {
                continue;
            }
            if (shared < match) {
                return true;
            }
            int at = offset + match;
            int common = Arrays.mismatch(page, unsharedAt, unsharedAt + unshared, target, at, offset + length);
            if (common < 0) {
                if (sequence <= targetSequence) {
                    exact = true;
                    return true;
                }
                match = length;
            } else if (match + common == length) {
                return true;
            } else if (common == unshared || (page[unsharedAt + common] & 0xff) < (target[at + common] & 0xff)) {
                match += common;
            } else {
                return true;
            }
        }
        return false;
    }

    /** Whether the last {@link #seek} found the very key that it was asked for, at whatever sequence. */
    boolean isExact() {
        return exact;
    }

    /** Of an index page's entry: offset and length of the frame that it points to. */
    FrameRef child() {
        position = valueAt;
        long offset = number();
        return new FrameRef(offset, length());
    }

    byte[] page() {
        return page;
    }

    byte[] key() {
        return key;
    }

    int keyLength() {
        return keyLength;
    }

    long sequence() {
        return sequence;
    }

    int valueAt() {
        return valueAt;
    }

    int valueLength() {
        return valueLength;
    }

    private void decode(int at) {
        position = at;
        shared = length();
        unshared = length();
        valueLength = length();
        sequence = number();
        unsharedAt = position;
        valueAt = unsharedAt + unshared;
        nextAt = valueAt + valueLength;
    }

    private int length() {
        int value = page[position++];
        if (value >= 0) {
            return value;
        }
        value &= 0x7f;
        for (int shift = 7; ; shift += 7) {
            int next = page[position++];
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    private long number() {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            int next = page[position++];
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    private int restartAt(int index) {
        return (int) INT.get(page, entriesEnd + 4 * index);
    }
}
