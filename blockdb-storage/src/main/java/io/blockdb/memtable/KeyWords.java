package io.blockdb.memtable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A key as 64-bit words, eight bytes each, big-endian, the last one filled up with zeros. Every word has its top bit
 * flipped, so that comparing words as signed numbers compares the bytes as unsigned ones. Two keys whose words are equal,
 * as far as both have some, are in the order of their lengths: the shorter one is a prefix of the longer.
 */
final class KeyWords {
    private static final VarHandle BIG_ENDIAN =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private KeyWords() {}

    /** How many words a key of {@code length} bytes has. */
    static int count(int length) {
        return (length + Long.BYTES - 1) >>> 3;
    }

    /** Word {@code number} of {@code key[offset, offset + length)}; the key must reach into that word. */
    static long word(byte[] key, int offset, int length, int number) {
        int begin = number << 3;
        int rest = length - begin;
        if (rest >= Long.BYTES) {
            return (long) BIG_ENDIAN.get(key, offset + begin) ^ Long.MIN_VALUE;
        }
        if (length >= Long.BYTES) {
            // The last eight bytes of the key, less those that belong to the word before.
            long last = (long) BIG_ENDIAN.get(key, offset + length - Long.BYTES);
            return (last << ((Long.BYTES - rest) << 3)) ^ Long.MIN_VALUE;
        }
        long word = 0;
        for (int i = 0; i < rest; i++) {
            word |= (key[offset + begin + i] & 0xffL) << (56 - (i << 3));
        }
        return word ^ Long.MIN_VALUE;
    }

    /** Writes the bytes of {@code word} to {@code target[offset, offset + 8)}. */
    static void unpack(long word, byte[] target, int offset) {
        BIG_ENDIAN.set(target, offset, word ^ Long.MIN_VALUE);
    }
}
