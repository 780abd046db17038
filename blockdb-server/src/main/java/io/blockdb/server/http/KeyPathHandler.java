package io.blockdb.server.http;

import java.util.List;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Takes the key out of a path before anything normalizes it: a key may hold slashes, dots, empty segments and every escape, which a
 * container resolves, joins or refuses. What is routed has a placeholder in the key's stead.
 *
 * <p>Threading: any thread.
 */
final class KeyPathHandler extends Handler.Wrapper {
    /** The attribute that holds the rest of the path, as it came. */
    static final String ATTRIBUTE = "io.blockdb.key";

    /** Paths behind which a key stands. */
    static final List<String> PREFIXES =
            List.of("/api/v1/get/", "/api/v1/keys/", "/api/v1/history/", "/api/v1/receipt/");

    private static final String PLACEHOLDER = "-";

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        HttpURI uri = request.getHttpURI();
        String path = uri.getPath();
        String prefix = path == null ? null : prefix(path);
        if (path == null || prefix == null) {
            return super.handle(request, response, callback);
        }
        HttpURI routed = HttpURI.build(uri).path(prefix + PLACEHOLDER).asImmutable();
        Request wrapped = Request.serveAs(request, routed);
        wrapped.setAttribute(ATTRIBUTE, path.substring(prefix.length()));
        return super.handle(wrapped, response, callback);
    }

    private static @Nullable String prefix(String path) {
        for (String prefix : PREFIXES) {
            if (path.startsWith(prefix)) {
                return prefix;
            }
        }
        return null;
    }
}
