package io.blockdb.server.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Percent-encoding (RFC 3986, 2.1), read strictly: what is none, and what is no text, is refused and not taken for something else. */
final class Percent {
    /** What stands where a decoder met bytes that are no UTF-8. */
    private static final char REPLACEMENT = '\uFFFD';

    private Percent() {}

    /**
     * The bytes of a text, decoded once; the array is not used any more.
     *
     * @param what what it is, for the message
     * @throws Problem if a percent sign stands alone
     */
    static byte[] decoded(String what, byte[] bytes) {
        int length = 0;
        for (int i = 0; i < bytes.length; i++) {
            byte b = bytes[i];
            if (b == '%') {
                int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
                int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    throw Problem.invalid(what + " has a % at byte " + i
                            + " that no two hex digits follow: write %25 for a percent sign");
                }
                b = (byte) (high << 4 | low);
                i += 2;
            }
            bytes[length++] = b;
        }
        return Arrays.copyOf(bytes, length);
    }

    /** The text that bytes are in UTF-8; fails with a {@link Problem} where they are none. */
    static String utf8(String what, byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw notText(what);
        }
    }

    /**
     * Refuses a part of a request's target that Javalin would read otherwise than it was written: it puts U+FFFD for what is no UTF-8,
     * and leaves out a value that it cannot decode.
     *
     * @param part as Jetty read it, which puts U+FFFD for bytes that are no UTF-8 as well; null: there is none
     * @throws Problem if it is not percent-encoded UTF-8
     */
    static void check(String what, @Nullable String part) {
        if (part == null) {
            return;
        }
        if (part.indexOf(REPLACEMENT) >= 0) {
            throw notText(what);
        }
        if (part.indexOf('%') >= 0) {
            String unused = utf8(what, decoded(what, part.getBytes(StandardCharsets.UTF_8)));
        }
    }

    private static Problem notText(String what) {
        return Problem.invalid(what + " is not UTF-8: what is no text is sent in base64, with encoding=base64");
    }
}
