package io.blockdb.sstable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A raw page on the heap, checked and decompressed, and with it some of its keys in a form that is quick to search:
 * of up to one entry in every {@value #BYTES_PER_SAMPLE} bytes the eight bytes of its key that follow what all keys
 * of the page share. They lie side by side, where the entries themselves lie a value apart, so that a search waits
 * for two or three cache lines instead of one for each entry that it looks at.
 *
 * <p>The samples are made when the page is brought, in about a tenth of the time that decompressing it takes, and are
 * on no disk.
 *
 * <p>Threading: immutable.
 */
final class Page {
    private static final int BYTES_PER_SAMPLE = 64;
    /** What it costs besides the bytes of the page: three array headers and itself. */
    private static final int OVERHEAD = 96;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final long[] NO_WORDS = {};
    private static final int[] NO_OFFSETS = {};

    private final byte[] bytes;
    /** How many bytes all keys of the page share. */
    private final int prefixLength;

    private final long[] words;
    private final int[] offsets;

    private Page(byte[] bytes, int prefixLength, long[] words, int[] offsets) {
        this.bytes = bytes;
        this.prefixLength = prefixLength;
        this.words = words;
        this.offsets = offsets;
    }

    /** A page of entries. */
    static Page ofEntries(byte[] bytes) {
        PageCursor cursor = new PageCursor(true);
        cursor.reset(new Page(bytes, 0, NO_WORDS, NO_OFFSETS));
        cursor.first();
        byte[] first = Arrays.copyOf(cursor.key(), cursor.keyLength());
        int count = 1;
        while (cursor.next()) {
            count++;
        }
        cursor.last();
        int common = Arrays.mismatch(first, 0, first.length, cursor.key(), 0, cursor.keyLength());
        int prefixLength = common < 0 ? first.length : common;

        int samplesMax = Math.max(1, bytes.length / BYTES_PER_SAMPLE);
        int every = (count + samplesMax - 1) / samplesMax;
        long[] words = new long[(count + every - 1) / every];
        int[] offsets = new int[words.length];
        cursor.first();
        for (int i = 0; i < count; i++) {
            if (i % every == 0) {
                words[i / every] = word(cursor.key(), prefixLength, cursor.keyLength());
                offsets[i / every] = cursor.entryAt();
            }
            cursor.next();
        }
        return new Page(bytes, prefixLength, words, offsets);
    }

    /** A chunk of a filter. */
    static Page ofFilter(byte[] bytes) {
        return new Page(bytes, 0, NO_WORDS, NO_OFFSETS);
    }

    /**
     * The eight bytes of a key from {@code at} on, zeros behind its end, as a number that is compared as a signed one.
     * Of two keys that are equal up to {@code at}, the one with the smaller word is the smaller.
     */
    static long word(byte[] key, int at, int end) {
        int rest = end - at;
        long word = 0;
        if (rest >= Long.BYTES) {
            word = (long) LONG.get(key, at);
        } else {
            for (int i = 0; i < rest; i++) {
                word |= (key[at + i] & 0xffL) << (56 - 8 * i);
            }
        }
        return word ^ Long.MIN_VALUE;
    }

    byte[] bytes() {
        return bytes;
    }

    int prefixLength() {
        return prefixLength;
    }

    int samples() {
        return words.length;
    }

    /** The word of a sample. */
    long word(int sample) {
        return words[sample];
    }

    /** Where the entry of a sample begins. */
    int offset(int sample) {
        return offsets[sample];
    }

    /** The first sample whose word is not less, {@link #samples} where there is none. */
    int firstAtOrAfter(long word) {
        int low = 0;
        int high = words.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (words[middle] < word) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Bytes of memory that it takes. */
    long memoryBytes() {
        return bytes.length + words.length * (long) (Long.BYTES + Integer.BYTES) + OVERHEAD;
    }
}
