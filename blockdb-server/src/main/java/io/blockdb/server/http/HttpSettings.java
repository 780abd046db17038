package io.blockdb.server.http;

/**
 * What the HTTP layer is told.
 *
 * @param host address to listen on
 * @param port port to listen on; 0: a free one
 * @param connectionsMax most open connections; more wait to be accepted
 * @param requestsMax most requests in flight; more are refused with 503
 * @param requestTimeoutSeconds how long a request may take before it is answered 504
 * @param idleTimeoutSeconds how long a connection may say nothing
 * @param headerSeconds how long the header of a request may take to come
 * @param bodyBytesMax longest body of a request, in bytes
 * @param headerBytesMax longest header of a request, in bytes
 * @param pageEntriesMax most entries of one page of a listing
 * @param threadsMax most threads that serve requests
 * @param cors whether pages of other origins may call
 * @param compression whether answers are compressed for those who can take it
 */
public record HttpSettings(
        String host,
        int port,
        int connectionsMax,
        int requestsMax,
        int requestTimeoutSeconds,
        int idleTimeoutSeconds,
        int headerSeconds,
        int bodyBytesMax,
        int headerBytesMax,
        int pageEntriesMax,
        int threadsMax,
        boolean cors,
        boolean compression) {
    /** The defaults, on an address and port. */
    public static HttpSettings defaults(String host, int port) {
        return new HttpSettings(host, port, 10_000, 4_096, 30, 60, 10, 12 << 20, 16 << 10, 1_000, 200, true, true);
    }
}
