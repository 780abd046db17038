package io.blockdb.base;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * The id of a ledger: 16 random bytes, drawn once by whoever proposes block 0 (LEDGER.md, section Block). Immutable,
 * compared by value. {@link #toString} is lower-case hex.
 */
public final class LedgerId {
    /** Length in bytes. */
    public static final int LENGTH = 16;

    private final byte[] bytes;

    private LedgerId(byte[] owned) {
        this.bytes = owned;
    }

    /** An id of a copy of exactly 16 bytes. */
    public static LedgerId of(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("a ledger id has " + LENGTH + " bytes, not " + bytes.length);
        }
        return of(bytes, 0);
    }

    /** An id of a copy of the 16 bytes at {@code offset}. */
    public static LedgerId of(byte[] bytes, int offset) {
        return new LedgerId(Arrays.copyOfRange(bytes, offset, offset + LENGTH));
    }

    /**
     * Parses 32 lower-case hex digits.
     *
     * @throws IllegalArgumentException if it is anything else, upper-case digits included
     */
    public static LedgerId parse(String hex) {
        if (hex.length() == 2 * LENGTH && hex.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
            return new LedgerId(HexFormat.of().parseHex(hex));
        }
        throw new IllegalArgumentException("a ledger id is written as 32 lower-case hex digits, not as '" + hex + "'");
    }

    /** A copy of the 16 bytes. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /** Copies the 16 bytes to {@code target} at {@code offset}. */
    public void copyTo(byte[] target, int offset) {
        System.arraycopy(bytes, 0, target, offset, LENGTH);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LedgerId id && Arrays.equals(bytes, id.bytes);
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
