package io.blockdb.db;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A range of keys, in the order of their unsigned bytes.
 *
 * @param from the first key that is in the range, if it is there; null = no bound
 * @param to the first key that is not in the range any more; null = no bound
 */
public record KeyRange(byte @Nullable [] from, byte @Nullable [] to) {
    private static final KeyRange ALL = new KeyRange(null, null);

    /** All keys. */
    public static KeyRange all() {
        return ALL;
    }

    /** The keys from one on and before another; null = no bound. */
    public static KeyRange between(byte @Nullable [] from, byte @Nullable [] to) {
        return new KeyRange(from, to);
    }

    /** The keys that begin with some bytes. */
    public static KeyRange prefix(byte[] prefix) {
        int end = prefix.length;
        while (end > 0 && prefix[end - 1] == (byte) 0xff) {
            end--;
        }
        if (end == 0) {
            return new KeyRange(prefix.length == 0 ? null : prefix, null);
        }
        byte[] behind = Arrays.copyOf(prefix, end);
        behind[end - 1]++;
        return new KeyRange(prefix, behind);
    }

    /** Whether a key is in the range. */
    public boolean contains(byte[] key) {
        return beginsAtOrBefore(key, 0, key.length) && endsBehind(key, 0, key.length);
    }

    /** Whether a key is before the end of the range. */
    boolean endsBehind(byte[] array, int offset, int length) {
        byte[] end = to;
        return end == null || Arrays.compareUnsigned(array, offset, offset + length, end, 0, end.length) < 0;
    }

    /** Whether a key is at or behind the begin of the range. */
    boolean beginsAtOrBefore(byte[] array, int offset, int length) {
        byte[] start = from;
        return start == null || Arrays.compareUnsigned(array, offset, offset + length, start, 0, start.length) >= 0;
    }
}
