package io.blockdb.server.http;

import io.blockdb.server.node.NodeStatus;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What a stranger sent, as it is shown in a message: of bounded length, without control characters. */
final class Shown {
    private static final int LENGTH_MAX = 200;

    private Shown() {}

    /** A text. */
    static String text(String text) {
        StringBuilder shown = new StringBuilder(Math.min(text.length(), LENGTH_MAX) + 1);
        text.codePoints().limit(LENGTH_MAX).forEach(c -> {
            if (Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE) {
                shown.append("\\u%04x".formatted(c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return text.codePointCount(0, text.length()) > LENGTH_MAX
                ? shown.append('…').toString()
                : shown.toString();
    }

    /** What a node is, in lower case. */
    static String state(NodeStatus status) {
        return status.state().name().toLowerCase(Locale.ROOT);
    }

    /** A key. */
    static String key(byte[] key) {
        return text(new String(key, StandardCharsets.UTF_8));
    }
}
