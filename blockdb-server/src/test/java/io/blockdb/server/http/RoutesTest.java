package io.blockdb.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.proof.Receipt;
import io.blockdb.proof.ReceiptVerifier;
import io.blockdb.proof.Signer;
import io.blockdb.proof.VerifierKey;
import io.blockdb.server.http.RunningServer.Answer;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The routes, asked from outside, byte by byte. */
@Timeout(120)
class RoutesTest {
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

    private void ok(Answer answer) {
        assertTrue(answer.status() < 300, answer::toString);
        assertTrue(answer.body().contains("\"success\":true"), answer::toString);
    }

    private static void problem(int status, String error, Answer answer) {
        assertEquals(status, answer.status(), answer::toString);
        assertEquals("application/problem+json", answer.header("Content-Type"), answer::toString);
        assertEquals(error, answer.field("error"), answer::toString);
        assertEquals("false", answer.field("success"));
        assertEquals(answer.field("detail"), answer.field("message"));
        assertFalse(answer.field("message").isEmpty());
    }

    @Test
    void whatIsNoTextIsRefused() throws IOException {
        for (String query : new String[] {"prefix=%zz", "prefix=%ff", "table=%", "prefix=a&to=%c3", "%e=1"}) {
            problem(400, "InvalidRequest", server.get("/api/v1/scan?" + query));
        }
        assertEquals(200, server.get("/api/v1/scan?prefix=%C3%BC%20+").status());
        assertEquals(200, server.get("/api/v1/scan?prefix=\u00fc").status());
        String body = "{\"key\":\"wide\",\"value\":\"1\"}";
        for (Charset wide : new Charset[] {StandardCharsets.UTF_16BE, Charset.forName("UTF-32LE")}) {
            String sent = new String(body.getBytes(wide), StandardCharsets.UTF_8);
            problem(400, "InvalidRequest", server.post("/api/v1/put", sent));
            problem(400, "InvalidRequest", server.post("/api/v1/batch", sent));
        }
        assertEquals(201, server.post("/api/v1/put", body).status());
    }

    @Test
    void pagesOfOtherOriginsChangeNothingUnlessTheyMay() throws IOException {
        Map<String, String> settings = Map.of("server.cors_origins", "https://known.example");
        try (RunningServer strict = new RunningServer(directory.resolve("pages"), settings)) {
            String page = "Origin: https://elsewhere.example";
            String body = "{\"key\":\"page\",\"value\":\"1\"}";
            // What a browser sends of a page without asking first: no type, or one of text.
            String put = "POST /api/v1/put HTTP/1.1\r\nHost: db.example:8080\r\nConnection: close\r\nContent-Length: "
                    + body.length() + "\r\n";
            Answer foreign = strict.raw(put + page + "\r\n\r\n" + body);
            problem(403, "Forbidden", foreign);
            assertEquals("", foreign.header("Access-Control-Allow-Origin"));
            problem(403, "Forbidden", strict.raw(put + "Origin: null\r\n\r\n" + body));
            problem(403, "Forbidden", strict.post("/api/v1/erase", "{}", page));
            problem(404, "NotFound", strict.get("/api/v1/get/page", page));
            Answer own = strict.raw(put + "Origin: http://db.example:8080\r\n\r\n" + body);
            assertEquals(201, own.status(), own::toString);
            String proxied = "Origin: https://db.example\r\nSec-Fetch-Site: same-origin\r\n\r\n";
            assertEquals(200, strict.raw(put + proxied + body).status());
            Answer known = strict.raw(put + "Origin: https://known.example\r\n\r\n" + body);
            assertEquals(200, known.status(), known::toString);
            assertEquals("https://known.example", known.header("Access-Control-Allow-Origin"));
        }
    }

    @Test
    void putAndGet() throws IOException {
        Answer put = server.post("/api/v1/put", "{\"key\":\"a\",\"value\":\"1\"}");
        ok(put);
        assertEquals(201, put.status());
        assertEquals("Data stored successfully", put.field("message"));
        Answer again = server.post("/api/v1/put", "{\"key\":\"a\",\"value\":\"1\"}");
        assertEquals(200, again.status());
        assertEquals("true", again.field("existing"));
        assertEquals(put.field("sequence_number"), again.field("sequence_number"));
        Answer get = server.get("/api/v1/get/a");
        ok(get);
        assertEquals("1", get.field("value"));
        assertEquals("1", get.field("data"));
        assertEquals("text", get.field("encoding"));
        assertEquals(put.field("block_hash"), get.field("block_hash"));
        Answer other = server.post("/api/v1/put", "{\"key\":\"a\",\"value\":\"2\"}");
        problem(409, "DuplicateKey", other);
        assertEquals("Key 'a' already exists", other.field("message"));
        problem(404, "NotFound", server.get("/api/v1/get/b"));
    }

    @Test
    void entityTags() throws IOException {
        server.post("/api/v1/put", "{\"key\":\"a\",\"value\":\"1\"}");
        String tag = server.get("/api/v1/get/a").header("ETag");
        Answer same = server.get("/api/v1/get/a", "If-None-Match: " + tag);
        assertEquals(304, same.status());
        assertEquals("", same.body());
        assertEquals(200, server.get("/api/v1/get/a", "If-None-Match: W/\"x\"").status());
        Answer head = server.send("HEAD", "/api/v1/get/a", null);
        assertEquals(200, head.status());
        assertEquals(tag, head.header("ETag"));
        assertEquals("", head.body());
        assertEquals(404, server.send("HEAD", "/api/v1/get/b", null).status());
    }

    @Test
    void everyKeyIsTheOneThatWasMeant() throws IOException {
        List<String> keys = List.of(
                "a/b",
                "a//b",
                "/a",
                "a/",
                "//",
                "/",
                ".",
                "..",
                "../..",
                "../../../../etc/passwd",
                "a b",
                "a%2Fb",
                "%",
                "é☃😀",
                "a?b",
                "a#b",
                "a;b=c",
                "a\\b",
                "+",
                "a+b",
                "-",
                "<key>",
                "{x}",
                "\u0000",
                "a\nb",
                "%2e%2e",
                "get/x");
        for (String key : keys) {
            StringBuilder json = new StringBuilder();
            key.chars().forEach(c -> json.append("\\u%04x".formatted(c)));
            Answer put = server.post("/api/v1/put", "{\"key\":\"" + json + "\",\"value\":\"of " + json + "\"}");
            assertEquals(201, put.status(), () -> key + ": " + put);
        }
        for (String key : keys) {
            for (String written : List.of(escaped(key, true), escaped(key, false), asItIs(key))) {
                String path = "/api/v1/get/" + written;
                Answer get = server.get(path);
                assertEquals(200, get.status(), () -> path + ": " + get);
                Answer raw = server.get(path + "?raw=true");
                assertEquals("of " + key, raw.body(), path);
            }
        }
    }

    /** Percent-encoded: every byte, or only what no path may hold. */
    private static String escaped(String key, boolean all) {
        StringBuilder path = new StringBuilder();
        for (byte b : key.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = c > 0x20 && c < 0x7f && "%?#\\<>{}".indexOf(c) < 0;
            if (plain && !all) {
                path.append(c);
            } else {
                path.append("%%%02X".formatted((int) c));
            }
        }
        return path.toString();
    }

    /** As a program writes it that does not encode paths, such as curl: characters beyond ASCII as they are, in UTF-8. */
    private static String asItIs(String key) {
        StringBuilder path = new StringBuilder();
        key.codePoints().forEach(c -> {
            String one = Character.toString(c);
            path.append(c > 0x7f ? one : escaped(one, false));
        });
        return path.toString();
    }

    @Test
    void binary() throws IOException {
        ok(server.post("/api/v1/put", "{\"key\":\"/w==\",\"value\":\"/v8=\",\"encoding\":\"base64\"}"));
        Answer get = server.get("/api/v1/get/%2Fw==?encoding=base64");
        ok(get);
        assertEquals("/v8=", get.field("value"));
        assertEquals("base64", get.field("encoding"));
        ok(server.post("/api/v1/put", "{\"key\":\"dA==\",\"value\":\"/w==\",\"encoding\":\"base64\"}"));
        Answer text = server.get("/api/v1/get/t");
        assertEquals("base64", text.field("encoding"), "a value that is no text is not turned into one");
        assertEquals("dA==", text.field("key"));
        problem(400, "InvalidRequest", server.get("/api/v1/get/%FF"));
        problem(400, "InvalidRequest", server.get("/api/v1/get/%2"));
        problem(400, "InvalidRequest", server.get("/api/v1/get/"));
    }

    @Test
    void batchesAreAtomic() throws IOException {
        Answer batch = server.post(
                "/api/v1/batch",
                "{\"operations\":[{\"type\":\"put\",\"key\":\"a\",\"value\":\"1\"},{\"key\":\"b\",\"value\":\"2\"}]}");
        ok(batch);
        assertEquals(201, batch.status());
        assertEquals("2", batch.field("total_processed"));
        Answer partly = server.post(
                "/api/v1/batch", "{\"operations\":[{\"key\":\"c\",\"value\":\"1\"},{\"key\":\"b\",\"value\":\"x\"}]}");
        problem(409, "DuplicateKey", partly);
        assertEquals("1", partly.field("operation"));
        problem(404, "NotFound", server.get("/api/v1/get/c"));
        Answer twice = server.post(
                "/api/v1/batch", "{\"operations\":[{\"key\":\"c\",\"value\":\"1\"},{\"key\":\"c\",\"value\":\"1\"}]}");
        problem(400, "InvalidRequest", twice);
    }

    @Test
    void versionedTables() throws IOException {
        Answer created = server.post("/api/v1/tables", "{\"name\":\"v\",\"policy\":\"versioned\"}");
        assertEquals(201, created.status(), created::toString);
        assertEquals(
                200,
                server.post("/api/v1/tables", "{\"name\":\"v\",\"policy\":\"versioned\"}")
                        .status());
        problem(409, "Conflict", server.post("/api/v1/tables", "{\"name\":\"v\",\"policy\":\"write-once\"}"));
        String put = "{\"key\":\"a\",\"value\":\"1\",\"table\":\"v\"}";
        Answer first = server.post("/api/v1/put", put, "Idempotency-Key: one");
        Answer repeated = server.post("/api/v1/put", put, "Idempotency-Key: one");
        assertEquals(first.field("sequence_number"), repeated.field("sequence_number"));
        problem(409, "Conflict", server.post("/api/v1/put", put.replace("1", "2"), "Idempotency-Key: one"));
        ok(server.post("/api/v1/put", put.replace("1", "2")));
        ok(server.send("DELETE", "/api/v1/keys/a?table=v", null));
        problem(404, "NotFound", server.get("/api/v1/get/a?table=v"));
        problem(404, "NotFound", server.send("DELETE", "/api/v1/keys/a?table=v", null));
        Answer page = server.get("/api/v1/history/a?table=v&limit=2");
        ok(page);
        Answer rest = server.get("/api/v1/history/a?table=v&limit=2&cursor=" + page.field("cursor"));
        assertEquals("delete", rest.field("kind"));
        assertEquals("null", rest.field("cursor"));
    }

    @Test
    void pagesAreOfOneMoment() throws IOException {
        for (int i = 0; i < 10; i++) {
            ok(server.post("/api/v1/put", "{\"key\":\"k" + i + "\",\"value\":\"1\"}"));
        }
        Answer page = server.get("/api/v1/scan?prefix=k&limit=4");
        ok(server.post("/api/v1/put", "{\"key\":\"k44\",\"value\":\"1\"}"));
        StringBuilder seen = new StringBuilder(page.body());
        while (!page.field("cursor").equals("null")) {
            page = server.get("/api/v1/scan?prefix=k&limit=4&cursor=" + page.field("cursor"));
            ok(page);
            seen.append(page.body());
        }
        assertEquals(10, seen.toString().split("\"key\":", -1).length - 1);
        assertFalse(seen.toString().contains("k44"));
        problem(400, "InvalidRequest", server.get("/api/v1/scan?cursor=nonsense"));
        problem(400, "InvalidRequest", server.get("/api/v1/scan?limit=1000000"));
    }

    @Test
    void whatIsServedProvesItself() throws Exception {
        ok(server.post("/api/v1/put", "{\"key\":\"a\",\"value\":\"1\"}"));
        VerifierKey key =
                VerifierKey.parse(server.get("/api/v1/ledger/keys").body().strip());
        Receipt receipt = Receipt.parse(server.get("/api/v1/receipt/a").body());
        assertEquals(
                "default",
                ReceiptVerifier.verify(receipt, List.of(new Signer(List.of(key))), 1)
                        .table()
                        .toString());
        Answer note = server.get("/api/v1/ledger/checkpoint");
        assertTrue(note.body().startsWith("blockdb/"), note::toString);
        problem(404, "NotFound", server.get("/api/v1/ledger/checkpoint?at_least=1000"));
        Answer growth = server.get("/api/v1/ledger/consistency?from=1");
        assertEquals("1", growth.field("old_size"));
        Answer blocks = server.get("/api/v1/ledger/blocks");
        ok(blocks);
        ok(server.get("/api/v1/ledger/blocks/1?values=true"));
        problem(404, "NotFound", server.get("/api/v1/ledger/blocks/99"));
        problem(400, "InvalidRequest", server.get("/api/v1/ledger/blocks/x"));
        problem(404, "NotFound", server.get("/api/v1/get/a?ledger=00"));
        Answer verified = server.post("/verify", "");
        ok(verified);
        assertEquals("true", verified.field("blockchain_valid"));
    }

    @Test
    void refusals() throws IOException {
        problem(404, "NotFound", server.get("/nowhere"));
        Answer method = server.get("/api/v1/put");
        problem(405, "MethodNotAllowed", method);
        assertEquals("OPTIONS, POST", method.header("Allow"));
        problem(405, "MethodNotAllowed", server.send("DELETE", "/api/v1/get/x", null));
        problem(415, "UnsupportedMediaType", server.post("/api/v1/put", "{}", "Content-Type: text/xml"));
        problem(400, "InvalidRequest", server.post("/api/v1/put", "{\"key\":\"a\""));
        problem(400, "InvalidRequest", server.post("/api/v1/put", "{\"key\":\"\",\"value\":\"\"}"));
        problem(400, "InvalidRequest", server.post("/api/v1/put", "{\"key\":1,\"value\":\"\"}"));
        problem(400, "InvalidRequest", server.post("/api/v1/put", "{\"key\":\"a\",\"key\":\"b\",\"value\":\"\"}"));
        problem(400, "InvalidRequest", server.post("/api/v1/put", "{\"key\":\"a\",\"value\":\"\",\"x\":1}"));
        problem(
                400,
                "InvalidRequest",
                server.post("/api/v1/put", "{\"key\":\"a\",\"value\":\"\",\"table\":\"_keys\"}"));
        problem(400, "InvalidRequest", server.post("/api/v1/batch", "{\"operations\":[]}"));
        problem(400, "InvalidRequest", server.post("/api/v1/put", "{\"key\":\"\\ud800\",\"value\":\"\"}"));
        problem(413, "TooLarge", server.post("/api/v1/put", "{\"key\":\"" + "k".repeat(64_001) + "\",\"value\":\"\"}"));
        problem(406, "NotAcceptable", server.get("/api/v1/scan", "Accept: application/xml"));
        problem(409, "Conflict", server.post("/cluster/add", "{}"));
        Answer options = server.send("OPTIONS", "/api/v1/get/x", null, "Origin: https://elsewhere.example");
        assertEquals(204, options.status(), options::toString);
        assertEquals("GET, HEAD, OPTIONS", options.header("Allow"));
        assertEquals("*", options.header("Access-Control-Allow-Origin"));
        Answer garbage = server.raw("NONSENSE\r\n\r\n");
        assertEquals(400, garbage.status(), garbage::toString);
        assertTrue(server.get("/cluster/status").status() == 200, "it goes on serving");
    }
}
