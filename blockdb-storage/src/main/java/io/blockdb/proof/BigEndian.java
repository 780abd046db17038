package io.blockdb.proof;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Big-endian numbers at fixed places of an array, as every layout of LEDGER.md has them. */
final class BigEndian {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private BigEndian() {}

    /** The two bytes at {@code at}, 0 to 65,535. */
    static int u16(byte[] array, int at) {
        return (short) SHORT.get(array, at) & 0xffff;
    }

    /** The four bytes at {@code at}, 0 to 2^32 - 1. */
    static long u32(byte[] array, int at) {
        return (int) INT.get(array, at) & 0xffff_ffffL;
    }

    /** The eight bytes at {@code at}; negative stands for 2^63 and above. */
    static long i64(byte[] array, int at) {
        return (long) LONG.get(array, at);
    }

    /** Writes the low 16 bits. */
    static void put16(byte[] array, int at, int value) {
        SHORT.set(array, at, (short) value);
    }

    /** Writes the low 32 bits. */
    static void put32(byte[] array, int at, long value) {
        INT.set(array, at, (int) value);
    }

    /** Writes all 64 bits. */
    static void put64(byte[] array, int at, long value) {
        LONG.set(array, at, value);
    }
}
