package io.blockdb.ledger;

import java.util.Arrays;
import java.util.HexFormat;

/** The random identity of a ledger, drawn once by whoever proposes block 0: 16 bytes, immutable, shown as hex. */
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
        return new LedgerId(bytes.clone());
    }

    static LedgerId copyOf(byte[] array, int offset) {
        return new LedgerId(Arrays.copyOfRange(array, offset, offset + LENGTH));
    }

    /** A copy of the 16 bytes. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LedgerId id && Arrays.equals(bytes, id.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** 32 lower-case hex digits. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
