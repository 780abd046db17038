package io.blockdb.cli.remote;

import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;

/**
 * The address of a server.
 *
 * @param base what all its paths begin with, without a slash at the end
 * @param place host and port, as messages name them
 * @param secure whether it is spoken to over TLS
 */
record ServerUrl(String base, String place, boolean secure) {
    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException if it is none, or holds what does not belong there
     */
    static ServerUrl parse(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            // Not repeated either: a password with a character that belongs into no address is one as well.
            throw new IllegalArgumentException(
                    "--url is no address of a server: " + e.getReason() + "; it looks like http://127.0.0.1:8080");
        }
        String scheme = String.valueOf(uri.getScheme());
        boolean secure = scheme.equalsIgnoreCase("https");
        if (uri.getRawUserInfo() != null) {
            // The address is not repeated here: it may hold a password.
            throw new IllegalArgumentException(
                    "--url holds a name or a password: the token goes into --token-file or BLOCKDB_TOKEN");
        }
        if (!secure && !scheme.equalsIgnoreCase("http") || uri.getHost() == null) {
            throw new IllegalArgumentException(
                    "--url '" + text + "' is no address of a server: it looks like http://127.0.0.1:8080");
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("--url '" + text + "': there is more behind the path");
        }
        String base = text;
        while (base.endsWith("/")) {
            base = base.substring(0, base.length() - 1);
        }
        int port = uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80;
        return new ServerUrl(base, uri.getHost() + ":" + port, secure);
    }

    /** The address of a path. */
    URL resolve(String path) {
        try {
            return new URL(base + path);
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException("--url '" + base + "': " + e.getMessage(), e);
        }
    }
}
