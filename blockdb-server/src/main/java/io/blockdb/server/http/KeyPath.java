package io.blockdb.server.http;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * Keys in paths. A key may hold slashes, dots, empty segments, zeros and every escape: what a container resolves, joins or refuses.
 * So what stands behind the prefix of such a route is put into one harmless segment before the container sees it, and taken out of
 * it by the route.
 */
final class KeyPath {
    /** Paths behind which a key stands. */
    private static final List<String> PREFIXES =
            List.of("/api/v1/get/", "/api/v1/keys/", "/api/v1/history/", "/api/v1/receipt/");

    /** Stands before the segment that holds a key, since no segment may be empty. */
    private static final char MARK = '~';

    private KeyPath() {}

    /** The target of a request as the container is to see it (RFC 9112, 3.2: in origin or absolute form). */
    static String wrap(String target) {
        int path = target.startsWith("/") ? 0 : target.indexOf('/', target.indexOf("://") + 3);
        if (path < 0) {
            return target;
        }
        for (String prefix : PREFIXES) {
            if (target.startsWith(prefix, path)) {
                int from = path + prefix.length();
                int query = target.indexOf('?', from);
                int to = query < 0 ? target.length() : query;
                // Jetty reads the request line as UTF-8, and leaves U+FFFD where it is none. That is another key than
                // was meant, so
                // it becomes a byte that is no UTF-8 either, which the route refuses.
                byte[] raw = target.substring(from, to).replace("\uFFFD", "%FF").getBytes(StandardCharsets.UTF_8);
                return target.substring(0, from)
                        + MARK
                        + Base64.getUrlEncoder().withoutPadding().encodeToString(raw)
                        + target.substring(to);
            }
        }
        return target;
    }

    /** What stood behind the prefix, in UTF-8, still percent-encoded; the path must be one that {@link #wrap} made. */
    static byte[] raw(String path) {
        int mark = path.lastIndexOf(MARK);
        if (mark < 0) {
            throw new IllegalStateException("no key was taken out of " + path);
        }
        return Base64.getUrlDecoder().decode(path.substring(mark + 1));
    }

    /** A path as its sender wrote it. */
    static String shown(String path) {
        for (String prefix : PREFIXES) {
            if (path.startsWith(prefix + MARK)) {
                return prefix + new String(raw(path), StandardCharsets.UTF_8);
            }
        }
        return path;
    }
}
