package io.blockdb.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.server.http.RunningServer.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How requests are written and answers are wanted: nothing is taken for something else than it is. */
@Timeout(120)
class FormsTest {
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

    private static void ok(Answer answer) {
        assertTrue(answer.status() < 300, answer::toString);
    }

    private static void problem(int status, String error, Answer answer) {
        assertEquals(status, answer.status(), answer::toString);
        assertEquals("application/problem+json", answer.header("Content-Type"), answer::toString);
        assertEquals(error, answer.field("error"), answer::toString);
        assertEquals(Integer.toString(status), answer.field("status"), answer::toString);
    }

    @Test
    void whatIsNoTextIsNotTakenForAnother() throws IOException {
        ok(server.post("/api/v1/put", "{\"key\":\"\ufffd\",\"value\":\"1\"}"));
        ok(server.post("/api/v1/put", "{\"key\":\"?\",\"value\":\"1\"}"));
        ok(server.get("/api/v1/get/%EF%BF%BD"));
        // What Jetty reads bytes as that are no UTF-8.
        problem(400, "InvalidRequest", server.get("/api/v1/get/\ufffd"));
        problem(400, "InvalidRequest", server.send("DELETE", "/api/v1/keys/\ufffd", null));
        for (String query :
                List.of("prefix=%FF", "prefix=%zz", "prefix=%E2%82", "prefix=\ufffd", "table=%FF", "x=%", "%C0=1")) {
            problem(400, "InvalidRequest", server.get("/api/v1/scan?" + query));
        }
        problem(400, "InvalidRequest", server.post("/api/v1/tables/%FF", "{\"erasable\":true}"));
        Answer some = server.get("/api/v1/scan?prefix=%3F");
        ok(some);
        assertEquals("?", some.field("key"));
        String utf16 = "{\"key\":\"u\",\"value\":\"\"}".replaceAll("(.)", "$1\0");
        problem(400, "InvalidRequest", server.post("/api/v1/put", utf16));
    }

    @Test
    void theQuerySaysWhatTheBodyDoesNot() throws IOException {
        ok(server.post("/api/v1/put?encoding=base64&table=t", "{\"key\":\"YQ==\",\"value\":\"MQ==\"}"));
        assertEquals("1", server.get("/api/v1/get/a?table=t").field("value"));
        ok(server.post("/api/v1/put?encoding=base64", "{\"key\":\"a\",\"value\":\"2\",\"encoding\":\"text\"}"));
        assertEquals("2", server.get("/api/v1/get/a").field("value"));
        ok(server.post(
                "/api/v1/batch?encoding=base64&table=t",
                "{\"operations\":[{\"key\":\"Yg==\",\"value\":\"MQ==\"},"
                        + "{\"key\":\"c\",\"value\":\"2\",\"encoding\":\"text\"}]}"));
        assertEquals("1", server.get("/api/v1/get/b?table=t").field("value"));
        assertEquals("2", server.get("/api/v1/get/c?table=t").field("value"));
    }

    @Test
    void nothingIsWrittenIntoAnotherLedgerThanIsMeant() throws IOException {
        String put = "{\"key\":\"d\",\"value\":\"1\"}";
        problem(404, "NotFound", server.post("/api/v1/put?ledger=00", put));
        problem(404, "NotFound", server.post("/api/v1/batch?ledger=00", "{\"operations\":[" + put + "]}"));
        problem(404, "NotFound", server.send("DELETE", "/api/v1/keys/d?ledger=00", null));
        Answer absent = server.get("/api/v1/get/d");
        problem(404, "NotFound", absent);
        assertEquals("", absent.field("reason"));
        assertEquals("NO_SUCH_LEDGER", server.get("/api/v1/get/d?ledger=00").field("reason"));
        assertEquals("NO_SUCH_PATH", server.get("/elsewhere/api/v1/get/d").field("reason"));
        String ledger = server.get("/api/v1/scan").field("ledger_id");
        ok(server.post("/api/v1/put?ledger=" + ledger, put));
    }

    @Test
    void whatHasNoBodyIsOfNoType() throws IOException {
        String form = "Content-Type: application/x-www-form-urlencoded";
        ok(server.post("/verify", "", form));
        problem(415, "UnsupportedMediaType", server.post("/verify", "{}", form));
        problem(400, "InvalidRequest", server.post("/api/v1/put", "", form));
        Answer compressed = server.post("/api/v1/put", "...", "Content-Encoding: gzip");
        problem(415, "UnsupportedMediaType", compressed);
        assertEquals("identity", compressed.header("Accept-Encoding"));
    }

    @Test
    void cursorsOfSomethingElseAreRefused() throws IOException {
        ok(server.post("/api/v1/put", "{\"key\":\"a\",\"value\":\"1\"}"));
        String ledger = server.get("/api/v1/get/a").field("ledger_id");
        PageCursor lost = new PageCursor(ledger, 99, 0, new byte[] {'a'});
        PageCursor ofHistory = new PageCursor(ledger, -1, 1, new byte[0]);
        problem(400, "InvalidRequest", server.get("/api/v1/scan?cursor=" + lost.text()));
        problem(400, "InvalidRequest", server.get("/api/v1/scan?cursor=" + ofHistory.text()));
        problem(400, "InvalidRequest", server.get("/api/v1/history/a?cursor=" + lost.text()));
        ok(server.get("/api/v1/history/a?cursor=" + ofHistory.text()));
    }

    @Test
    void theFormIsTheOneThatIsAccepted() throws IOException {
        ok(server.post("/api/v1/put", "{\"key\":\"a\",\"value\":\"1\"}"));
        for (String form : List.of("text/plain", "text/event-stream", "application/json;q=0, text/html")) {
            problem(406, "NotAcceptable", server.get("/api/v1/get/a", "Accept: " + form));
        }
        problem(406, "NotAcceptable", server.get("/api/v1/ledger/checkpoint", "Accept: application/json"));
        problem(406, "NotAcceptable", server.get("/api/v1/watch", "Accept: application/json"));
        problem(406, "NotAcceptable", server.get("/api/v1/scan", "Accept: text/plain"));
        for (String form : List.of("application/octet-stream", "application/json;q=0.1, application/octet-stream")) {
            assertEquals("1", server.get("/api/v1/get/a", "Accept: " + form).body());
        }
        for (String form : List.of("*/*", "application/*", "application/json, application/octet-stream")) {
            assertEquals("1", server.get("/api/v1/get/a", "Accept: " + form).field("value"));
        }
    }

    @Test
    void cachesAreToldOnWhatAnAnswerDepends() throws IOException {
        ok(server.post("/api/v1/put", "{\"key\":\"a\",\"value\":\"1\"}"));
        assertTrue(server.get("/api/v1/get/a").head().contains("Vary: Accept\r\n"));
        assertTrue(server.get("/api/v1/ledger/keys").head().contains("Vary: Accept\r\n"));
        Map<String, String> settings = Map.of("server.cors_origins", "https://a.example");
        try (RunningServer choosy = new RunningServer(directory.resolve("choosy"), settings)) {
            for (String origin : List.of("X-None: ", "Origin: https://a.example", "Origin: https://b.example")) {
                Answer answer = choosy.get("/health", origin);
                assertTrue(answer.head().contains("Vary: Origin"), answer::toString);
                assertTrue(answer.head().contains("Vary: Accept-Encoding"), answer::toString);
                String allowed = origin.endsWith("a.example") ? "https://a.example" : "";
                assertEquals(allowed, answer.header("Access-Control-Allow-Origin"));
            }
        }
    }

    @Test
    void whatHasNotChangedIsOfTheSameType() throws IOException {
        ok(server.post("/api/v1/put", "{\"key\":\"a\",\"value\":\"1\"}"));
        for (String path : List.of("/api/v1/get/a", "/api/v1/get/a?raw=true", "/openapi.json", "/docs")) {
            Answer same = server.get(path, "If-None-Match: *");
            assertEquals(304, same.status(), same::toString);
            // Caches keep it in place of what they had.
            assertEquals(server.get(path).header("Content-Type"), same.header("Content-Type"), path);
        }
    }

    @Test
    void whatTheContainerRefusesHasItsOwnStatus() throws IOException {
        String rest = "\r\nHost: t\r\nConnection: close\r\n\r\n";
        problem(505, "InvalidRequest", server.raw("GET /health HTTP/9.9" + rest));
        problem(426, "InvalidRequest", server.raw("PRI * HTTP/2.0" + rest));
        problem(400, "InvalidRequest", server.raw("GET /\u0001 HTTP/1.1" + rest));
        problem(400, "InvalidRequest", server.raw("GET /../x HTTP/1.1" + rest));
        problem(417, "InvalidRequest", server.get("/health", "Expect: wonders"));
        assertEquals(Problem.Kind.NOT_READY, Problem.Kind.of(503), "not that nothing can be written");
        assertEquals(Problem.Kind.CONFLICT, Problem.Kind.of(409));
    }
}
