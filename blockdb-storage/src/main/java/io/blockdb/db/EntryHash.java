package io.blockdb.db;

import io.blockdb.base.ByteWriter;
import io.blockdb.base.TableName;
import io.blockdb.ledger.ValuePlace;
import io.blockdb.proof.EntryLeaf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Hashes an entry, as the index is to hold it, to 128 bits with a key that nobody knows beforehand: SipHash-2-4-128 of its
 * sequence, index key and index value. Sums of such hashes are equal only if the same entries were added, in whatever order;
 * who does not know the key cannot make up other entries of the same sum.
 *
 * <p>Threading: one thread at a time.
 */
final class EntryHash {
    static final int KEY_LENGTH = 16;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final byte[] NO_VALUE = {};

    private final long k0;
    private final long k1;
    private final ByteWriter message = new ByteWriter(1024);

    private long high;
    private long low;

    EntryHash(byte[] key) {
        this.k0 = (long) LONG.get(key, 0);
        this.k1 = (long) LONG.get(key, 8);
    }

    /** Hashes what the index is to hold for an entry of the ledger. */
    void ofLedger(
            TableName table,
            EntryLeaf leaf,
            byte[] leafArray,
            long sequence,
            byte @Nullable [] value,
            @Nullable ValuePlace place) {
        begin(sequence, table.indexPrefixLength() + leaf.keyLength());
        int at = message.grow(table.utf8Length());
        table.copyUtf8To(message.array(), at);
        message.u8(0).bytes(leafArray, leaf.keyOffset(), leaf.keyLength());
        IndexValue.encode(message, leaf.kind(), leaf.expiresAt(), value == null ? NO_VALUE : value, place);
        sip(message.array(), message.size());
    }

    /** Hashes an entry of the index. */
    void ofIndex(byte[] key, int keyOffset, int keyLength, long sequence, byte[] value, int offset, int length) {
        begin(sequence, keyLength);
        message.bytes(key, keyOffset, keyLength).bytes(value, offset, length);
        sip(message.array(), message.size());
    }

    private void begin(long sequence, int keyLength) {
        message.clear();
        message.i64(sequence).i32(keyLength);
    }

    long high() {
        return high;
    }

    long low() {
        return low;
    }

    /** The hash of bytes, into {@link #low} and {@link #high}. */
    void sip(byte[] bytes, int length) {
        long v0 = 0x736f6d6570736575L ^ k0;
        long v1 = 0x646f72616e646f6dL ^ k1 ^ 0xee;
        long v2 = 0x6c7967656e657261L ^ k0;
        long v3 = 0x7465646279746573L ^ k1;
        int whole = length & ~7;
        for (int at = 0; at <= whole; at += 8) {
            long word = at < whole ? (long) LONG.get(bytes, at) : last(bytes, whole, length);
            v3 ^= word;
            for (int round = 0; round < 2; round++) {
                v0 += v1;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v3;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 += v3;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= word;
        }
        v2 ^= 0xee;
        for (int round = 0; round < 8; round++) {
            if (round == 4) {
                low = v0 ^ v1 ^ v2 ^ v3;
                v1 ^= 0xdd;
            }
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
        high = v0 ^ v1 ^ v2 ^ v3;
    }

    private static long last(byte[] bytes, int from, int length) {
        long word = (long) length << 56;
        for (int i = from; i < length; i++) {
            word |= (bytes[i] & 0xffL) << (8 * (i - from));
        }
        return word;
    }
}
