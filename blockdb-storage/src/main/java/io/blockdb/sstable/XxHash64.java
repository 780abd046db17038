package io.blockdb.sstable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * XXH64 with seed 0, as in the xxHash specification (github.com/Cyan4973/xxHash, doc/xxhash_spec.md). Written out in
 * Java because for keys of a few dozen bytes a call into native code costs more than the hash, and the pure Java one of
 * the LZ4 library uses what newer JDKs warn about.
 */
final class XxHash64 {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long PRIME_1 = 0x9E3779B185EBCA87L;
    private static final long PRIME_2 = 0xC2B2AE3D27D4EB4FL;
    private static final long PRIME_3 = 0x165667B19E3779F9L;
    private static final long PRIME_4 = 0x85EBCA77C2B2AE63L;
    private static final long PRIME_1_PLUS_2 = 0x60EA27EEADC0B5D6L;
    private static final long PRIME_5 = 0x27D4EB2F165667C5L;

    private XxHash64() {}

    /** The hash of {@code array[offset, offset + length)}. */
    static long hash(byte[] array, int offset, int length) {
        int at = offset;
        int end = offset + length;
        long hash;
        if (length >= 32) {
            long v1 = PRIME_1_PLUS_2;
            long v2 = PRIME_2;
            long v3 = 0;
            long v4 = -PRIME_1;
            for (; at <= end - 32; at += 32) {
                v1 = round(v1, (long) LONG.get(array, at));
                v2 = round(v2, (long) LONG.get(array, at + 8));
                v3 = round(v3, (long) LONG.get(array, at + 16));
                v4 = round(v4, (long) LONG.get(array, at + 24));
            }
            hash = Long.rotateLeft(v1, 1) + Long.rotateLeft(v2, 7) + Long.rotateLeft(v3, 12) + Long.rotateLeft(v4, 18);
            hash = merge(merge(merge(merge(hash, v1), v2), v3), v4);
        } else {
            hash = PRIME_5;
        }
        hash += length;
        for (; at <= end - 8; at += 8) {
            hash = Long.rotateLeft(hash ^ round(0, (long) LONG.get(array, at)), 27) * PRIME_1 + PRIME_4;
        }
        if (at <= end - 4) {
            hash = Long.rotateLeft(hash ^ (((int) INT.get(array, at) & 0xffff_ffffL) * PRIME_1), 23) * PRIME_2
                    + PRIME_3;
            at += 4;
        }
        for (; at < end; at++) {
            hash = Long.rotateLeft(hash ^ ((array[at] & 0xff) * PRIME_5), 11) * PRIME_1;
        }
        hash = (hash ^ (hash >>> 33)) * PRIME_2;
        hash = (hash ^ (hash >>> 29)) * PRIME_3;
        return hash ^ (hash >>> 32);
    }

    private static long round(long accumulator, long lane) {
        return Long.rotateLeft(accumulator + lane * PRIME_2, 31) * PRIME_1;
    }

    private static long merge(long hash, long lane) {
        return (hash ^ round(0, lane)) * PRIME_1 + PRIME_4;
    }
}
