package io.blockdb.server.http;

import io.blockdb.db.Options;
import io.blockdb.db.Timings;
import io.blockdb.ledger.DiskFullException;
import io.blockdb.server.config.ServerConfig;
import io.blockdb.server.feed.DatabaseSource;
import io.blockdb.server.feed.Feed;
import io.blockdb.server.feed.FeedLimits;
import io.blockdb.server.metrics.Metrics;
import io.blockdb.server.metrics.Warnings;
import io.blockdb.server.node.EmbeddedNode;
import io.blockdb.server.node.Node;
import io.blockdb.server.node.NodeStatus;
import io.blockdb.server.node.UnavailableException;
import io.blockdb.server.security.Gate;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A server whose node fails when it is told to: what the database under it cannot be made to do at will, this does. */
final class TrialServer implements AutoCloseable {
    /** What a node answers of itself, rather than of its database. */
    private static final Set<String> OF_ITSELF = Set.of("status", "cluster", "close", "ledgerId", "openings");

    private static final Set<String> WRITES = Set.of("write", "createTable", "alterTable", "erase", "rotateKey");

    private final Node node;
    private final Metrics metrics;
    private final Feed feed;
    private final HttpServer http;
    private volatile @Nullable Throwable failure;
    private volatile boolean writesOnly;
    private volatile @Nullable Hold hold;

    /** Keeps a class that asks for the database until it is let go. */
    record Hold(Class<?> who, CountDownLatch reached, CountDownLatch over) implements AutoCloseable {
        Hold(Class<?> who) {
            this(who, new CountDownLatch(1), new CountDownLatch(1));
        }

        @Override
        public void close() {
            over.countDown();
        }
    }

    TrialServer(Path directory) throws IOException {
        this(directory, Map.of());
    }

    /** A server whose settings are the defaults, but for some (by their full names). */
    TrialServer(Path directory, Map<String, String> settings) throws IOException {
        node = EmbeddedNode.open(directory, Options.defaults(), "node1", "127.0.0.1:0");
        Node failing = (Node) Proxy.newProxyInstance(
                Node.class.getClassLoader(), new Class<?>[] {Node.class}, (self, method, arguments) -> {
                    Hold held = hold;
                    if (held != null && method.getName().equals("database") && isAskedBy(held.who())) {
                        hold = null;
                        held.reached().countDown();
                        held.over().await();
                    }
                    Throwable thrown = failure;
                    if (thrown != null && method.getName().equals("status")) {
                        return new NodeStatus(state(thrown), "it was told to fail");
                    }
                    if (thrown != null
                            && (writesOnly ? WRITES.contains(method.getName()) : fails(method.getName(), thrown))) {
                        throw thrown;
                    }
                    try {
                        return method.invoke(node, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        Map<String, String> all = new HashMap<>(settings);
        all.put("server.port", "0");
        all.put("database.data_dir", directory.toString());
        ServerConfig config = ServerConfig.of(all);
        InstantSource clock = InstantSource.system();
        Gate gate = new Gate(config.auth(), failing, clock);
        Warnings warnings = new Warnings();
        metrics = new Metrics(failing, new Timings(), warnings, "1.2.3");
        feed = new Feed(new DatabaseSource(failing), FeedLimits.of(config.limits()));
        Monitoring monitoring = new Monitoring(metrics, warnings, "1.2.3", clock.instant());
        List<Route> more = new ArrayList<>(new WatchResource(feed, failing, gate).routes());
        more.addAll(new BackupResource(failing, config.database().backupDir()).routes());
        http = new HttpServer(config, null, failing, gate, clock, monitoring, more).start();
    }

    private static NodeStatus.State state(Throwable thrown) {
        return thrown instanceof UnavailableException
                ? NodeStatus.State.STARTING
                : thrown instanceof DiskFullException ? NodeStatus.State.DISK_FULL : NodeStatus.State.READ_ONLY;
    }

    private static boolean fails(String method, Throwable thrown) {
        return !OF_ITSELF.contains(method) || (method.equals("cluster") && thrown instanceof RuntimeException);
    }

    Node node() {
        return node;
    }

    int port() {
        return http.port();
    }

    /**
     * Has the node fail from now on.
     *
     * @param thrown what it throws; null: nothing any more
     * @param writes whether only what writes fails
     */
    void fail(@Nullable Throwable thrown, boolean writes) {
        writesOnly = writes;
        failure = thrown;
    }

    private static boolean isAskedBy(Class<?> who) {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().equals(who.getName())));
    }

    /** Keeps a class when it asks for the database the next time. */
    Hold holdNext(Class<?> who) {
        Hold held = new Hold(who);
        hold = held;
        return held;
    }

    @Override
    public void close() throws IOException {
        feed.close();
        http.close();
        metrics.close();
        node.close();
    }
}
