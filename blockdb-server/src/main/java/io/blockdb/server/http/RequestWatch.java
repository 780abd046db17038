package io.blockdb.server.http;

import io.blockdb.server.metrics.Metrics;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees every request once it is answered, those that the container refused too: for the metrics, the log of slow requests
 * ({@code io.blockdb.slow}) and the log of all requests ({@code io.blockdb.access}, which says nothing unless it is switched to
 * {@code debug}).
 *
 * <p>What is logged of a request is its method and path, never a header or its query: those may hold secrets.
 *
 * <p>Threading: any thread.
 */
final class RequestWatch implements RequestLog {
    /** The attribute of a request that holds the template of its route. */
    static final String ROUTE = "io.blockdb.route";

    private static final Logger SLOW = LoggerFactory.getLogger("io.blockdb.slow");
    private static final Logger ACCESS = LoggerFactory.getLogger("io.blockdb.access");
    private static final double NANOS_PER_MILLI = 1e6;

    private final Metrics metrics;
    private final long slowNanos;

    /** @param slowMillis from how many milliseconds on a request is slow; 0: none is */
    RequestWatch(Metrics metrics, long slowMillis) {
        this.metrics = metrics;
        this.slowNanos = slowMillis == 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(slowMillis);
    }

    @Override
    public void log(Request request, Response response) {
        long nanos = System.nanoTime() - request.getBeginNanoTime();
        long bytes = Response.getContentBytesWritten(response);
        Object template = request.getAttribute(ROUTE);
        metrics.observe(
                template == null ? "" : template.toString(),
                request.getMethod() == null ? "" : request.getMethod(),
                response.getStatus(),
                nanos,
                bytes);
        if (nanos >= slowNanos && template != null && !isStream(response)) {
            // Of what found no route it is the sender who was slow.
            SLOW.warn("{}", line(request, response, nanos, bytes));
        }
        if (ACCESS.isDebugEnabled()) {
            ACCESS.debug("{}", line(request, response, nanos, bytes));
        }
    }

    /** Whether an answer goes on for as long as somebody listens: then it is not slow. */
    private static boolean isStream(Response response) {
        String type = response.getHeaders().get(HttpHeader.CONTENT_TYPE);
        return type != null && type.startsWith("text/event-stream");
    }

    private static String line(Request request, Response response, long nanos, long bytes) {
        String path = request.getHttpURI() == null ? null : request.getHttpURI().getPath();
        return String.format(
                Locale.ROOT,
                "%s %s %d %.1f ms %d bytes, request %s from %s",
                Shown.text(String.valueOf(request.getMethod())),
                Shown.text(path == null ? "-" : KeyPath.shown(path)),
                response.getStatus(),
                nanos / NANOS_PER_MILLI,
                bytes,
                response.getHeaders().get(RequestIds.HEADER),
                Request.getRemoteAddr(request));
    }
}
