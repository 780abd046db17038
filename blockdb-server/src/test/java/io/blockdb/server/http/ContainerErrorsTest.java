package io.blockdb.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Asks a container without sockets: there no connection is cut because the machine was slow. */
@Timeout(300)
class ContainerErrorsTest {
    private static final long PATIENCE_SECONDS = 180;

    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final Server server = new Server();
    private final LocalConnector connector = new LocalConnector(server);
    private final GracefulHandler graceful = new GracefulHandler();

    @BeforeEach
    void start() throws Exception {
        connector.setIdleTimeout(0); // never, not even when it stops
        server.addConnector(connector);
        server.setStopTimeout(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        server.setErrorHandler(new ContainerErrors());
        server.setHandler(graceful);
        graceful.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws InterruptedException {
                begun.countDown();
                response.setStatus(release.await(PATIENCE_SECONDS, TimeUnit.SECONDS) ? 200 : 500);
                callback.succeeded();
                return true;
            }
        });
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        release.countDown();
        server.stop();
    }

    @Test
    void whoAsksWhileItStopsIsToldSoAndWhatIsInFlightIsFinished() throws Exception {
        try (LocalConnector.LocalEndPoint writer = connector.executeRequest("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
                LocalConnector.LocalEndPoint asking = connector.executeRequest("GET /b HTTP/1.1\r\n")) {
            assertTrue(begun.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
            Thread stopping = new Thread(() -> {
                try {
                    server.stop();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            stopping.start();
            while (!graceful.isShutdown()) {
                assertFalse(server.isStopped());
                Thread.onSpinWait();
            }
            asking.addInput("Host: x\r\n\r\n");
            String answer = asking.getResponse(false, PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
            assertTrue(answer.contains("Retry-After: 1\r\n"), answer);
            assertTrue(answer.contains("Content-Type: application/problem+json\r\n"), answer);
            assertTrue(answer.contains("\"error\":\"NotReady\""), answer);
            assertTrue(answer.contains("the server is stopping, and takes no more requests"), answer);
            release.countDown();
            String finished = writer.getResponse(false, PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertTrue(finished.startsWith("HTTP/1.1 200 "), finished);
            stopping.join();
        }
    }

    @Test
    void whatIsNoHttpIsAnsweredInTheFormOfAllProblems() throws Exception {
        release.countDown();
        String answer = connector.getResponse("no http at all\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
        assertTrue(answer.contains("Content-Type: application/problem+json\r\n"), answer);
        assertEquals(-1, answer.indexOf("Retry-After"), answer);
    }
}
