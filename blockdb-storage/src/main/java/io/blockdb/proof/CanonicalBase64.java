package io.blockdb.proof;

import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Standard base64 with padding, in the one form that encoding gives again (LEDGER.md, section Receipt). */
final class CanonicalBase64 {
    private CanonicalBase64() {}

    /** The bytes, or null where the text is not canonical base64. */
    static byte @Nullable [] decode(String text) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
        return encode(bytes).equals(text) ? bytes : null;
    }

    /** @throws MalformedException if the text is not canonical base64 */
    static byte[] decode(String text, String what) throws MalformedException {
        byte[] bytes = decode(text);
        if (bytes == null) {
            throw new MalformedException(what + " is not canonical base64");
        }
        return bytes;
    }

    static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
