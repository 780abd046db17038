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
        String said = HttpStatus.getMessage(status);
        boolean stopping = status == HttpStatus.SERVICE_UNAVAILABLE_503
                && request.getConnectionMetaData().getConnector().getServer().isStopping();
        String text = stopping
                ? "the server is stopping, and takes no more requests"
                : message == null || said.equals(message) ? said : said + ": " + Shown.text(message.toString());
        Problem problem = new Problem(kind(status), text);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/problem+json");
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        if (status == HttpStatus.SERVICE_UNAVAILABLE_503) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
        }
        String path = request.getHttpURI() == null
                ? ""
                : KeyPath.shown(String.valueOf(request.getHttpURI().getPath()));
        response.write(true, ByteBuffer.wrap(Problems.body(problem, status, path)), callback);
        return true;
    }

    private static Problem.Kind kind(int status) {
        return switch (status) {
            case HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE_431, HttpStatus.URI_TOO_LONG_414 -> Problem.Kind.TOO_LARGE;
            case HttpStatus.HTTP_VERSION_NOT_SUPPORTED_505, HttpStatus.NOT_IMPLEMENTED_501 ->
                Problem.Kind.INVALID_REQUEST;
            default -> Problem.Kind.of(status);
        };
    }
}
