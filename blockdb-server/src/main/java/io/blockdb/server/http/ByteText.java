package io.blockdb.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** How keys and values, which are bytes, stand in JSON: as text where they are UTF-8, else in base64. */
public enum ByteText {
    /** The UTF-8 of a text. */
    TEXT,
    /** Standard base64 with padding. */
    BASE64;

    /**
     * The encoding of a name.
     *
     * @param name {@code text}, {@code base64}, or null for text
     * @throws Problem if it is another
     */
    static ByteText named(@Nullable String name) {
        if (name == null || name.equals("text")) {
            return TEXT;
        }
        if (name.equals("base64")) {
            return BASE64;
        }
        throw Problem.invalid("encoding must be text or base64, is '" + Shown.text(name) + "'");
    }

    /** The name. */
    String label() {
        return this == TEXT ? "text" : "base64";
    }

    /**
     * The bytes of a text in this encoding.
     *
     * @param what what it is, for the message: {@code key}
     * @throws Problem if they cannot be had
     */
    byte[] decode(String what, String text) {
        if (this == TEXT) {
            try {
                ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
                byte[] exact = new byte[bytes.remaining()];
                bytes.get(exact);
                return exact;
            } catch (CharacterCodingException e) {
                throw Problem.invalid(what + " is not valid Unicode: it has a lone surrogate");
            }
        }
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw Problem.invalid(what + " is not base64: " + e.getMessage());
        }
        if (!Base64.getEncoder().encodeToString(bytes).equals(text)) {
            throw Problem.invalid(what + " is not canonical base64: it must be padded, and no bit may be left over");
        }
        return bytes;
    }

    /** The encoding that can show these bytes: this one, or base64 where they are no UTF-8. */
    ByteText able(byte @Nullable [] first, byte @Nullable [] second) {
        return this == TEXT && isUtf8(first) && isUtf8(second) ? TEXT : BASE64;
    }

    /** Writes bytes as a string. */
    void write(JsonGenerator json, byte[] bytes) throws IOException {
        if (this == TEXT) {
            json.writeString(new String(bytes, StandardCharsets.UTF_8));
        } else {
            json.writeBinary(bytes);
        }
    }

    /** The same as a string. */
    String show(byte[] bytes) {
        return this == TEXT
                ? new String(bytes, StandardCharsets.UTF_8)
                : Base64.getEncoder().encodeToString(bytes);
    }

    private static boolean isUtf8(byte @Nullable [] bytes) {
        if (bytes == null) {
            return true;
        }
        boolean ascii = true;
        for (byte b : bytes) {
            ascii &= b >= 0;
        }
        if (ascii) {
            return true;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
