package io.blockdb.server;

import io.blockdb.db.Options;
import io.blockdb.server.feed.DatabaseSource;
import io.blockdb.server.feed.Feed;
import io.blockdb.server.feed.FeedLimits;
import io.blockdb.server.http.HttpServer;
import io.blockdb.server.http.HttpSettings;
import io.blockdb.server.http.Route;
import io.blockdb.server.http.WatchResource;
import io.blockdb.server.node.EmbeddedNode;
import io.blockdb.server.node.Node;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

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
     * @param directory the data directory
     * @param options how it is opened
     * @param settings how it listens
     * @throws IOException if the database cannot be opened
     */
    public static Server start(Path directory, Options options, HttpSettings settings) throws IOException {
        Node node = EmbeddedNode.open(directory, options, "node1", settings.host() + ":" + settings.port());
        Feed feed = new Feed(new DatabaseSource(node), FeedLimits.defaults(settings.connectionsMax()));
        try {
            List<Route> routes = new WatchResource(feed, node).routes();
            return new Server(node, feed, new HttpServer(settings, node, InstantSource.system(), routes).start());
        } catch (RuntimeException | Error e) {
            try (node;
                    feed) {
                throw e;
            }
        }
    }

    /** The port that is listened on. */
    public int port() {
        return http.port();
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
