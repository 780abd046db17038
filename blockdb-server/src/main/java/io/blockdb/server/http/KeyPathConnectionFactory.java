package io.blockdb.server.http;

import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.internal.HttpConnection;

/**
 * Makes connections of HTTP/1.1 that put keys out of reach ({@link KeyPath}) before the target of a request is parsed. That is where
 * Jetty refuses what it takes for an attack (a zero, dots that lead out of the root), and no handler is asked before.
 */
final class KeyPathConnectionFactory extends HttpConnectionFactory {
    private final HeaderDeadline deadline;

    KeyPathConnectionFactory(HttpConfiguration configuration, HeaderDeadline deadline) {
        super(configuration);
        this.deadline = deadline;
    }

    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
        return configure(
                new KeyPathConnection(getHttpConfiguration(), connector, endPoint, deadline), connector, endPoint);
    }

    /** A connection that knows since when the header of a request has been coming. */
    static final class KeyPathConnection extends HttpConnection {
        private static final long NONE = 0;

        private final HeaderDeadline deadline;
        /** When the first bytes of a header came that has not ended yet, in nanoseconds of the system's timer; 0: none has begun. */
        private volatile long headerSince = NONE;

        KeyPathConnection(
                HttpConfiguration configuration, Connector connector, EndPoint endPoint, HeaderDeadline deadline) {
            super(configuration, connector, endPoint);
            this.deadline = deadline;
        }

        @Override
        protected HttpStreamOverHTTP1 newHttpStream(String method, String uri, HttpVersion version) {
            return super.newHttpStream(method, KeyPath.wrap(uri), version);
        }

        @Override
        public void onOpen() {
            deadline.opened(this);
            super.onOpen();
        }

        @Override
        public void onClose(Throwable cause) {
            deadline.closed(this);
            super.onClose(cause);
        }

        @Override
        public void onFillable() {
            if (headerSince == NONE) {
                headerSince = System.nanoTime() | 1;
            }
            super.onFillable();
            if (getParser().isStart()) {
                headerSince = NONE; // What came was no part of a header, such as the end of a handshake.
            }
        }

        void headerCame() {
            headerSince = NONE;
        }

        boolean headerIsLate(long now, long limitNanos) {
            long since = headerSince;
            return since != NONE && now - since > limitNanos;
        }
    }
}
