package io.blockdb.server;

import io.blockdb.db.Options;
import io.blockdb.db.Timings;
import io.blockdb.server.http.HttpServer;
import io.blockdb.server.http.HttpSettings;
import io.blockdb.server.http.Monitoring;
import io.blockdb.server.metrics.Metrics;
import io.blockdb.server.metrics.Warnings;
import io.blockdb.server.node.EmbeddedNode;
import io.blockdb.server.node.Node;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * A server: a node and its HTTP interface.
 *
 * <p>Threading: any thread.
 */
public final class Server implements AutoCloseable {
    private static final Duration SLOW_REQUEST = Duration.ofSeconds(1);

    private final Node node;
    private final HttpServer http;

    private final Metrics metrics;

    private Server(Node node, HttpServer http, Metrics metrics) {
        this.node = node;
        this.http = http;
        this.metrics = metrics;
    }

    /**
     * Opens a database and serves it. It listens at once, and answers that it is not ready until the database is open.
     *
     * @param directory the data directory
     * @param options how it is opened
     * @param settings how it listens
     * @throws IOException if the database cannot be opened
     */
    public static Server start(Path directory, Options options, HttpSettings settings) throws IOException {
        Timings timings = new Timings();
        String version = Server.class.getPackage().getImplementationVersion();
        String shown = version == null ? "(unpackaged)" : version;
        InstantSource clock = InstantSource.system();
        Warnings warnings = new Warnings();
        EmbeddedNode node = EmbeddedNode.start(
                directory, options.withTimings(timings), "node1", settings.host() + ":" + settings.port(), 0);
        Metrics metrics = new Metrics(node, timings, warnings, shown);
        Monitoring monitoring = new Monitoring(metrics, warnings, SLOW_REQUEST, shown, clock.instant());
        try {
            HttpServer http = new HttpServer(settings, node, clock, monitoring, List.of()).start();
            Server server = new Server(node, http, metrics);
            try {
                node.awaitOpen();
                return server;
            } catch (IOException | RuntimeException | Error e) {
                http.close();
                throw e;
            }
        } catch (IOException | RuntimeException | Error e) {
            try (node;
                    metrics) {
                throw e;
            }
        }
    }

    /** The port that is listened on. */
    public int port() {
        return http.port();
    }

    /** Stops accepting, finishes what is in flight, and closes the database. */
    @Override
    public void close() throws IOException {
        try {
            http.close();
        } finally {
            try (metrics) {
                node.close();
            }
        }
    }
}
