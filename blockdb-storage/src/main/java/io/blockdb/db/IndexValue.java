package io.blockdb.db;

import io.blockdb.base.ByteReader;
import io.blockdb.base.ByteWriter;
import io.blockdb.base.CorruptionException;
import io.blockdb.base.IndexHit;
import io.blockdb.ledger.ValuePlace;
import io.blockdb.proof.EntryLeaf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the index holds for an entry: enough to answer a read with one look, or to find the value in the ledger.
 *
 * <pre>
 *   0  1  flags: bit 0 delete, bit 1 expires, bit 2 the value is in the ledger, bit 3 it has a salt
 *   .  8  expires_at, where bit 1 is set
 *   .  .  the value's bytes, to the end; or, where bit 2 is set, three variable-length numbers: segment, offset of the value's
 *         frame in it, length of the value
 * </pre>
 *
 * <p>Stored in SSTables, whose checksums cover it. History: version 1, BlockDB 0.1.
 */
final class IndexValue {
    private static final int DELETE = 1;
    private static final int EXPIRES = 2;
    private static final int PLACED = 4;
    private static final int SALTED = 8;
    private static final int KNOWN = DELETE | EXPIRES | PLACED | SALTED;

    private final int flags;
    private final long expiresAt;
    private final byte[] array;
    private final int valueOffset;
    private final int valueLength;
    private final @Nullable ValuePlace place;

    private IndexValue(
            int flags, long expiresAt, byte[] array, int valueOffset, int valueLength, @Nullable ValuePlace place) {
        this.flags = flags;
        this.expiresAt = expiresAt;
        this.array = array;
        this.valueOffset = valueOffset;
        this.valueLength = valueLength;
        this.place = place;
    }

    /** Writes the index value of an entry; {@code place} says where its value is framed by itself, if it is. */
    static void encode(ByteWriter out, int kind, long expiresAt, byte[] value, @Nullable ValuePlace place) {
        int flags = (kind == EntryLeaf.KIND_DELETE ? DELETE : 0)
                | (expiresAt != 0 ? EXPIRES : 0)
                | (place != null ? PLACED : 0)
                | (place != null && place.saltLength() > 0 ? SALTED : 0);
        out.u8(flags);
        if (expiresAt != 0) {
            out.i64(expiresAt);
        }
        if (place == null) {
            out.bytes(value);
        } else {
            out.varint(place.segment()).varint(place.offset()).varint(place.valueLength());
        }
    }

    static IndexValue decode(IndexHit hit) throws CorruptionException {
        return decode(hit.array(), hit.offset(), hit.length());
    }

    /** Reads an index value; its inline bytes are not copied until {@link #inlineValue}. */
    static IndexValue decode(byte[] array, int offset, int length) throws CorruptionException {
        int flags = length > 0 ? array[offset] & 0xff : -1;
        if (flags == 0) {
            return new IndexValue(0, 0, array, offset + 1, length - 1, null);
        }
        ByteReader in = new ByteReader("index entry", 0, array, offset, length);
        flags = in.u8();
        if ((flags & ~KNOWN) != 0) {
            throw in.corrupt(0, "index entry has unknown flags %02x".formatted(flags));
        }
        long expiresAt = (flags & EXPIRES) != 0 ? in.i64() : 0;
        ValuePlace place = null;
        if ((flags & PLACED) != 0) {
            place = new ValuePlace(
                    in.varint(),
                    in.varint(),
                    in.varint(EntryLeaf.KEY_PLUS_VALUE_MAX, "length of the value"),
                    (flags & SALTED) != 0 ? EntryLeaf.SALT_LENGTH : 0);
            in.expectEnd("index entry");
        }
        return new IndexValue(flags, expiresAt, array, in.position(), in.remaining(), place);
    }

    boolean isDelete() {
        return (flags & DELETE) != 0;
    }

    boolean isSalted() {
        return (flags & SALTED) != 0;
    }

    long expiresAt() {
        return expiresAt;
    }

    /** Whether the entry has expired at a time. */
    boolean isExpired(long timeMicros) {
        return expiresAt != 0 && expiresAt <= timeMicros;
    }

    /** Whether the entry makes its key absent at a time. */
    boolean hides(long timeMicros) {
        return isDelete() || isExpired(timeMicros);
    }

    /** Where the value is in the ledger, or null where it is inline. */
    @Nullable
    ValuePlace place() {
        return place;
    }

    /** A copy of the inline value. */
    byte[] inlineValue() {
        return Arrays.copyOfRange(array, valueOffset, valueOffset + valueLength);
    }

    /** Length of the value in bytes. */
    int valueLength() {
        return place != null ? place.valueLength() : valueLength;
    }

    /** Whether the inline value is {@code other}. */
    boolean inlineValueEquals(byte[] other) {
        return Arrays.equals(array, valueOffset, valueOffset + valueLength, other, 0, other.length);
    }
}
