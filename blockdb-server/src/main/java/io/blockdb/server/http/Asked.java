package io.blockdb.server.http;

import io.blockdb.base.TableName;
import io.blockdb.server.config.ServerConfig;
import io.blockdb.server.security.Caller;
import io.javalin.http.Context;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.jspecify.annotations.Nullable;

/** What a request asks for, taken out of its path, query and body, checked. */
final class Asked {
    /** The longest key (LEDGER.md, section Entry). */
    static final int KEY_LENGTH_MAX = 64_000;

    /** How long a body may take that is small by its route's own limit. */
    private static final Duration SMALL_BODY_TIMEOUT = Duration.ofSeconds(30);

    private static final int BODY_PART = 8_192;
    private static final String KEY_IN_PATH = "the key in the path";

    /** The context's attribute that holds the {@link Caller}. */
    static final String CALLER = "io.blockdb.caller";

    private Asked() {}

    /** Who asks. */
    static Caller caller(Context ctx) {
        Caller caller = ctx.attribute(CALLER);
        if (caller == null) {
            throw new IllegalStateException("nobody was admitted to " + ctx.path());
        }
        return caller;
    }

    /** The key at the end of the path, in the encoding that the query names. */
    static byte[] key(Context ctx, ByteText encoding) {
        byte[] bytes = Percent.decoded(KEY_IN_PATH, KeyPath.raw(ctx.path()));
        String text = Percent.utf8(KEY_IN_PATH, bytes);
        if (encoding == ByteText.BASE64) {
            bytes = encoding.decode(KEY_IN_PATH, text);
        }
        return checkedKey(bytes, "the key");
    }

    /** A key that the ledger can take. */
    static byte[] checkedKey(byte[] key, String what) {
        return checkedKey(key, what, KEY_LENGTH_MAX);
    }

    /** A key that is no longer than it may be. */
    static byte[] checkedKey(byte[] key, String what, int lengthMax) {
        if (key.length == 0) {
            throw Problem.invalid(what + " is empty: a key has 1 to " + lengthMax + " bytes");
        }
        if (key.length > lengthMax) {
            throw new Problem(
                    Problem.Kind.TOO_LARGE,
                    what + " has " + key.length + " bytes: a key has 1 to " + lengthMax + " bytes");
        }
        return key;
    }

    /** The encoding that the query names. */
    static ByteText encoding(Context ctx) {
        return ByteText.named(ctx.queryParam("encoding"));
    }

    /** The table that the query names, else {@code default}. */
    static TableName table(Context ctx) {
        return table(ctx.queryParam("table"));
    }

    /** A table by its name; null: {@code default}. */
    static TableName table(@Nullable String name) {
        if (name == null) {
            return TableName.DEFAULT;
        }
        try {
            return TableName.of(name);
        } catch (IllegalArgumentException e) {
            throw Problem.invalid(String.valueOf(e.getMessage()));
        }
    }

    /** A number of the query, or a default. */
    static long number(Context ctx, String name, long min, long max, long byDefault) {
        String text = ctx.queryParam(name);
        if (text == null) {
            return byDefault;
        }
        long number;
        try {
            number = Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw Problem.invalid(name + " must be a whole number, is '" + Shown.text(text) + "'");
        }
        if (number < min || number > max) {
            throw Problem.invalid(name + " must be " + min + " to " + max + ", is " + number);
        }
        return number;
    }

    /** Whether the query asks for something: {@code true} or {@code false}. */
    static boolean truth(Context ctx, String name) {
        String text = ctx.queryParam(name);
        if (text == null || text.equals("false")) {
            return false;
        }
        if (text.equals("true") || text.isEmpty()) {
            return true;
        }
        throw Problem.invalid(name + " must be true or false, is '" + Shown.text(text) + "'");
    }

    /** The body of a route that takes large ones, which must be JSON by its type or have none. */
    static byte[] body(Context ctx, ServerConfig.Limits limits) {
        return body(ctx, limits.bodySize(), limits.bodyTimeout());
    }

    /**
     * The body, which must be JSON by its type or have none.
     *
     * @param bytesMax the longest that is taken
     */
    static byte[] body(Context ctx, int bytesMax) {
        return body(ctx, bytesMax, SMALL_BODY_TIMEOUT);
    }

    private static byte[] body(Context ctx, int bytesMax, Duration timeout) {
        String type = ctx.contentType();
        long announced = ctx.req().getContentLengthLong();
        // curl -d '' calls even nothing a form.
        if (type != null && announced != 0 && !isJson(type)) {
            throw new Problem(
                    Problem.Kind.UNSUPPORTED_MEDIA_TYPE,
                    "the body must be application/json, is " + Shown.text(type)
                            + ": send the header Content-Type: application/json");
        }
        String coding = ctx.header("Content-Encoding");
        if (coding != null && !coding.equalsIgnoreCase("identity")) {
            ctx.header("Accept-Encoding", "identity");
            throw new Problem(
                    Problem.Kind.UNSUPPORTED_MEDIA_TYPE,
                    "the body is compressed (" + Shown.text(coding) + "), which is not taken: send it as it is");
        }
        if (announced > bytesMax) {
            throw tooLong(bytesMax);
        }
        ConnectionMetaData met =
                ServletContextRequest.getServletContextRequest(ctx.req()).getConnectionMetaData();
        EndPoint connection = met.getConnection().getEndPoint();
        long idle = connection.getIdleTimeout();
        try (InputStream in = ctx.req().getInputStream()) {
            // A body of which nothing comes must not hold a thread for as long as a connection may be idle.
            connection.setIdleTimeout(Math.min(idle, timeout.toMillis()));
            return read(in, announced, bytesMax, timeout);
        } catch (EOFException e) {
            throw cutShort();
        } catch (IOException e) {
            if (!(e.getCause() instanceof TimeoutException)) {
                throw cutShort();
            }
            // A server that stops has no more patience than a second.
            throw met.getConnector().getServer().isRunning() ? tooSlow() : stopping();
        } finally {
            connection.setIdleTimeout(idle);
        }
    }

    /** Reads a body as fast as it must come. The connection's idle timeout begins anew with each byte; this does not. */
    private static byte[] read(InputStream in, long announced, int bytesMax, Duration timeout) throws IOException {
        long begun = System.nanoTime();
        byte[] body = new byte[announced >= 0 ? (int) announced : BODY_PART];
        int length = 0;
        for (; ; ) {
            if (length == body.length && announced < 0) {
                body = Arrays.copyOf(body, (int) Math.min(bytesMax + 1L, body.length * 2L));
            }
            int n = length == body.length ? -1 : in.read(body, length, body.length - length);
            if (n < 0) {
                break;
            }
            length += n;
            if (length > bytesMax) {
                throw tooLong(bytesMax);
            }
            if (System.nanoTime() - begun > timeout.toNanos()) {
                throw tooSlow();
            }
        }
        if (length < announced) {
            throw cutShort();
        }
        return length == body.length ? body : Arrays.copyOf(body, length);
    }

    private static Problem stopping() {
        return new Problem(
                        Problem.Kind.NOT_READY, "the server is stopping, and nothing was written: send it again soon")
                .retryAfter(1);
    }

    private static Problem tooSlow() {
        return Problem.invalid("the body came too slowly");
    }

    private static Problem cutShort() {
        return Problem.invalid("the body ended before its announced length");
    }

    private static Problem tooLong(int bytesMax) {
        return new Problem(Problem.Kind.TOO_LARGE, "the body is longer than " + bytesMax + " bytes");
    }

    private static boolean isJson(String type) {
        int end = type.indexOf(';');
        String media = (end < 0 ? type : type.substring(0, end)).strip();
        if (!media.equalsIgnoreCase("application/json")) {
            return false;
        }
        String parameters = end < 0 ? "" : type.substring(end).toLowerCase(java.util.Locale.ROOT);
        return !parameters.contains("charset") || parameters.contains("utf-8");
    }
}
