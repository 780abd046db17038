package io.blockdb.server;

import io.blockdb.server.config.ServerConfig;
import io.blockdb.server.feed.DatabaseSource;
import io.blockdb.server.feed.Feed;
import io.blockdb.server.feed.FeedLimits;
import io.blockdb.server.http.HttpServer;
import io.blockdb.server.http.Route;
import io.blockdb.server.http.WatchResource;
import io.blockdb.server.node.EmbeddedNode;
import io.blockdb.server.node.Node;
import io.blockdb.server.security.Gate;
import io.blockdb.server.security.tls.Certificates;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A server: a node and its HTTP interface.
 *
 * <p>Threading: any thread.
 */
public final class Server implements AutoCloseable {
    private final Node node;
    private final Feed feed;
    private final HttpServer http;

    private Server(Node node, Feed feed, HttpServer http) {
        this.node = node;
        this.feed = feed;
        this.http = http;
    }

    /**
     * Opens a database and serves it.
     *
     * @throws IOException if the database cannot be opened, or a certificate cannot be used
     */
    public static Server start(ServerConfig config) throws IOException {
        InstantSource clock = InstantSource.system();
        Certificates certificates = Certificates.read(config.tls(), clock.instant());
        ServerConfig.Server address = config.server();
        Node node = EmbeddedNode.open(
                config.database().dataDir(),
                config.options(),
                config.cluster().nodeId(),
                address.host() + ":" + address.port());
        Feed feed = new Feed(new DatabaseSource(node), FeedLimits.of(config.limits()));
        try {
            Gate gate = new Gate(config.auth(), node, clock);
            List<Route> routes = new WatchResource(feed, node, gate).routes();
            return new Server(node, feed, new HttpServer(config, certificates, node, gate, clock, routes).start());
        } catch (RuntimeException | Error e) {
            try (node;
                    feed) {
                throw e;
            }
        }
    }

    /** The node that is served. */
    Node node() {
        return node;
    }

    /** The port that is listened on. */
    public int port() {
        return http.port();
    }

    /** Takes up what can change while the server runs. */
    void reload(@Nullable Certificates certificates) {
        if (certificates != null) {
            http.replaceCertificates(certificates);
        }
    }

    /** Ends the streams of watchers, stops accepting, finishes what is in flight, and closes the database. */
    @Override
    public void close() throws IOException {
        try {
            feed.close();
            http.close();
        } finally {
            node.close();
        }
    }
}
