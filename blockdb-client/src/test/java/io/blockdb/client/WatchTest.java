package io.blockdb.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A watch goes on where it was cut, without a gap and without a double. */
class WatchTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final BlockingQueue<Connection> script = new LinkedBlockingQueue<>();
    private final List<String> asked = new ArrayList<>();
    private final TestTiming timing = new TestTiming();
    private HttpServer server;
    private BlockDbClient client;

    /** What a connection does; it is cut when this returns. */
    private interface Connection {
        void run(HttpExchange exchange) throws Exception;
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                synchronized (asked) {
                    asked.add(exchange.getRequestURI() + " "
                            + exchange.getRequestHeaders().getFirst("Last-Event-ID"));
                }
                script.take().run(exchange);
            } catch (Exception e) {
                throw new IOException(e);
            }
        });
        server.start();
        client = BlockDbClient.builder("http://127.0.0.1:" + server.getAddress().getPort())
                .timing(timing)
                .build();
    }

    @AfterEach
    void stop() {
        client.close();
        server.stop(0);
        threads.shutdownNow();
    }

    private static Connection events(String... texts) {
        return exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            for (String text : texts) {
                out.write(text.getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        };
    }

    private static Connection problem(int status, String name) {
        return exchange -> {
            byte[] body = ("{\"success\":false,\"error\":\"" + name + "\",\"message\":\"told so\"}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        };
    }

    private static String entry(long sequence) {
        return "event: entry\nid: e" + sequence + "\ndata: {\"sequence_number\":" + sequence
                + ",\"height\":1,\"table\":\"t\",\"key\":\"aw==\",\"encoding\":\"base64\",\"kind\":\"put\",\"value\":\"dg==\","
                + "\"timestamp\":9,\"author\":\"me\"}\n\n";
    }

    private static String error(int status, String name) {
        return "event: error\ndata: {\"status\":" + status + ",\"error\":\"" + name + "\",\"message\":\"told so\"}\n\n";
    }

    private static long[] sequences(Watch watch, int count) throws InterruptedException {
        long[] sequences = new long[count];
        for (int i = 0; i < count; i++) {
            sequences[i] = watch.next().sequence();
        }
        return sequences;
    }

    @Test
    void whatIsHeard() throws Exception {
        script.add(events(": hello\nid: start\n\n", entry(5)));
        try (Watch watch =
                client.watch(WatchRequest.of("t").withPrefix("a b").from(3).withoutValues())) {
            Change change = watch.next();
            assertEquals("e5", change.eventId());
            assertEquals(Key.of("t", "k"), change.key());
            assertEquals("v", new String(change.value(), StandardCharsets.UTF_8));
            assertEquals("me", change.author());
            assertEquals(9, change.timestamp());
            assertEquals("e5", watch.lastEventId());
        }
        assertEquals(List.of("/api/v1/watch?table=t&prefix=YSBi&from=3&encoding=base64 null"), asked);
    }

    @Test
    void itGoesOnWhereItWasCut() throws Exception {
        script.add(events(entry(1), entry(2), entry(3).substring(0, 40)));
        script.add(events(": nothing\n\n"));
        script.add(problem(503, "NotReady"));
        script.add(events(entry(2), entry(3), error(429, "RateLimited")));
        script.add(events("id: e7\n\n"));
        script.add(events(entry(8), entry(9)));
        try (Watch watch = client.watch(WatchRequest.of("t"))) {
            assertEquals(
                    List.of(1L, 2L, 3L, 8L, 9L),
                    java.util.Arrays.stream(sequences(watch, 5)).boxed().toList());
        }
        assertEquals(
                List.of("null", "e2", "e2", "e2", "e3", "e7"),
                asked.stream()
                        .map(line -> line.substring(line.indexOf(' ') + 1))
                        .toList());
    }

    /** A watch that has heard of nothing yet knows all the same where it began. */
    @Test
    void thePlaceWhereItBeganIsKept() throws Exception {
        script.add(events(": BlockDB\nid: e41\n\n"));
        script.add(events(entry(42)));
        try (Watch watch = client.watch(WatchRequest.of(Key.of("t", "k")))) {
            assertEquals(42, watch.next().sequence());
        }
        assertTrue(asked.get(1).endsWith(" e41"), asked::toString);
    }

    @Test
    void anotherProcessGoesOn() throws Exception {
        script.add(events(entry(8)));
        try (Watch watch = client.watch(WatchRequest.of("t").after("e7"))) {
            assertEquals(8, watch.next().sequence());
        }
        assertTrue(asked.get(0).endsWith(" e7"), asked::toString);
    }

    @Test
    void aRefusalIsThrown() throws Exception {
        script.add(problem(403, "Forbidden"));
        assertEquals(
                403,
                assertThrows(RefusedException.class, () -> client.watch(WatchRequest.of("t")))
                        .status());
        script.add(events(entry(1), error(409, "Conflict")));
        try (Watch watch = client.watch(WatchRequest.of("t"))) {
            assertEquals(1, watch.next().sequence());
            assertEquals(
                    "Conflict",
                    assertThrows(RefusedException.class, watch::next).error());
            script.add(problem(409, "Conflict"));
            assertThrows(RefusedException.class, watch::next);
        }
    }

    @Test
    void patienceEndsAndBeginsAnew() throws Exception {
        script.add(events(entry(1)));
        try (Watch watch = client.watch(WatchRequest.of("t"))) {
            assertEquals(1, watch.next().sequence());
            for (int i = 0; i < 100; i++) {
                script.add(problem(503, "NotReady"));
            }
            assertThrows(RefusedException.class, watch::next);
            script.clear();
            script.add(events(entry(2)));
            assertEquals(2, watch.next().sequence());
        }
    }

    @Test
    void silenceIsALostConnection() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        // Where this machine is slow the first connection may be taken for lost before its entry comes: then it is told
        // again.
        for (int i = 0; i < 100; i++) {
            script.add(exchange -> {
                boolean first = exchange.getRequestHeaders().getFirst("Last-Event-ID") == null;
                events(entry(first ? 1 : 2)).run(exchange);
                over.await();
            });
        }
        client.close();
        // Real time: silence is measured by it.
        client = BlockDbClient.builder("http://127.0.0.1:" + server.getAddress().getPort())
                .build();
        try (Watch watch = client.watch(WatchRequest.of("t").silenceMax(Duration.ofMillis(100)))) {
            assertEquals(1, watch.next().sequence());
            assertEquals(2, watch.next().sequence());
        } finally {
            over.countDown();
        }
    }

    @Test
    void whoDoesNotWaitIsAnsweredNull() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        script.add(exchange -> {
            events(entry(1)).run(exchange);
            over.await();
        });
        try (Watch watch = client.watch(WatchRequest.of("t"))) {
            assertEquals(1, watch.next().sequence());
            assertNull(watch.poll(Duration.ZERO));
            assertNull(watch.poll(Duration.ofSeconds(-1)));
        } finally {
            over.countDown();
        }
    }

    /** More than may wait: reading stops, and goes on as it is taken. */
    @Test
    void muchIsHeardInOrder() throws Exception {
        String[] many = new String[20_000];
        for (int i = 0; i < many.length; i++) {
            many[i] = entry(i);
        }
        script.add(events(String.join("", many)));
        try (Watch watch = client.watch(WatchRequest.of("t"))) {
            long[] sequences = sequences(watch, many.length);
            for (int i = 0; i < many.length; i++) {
                assertEquals(i, sequences[i]);
            }
        }
    }

    @Test
    void closingWakesWhoWaits() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        script.add(exchange -> {
            events(entry(1)).run(exchange);
            over.await();
        });
        Watch watch = client.watch(WatchRequest.of("t"));
        assertEquals(1, watch.next().sequence());
        Thread closer = new Thread(client::close);
        closer.start();
        assertThrows(IllegalStateException.class, watch::next);
        closer.join(SOON.toMillis());
        over.countDown();
        assertThrows(IllegalStateException.class, watch::next);
    }

    @Test
    void whatIsNoStream() throws Exception {
        script.add(exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("<html>".getBytes(StandardCharsets.UTF_8));
        });
        assertThrows(MalformedAnswerException.class, () -> client.watch(WatchRequest.of("t")));
        script.add(events("event: entry\ndata: {}\n\n"));
        try (Watch watch = client.watch(WatchRequest.of("t"))) {
            assertThrows(MalformedAnswerException.class, watch::next);
        }
    }
}
