package io.blockdb.cli;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes in the making: what a row becomes, or a line of output, without a text in between. Used again and again, so that
 * a row costs no more than the array it ends as.
 *
 * <p>Threading: one thread at a time.
 */
final class ByteText {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    /** The longest that one byte becomes in JSON: {@code \}{@code u001f}. */
    private static final int ESCAPED_MAX = 6;

    private byte[] array = new byte[1 << 10];
    private int length;

    /** The bytes so far are {@code array[0, length)}, until the next call. */
    byte[] array() {
        return array;
    }

    int length() {
        return length;
    }

    /** A copy of what was made. */
    byte[] toBytes() {
        return Arrays.copyOf(array, length);
    }

    ByteText clear() {
        length = 0;
        return this;
    }

    ByteText append(byte b) {
        room(1);
        array[length++] = b;
        return this;
    }

    ByteText append(byte[] bytes) {
        return append(bytes, 0, bytes.length);
    }

    /** Appends {@code bytes[from, to)}. */
    ByteText append(byte[] bytes, int from, int to) {
        room(to - from);
        System.arraycopy(bytes, from, array, length, to - from);
        length += to - from;
        return this;
    }

    /** Appends the UTF-8 of a text. */
    ByteText append(String text) {
        return append(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Appends {@code bytes[from, to)}, UTF-8, as they stand within a string of JSON.
     *
     * @return whether all of them are ASCII; others were taken over as they are, and may not be UTF-8
     */
    boolean appendJson(byte[] bytes, int from, int to) {
        room((long) ESCAPED_MAX * (to - from));
        byte[] target = array;
        int at = length;
        int bits = 0;
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            bits |= b;
            // Negative: part of a longer character.
            if ((b >= ' ' || b < 0) && b != '"' && b != '\\') {
                target[at++] = b;
            } else {
                at = escape(b, target, at);
            }
        }
        length = at;
        return bits >= 0;
    }

    private static int escape(byte b, byte[] target, int start) {
        int at = start;
        target[at++] = '\\';
        switch (b) {
            case '"', '\\' -> target[at++] = b;
            case '\n' -> target[at++] = 'n';
            case '\r' -> target[at++] = 'r';
            case '\t' -> target[at++] = 't';
            default -> {
                target[at++] = 'u';
                target[at++] = '0';
                target[at++] = '0';
                target[at++] = HEX[b >> 4];
                target[at++] = HEX[b & 15];
            }
        }
        return at;
    }

    private void room(long more) {
        if (length + more > array.length) {
            array = Arrays.copyOf(array, Math.toIntExact(Math.max(2L * array.length, length + more)));
        }
    }
}
