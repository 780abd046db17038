package io.blockdb.server;

import io.blockdb.server.config.ServerConfig;
import io.blockdb.server.http.HttpServer;
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
    private final HttpServer http;

    private Server(Node node, HttpServer http) {
        this.node = node;
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
        try {
            Gate gate = new Gate(config.auth(), node, clock);
            return new Server(node, new HttpServer(config, certificates, node, gate, clock, List.of()).start());
        } catch (RuntimeException | Error e) {
            try (node) {
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

    /** Stops accepting, finishes what is in flight, and closes the database. */
    @Override
    public void close() throws IOException {
        try {
            http.close();
        } finally {
            node.close();
        }
    }
}
