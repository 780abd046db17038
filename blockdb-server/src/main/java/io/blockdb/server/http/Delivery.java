package io.blockdb.server.http;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.eclipse.jetty.ee10.servlet.ServletContextResponse;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Hands an answer that is ready to the connection, compressed for who takes that, and without a thread that waits until it has been
 * taken: whoever asks and does not read would else take a thread from all others.
 *
 * <p>Threading: any thread.
 */
final class Delivery {
    /** What the servlet's own buffer holds, which is sent without a waiting thread when the request is over. */
    static final int AT_ONCE = 8 << 10;

    /** Shorter answers are not compressed: they fit into a packet as they are. */
    private static final int COMPRESSED_MIN = 1500;

    private static final String COMPRESSED = "io.blockdb.gzip";

    private final boolean compression;

    /** @param compression whether answers are compressed for those who can take it */
    Delivery(boolean compression) {
        this.compression = compression;
    }

    /** Delivers what a request is answered with; what is short, is left to the servlet. */
    void deliver(Context ctx) throws IOException {
        InputStream result = ctx.resultInputStream();
        int length = result == null ? 0 : result.available();
        if (result == null || length < COMPRESSED_MIN) {
            return;
        }
        boolean compressed = compression && takesGzip(ctx.header("Accept-Encoding"));
        if (!compressed && length < AT_ONCE) {
            return;
        }
        Pieces.Stream bytes = compressed ? compressed(ctx, result) : pieces(result);
        boolean atOnce = bytes.available() < AT_ONCE || ctx.method().equals(HandlerType.HEAD);
        if (!atOnce) {
            AnswerBudget.countAtLeast(ctx, bytes.available());
        }
        if (compressed) {
            ctx.header("Content-Encoding", "gzip");
        }
        if (atOnce) {
            ctx.result(bytes);
            return;
        }
        ctx.result(InputStream.nullInputStream());
        Problems.answered(ctx);
        ctx.future(() -> {
            ctx.req().getAsyncContext().setTimeout(0); // An answer may take as long as somebody takes from it.
            ServletContextResponse response = ServletContextResponse.getServletContextResponse(ctx.res());
            EndPoint endPoint =
                    response.getServletRequestState().getServletChannel().getEndPoint();
            Scheduler scheduler = response.getRequest().getComponents().getScheduler();
            return new Sending(response, bytes, scheduler, endPoint::close).begin();
        });
    }

    private static Pieces.Stream pieces(InputStream result) throws IOException {
        return result instanceof Pieces.Stream there ? there : Pieces.of(result.readAllBytes()).stream();
    }

    private static Pieces.Stream compressed(Context ctx, InputStream result) throws IOException {
        byte[] known = ctx.attribute(COMPRESSED);
        if (known != null) {
            return Pieces.of(known).stream();
        }
        Pieces pieces = new Pieces();
        gzip(result, pieces);
        return pieces.stream();
    }

    /** Whether a client says that it takes gzip (RFC 9110, 12.5.3). */
    static boolean takesGzip(@Nullable String accepted) {
        for (String one : accepted == null
                ? new String[0]
                : accepted.toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] parts = one.split(";", -1);
            if (parts[0].strip().equals("gzip")) {
                return parts.length == 1 || !parts[1].strip().matches("q=0(\\.0*)?");
            }
        }
        return false;
    }

    /** Says how the answer is compressed, where that is known. */
    static void compressed(Context ctx, byte[] bytes) {
        ctx.attribute(COMPRESSED, bytes);
    }

    /** Compresses. */
    static byte[] gzip(byte[] plain) throws IOException {
        Pieces pieces = new Pieces();
        gzip(Pieces.of(plain).stream(), pieces);
        return pieces.toByteArray();
    }

    private static void gzip(InputStream plain, OutputStream to) throws IOException {
        try (OutputStream gzip = new GZIPOutputStream(to, AT_ONCE)) {
            plain.transferTo(gzip);
        }
    }
}
