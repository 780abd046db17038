package io.blockdb.server.http;

import org.jspecify.annotations.Nullable;

/** Entity tags, by which who has something already is spared it. */
final class EntityTags {
    private EntityTags() {}

    /**
     * Weak comparison with what {@code If-None-Match} lists (RFC 9110, 13.1.2).
     *
     * @param asked the header, or null where there is none
     * @param tag a weak tag
     */
    static boolean match(@Nullable String asked, String tag) {
        if (asked == null) {
            return false;
        }
        String opaque = tag.substring(2);
        for (String one : asked.split(",", -1)) {
            String stripped = one.strip();
            if (stripped.equals("*") || stripped.equals(opaque) || stripped.equals(tag)) {
                return true;
            }
        }
        return false;
    }
}
