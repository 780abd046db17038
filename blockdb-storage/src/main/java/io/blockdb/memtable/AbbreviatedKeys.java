package io.blockdb.memtable;

import java.util.Arrays;

/**
 * Keys as 32 bits that order them as far as so few can: where two differ, their order is that of the keys; where they are equal, the
 * keys have to be compared (PostgreSQL's sorts abbreviate keys likewise).
 *
 * <p>The keys of a table often begin alike ({@code order:2024-}, or the zeros of a number), and four bytes that all have tell nothing.
 * So they are taken from behind what is expected to be common. A key that begins otherwise lies before or behind all that begin so.
 *
 * <p>Threading: immutable.
 */
final class AbbreviatedKeys {
    /** The first four bytes, nothing being common. */
    static final AbbreviatedKeys PLAIN = new AbbreviatedKeys(new byte[0]);

    private final byte[] common;

    /** @param common how most keys are expected to begin; not copied */
    AbbreviatedKeys(byte[] common) {
        this.common = common;
    }

    /** The abbreviation of {@code key[offset, offset + length)}: a signed number. */
    int of(byte[] key, int offset, int length) {
        int compared = Math.min(length, common.length);
        int order = Arrays.compareUnsigned(key, offset, offset + compared, common, 0, common.length);
        if (order != 0) {
            return order < 0 ? Integer.MIN_VALUE : Integer.MAX_VALUE;
        }
        int begin = offset + common.length;
        int end = offset + length;
        int bytes = 0;
        for (int i = begin; i < begin + Integer.BYTES; i++) {
            bytes = (bytes << Byte.SIZE) | (i < end ? key[i] & 0xff : 0);
        }
        return bytes ^ Integer.MIN_VALUE;
    }
}
