package io.blockdb.server.http;

import io.blockdb.server.config.ServerConfig;
import java.util.List;

/**
 * What the HTTP layer is told.
 *
 * @param host address to listen on
 * @param port port to listen on; 0: a free one
 * @param connectionsMax most open connections; more wait to be accepted
 * @param requestsMax most requests in flight; more are refused with 503
 * @param requestTimeoutMillis how long a request may take before it is answered 504
 * @param idleTimeoutMillis how long a connection may say nothing
 * @param shutdownTimeoutMillis how long requests in flight may take once the server is told to stop
 * @param bodyBytesMax longest body of a request, in bytes
 * @param headerBytesMax longest header of a request, in bytes
 * @param pageEntriesMax most entries of one page of a listing
 * @param threadsMax most threads that serve requests
 * @param cors whether pages of other origins may call
 * @param corsOrigins which origins; {@code *}: all
 * @param compression whether answers are compressed for those who can take it
 */
public record HttpSettings(
        String host,
        int port,
        int connectionsMax,
        int requestsMax,
        long requestTimeoutMillis,
        long idleTimeoutMillis,
        long shutdownTimeoutMillis,
        int bodyBytesMax,
        int headerBytesMax,
        int pageEntriesMax,
        int threadsMax,
        boolean cors,
        List<String> corsOrigins,
        boolean compression) {
    /** What the server's settings say of it. */
    public static HttpSettings of(ServerConfig config) {
        ServerConfig.Server server = config.server();
        ServerConfig.Limits limits = config.limits();
        return new HttpSettings(
                server.host(),
                server.port(),
                server.maxConnections(),
                limits.requestsInFlight(),
                server.requestTimeout().toMillis(),
                limits.idleTimeout().toMillis(),
                server.shutdownTimeout().toMillis(),
                limits.bodySize(),
                limits.headerSize(),
                limits.pageEntries(),
                server.threadsMax(),
                server.enableCors(),
                server.corsOrigins(),
                server.enableCompression());
    }
}
