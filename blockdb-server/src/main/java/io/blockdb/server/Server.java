package io.blockdb.server;

import io.blockdb.db.Timings;
import io.blockdb.server.config.Exposure;
import io.blockdb.server.config.ServerConfig;
import io.blockdb.server.feed.DatabaseSource;
import io.blockdb.server.feed.Feed;
import io.blockdb.server.feed.FeedLimits;
import io.blockdb.server.http.BackupResource;
import io.blockdb.server.http.HttpServer;
import io.blockdb.server.http.Monitoring;
import io.blockdb.server.http.Route;
import io.blockdb.server.http.WatchResource;
import io.blockdb.server.metrics.Metrics;
import io.blockdb.server.metrics.Warnings;
import io.blockdb.server.node.EmbeddedNode;
import io.blockdb.server.node.Node;
import io.blockdb.server.security.Gate;
import io.blockdb.server.security.tls.Certificates;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
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
    private final Metrics metrics;
    private final Warnings warnings;
    private final AtomicReference<@Nullable Certificates> shown;

    private Server(
            Node node,
            Feed feed,
            HttpServer http,
            Metrics metrics,
            Warnings warnings,
            AtomicReference<@Nullable Certificates> shown) {
        this.node = node;
        this.feed = feed;
        this.http = http;
        this.metrics = metrics;
        this.warnings = warnings;
        this.shown = shown;
    }

    /**
     * Opens a database and serves it. It listens at once, and answers that it is not ready until the database is open; this returns
     * when it is.
     *
     * @throws IOException if the database cannot be opened, or a certificate cannot be used
     */
    public static Server start(ServerConfig config) throws IOException {
        InstantSource clock = InstantSource.system();
        Certificates certificates = Certificates.read(config.tls(), clock.instant());
        Warnings warnings = new Warnings();
        Exposure.of(config).warnings().forEach(warnings::raise);
        warnOf(certificates, warnings);
        Timings timings = new Timings();
        ServerConfig.Server address = config.server();
        EmbeddedNode node = EmbeddedNode.start(
                config.database().dataDir(),
                config.options().withTimings(timings),
                config.cluster().nodeId(),
                address.host() + ":" + address.port(),
                config.database().diskWatermark());
        Metrics metrics = new Metrics(node, timings, warnings, Version.number());
        Feed feed = new Feed(new DatabaseSource(node), FeedLimits.of(config.limits()));
        feed.bindTo(metrics);
        try {
            AtomicReference<@Nullable Certificates> shown = new AtomicReference<>(certificates);
            if (certificates != null) {
                metrics.gauge(
                        "blockdb_tls_certificate_expiry_timestamp_seconds",
                        "When the certificate that is shown expires, since the Unix epoch.",
                        () -> expiry(shown.get()));
            }
            Gate gate = new Gate(config.auth(), node, clock);
            Monitoring monitoring = new Monitoring(metrics, warnings, Version.number(), clock.instant());
            List<Route> routes = new ArrayList<>(new WatchResource(feed, node, gate).routes());
            routes.addAll(new BackupResource(node, config.database().backupDir()).routes());
            HttpServer http = new HttpServer(config, certificates, node, gate, clock, monitoring, routes).start();
            try {
                node.awaitOpen();
                return new Server(node, feed, http, metrics, warnings, shown);
            } catch (IOException | RuntimeException | Error e) {
                http.close();
                throw e;
            }
        } catch (IOException | RuntimeException | Error e) {
            try (node;
                    metrics;
                    feed) {
                throw e;
            }
        }
    }

    private static double expiry(@Nullable Certificates shown) {
        return shown == null ? Double.NaN : (double) shown.expiresAt().getEpochSecond();
    }

    private static void warnOf(@Nullable Certificates certificates, Warnings warnings) {
        if (certificates == null || certificates.warnings().isEmpty()) {
            warnings.clear("certificate");
        } else {
            warnings.raise("certificate", String.join("; ", certificates.warnings()));
        }
    }

    /** The node that is served. */
    Node node() {
        return node;
    }

    /** All that is served. */
    List<Route> routes() {
        return http.routes();
    }

    /** The port that is listened on. */
    public int port() {
        return http.port();
    }

    /** Takes up what can change while the server runs. */
    void reload(@Nullable Certificates certificates) {
        if (certificates != null) {
            http.replaceCertificates(certificates);
            shown.set(certificates);
            warnOf(certificates, warnings);
        }
    }

    /** Ends the streams of watchers, stops accepting, finishes what is in flight, and closes the database. */
    @Override
    public void close() throws IOException {
        try {
            feed.close();
            http.close();
        } finally {
            try (metrics) {
                node.close();
            }
        }
    }
}
