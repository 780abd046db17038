package io.blockdb.base;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Reads big-endian numbers and byte strings from a piece of a file that was loaded into memory. It knows the file and
 * where the piece begins, so that whoever runs past the end gets a {@link CorruptionException} with the place.
 *
 * <p>Threading: one thread at a time.
 */
public final class ByteReader {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final String file;
    /** Offset in the file of {@code array[start]}. */
    private final long fileOffset;

    private final byte[] array;
    private final int start;
    private final int end;
    private int position;

    /**
     * Reads {@code array[start, start + length)}, which is what {@code file} holds at {@code fileOffset}. The array is not
     * copied.
     */
    public ByteReader(String file, long fileOffset, byte[] array, int start, int length) {
        if (start < 0 || length < 0 || start + length > array.length) {
            throw new IndexOutOfBoundsException("piece " + start + "+" + length + " of " + array.length + " bytes");
        }
        this.file = file;
        this.fileOffset = fileOffset;
        this.array = array;
        this.start = start;
        this.end = start + length;
        this.position = start;
    }

    /** Bytes not read yet. */
    public int remaining() {
        return end - position;
    }

    /** Index in the array of the next byte. */
    public int position() {
        return position;
    }

    /** Offset in the file of the next byte. */
    public long fileOffset() {
        return fileOffset + (position - start);
    }

    /** The next byte, 0 to 255. */
    public int u8() throws CorruptionException {
        return array[take(1)] & 0xff;
    }

    /** The next two bytes, 0 to 65,535. */
    public int u16() throws CorruptionException {
        return (short) SHORT.get(array, take(2)) & 0xffff;
    }

    /** The next four bytes as they are. */
    public int i32() throws CorruptionException {
        return (int) INT.get(array, take(4));
    }

    /** The next four bytes as a length: 0 to 2^31 - 1. */
    public int length32(String what) throws CorruptionException {
        int value = i32();
        if (value < 0) {
            throw corrupt(4, what + " " + Integer.toUnsignedString(value) + " is out of range");
        }
        return value;
    }

    /** The next eight bytes as they are. */
    public long i64() throws CorruptionException {
        return (long) LONG.get(array, take(8));
    }

    /** An unsigned LEB128 number of at most 2^63 - 1. */
    public long varint() throws CorruptionException {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            int next = u8();
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw corrupt(9, "variable-length number has more than 9 bytes");
    }

    /** An unsigned LEB128 number that must be at most {@code max}. */
    public int varint(int max, String what) throws CorruptionException {
        long value = varint();
        if (value > max) {
            throw corrupt(0, what + " " + value + " is over the limit of " + max);
        }
        return (int) value;
    }

    /** A copy of the next {@code length} bytes. */
    public byte[] bytes(int length) throws CorruptionException {
        int from = take(length);
        return Arrays.copyOfRange(array, from, from + length);
    }

    /** Passes over {@code length} bytes and returns the index in the array of the first. */
    public int skip(int length) throws CorruptionException {
        return take(length);
    }

    /** Fails unless all has been read. */
    public void expectEnd(String what) throws CorruptionException {
        if (position != end) {
            throw corrupt(end - position, what + " is followed by " + (end - position) + " bytes too many");
        }
    }

    /** Damage at the next byte. */
    public CorruptionException corrupt(long length, String reason) {
        return new CorruptionException(file, fileOffset(), length, reason);
    }

    private int take(int length) throws CorruptionException {
        if (length < 0 || length > end - position) {
            throw corrupt(end - position, "needs " + length + " bytes here, only " + (end - position) + " are left");
        }
        int from = position;
        position += length;
        return from;
    }
}
