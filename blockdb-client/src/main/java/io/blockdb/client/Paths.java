package io.blockdb.client;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Paths and queries as they stand on the wire. Keys are always base64 there, so that each of them is just itself. */
final class Paths {
    private final StringBuilder path;
    private char separator = '?';

    private Paths(String path) {
        this.path = new StringBuilder(path);
    }

    static Paths of(String route) {
        return new Paths(route);
    }

    /** A route that ends with a key; its table and encoding go into the query. */
    static Paths ofKey(String route, Key key) {
        return new Paths(route + encoded(base64(key.bytes())))
                .with("table", key.table())
                .with("encoding", "base64");
    }

    /** Adds a parameter, unless it is null. */
    Paths with(String name, @Nullable Object value) {
        if (value != null) {
            path.append(separator).append(name).append('=').append(encoded(value.toString()));
            separator = '&';
        }
        return this;
    }

    /** Adds bytes in base64, unless they are null. */
    Paths withBytes(String name, byte @Nullable [] bytes) {
        return with(name, bytes == null ? null : base64(bytes));
    }

    /** Adds a flag where it is set. */
    Paths withFlag(String name, boolean flag) {
        return with(name, flag ? "true" : null);
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** Percent-encoded for a path segment and for a query alike. */
    static String encoded(String text) {
        // The encoder is made for forms, where a space is a plus and an asterisk stays; nothing else differs.
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A");
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
