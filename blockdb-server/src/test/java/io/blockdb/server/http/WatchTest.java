package io.blockdb.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.server.http.RunningServer.Answer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The live feed over HTTP, watched by a client that knows nothing but lines. */
@Timeout(120)
class WatchTest {
    @TempDir
    private Path directory;

    private RunningServer server;

    @BeforeEach
    void start() throws IOException {
        server = new RunningServer(directory.resolve("db"));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    /** A client's side of a stream. */
    private final class Stream implements AutoCloseable {
        private final HttpURLConnection connection;
        private final BufferedReader lines;
        private @Nullable String lastId;

        Stream(String query, @Nullable String resume) throws IOException {
            connection = (HttpURLConnection) URI.create("http://127.0.0.1:" + server.port() + "/api/v1/watch" + query)
                    .toURL()
                    .openConnection();
            connection.setReadTimeout(60_000);
            connection.setRequestProperty("Accept", "text/event-stream");
            if (resume != null) {
                connection.setRequestProperty("Last-Event-ID", resume);
            }
            assertEquals(200, connection.getResponseCode());
            assertEquals(
                    "text/event-stream;charset=utf-8",
                    connection.getContentType().replace(" ", ""));
            lines = new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
            while (lastId == null) {
                line();
            }
        }

        private @Nullable String line() throws IOException {
            String line = lines.readLine();
            if (line != null && line.startsWith("id: ")) {
                lastId = line.substring(4);
            }
            return line;
        }

        /** The data of the next event; null at the end. */
        @Nullable
        String next() throws IOException {
            for (String line; (line = line()) != null; ) {
                if (line.startsWith("data: ")) {
                    return line.substring(6);
                }
            }
            return null;
        }

        @Override
        public void close() {
            connection.disconnect();
        }
    }

    private void put(String key, String value) throws IOException {
        Answer answer = server.post("/api/v1/put", "{\"key\":\"" + key + "\",\"value\":\"" + value + "\"}");
        assertEquals(201, answer.status(), answer::toString);
    }

    private static String field(@Nullable String data, String name) {
        return new Answer(200, "", String.valueOf(data)).field(name);
    }

    @Test
    void tellsOfAKeyAPrefixAndATable() throws IOException {
        try (Stream key = new Stream("?key=a%2Fb&values=true", null);
                Stream prefix = new Stream("?prefix=a%2F", null);
                Stream table = new Stream("", null);
                Stream all = new Stream("?table=*&encoding=base64&values=true", null)) {
            put("x", "0");
            put("a/b", "1");
            put("a/c", "2");
            String event = key.next();
            assertEquals("a/b", field(event, "key"));
            assertEquals("1", field(event, "value"));
            assertEquals("a/b", field(prefix.next(), "key"));
            assertEquals("a/c", field(prefix.next(), "key"));
            event = table.next();
            assertEquals("x", field(event, "key"));
            assertEquals("", field(event, "value"));
            assertEquals("default", field(event, "table"));
            assertEquals("put", field(event, "kind"));
            event = all.next();
            assertEquals("eA==", field(event, "key"));
            assertEquals("MA==", field(event, "value"));
        }
    }

    @Test
    void resumesWithoutAGapOrADouble() throws IOException {
        List<String> seen = new ArrayList<>();
        String id = null;
        for (int round = 0; round < 5; round++) {
            try (Stream stream = new Stream(id == null ? "?from=0" : "", id)) {
                put("live" + round, "v");
                seen.add(field(stream.next(), "key"));
                if (round > 0) {
                    seen.add(field(stream.next(), "key"));
                }
                id = stream.lastId;
            }
            put("away" + round, "v");
        }
        assertEquals(List.of("live0", "away0", "live1", "away1", "live2", "away2", "live3", "away3", "live4"), seen);
    }

    @Test
    void refusesWhatItCannotTell() throws IOException {
        refused(400, "InvalidRequest", server.get("/api/v1/watch?key=a&prefix=b"));
        refused(400, "InvalidRequest", server.get("/api/v1/watch?key="));
        refused(400, "InvalidRequest", server.get("/api/v1/watch?table=*&key=a"));
        refused(400, "InvalidRequest", server.get("/api/v1/watch?from=-1"));
        refused(400, "InvalidRequest", server.get("/api/v1/watch", "Last-Event-ID: 7"));
        refused(409, "Conflict", server.get("/api/v1/watch?from=1000"));
        refused(404, "NotFound", server.get("/api/v1/watch?ledger=00"));
        refused(406, "NotAcceptable", server.get("/api/v1/watch", "Accept: text/html"));
        Answer head = server.send("HEAD", "/api/v1/watch", null);
        assertEquals(200, head.status(), head::toString);
        assertEquals("", head.body());
    }

    private static void refused(int status, String error, Answer answer) {
        assertEquals(status, answer.status(), answer::toString);
        assertEquals(error, answer.field("error"), answer::toString);
    }

    @Test
    void aStreamIsNotARequestInFlight() throws IOException {
        server.close();
        server = new RunningServer(directory.resolve("few"), Map.of("limits.requests_in_flight", "2"));
        List<Stream> streams = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            streams.add(new Stream("", null));
        }
        put("a", "1");
        for (Stream stream : streams) {
            assertEquals("a", field(stream.next(), "key"));
            stream.close();
        }
    }

    @Test
    void endsWithAnEventWhenTheServerStops() throws IOException {
        try (Stream stream = new Stream("", null)) {
            server.close();
            assertEquals("NotReady", field(stream.next(), "error"));
            assertNull(stream.next());
            assertTrue(stream.lastId != null);
        }
    }

    @Test
    void oneTooManyIsToldToComeLater() throws IOException {
        server.close();
        server = new RunningServer(directory.resolve("few"), Map.of("limits.watchers", "1"));
        try (Stream only = new Stream("", null)) {
            Answer refused = server.get("/api/v1/watch");
            refused(429, "RateLimited", refused);
            assertEquals("5", refused.header("Retry-After"));
            put("a", "1");
            assertEquals("a", field(only.next(), "key"));
        }
    }
}
