package io.blockdb.sstable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A raw page on the heap, checked and decompressed, with what makes it quick to search: of one entry in every
 * {@value #BYTES_PER_SAMPLE} bytes, or of all where they are longer, a sample, which is the six bytes of its key that follow what all keys of the page
 * share, and where it begins. Samples lie side by side, where the entries themselves lie a value apart, so that a search
 * waits for two or three cache lines instead of one for each entry that it looks at.
 *
 * <p>The samples are made when the page is brought, which adds about a tenth to what bringing it takes, and stand on no
 * disk. A page is also its own link in the {@link PageCache}: one object less on the way to an entry.
 *
 * <p>Threading: immutable, but for the links, which are the cache's.
 */
final class Page {
    private static final int BYTES_PER_SAMPLE = 64;
    /** A longer page has no samples: the offsets of its entries do not fit. */
    private static final int LENGTH_WITH_SAMPLES_MAX = 1 << 16;

    private static final long OFFSET_MASK = LENGTH_WITH_SAMPLES_MAX - 1;
    /** What it costs besides the bytes and the samples: itself, two array headers, its part of the cache's table. */
    private static final int OVERHEAD = 136;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final long[] NO_SAMPLES = {};

    final long fileNumber;
    final long offset;
    private final byte[] bytes;
    private final int restartCount;
    /** How many bytes all keys of the page share, as far as there are samples. */
    private final int prefixLength;
    /** Whether there is a sample of every entry. */
    private final boolean allSampled;
    /** The upper six bytes of a word, and the entry's offset; ascending. */
    private final long[] samples;

    // ---- The cache's links

    /** The next page in the same bucket. A page that was taken out still leads on, so that no reader is lost. */
    volatile @Nullable Page nextInChain;

    /** Whether it was read since the hand came by. A race loses a hint, no more. */
    boolean read;

    /** The ring; in itself until it is linked. */
    Page before = this;

    Page behind = this;

    private Page(
            long fileNumber,
            long offset,
            byte[] bytes,
            int restartCount,
            int prefixLength,
            boolean all,
            long[] samples) {
        this.fileNumber = fileNumber;
        this.offset = offset;
        this.bytes = bytes;
        this.restartCount = restartCount;
        this.prefixLength = prefixLength;
        this.allSampled = all;
        this.samples = samples;
    }

    /** A page of entries, whose frame stands at that offset of a file. */
    static Page ofEntries(long fileNumber, long offset, byte[] bytes) {
        int restartCount = (int) INT.get(bytes, bytes.length - 4);
        Page bare = new Page(fileNumber, offset, bytes, restartCount, 0, false, NO_SAMPLES);
        if (bytes.length > LENGTH_WITH_SAMPLES_MAX) {
            return bare;
        }
        PageCursor cursor = new PageCursor(true);
        cursor.reset(bare);
        cursor.last();
        byte[] last = Arrays.copyOf(cursor.key(), cursor.keyLength());
        cursor.first();
        int common = Arrays.mismatch(last, 0, last.length, cursor.key(), 0, cursor.keyLength());
        int prefixLength = common < 0 ? last.length : common;

        long[] samples = new long[bytes.length / BYTES_PER_SAMPLE + 1];
        int count = 0;
        boolean all = true;
        for (int next = 0; cursor.valid(); cursor.next()) {
            if (cursor.entryAt() >= next) {
                samples[count++] = word(cursor.key(), prefixLength, cursor.keyLength()) | cursor.entryAt();
                next = cursor.entryAt() + BYTES_PER_SAMPLE;
            } else {
                all = false;
            }
        }
        return new Page(fileNumber, offset, bytes, restartCount, prefixLength, all, Arrays.copyOf(samples, count));
    }

    /** A chunk of a filter, whose frame stands at that offset of a file. */
    static Page ofFilter(long fileNumber, long offset, byte[] bytes) {
        return new Page(fileNumber, offset, bytes, 0, 0, false, NO_SAMPLES);
    }

    /**
     * The six bytes of a key from {@code at} on, zeros behind its end, in the upper part of a number that compares as the
     * bytes do if taken as signed. Of two keys that are equal up to {@code at}, the one with the smaller word is smaller.
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
        return (word & ~OFFSET_MASK) ^ Long.MIN_VALUE;
    }

    byte[] bytes() {
        return bytes;
    }

    int restartCount() {
        return restartCount;
    }

    int prefixLength() {
        return prefixLength;
    }

    int sampleCount() {
        return samples.length;
    }

    /** Whether there is a sample of every entry. */
    boolean allSampled() {
        return allSampled;
    }

    /** The {@link #word} of a sample. */
    long sampleWord(int sample) {
        return samples[sample] & ~OFFSET_MASK;
    }

    /** Where the entry of a sample begins. */
    int sampleOffset(int sample) {
        return (int) (samples[sample] & OFFSET_MASK);
    }

    /** The first sample whose word is not less, {@link #sampleCount} where there is none. */
    int firstSampleAtOrAfter(long word) {
        int low = 0;
        int high = samples.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (samples[middle] < word) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Bytes of memory that it takes. */
    long memoryBytes() {
        return bytes.length + (long) samples.length * Long.BYTES + OVERHEAD;
    }
}
