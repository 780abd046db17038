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
    KeyPathConnectionFactory(HttpConfiguration configuration) {
        super(configuration);
    }

    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
        return configure(new KeyPathConnection(getHttpConfiguration(), connector, endPoint), connector, endPoint);
    }

    private static final class KeyPathConnection extends HttpConnection {
        KeyPathConnection(HttpConfiguration configuration, Connector connector, EndPoint endPoint) {
            super(configuration, connector, endPoint);
        }

        @Override
        protected HttpStreamOverHTTP1 newHttpStream(String method, String uri, HttpVersion version) {
            return super.newHttpStream(method, KeyPath.wrap(uri), version);
        }
    }
}
