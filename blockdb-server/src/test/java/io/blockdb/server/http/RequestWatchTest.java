package io.blockdb.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.blockdb.server.http.RunningServer.Answer;
import io.blockdb.server.node.FaultyDisk;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Ids of requests, the logs of slow ones and of all, and an interface whose database is still being opened. */
@Timeout(120)
class RequestWatchTest {
    private static final long SLOW_MILLIS = 20;
    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    private Path temp;

    private final FaultyDisk disk = new FaultyDisk();
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getLoggerName() + " " + event.getFormattedMessage());
        }
    };

    private FaultyServer server;

    @BeforeEach
    void start() {
        appender.start();
        logger("io.blockdb.slow").addAppender(appender);
        logger("io.blockdb.access").addAppender(appender);
    }

    /** Listens, and does not wait for the database to be open. */
    private void begin() {
        Route slow = new Route(HandlerType.GET, "/slow/{name}", Access.OPEN, ctx -> {
            long begin = System.nanoTime();
            while (System.nanoTime() - begin < 2 * SLOW_MILLIS * 1_000_000) {
                LockSupport.parkNanos(1_000_000);
            }
            ctx.result("done");
        });
        Map<String, String> settings = Map.of("server.port", "0", "logging.slow_request", SLOW_MILLIS + "ms");
        server = new FaultyServer(disk, temp.resolve("db"), settings, List.of(slow));
    }

    private void serve() throws IOException {
        begin();
        server.node.awaitOpen();
    }

    private static Logger logger(String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }

    @AfterEach
    void stop() throws IOException {
        logger("io.blockdb.slow").detachAppender(appender);
        logger("io.blockdb.access").detachAppender(appender);
        logger("io.blockdb.access").setLevel(null);
        server.close();
    }

    private Answer get(String path, String... headers) throws IOException {
        return server.asked().get(path, headers);
    }

    /** The next line that begins so: on a busy machine any request is slow. */
    private String line(String begin) throws InterruptedException {
        for (; ; ) {
            String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (line == null || line.startsWith(begin)) {
                return String.valueOf(line);
            }
        }
    }

    @Test
    void anIdIsEchoedOrMade() throws IOException {
        serve();
        assertEquals("from-me_1.2", get("/health", "X-Request-Id: from-me_1.2").header("X-Request-Id"));
        String made = get("/health").header("X-Request-Id");
        assertTrue(made.matches("[0-9a-f]{8}-[0-9a-f]+"), made);
        assertNotEquals(made, get("/health").header("X-Request-Id"));
        assertTrue(get("/nothing/here").header("X-Request-Id").startsWith(made.substring(0, 9)));
        for (String unfit : new String[] {"two words", "x".repeat(129), "quote\"", "\u00e9"}) {
            assertFalse(
                    get("/health", "X-Request-Id: " + unfit)
                            .header("X-Request-Id")
                            .contains(unfit),
                    unfit);
        }
    }

    @Test
    void slowRequestsAreLoggedWithoutWhatMayBeSecret() throws Exception {
        serve();
        get("/health");
        get("/slow/a%20b?token=secret", "X-Request-Id: mine", "Authorization: Bearer secret");
        String line = line("io.blockdb.slow GET /slow");
        assertTrue(line.startsWith("io.blockdb.slow GET /slow/a%20b 200 "), line);
        assertTrue(line.matches(".* [0-9.]+ ms 4 bytes, request mine from 127\\.0\\.0\\.1"), line);
        assertFalse(line.contains("secret"), line);
    }

    @Test
    void allRequestsAreLoggedOnlyWhereThatIsAskedFor() throws Exception {
        serve();
        assertFalse(logger("io.blockdb.access").isDebugEnabled());
        logger("io.blockdb.access").setLevel(Level.DEBUG);
        get("/api/v1/get/some%2Fkey?table=t");
        String line = line("io.blockdb.access GET /api");
        assertTrue(line.startsWith("io.blockdb.access GET /api/v1/get/some%2Fkey 404 "), line);
    }

    @Test
    void itListensBeforeTheDatabaseIsOpen() throws IOException {
        serve();
        server.close();
        disk.stall();
        begin();
        assertEquals(200, get("/health/live").status());
        Answer ready = get("/health/ready");
        assertEquals(503, ready.status());
        assertEquals("starting", ready.field("state"));
        assertEquals("the database is being opened", ready.field("message"));
        Answer health = get("/health");
        assertEquals(503, health.status());
        assertEquals("unhealthy", health.field("status"));
        assertEquals(503, get("/api/v1/get/a").status());
        assertEquals("1", get("/api/v1/get/a").header("Retry-After"));
        assertEquals(503, get("/stats").status());
        Answer scrape = get("/metrics");
        assertEquals(200, scrape.status());
        assertTrue(scrape.body().contains("blockdb_node_state{state=\"starting\"} 1"), scrape::body);
        assertEquals(200, get("/cluster/status").status());
        disk.goOn();
        server.node.awaitOpen();
        assertEquals(200, get("/health/ready").status());
        assertEquals(200, get("/stats").status());
    }

    @Test
    void whatIsWarnedOfIsInHealthAndAMetric() throws IOException {
        serve();
        server.warnings.raise("insecure", "anybody may write: listen on the loopback, or set up authentication");
        assertTrue(
                get("/health").body().contains("\"warnings\":[\"anybody may write: listen on the"), () -> "no warning");
        assertEquals("1.2.3", get("/health").field("version"));
        assertTrue(get("/metrics").body().contains("blockdb_warning{name=\"insecure\"} 1"));
        server.warnings.clear("insecure");
        assertTrue(get("/health").body().contains("\"warnings\":[]"));
        assertFalse(get("/metrics").body().contains("blockdb_warning{"));
    }
}
