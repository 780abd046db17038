package io.blockdb.server.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Tells in the form of all problems what the container itself refuses: what is no HTTP, headers that are too long. */
final class ContainerErrors extends ErrorHandler {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        Object message = request.getAttribute(ERROR_MESSAGE);
        String text = HttpStatus.getMessage(status) + (message == null ? "" : ": " + Shown.text(message.toString()));
        boolean stopping = status == HttpStatus.SERVICE_UNAVAILABLE_503
                && request.getConnectionMetaData().getConnector().getServer().isStopping();
        Problem problem = new Problem(
                kind(status), stopping ? "the server is stopping, and takes no more requests: nothing was done" : text);
        if (status == HttpStatus.SERVICE_UNAVAILABLE_503) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
        }
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/problem+json");
        String path = request.getHttpURI() == null
                ? ""
                : String.valueOf(request.getHttpURI().getPath());
        response.write(true, ByteBuffer.wrap(Problems.body(problem, path)), callback);
        return true;
    }

    private static Problem.Kind kind(int status) {
        if (status == HttpStatus.SERVICE_UNAVAILABLE_503) {
            return Problem.Kind.NOT_READY;
        }
        for (Problem.Kind kind : Problem.Kind.values()) {
            if (kind.status() == status) {
                return kind;
            }
        }
        if (status == HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE_431 || status == HttpStatus.URI_TOO_LONG_414) {
            return Problem.Kind.TOO_LARGE;
        }
        return status < HttpStatus.INTERNAL_SERVER_ERROR_500 ? Problem.Kind.INVALID_REQUEST : Problem.Kind.INTERNAL;
    }
}
