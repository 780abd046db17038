package io.blockdb.cli;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Bytes as text and back, strictly: nothing is replaced by U+FFFD or a question mark. */
final class Text {
    private Text() {}

    /** The text that the bytes are in UTF-8, or null where they are not valid UTF-8. */
    static @Nullable String decode(byte[] bytes) {
        return decode(bytes, 0, bytes.length);
    }

    /** The text of {@code bytes[offset, offset + length)}, or null where they are not valid UTF-8. */
    static @Nullable String decode(byte[] bytes, int offset, int length) {
        return Utf8.isValid(bytes, offset, offset + length)
                ? new String(bytes, offset, length, StandardCharsets.UTF_8)
                : null;
    }

    /** The UTF-8 of a text, or null where it has a lone surrogate. */
    static byte @Nullable [] encode(String text) {
        if (!hasSurrogates(text)) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static boolean hasSurrogates(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    /** Bytes for a person to look at: the text, or where they are none {@code 0x} and their digits. */
    static String shown(byte[] bytes) {
        String text = decode(bytes);
        return text == null ? "0x" + HexFormat.of().formatHex(bytes) : printable(text);
    }

    /** A text on one line that does nothing to a terminal: control characters are escaped as in C. */
    static String printable(String text) {
        int first = 0;
        while (first < text.length() && !unprintable(text.charAt(first))) {
            first++;
        }
        if (first == text.length()) {
            return text;
        }
        StringBuilder escaped = new StringBuilder(text.length() + 16).append(text, 0, first);
        for (int i = first; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> escaped.append("\\n");
                case '\r' -> escaped.append("\\r");
                case '\t' -> escaped.append("\\t");
                default -> {
                    if (unprintable(c)) {
                        escaped.append(String.format("\\u%04x", (int) c));
                    } else {
                        escaped.append(c);
                    }
                }
            }
        }
        return escaped.toString();
    }

    /** Control characters, the marks that reverse the order of what follows, and the separators of lines. */
    private static boolean unprintable(char c) {
        return Character.isISOControl(c)
                || (c >= '\u200e' && c <= '\u200f')
                || (c >= '\u2028' && c <= '\u202e')
                || (c >= '\u2066' && c <= '\u2069');
    }
}
