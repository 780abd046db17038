package io.blockdb.client;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Text to bytes and back, where no character may turn into another one. */
final class StrictText {
    private StrictText() {}

    /**
     * The UTF-8 of a text.
     *
     * @throws IllegalArgumentException if it has a lone surrogate, which UTF-8 cannot express
     */
    static byte[] utf8(String text) {
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the text is not valid Unicode: it has a lone surrogate", e);
        }
    }

    /**
     * The text that bytes are the UTF-8 of.
     *
     * @throws IllegalStateException if they are not UTF-8
     */
    static String text(byte[] utf8, String what) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalStateException(what + " is not UTF-8: take its bytes", e);
        }
    }
}
