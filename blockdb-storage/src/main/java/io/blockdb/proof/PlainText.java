package io.blockdb.proof;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The text that LEDGER.md allows in authors and table names: UTF-8 as Unicode defines it (shortest forms, no surrogates)
 * without the control characters U+0000 to U+001F and U+007F to U+009F.
 */
final class PlainText {
    private PlainText() {}

    /** What is wrong with the text, or null. Printable ASCII, the usual case, is recognised without an allocation. */
    static @Nullable String problem(byte[] array, int offset, int length, String what) {
        for (int i = offset; i < offset + length; i++) {
            byte b = array[i];
            if (b < 0) {
                return problemOfUnicode(array, offset, length, what);
            }
            if (Character.isISOControl(b)) {
                return control(what, b);
            }
        }
        return null;
    }

    private static @Nullable String problemOfUnicode(byte[] array, int offset, int length, String what) {
        CharSequence text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(array, offset, length));
        } catch (CharacterCodingException e) {
            return what + " is not UTF-8 (" + e.getMessage() + ")";
        }
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return control(what, text.charAt(i));
            }
        }
        return null;
    }

    private static String control(String what, int character) {
        return "%s has the control character U+%04X".formatted(what, character);
    }
}
