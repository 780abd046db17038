package io.blockdb.ledger;

import io.blockdb.base.CorruptionException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A value framed by itself: one that is large, or salted and so can be erased. A point read touches only it, and an erasure
 * changes only it.
 *
 * <pre>
 *   0  4  CRC32C of bytes 4 to the end of the value; 0 when erased
 *   4  4  stored length of the value; 0 when erased
 *   8  4  raw length of the value (the V of its entry)
 *  12  1  state: 1 present, 2 erased
 *  13  1  compression: 0 none, 1 LZ4; 0 when erased
 *  14  1  length of the salt, 0 or 16
 *  15  1  zero
 *  16  .  salt; zeros when erased
 *   .  .  value as stored; zeros when erased
 *   .  .  zeros to a multiple of 8
 * </pre>
 *
 * <p>The frame of a value that was erased keeps its length, so nothing behind it moves. How long it is follows from where
 * the next one begins ({@link FrameFormat}).
 *
 * <p>While an erasure is carried out, and after a crash underway, a frame may hold any mixture of both states. That is no
 * damage as long as the entry in {@code _erasures} is there and the manifest does not say that it was carried out; nobody
 * who knows of the entry reads the frame.
 *
 * <p>History: version 1, BlockDB 0.1.
 */
final class ValueFrameFormat {
    static final int HEAD_LENGTH = 16;

    /** Stored on disk, never renumber. */
    static final int STATE_PRESENT = 1;

    /** Stored on disk, never renumber. */
    static final int STATE_ERASED = 2;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private ValueFrameFormat() {}

    /** The most bytes that a value of {@code rawLength} can take in a segment, padding included. */
    static int lengthMax(int rawLength, int saltLength) {
        return SegmentFormat.padded(HEAD_LENGTH + saltLength + rawLength);
    }

    /** The room that {@link #encode} needs. */
    static int encodeBound(int rawLength, int saltLength) {
        return HEAD_LENGTH + saltLength + Lz4.bound(rawLength) + 8;
    }

    /**
     * Writes a present value to {@code target} at {@code at}, where {@link #encodeBound} bytes are free.
     *
     * @return how many bytes it took, padding included
     */
    static int encode(byte[] value, byte[] salt, byte[] target, int at) {
        int valueAt = at + HEAD_LENGTH + salt.length;
        int stored = Lz4.compress(value, 0, value.length, target, valueAt);
        boolean compressed = stored > 0;
        if (!compressed) {
            stored = value.length;
            System.arraycopy(value, 0, target, valueAt, stored);
        }
        int end = valueAt + stored;
        int paddedEnd = at + SegmentFormat.padded(end - at);
        Arrays.fill(target, end, paddedEnd, (byte) 0);
        INT.set(target, at + 4, stored);
        INT.set(target, at + 8, value.length);
        target[at + 12] = STATE_PRESENT;
        target[at + 13] = (byte) (compressed ? 1 : 0);
        target[at + 14] = (byte) salt.length;
        target[at + 15] = 0;
        System.arraycopy(salt, 0, target, at + HEAD_LENGTH, salt.length);
        INT.set(target, at, SegmentFormat.crc(target, at + 4, end - at - 4));
        return paddedEnd - at;
    }

    /**
     * Writes the erased state of a value over a frame of {@code length} bytes.
     *
     * @param rawLength the V of its entry, which stays known
     */
    static void encodeErased(int rawLength, int saltLength, byte[] target, int at, int length) {
        Arrays.fill(target, at, at + length, (byte) 0);
        INT.set(target, at + 8, rawLength);
        target[at + 12] = STATE_ERASED;
        target[at + 14] = (byte) saltLength;
    }

    /** Whether the frame at {@code at} states that its value was erased. */
    static boolean isErased(byte[] bytes, int at) {
        return bytes[at + 12] == STATE_ERASED;
    }

    /**
     * Reads the frame at {@code at}, which the segment holds at {@code offset}.
     *
     * @param length bytes the frame takes, padding included, or at least how many were read of it
     * @param exact whether {@code length} is the frame's length to the byte, so that its padding can be checked too
     */
    static StoredValue parse(
            String file, long offset, byte[] bytes, int at, int length, int rawLength, int saltLength, boolean exact)
            throws CorruptionException {
        check(file, offset, bytes, at, length, rawLength, saltLength, exact);
        if (bytes[at + 12] == STATE_ERASED) {
            return StoredValue.ERASED;
        }
        int saltAt = at + HEAD_LENGTH;
        int valueAt = saltAt + saltLength;
        int stored = (int) INT.get(bytes, at + 4);
        byte[] value = bytes[at + 13] == 0
                ? Arrays.copyOfRange(bytes, valueAt, valueAt + stored)
                : Lz4.decompress(file, offset, bytes, valueAt, stored, rawLength);
        return saltLength == 0
                ? StoredValue.unsalted(value)
                : new StoredValue(value, Arrays.copyOfRange(bytes, saltAt, valueAt));
    }

    /** Checks all of a frame but that its value decompresses; the parameters are those of {@link #parse}. */
    static void check(
            String file, long offset, byte[] bytes, int at, int length, int rawLength, int saltLength, boolean exact)
            throws CorruptionException {
        int state = length < HEAD_LENGTH ? -1 : bytes[at + 12];
        if (state == STATE_ERASED) {
            checkErased(file, offset, bytes, at, length, rawLength, saltLength, exact);
            return;
        }
        int used = lengthAt(bytes, at, length);
        if (used < 0) {
            throw new CorruptionException(file, offset, length, "value frame states an impossible length");
        }
        SegmentFormat.check(
                file, offset, used, "value", (int) INT.get(bytes, at), SegmentFormat.crc(bytes, at + 4, used - 4));
        int compression = bytes[at + 13];
        if (state != STATE_PRESENT
                || compression < 0
                || compression > 1
                || bytes[at + 14] != saltLength
                || bytes[at + 15] != 0
                || (int) INT.get(bytes, at + 8) != rawLength
                || (compression == 0 && (int) INT.get(bytes, at + 4) != rawLength)) {
            throw new CorruptionException(
                    file,
                    offset,
                    used,
                    "value frame (state %s, compression %s, salt %s, raw %s) does not fit its entry (salt %s, value %s)"
                            .formatted(
                                    state,
                                    compression,
                                    bytes[at + 14],
                                    (int) INT.get(bytes, at + 8),
                                    saltLength,
                                    rawLength));
        }
        if (exact) {
            checkZeros(file, offset, bytes, at, used, length);
        }
    }

    /** How many bytes the frame at {@code at} takes without its padding by what its head says, or -1 where that is no sense. */
    private static int lengthAt(byte[] bytes, int at, int available) {
        if (available < HEAD_LENGTH || bytes[at + 14] < 0 || (int) INT.get(bytes, at + 4) < 0) {
            return -1;
        }
        long length = HEAD_LENGTH + (long) bytes[at + 14] + (int) INT.get(bytes, at + 4);
        return length > available ? -1 : (int) length;
    }

    private static void checkErased(
            String file, long offset, byte[] bytes, int at, int length, int rawLength, int saltLength, boolean exact)
            throws CorruptionException {
        if ((int) INT.get(bytes, at + 8) != rawLength || bytes[at + 14] != saltLength || saltLength == 0) {
            throw new CorruptionException(file, offset, length, "erased value does not fit its entry");
        }
        checkZeros(file, offset, bytes, at, 0, 8);
        checkZeros(file, offset, bytes, at, 13, 14);
        checkZeros(file, offset, bytes, at, 15, exact ? length : Math.min(length, HEAD_LENGTH + saltLength));
    }

    /** Fails unless bytes {@code from} to {@code to} of the frame are zero. */
    static void checkZeros(String file, long offset, byte[] bytes, int at, int from, int to)
            throws CorruptionException {
        for (int i = from; i < to; i++) {
            if (bytes[at + i] != 0) {
                throw new CorruptionException(
                        file, offset + i, 1, "expected 00, found %02x".formatted(bytes[at + i] & 0xff));
            }
        }
    }
}
