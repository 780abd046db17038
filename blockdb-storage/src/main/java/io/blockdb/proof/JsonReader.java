package io.blockdb.proof;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON of a receipt (RFC 8259) and nothing beyond it: no byte-order mark, no lone surrogates, only white space around
 * the value, numbers as {@code 0|[1-9][0-9]*} up to 2^53 - 1. Rejected: a general parser, whose leniency would have to be found
 * out and switched off, release after release.
 *
 * <p>Threading: one thread.
 */
final class JsonReader {
    private static final int ESCAPED_DIGITS = 4;

    private final String text;
    private int at;

    JsonReader(String text) {
        this.text = text;
    }

    /** The text of UTF-8 bytes, as Unicode defines it. */
    static String decode(byte[] utf8) throws MalformedException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedException("it is not UTF-8");
        }
    }

    private MalformedException malformed(String what) {
        return new MalformedException("not the JSON of a proof: " + what + " at character " + at);
    }

    private char next() throws MalformedException {
        if (at == text.length()) {
            throw malformed("the text ends");
        }
        return text.charAt(at++);
    }

    private void skipWhiteSpace() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    /** Takes a character that has a place in the grammar; white space may stand before it. */
    void expect(char expected) throws MalformedException {
        if (!accept(expected)) {
            throw malformed("expected '" + expected + "'");
        }
    }

    /** Takes a character if it comes next behind white space. */
    boolean accept(char expected) {
        skipWhiteSpace();
        boolean there = at < text.length() && text.charAt(at) == expected;
        if (there) {
            at++;
        }
        return there;
    }

    /** Makes sure that only white space follows. */
    void end() throws MalformedException {
        skipWhiteSpace();
        if (at < text.length()) {
            throw malformed("something stands behind the object");
        }
    }

    /** A string, unescaped. */
    String string() throws MalformedException {
        expect('"');
        StringBuilder string = new StringBuilder();
        for (char c; (c = next()) != '"'; ) {
            if (c < 0x20) {
                throw malformed("a control character that is not escaped");
            }
            string.append(c == '\\' ? escaped() : c);
        }
        checkSurrogates(string);
        return string.toString();
    }

    private char escaped() throws MalformedException {
        char c = next();
        int simple = "\"\\/bfnrt".indexOf(c);
        if (simple >= 0) {
            return "\"\\/\b\f\n\r\t".charAt(simple);
        }
        if (c != 'u') {
            throw malformed("an escape that JSON does not have");
        }
        int code = 0;
        for (int i = 0; i < ESCAPED_DIGITS; i++) {
            char digit = next();
            int value = digit < 0x80 ? Character.digit(digit, 16) : -1;
            if (value < 0) {
                throw malformed("an escape without four hex digits");
            }
            code = code << 4 | value;
        }
        return (char) code;
    }

    private void checkSurrogates(CharSequence string) throws MalformedException {
        for (int i = 0; i < string.length(); i++) {
            if (Character.isHighSurrogate(string.charAt(i))
                    && i + 1 < string.length()
                    && Character.isLowSurrogate(string.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(string.charAt(i))) {
                throw malformed("a lone surrogate");
            }
        }
    }

    /** A string, or null where the literal null stands. */
    @Nullable
    String stringOrNull() throws MalformedException {
        skipWhiteSpace();
        if (text.startsWith("null", at)) {
            at += "null".length();
            return null;
        }
        return string();
    }

    /** A number from 0 to 2^53 - 1. */
    long number() throws MalformedException {
        skipWhiteSpace();
        int from = at;
        long number = 0;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            number = number * 10 + (text.charAt(at) - '0');
            at++;
            if (number > EntryLeaf.NUMBER_MAX) {
                throw malformed("a number over 2^53 - 1");
            }
        }
        boolean leadingZero = at - from > 1 && text.charAt(from) == '0';
        boolean goesOn = at < text.length() && ".eE".indexOf(text.charAt(at)) >= 0;
        if (at == from || leadingZero || goesOn) {
            throw malformed("expected a number without sign, fraction, exponent and leading zeros");
        }
        return number;
    }

    /** An array of strings. */
    List<String> strings() throws MalformedException {
        expect('[');
        List<String> strings = new ArrayList<>();
        if (!accept(']')) {
            do {
                strings.add(string());
            } while (accept(','));
            expect(']');
        }
        return strings;
    }
}
