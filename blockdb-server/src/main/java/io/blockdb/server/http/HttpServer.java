package io.blockdb.server.http;

import io.blockdb.server.node.Node;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.HandlerType;
import java.time.InstantSource;
import java.util.List;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The HTTP interface of a node: Jetty by way of Javalin.
 *
 * <p>Threading: any thread.
 */
public final class HttpServer implements AutoCloseable {
    private static final int THREADS_MIN = 8;

    private final Javalin javalin;
    private final HttpSettings settings;
    private final Routes routes;

    /**
     * An interface that is not listening yet.
     *
     * @param settings how it listens, and its limits
     * @param node what it serves
     * @param clock the time, by which a time to live is reckoned
     * @param more routes beside those to the node
     */
    public HttpServer(HttpSettings settings, Node node, InstantSource clock, List<Route> more) {
        this.settings = settings;
        this.routes = new Routes(settings, node, clock, more);
        this.javalin = Javalin.create(this::configure);
    }

    private void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.concurrency.useVirtualThreads = false;
        config.router.ignoreTrailingSlashes = false;
        config.http.prefer405over404 = true;
        config.http.maxRequestSize = settings.bodyBytesMax();
        config.http.asyncTimeout = settings.requestTimeoutSeconds() * 1000L;
        config.http.compressionStrategy = settings.compression() ? CompressionStrategy.GZIP : CompressionStrategy.NONE;
        config.jetty.threadPool = threads();
        config.jetty.modifyHttpConfiguration(this::limit);
        config.jetty.modifyServer(this::wrap);
        config.jetty.addConnector(this::connector);
        routes.register(config.routes);
    }

    private QueuedThreadPool threads() {
        QueuedThreadPool threads = new QueuedThreadPool(settings.threadsMax(), THREADS_MIN);
        threads.setName("blockdb-http");
        return threads;
    }

    private void limit(HttpConfiguration http) {
        http.setUriCompliance(UriCompliance.UNSAFE);
        http.setRequestHeaderSize(settings.headerBytesMax());
        http.setSendServerVersion(false);
        http.setIdleTimeout(settings.idleTimeoutSeconds() * 1000L);
    }

    private ServerConnector connector(Server server, HttpConfiguration http) {
        ServerConnector connector = new ServerConnector(server, new KeyPathConnectionFactory(http));
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        connector.setIdleTimeout(settings.idleTimeoutSeconds() * 1000L);
        return connector;
    }

    private void wrap(Server server) {
        server.setErrorHandler(new ContainerErrors());
        server.addBean(new NetworkConnectionLimit(settings.connectionsMax(), server));
    }

    /** Listens. */
    public HttpServer start() {
        javalin.start();
        return this;
    }

    /** All that is served, by template and method. */
    public List<Route> routes() {
        return routes.all();
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

    /** Whether a method changes nothing. */
    static boolean isSafe(HandlerType method) {
        return method.equals(HandlerType.GET) || method.equals(HandlerType.HEAD);
    }
}
