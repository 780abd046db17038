package io.blockdb.server.feed;

import io.blockdb.base.Hash;
import io.blockdb.base.LedgerId;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * How far a watcher was told: the id of an event, opaque to who holds it. It names the ledger, and the block that the last entry
 * told of stands in, so that a server that lost what it had told, and has other entries there now, is found out.
 *
 * @param ledger the ledger
 * @param next sequence of the first entry that was not told of, or looked at
 * @param block the first eight bytes of the hash of the block that holds the entry before; 0 where there is none
 */
record EventId(LedgerId ledger, long next, long block) {
    private static final int HEX_OF_LONG = 16;

    /** The first eight bytes of a block's hash. */
    static long shortHash(Hash hash) {
        return ByteBuffer.wrap(hash.toBytes()).getLong();
    }

    /** Reads what {@link #toString} wrote; null if it is anything else. */
    static @Nullable EventId parse(String text) {
        String[] parts = text.split("-", -1);
        if (parts.length != 3 || parts[1].length() > HEX_OF_LONG || parts[2].length() != HEX_OF_LONG) {
            return null;
        }
        try {
            EventId id = new EventId(
                    LedgerId.parse(parts[0]),
                    Long.parseUnsignedLong(parts[1], HEX_OF_LONG),
                    Long.parseUnsignedLong(parts[2], HEX_OF_LONG));
            return id.next >= 0 && id.toString().equals(text) ? id : null;
        } catch (IllegalArgumentException notOne) {
            return null;
        }
    }

    @Override
    public String toString() {
        return ledger + "-" + Long.toHexString(next) + "-" + "%016x".formatted(block);
    }
}
