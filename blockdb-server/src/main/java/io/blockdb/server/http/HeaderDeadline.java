package io.blockdb.server.http;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;

/**
 * Hangs up on who begins a request and does not end its header in time. Jetty's idle timeout begins anew with each byte, so that a
 * connection could be held for ever by a byte now and then (the attack is known as Slowloris).
 *
 * <p>Threading: any thread.
 */
final class HeaderDeadline extends AbstractLifeCycle {
    private static final long LOOK_SECONDS = 1;

    private final long limitNanos;
    private final Set<KeyPathConnectionFactory.KeyPathConnection> open = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorScheduler scheduler = new ScheduledExecutorScheduler("blockdb-http-headers", true);

    HeaderDeadline(Duration limit) {
        this.limitNanos = limit.toNanos();
    }

    void opened(KeyPathConnectionFactory.KeyPathConnection connection) {
        open.add(connection);
    }

    void closed(KeyPathConnectionFactory.KeyPathConnection connection) {
        open.remove(connection);
    }

    /** Notes which headers have come whole. */
    Handler.Singleton handler() {
        return new Handler.Wrapper() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                if (request.getConnectionMetaData().getConnection()
                        instanceof KeyPathConnectionFactory.KeyPathConnection connection) {
                    connection.headerCame();
                }
                return super.handle(request, response, callback);
            }
        };
    }

    @Override
    protected void doStart() throws Exception {
        scheduler.start();
        scheduler.schedule(this::look, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    protected void doStop() throws Exception {
        scheduler.stop();
    }

    private void look() {
        long now = System.nanoTime();
        for (KeyPathConnectionFactory.KeyPathConnection connection : open) {
            if (connection.headerIsLate(now, limitNanos)) {
                connection.getEndPoint().close();
            }
        }
        scheduler.schedule(this::look, LOOK_SECONDS, TimeUnit.SECONDS);
    }
}
