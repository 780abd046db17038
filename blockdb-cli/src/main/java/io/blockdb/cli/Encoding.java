package io.blockdb.cli;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How bytes are written as an argument or in a line of input. */
enum Encoding {
    /** Themselves, UTF-8. */
    TEXT,
    /** Standard base64 with padding. */
    BASE64,
    /** Two hex digits a byte. */
    HEX;

    /**
     * The bytes that {@code written} stands for.
     *
     * @param what what is decoded, for the message
     * @throws UsageException if it is not written in this encoding
     */
    byte[] decode(String what, String written) {
        byte[] bytes = switch (this) {
            case TEXT -> Text.encode(written);
            case BASE64 -> canonicalBase64(written);
            case HEX -> hex(written);
        };
        if (bytes == null) {
            throw new UsageException(
                    switch (this) {
                        case TEXT -> what + " is not valid Unicode: it has a lone surrogate";
                        case BASE64 -> what + " is not valid base64 (standard alphabet, with padding)";
                        case HEX -> what + " is not valid hex (two digits 0-9, a-f for each byte)";
                    });
        }
        return bytes;
    }

    /** The name in commands: lower case. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The bytes of canonical base64, whose encoding is that same text, or null where it is not. */
    static byte @Nullable [] canonicalBase64(String written) {
        try {
            byte[] bytes = Base64.getDecoder().decode(written);
            return Base64.getEncoder().encodeToString(bytes).equals(written) ? bytes : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static byte @Nullable [] hex(String written) {
        try {
            return HexFormat.of().parseHex(written);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
