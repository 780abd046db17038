package io.blockdb.base;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * Where a proposal stands in whatever decides the order of proposals: 32 bytes that the ledger keeps in the frame of the
 * block, does not hash and does not look into. All zero means none: the proposal of an embedded database. Immutable.
 */
public final class Position {
    /** Length in bytes. */
    public static final int LENGTH = 32;

    /** No position: 32 zero bytes. */
    public static final Position NONE = new Position(new byte[LENGTH]);

    private final byte[] bytes;

    private Position(byte[] owned) {
        this.bytes = owned;
    }

    /** A position of a copy of exactly 32 bytes. */
    public static Position of(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("a position has " + LENGTH + " bytes, not " + bytes.length);
        }
        return new Position(bytes.clone());
    }

    /** A position of a copy of the 32 bytes at {@code offset}. */
    public static Position of(byte[] array, int offset) {
        return new Position(Arrays.copyOfRange(array, offset, offset + LENGTH));
    }

    /** A copy of the 32 bytes. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /** Copies the 32 bytes to {@code target} at {@code offset}. */
    public void copyTo(byte[] target, int offset) {
        System.arraycopy(bytes, 0, target, offset, LENGTH);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Position position && Arrays.equals(bytes, position.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
