package io.blockdb.db;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Vectors of the reference implementation of SipHash-2-4 with 128 bits: key 00 to 0f, message 00, 01, 02 and on. */
class EntryHashTest {
    @Test
    void isSipHash() {
        assertEquals("a3817f04ba25a8e66df67214c7550293", hash(0));
        assertEquals("da87c1d86b99af44347659119b22fc45", hash(1));
        assertEquals("5493e99933b0a8117e08ec0f97cfc3d9", hash(15));
    }

    private static String hash(int length) {
        EntryHash hash = new EntryHash(counting(EntryHash.KEY_LENGTH));
        hash.sip(counting(length), length);
        return HexFormat.of().toHexDigits(Long.reverseBytes(hash.low()))
                + HexFormat.of().toHexDigits(Long.reverseBytes(hash.high()));
    }

    private static byte[] counting(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }
}
