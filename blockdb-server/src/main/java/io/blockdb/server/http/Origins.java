package io.blockdb.server.http;

import io.blockdb.server.security.ForbiddenException;
import io.javalin.http.Context;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which web pages may call. A browser asks before it sends what is out of the ordinary, but a plain POST it sends at once and
 * withholds the answer alone; by then it is written. So what changes something is refused here too.
 *
 * <p>Threading: any thread.
 */
final class Origins {
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

    private final HttpSettings settings;

    Origins(HttpSettings settings) {
        this.settings = settings;
    }

    /** Whether pages of every origin may call, or of none: then no answer depends on whose page asks. */
    boolean alike() {
        return !settings.cors() || settings.corsOrigins().contains("*");
    }

    /** What a page of this origin is told of who may call; null: it may not. */
    @Nullable
    String allowed(@Nullable String origin) {
        if (origin == null || !settings.cors()) {
            return null;
        }
        if (settings.corsOrigins().contains("*")) {
            return "*";
        }
        return settings.corsOrigins().contains(origin) ? origin : null;
    }

    /**
     * Refuses a page of another origin that may not call and would change something. Programs name no origin.
     *
     * @throws ForbiddenException if it is one
     */
    void checkPage(Context ctx) {
        String origin = ctx.header("Origin");
        if (origin == null || READING.contains(ctx.method().name()) || allowed(origin) != null) {
            return;
        }
        int scheme = origin.indexOf("://");
        boolean own = scheme >= 0 && origin.substring(scheme + 3).equalsIgnoreCase(ctx.header("Host"));
        // A proxy may have changed the host; the browser's own word no page can change.
        if (!own && !"same-origin".equals(ctx.header("Sec-Fetch-Site"))) {
            throw new ForbiddenException(
                    "pages of " + Shown.text(origin) + " may not call: server.cors_origins names those that may");
        }
    }
}
