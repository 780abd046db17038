package io.blockdb.base;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Writes big-endian numbers and byte strings into an array that grows. Meant to be reused: {@link #clear} keeps the
 * array.
 *
 * <p>Threading: one thread at a time.
 */
public final class ByteWriter {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private byte[] array;
    private int size;

    /** An empty writer with room for {@code capacity} bytes before it grows. */
    public ByteWriter(int capacity) {
        array = new byte[Math.max(16, capacity)];
    }

    /** Bytes written so far. */
    public int size() {
        return size;
    }

    /** The array that holds them from index 0; replaced when it grows. */
    public byte[] array() {
        return array;
    }

    /** A copy of the bytes written. */
    public byte[] toBytes() {
        return Arrays.copyOf(array, size);
    }

    /** Forgets what was written, keeps the array. */
    public void clear() {
        size = 0;
    }

    /** Writes the low 8 bits. */
    public ByteWriter u8(int value) {
        int at = grow(1);
        array[at] = (byte) value;
        return this;
    }

    /** Writes the low 16 bits. */
    public ByteWriter u16(int value) {
        int at = grow(2);
        SHORT.set(array, at, (short) value);
        return this;
    }

    /** Writes 4 bytes. */
    public ByteWriter i32(int value) {
        int at = grow(4);
        INT.set(array, at, value);
        return this;
    }

    /** Writes 8 bytes. */
    public ByteWriter i64(long value) {
        int at = grow(8);
        LONG.set(array, at, value);
        return this;
    }

    /** Writes an unsigned LEB128 number; it must not be negative. */
    public ByteWriter varint(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("negative number " + value);
        }
        long rest = value;
        while (rest >= 0x80) {
            u8((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        return u8((int) rest);
    }

    /** Writes all of {@code source}. */
    public ByteWriter bytes(byte[] source) {
        return bytes(source, 0, source.length);
    }

    /** Writes {@code source[offset, offset + length)}. */
    public ByteWriter bytes(byte[] source, int offset, int length) {
        int at = grow(length);
        System.arraycopy(source, offset, array, at, length);
        return this;
    }

    /** Writes {@code count} zero bytes. */
    public ByteWriter zeros(int count) {
        int at = grow(count);
        Arrays.fill(array, at, at + count, (byte) 0);
        return this;
    }

    /** Replaces 4 bytes that were written before. */
    public void setI32(int at, int value) {
        if (at + 4 > size) {
            throw new IndexOutOfBoundsException("4 bytes at " + at + " of " + size);
        }
        INT.set(array, at, value);
    }

    /** Gives back what was written behind {@code newSize}. */
    public void truncate(int newSize) {
        if (newSize < 0 || newSize > size) {
            throw new IndexOutOfBoundsException("size " + newSize + " of " + size);
        }
        size = newSize;
    }

    /** Makes room for {@code count} bytes and returns where they begin. Their content is whatever the array held. */
    public int grow(int count) {
        int at = size;
        int needed = Math.addExact(at, count);
        if (needed > array.length) {
            array = Arrays.copyOf(array, Math.max(needed, (int) Math.min(Integer.MAX_VALUE - 16L, array.length * 2L)));
        }
        size = needed;
        return at;
    }
}
