package io.blockdb.cli;

/** Checks bytes for being UTF-8 (RFC 3629), without making a text of them. */
final class Utf8 {
    private Utf8() {}

    /** Whether {@code bytes[from, to)} are valid UTF-8. */
    static boolean isValid(byte[] bytes, int from, int to) {
        return invalidAt(bytes, from, to) < 0;
    }

    /** Index of the first byte in {@code bytes[from, to)} that no character can begin with or go on with; -1: all are valid. */
    static int invalidAt(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to) {
            int b = bytes[i];
            if (b >= 0) {
                i++;
                continue;
            }
            int length = lengthAt(bytes, i, to);
            if (length == 0) {
                return i;
            }
            i += length;
        }
        return -1;
    }

    /** Length of the character of several bytes that begins here; 0: there is none. */
    private static int lengthAt(byte[] bytes, int at, int to) {
        int first = bytes[at] & 0xff;
        int length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
        if (length == 0 || at + length > to) {
            return 0;
        }
        int second = bytes[at + 1] & 0xff;
        // No form longer than needed, no surrogate, nothing above U+10FFFF: all of that shows in the second byte.
        int lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
        int highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
        if (second < lowest || second > highest) {
            return 0;
        }
        for (int i = at + 2; i < at + length; i++) {
            if ((bytes[i] & 0xc0) != 0x80) {
                return 0;
            }
        }
        return length;
    }

    /** How many characters (code points) {@code bytes[from, to)} have; a byte that belongs to none counts as one. */
    static int characters(byte[] bytes, int from, int to) {
        int count = 0;
        for (int i = from; i < to; i++) {
            count += (bytes[i] & 0xc0) == 0x80 ? 0 : 1;
        }
        return count;
    }
}
