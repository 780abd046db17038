package io.blockdb.server.http;

import io.blockdb.server.config.ServerConfig;
import io.blockdb.server.node.Node;
import io.blockdb.server.security.Gate;
import io.blockdb.server.security.tls.Certificates;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP interface of a node: Jetty by way of Javalin.
 *
 * <p>Threading: any thread.
 */
public final class HttpServer implements AutoCloseable {
    private static final int THREADS_MIN = 8;
    /** Connections that may wait to be accepted. Java's 50 is too few when thousands of watchers come again at once. */
    private static final int ACCEPT_QUEUE = 1024;

    /** Javalin allocates a buffer of this size for each answer that it copies to the servlet, and most are shorter. */
    private static final int COPIED_AT_ONCE = 1 << 10;

    private final Javalin javalin;
    /** Null until it listens. */
    private volatile @Nullable ServerConnector connector;

    private final HttpSettings settings;
    private final RequestWatch watch;
    private final Routes routes;
    private final QueuedThreadPool threads;
    private final HeaderDeadline headers;
    private final @Nullable TlsConnection tls;

    /**
     * An interface that is not listening yet.
     *
     * @param config how it listens, and its limits
     * @param certificates what TLS is spoken with; null: none is
     * @param node what it serves
     * @param gate who is let in
     * @param clock the time, by which a time to live is reckoned
     * @param monitoring where it is told how the server is
     * @param more routes beside those to the node
     */
    public HttpServer(
            ServerConfig config,
            @Nullable Certificates certificates,
            Node node,
            Gate gate,
            InstantSource clock,
            Monitoring monitoring,
            List<Route> more) {
        this.settings = HttpSettings.of(config);
        this.threads = threads(settings);
        this.headers = new HeaderDeadline(settings.limits().headerTimeout());
        this.tls = certificates == null ? null : new TlsConnection(certificates, headers);
        this.watch = new RequestWatch(
                monitoring.metrics(), config.logging().slowRequest().toMillis());
        this.routes = new Routes(settings, node, gate, clock, answers(), monitoring, more);
        monitoring
                .metrics()
                .gauge("blockdb_http_requests_in_flight", "Requests that are worked on.", routes::requestsInFlight);
        monitoring.metrics().gauge("blockdb_http_connections", "Connections that are open.", this::connections);
        this.javalin = Javalin.create(this::configure);
    }

    private double connections() {
        ServerConnector open = connector;
        return open == null ? 0 : open.getConnectedEndPoints().size();
    }

    private void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.router.ignoreTrailingSlashes = false;
        config.http.prefer405over404 = true;
        config.http.maxRequestSize = settings.limits().bodySize();
        config.http.asyncTimeout = settings.requestTimeoutMillis();
        config.http.responseBufferSize = COPIED_AT_ONCE;
        config.http.compressionStrategy = CompressionStrategy.NONE; // Delivery compresses.
        config.jetty.threadPool = threads;
        config.jetty.modifyHttpConfiguration(this::limit);
        config.jetty.modifyServer(this::wrap);
        config.jetty.addConnector(this::connector);
        routes.register(config.routes);
    }

    /** A virtual thread a request where the JDK has them: then no thread is taken up by who reads or sends slowly. */
    private static QueuedThreadPool threads(HttpSettings settings) {
        QueuedThreadPool threads = new QueuedThreadPool(settings.threadsMax(), THREADS_MIN);
        threads.setName("blockdb-http");
        if (VirtualThreads.areSupported()) {
            threads.setVirtualThreadsExecutor(VirtualThreads.getDefaultVirtualThreadsExecutor());
        }
        return threads;
    }

    /** Gives the answers to writes. */
    private Executor answers() {
        Executor virtual = threads.getVirtualThreadsExecutor();
        return new Answers(
                virtual == null ? threads : virtual, Runtime.getRuntime().availableProcessors());
    }

    private void limit(HttpConfiguration http) {
        http.setUriCompliance(UriCompliance.UNSAFE);
        http.setRequestHeaderSize(settings.limits().headerSize());
        http.setSendServerVersion(false);
        http.setHeaderCacheSize(
                0); // Jetty's 1024 are 100 KB of every connection: thousands of idle ones filled the heap.
        http.setOutputBufferSize(Delivery.AT_ONCE);
        http.setOutputAggregationSize(Delivery.AT_ONCE);
        http.setIdleTimeout(settings.limits().idleTimeout().toMillis());
    }

    private ServerConnector connector(Server server, HttpConfiguration http) {
        ServerConnector made = tls == null
                ? new ServerConnector(server, new KeyPathConnectionFactory(http, headers))
                : tls.connector(server, http);
        made.setHost(settings.host());
        made.setPort(settings.port());
        made.setAcceptQueueSize(ACCEPT_QUEUE);
        made.setIdleTimeout(settings.limits().idleTimeout().toMillis());
        try {
            made.open(); // here, so that an address that is taken is the caller's to report, not Javalin's to log
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        connector = made;
        return made;
    }

    private void wrap(Server server) {
        server.setRequestLog(watch);
        server.insertHandler(headers.handler());
        server.addBean(headers);
        server.insertHandler(new GracefulHandler());
        server.setStopTimeout(settings.shutdownTimeoutMillis());
        server.setErrorHandler(new ContainerErrors());
        server.addBean(new NetworkConnectionLimit(settings.connectionsMax(), server));
    }

    /**
     * Listens.
     *
     * @throws UncheckedIOException if the address is taken, or none of this machine's
     */
    public HttpServer start() {
        javalin.start();
        return this;
    }

    /** All that is served, by template and method. */
    public List<Route> routes() {
        return routes.all();
    }

    /** Uses other certificates for connections made from now on; it was started with some. */
    public void replaceCertificates(Certificates certificates) {
        if (tls == null) {
            throw new IllegalStateException("the server was started without TLS");
        }
        tls.replace(certificates);
    }

    /** The port that is listened on. */
    public int port() {
        return javalin.port();
    }

    /** Stops accepting, finishes what is in flight, and closes. */
    @Override
    public void close() {
        javalin.stop();
    }
}
