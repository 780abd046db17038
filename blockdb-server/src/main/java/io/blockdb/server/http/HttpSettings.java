package io.blockdb.server.http;

import io.blockdb.server.config.ServerConfig;
import java.util.List;

/**
 * What the HTTP layer is told.
 *
 * @param host address to listen on
 * @param port port to listen on; 0: a free one
 * @param connectionsMax most open connections; more wait to be accepted
 * @param requestTimeoutMillis how long a request may take before it is answered 504
 * @param shutdownTimeoutMillis how long requests in flight may take once the server is told to stop
 * @param threadsMax most threads that serve requests
 * @param cors whether pages of other origins may call
 * @param corsOrigins which origins; {@code *}: all
 * @param compression whether answers are compressed for those who can take it
 * @param limits what a stranger can make the server hold, read or wait for
 */
record HttpSettings(
        String host,
        int port,
        int connectionsMax,
        long requestTimeoutMillis,
        long shutdownTimeoutMillis,
        int threadsMax,
        boolean cors,
        List<String> corsOrigins,
        boolean compression,
        ServerConfig.Limits limits) {
    /** What the server's settings say of it. */
    static HttpSettings of(ServerConfig config) {
        ServerConfig.Server server = config.server();
        return new HttpSettings(
                server.host(),
                server.port(),
                server.maxConnections(),
                server.requestTimeout().toMillis(),
                server.shutdownTimeout().toMillis(),
                server.threadsMax(),
                server.enableCors(),
                server.corsOrigins(),
                server.enableCompression(),
                config.limits());
    }
}
