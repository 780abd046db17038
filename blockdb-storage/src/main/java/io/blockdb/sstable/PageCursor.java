package io.blockdb.sstable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Finds and walks the entries of one raw page ({@link SstableFormat}, data page and index page), without allocating:
 * the page stays a byte array, and a search compares with the bytes where they stand. Only where keys are asked for
 * ({@code keys}) they are put together in a buffer that is reused.
 *
 * <p>Pages come here with their checksum verified, so their structure is taken as the writer left it;
 * {@link SstableVerifier} is who distrusts it.
 *
 * <p>Threading: one thread at a time.
 */
final class PageCursor {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG_FROM_LOW =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    /** The top bit of each byte, which says in a variable-length number that more follow. */
    private static final long MORE_BITS = 0x8080_8080_8080_8080L;
    /** The same of three lengths that stand side by side, each of one byte, read with the byte behind them. */
    private static final int LENGTHS_MORE_BITS = 0x8080_8000;
    /** So many samples are walked over where they do not tell keys apart; where more, restarts are compared. */
    private static final int EQUAL_SAMPLES_MAX = 4;

    private static final byte[] NO_BYTES = new byte[0];
    private static final Page NO_PAGE = Page.ofFilter(0, 0, NO_BYTES);

    private final boolean keys;

    private Page page = NO_PAGE;
    /** Those of {@link #page}. */
    private byte[] bytes = NO_BYTES;
    /** Where the entries end and the restart offsets begin. */
    private int entriesEnd;

    private int restartCount;

    /** Where the entry begins and ends; -1 when the cursor is at none. */
    private int entryAt = -1;

    private int nextAt;

    private int shared;
    private int unshared;
    private int sequenceAt;
    private int unsharedAt;
    private int valueAt;

    private byte[] key;
    private int keyLength;

    private boolean exact;

    /** How much of the target the key before the next entry shares, while a target is sought. */
    private int match;

    /** Where the decoder is: a field, so that a number can be returned and passed over at once. */
    private int position;

    /** A cursor on no page. */
    PageCursor(boolean keys) {
        this.keys = keys;
        this.key = keys ? new byte[64] : NO_BYTES;
    }

    /** Turns to a page, at none of its entries. */
    void reset(Page newPage) {
        page = newPage;
        bytes = newPage.bytes();
        restartCount = newPage.restartCount();
        entriesEnd = bytes.length - 4 - 4 * restartCount;
        entryAt = -1;
    }

    boolean valid() {
        return entryAt >= 0;
    }

    /** Moves to the first entry; every page has one. */
    void first() {
        nextAt = 0;
        step();
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
        int low = 0;
        int high = restartCount - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (restartAt(middle) < before) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        walk(low, before - 1);
        return true;
    }

    /** Moves to the last entry that begins at or before {@code limit}, from a restart that does. */
    private void walk(int fromRestart, int limit) {
        nextAt = restartAt(fromRestart);
        do {
            step();
        } while (nextAt <= limit);
    }

    private void step() {
        entryAt = nextAt;
        decode(entryAt);
        if (keys) {
            keyLength = shared + unshared;
            if (key.length < keyLength) {
                key = Arrays.copyOf(key, keyLength + (keyLength >> 1));
            }
            System.arraycopy(bytes, unsharedAt, key, shared, unshared);
        }
    }

    /**
     * Moves to the first entry at or after (target, sequence), in the order of {@link io.blockdb.base.EntryCursor}.
     *
     * @return whether there is one in this page
     */
    boolean seek(byte[] target, int length, long targetSequence) {
        exact = false;
        if (!approach(target, length, targetSequence) || !scan(target, length, targetSequence)) {
            entryAt = -1;
            return false;
        }
        if (keys) {
            // What the key shares with the one before, which is less than the target, it shares with the target.
            keyLength = shared + unshared;
            if (key.length < keyLength) {
                key = new byte[keyLength + (keyLength >> 1)];
            }
            System.arraycopy(target, 0, key, 0, shared);
            System.arraycopy(bytes, unsharedAt, key, shared, unshared);
        }
        return true;
    }

    /**
     * Chooses where the scan begins: {@link #nextAt} behind an entry that is before the target, or at a restart.
     *
     * @return false where all keys of the page are less than the target
     */
    private boolean approach(byte[] target, int length, long targetSequence) {
        match = 0;
        nextAt = 0;
        int prefixLength = page.prefixLength();
        if (prefixLength > 0) {
            decode(0);
            int common = Arrays.mismatch(bytes, unsharedAt, unsharedAt + prefixLength, target, 0, length);
            if (common >= 0 && common < prefixLength) {
                nextAt = 0;
                // Less than all keys, unless it goes on where it differs, and with a greater byte.
                return common == length || (target[common] & 0xff) < (bytes[unsharedAt + common] & 0xff);
            }
            nextAt = 0;
        }
        long word = Page.word(target, prefixLength, length);
        int sample = page.firstSampleAtOrAfter(word);
        int farther = sample + EQUAL_SAMPLES_MAX;
        if (page.sampleCount() == 0 || (farther < page.sampleCount() && page.sampleWord(farther) == word)) {
            nextAt = restartAt(restartBefore(target, length, targetSequence));
        } else if (sample > 0) {
            startBehind(sample, word, prefixLength);
        }
        return true;
    }

    /** Starts behind the entry of the sample before, whose word is less: or where that ends, at this sample's entry. */
    private void startBehind(int sample, long word, int prefixLength) {
        long before = page.sampleWord(sample - 1);
        int equalBytes = Long.numberOfLeadingZeros(before ^ word) >>> 3;
        match = prefixLength + equalBytes;
        // Zeros may stand for the end of the key, which then shares less.
        boolean mayHaveEnded =
                equalBytes > 0 && (((before ^ Long.MIN_VALUE) >>> (Long.SIZE - 8 * equalBytes)) & 0xff) == 0;
        if (mayHaveEnded || !page.allSampled() || sample == page.sampleCount()) {
            decode(page.sampleOffset(sample - 1));
            match = Math.min(match, shared + unshared);
        } else {
            nextAt = page.sampleOffset(sample);
        }
    }

    /** The last restart whose entry is before the target, or 0. */
    private int restartBefore(byte[] target, int length, long targetSequence) {
        int low = 0;
        int high = restartCount - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            decode(restartAt(middle));
            int order = Arrays.compareUnsigned(bytes, unsharedAt, valueAt, target, 0, length);
            if (order < 0 || (order == 0 && sequence() > targetSequence)) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /**
     * Scans on from {@link #nextAt} without putting keys together: {@link #match} is how much of the target the key
     * before shares with it. That key is less than the target, so one that shares more with it than {@code match} is
     * less too, and one that shares less, being greater than that key, is greater than the target. One that shares
     * nothing may be a restart, and is compared whole.
     */
    private boolean scan(byte[] target, int length, long targetSequence) {
        while (nextAt < entriesEnd) {
            entryAt = nextAt;
            decode(entryAt);
            if (shared > match) {
                continue;
            }
            if (shared < match) {
                if (shared > 0) {
                    return true;
                }
                match = 0;
            }
            int common = Arrays.mismatch(bytes, unsharedAt, valueAt, target, match, length);
            if (common < 0) {
                if (sequence() <= targetSequence) {
                    exact = true;
                    return true;
                }
                match = length;
            } else if (match + common == length) {
                return true;
            } else if (common == unshared || (bytes[unsharedAt + common] & 0xff) < (target[match + common] & 0xff)) {
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

    byte[] bytes() {
        return bytes;
    }

    /** Where the entry begins in the page. */
    int entryAt() {
        return entryAt;
    }

    byte[] key() {
        return key;
    }

    int keyLength() {
        return keyLength;
    }

    long sequence() {
        position = sequenceAt;
        return number();
    }

    int valueAt() {
        return valueAt;
    }

    int valueLength() {
        return nextAt - valueAt;
    }

    /**
     * Takes the entry apart, all but its sequence, of which only the end is looked for. At least 8 bytes follow the
     * entries of a page, so that whole words can be read.
     */
    private void decode(int at) {
        int lengths = (int) INT.get(bytes, at);
        int valueLength;
        if ((lengths & LENGTHS_MORE_BITS) == 0) {
            shared = lengths >>> 24;
            unshared = (lengths >>> 16) & 0xff;
            valueLength = (lengths >>> 8) & 0xff;
            sequenceAt = at + 3;
        } else {
            position = at;
            shared = length();
            unshared = length();
            valueLength = length();
            sequenceAt = position;
        }
        long lastBytes = ~(long) LONG_FROM_LOW.get(bytes, sequenceAt) & MORE_BITS;
        unsharedAt = sequenceAt + 1 + (Long.numberOfTrailingZeros(lastBytes) >>> 3);
        valueAt = unsharedAt + unshared;
        nextAt = valueAt + valueLength;
    }

    private int length() {
        int value = bytes[position++];
        if (value >= 0) {
            return value;
        }
        value &= 0x7f;
        for (int shift = 7; ; shift += 7) {
            int next = bytes[position++];
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    private long number() {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            int next = bytes[position++];
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    private int restartAt(int index) {
        return (int) INT.get(bytes, entriesEnd + 4 * index);
    }
}
