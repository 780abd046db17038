package io.blockdb.server.http;

import io.blockdb.db.Timings;
import io.blockdb.server.config.ServerConfig;
import io.blockdb.server.metrics.Metrics;
import io.blockdb.server.metrics.Warnings;
import io.blockdb.server.node.EmbeddedNode;
import io.blockdb.server.node.FaultyDisk;
import io.blockdb.server.security.Gate;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An interface to a database on a disk that fails, fills up and stalls when it is told to; without the rest of a server. */
final class FaultyServer implements AutoCloseable {
    final FaultyDisk disk;
    final EmbeddedNode node;
    final Warnings warnings = new Warnings();
    private final Metrics metrics;
    private final HttpServer http;
    private boolean closed;

    /** Listens, and does not wait for the database to be open. */
    FaultyServer(FaultyDisk disk, Path directory, Map<String, String> settings, List<Route> more) {
        this.disk = disk;
        ServerConfig config = ServerConfig.of(settings);
        Timings timings = new Timings();
        this.node = EmbeddedNode.start(
                directory,
                config.options().withEnvironment(disk.environment()).withTimings(timings),
                "n",
                "localhost:1",
                config.database().diskWatermark());
        this.metrics = new Metrics(node, timings, warnings, "1.2.3");
        this.http = new HttpServer(
                        config,
                        null,
                        node,
                        new Gate(config.auth(), node, InstantSource.system()),
                        InstantSource.system(),
                        new Monitoring(metrics, warnings, "1.2.3", Instant.EPOCH),
                        more)
                .start();
    }

    /** Listens, and waits for the database to be open. */
    static FaultyServer open(FaultyDisk disk, Path directory) throws IOException {
        return open(disk, directory, Map.of());
    }

    /** As {@link #open}, with further settings. */
    static FaultyServer open(FaultyDisk disk, Path directory, Map<String, String> more) throws IOException {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("server.port", "0");
        FaultyServer server = new FaultyServer(disk, directory, settings, List.of());
        server.node.awaitOpen();
        return server;
    }

    /** How it is asked. */
    RunningServer asked() {
        return RunningServer.at(http.port());
    }

    /** Stops taking requests, and waits for those in flight; the disk is left as it is. */
    void stopServing() {
        http.close();
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        disk.goOn();
        disk.heal();
        disk.setUsable(-1);
        http.close();
        try (metrics) {
            node.close();
        }
    }
}
