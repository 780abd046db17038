package io.blockdb.server.http;

import io.javalin.http.Context;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What a request is called, in its answer and in the logs: as whoever asks calls it ({@code X-Request-Id}), or by a number of this
 * process. It names, it does not identify: nothing rests on it.
 *
 * <p>Threading: any thread.
 */
final class RequestIds {
    /** The header, of requests and of answers. */
    static final String HEADER = "X-Request-Id";

    private static final int LENGTH_MAX = 128;

    private final String prefix = "%08x-".formatted(ThreadLocalRandom.current().nextInt());
    private final AtomicLong last = new AtomicLong();

    /** The id of a request that comes with this header, or with none. One that no log should hold is replaced. */
    String of(@Nullable String header) {
        return header != null && isFit(header) ? header : prefix + Long.toHexString(last.incrementAndGet());
    }

    /** The id that the answer to a request bears. */
    static String of(Context ctx) {
        String id = ctx.res().getHeader(HEADER);
        return id == null ? "-" : id;
    }

    private static boolean isFit(String id) {
        if (id.isEmpty() || id.length() > LENGTH_MAX) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (c <= ' ' || c > '~' || c == '"' || c == '\\') {
                return false;
            }
        }
        return true;
    }
}
