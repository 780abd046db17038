package io.blockdb.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.server.http.RunningServer.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the command line needs of the routes so that its commands say the same as on a directory. */
@Timeout(120)
class CommandFormsTest {
    private static final Pattern KEY = Pattern.compile("\"key\":\"([^\"]*)\"");

    @TempDir
    private Path directory;

    private RunningServer server;

    @BeforeEach
    void start() throws IOException {
        server = new RunningServer(directory.resolve("db"));
        assertEquals(
                201,
                server.post("/api/v1/tables", "{\"name\":\"v\",\"policy\":\"versioned\",\"erasable\":true}")
                        .status());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void anEntryCanExpireAtAMoment() throws IOException {
        String put = "{\"table\":\"v\",\"key\":\"k\",\"value\":\"1\",\"expires_at\":%s%s}";
        assertEquals(
                201,
                server.post("/api/v1/put", put.formatted("4102444800000000", ""))
                        .status());
        assertEquals("4102444800000000", server.get("/api/v1/get/k?table=v").field("expires_at"));
        for (String wrong : List.of("0", "9007199254740992", "1.5", "\"soon\"")) {
            Answer refused = server.post("/api/v1/put", put.formatted(wrong, ""));
            assertEquals(400, refused.status(), refused::toString);
        }
        Answer both = server.post("/api/v1/put", put.formatted("4102444800000000", ",\"ttl_seconds\":5"));
        assertEquals("ttl_seconds and expires_at contradict each other", both.field("message"));
        Answer past = server.post("/api/v1/put", put.formatted("1", ""));
        assertEquals("EXPIRED", past.field("reason"), past::toString);
    }

    @Test
    void aRefusalSaysItsReason() throws IOException {
        Answer absent = server.send("DELETE", "/api/v1/keys/nothing?table=v", null);
        assertEquals(404, absent.status());
        assertEquals("KEY_ABSENT", absent.field("reason"));
        server.post("/api/v1/put", "{\"key\":\"k\",\"value\":\"1\"}");
        Answer notVersioned = server.send("DELETE", "/api/v1/keys/k", null);
        assertEquals("NOT_VERSIONED", notVersioned.field("reason"));
        Answer partly = server.post(
                "/api/v1/batch", "{\"operations\":[{\"key\":\"k\",\"value\":\"1\"},{\"key\":\"l\",\"value\":\"2\"}]}");
        assertEquals(409, partly.status());
        assertEquals("PARTLY_STORED", partly.field("reason"), partly::toString);
        assertTrue(partly.body().contains("\"operations\":[0]"), partly::toString);
    }

    @Test
    void aListingCanGoBackward() throws IOException {
        for (String key : List.of("a", "b", "c", "d", "e")) {
            server.post("/api/v1/put", "{\"key\":\"" + key + "\",\"value\":\"1\"}");
        }
        List<String> keys = new ArrayList<>();
        String cursor = "";
        int pages = 0;
        do {
            Answer page = server.get("/api/v1/scan?from=b&reverse=true&limit=2" + cursor);
            Matcher matcher = KEY.matcher(page.body());
            while (matcher.find()) {
                keys.add(matcher.group(1));
            }
            cursor = page.field("cursor").equals("null") ? null : "&cursor=" + page.field("cursor");
            pages++;
        } while (cursor != null);
        assertEquals(List.of("e", "d", "c", "b"), keys);
        assertEquals(2, pages);
    }

    @Test
    void whatHasExpiredIsListedWhereThatIsAsked() throws IOException {
        Answer batch = server.post(
                "/api/v1/put", "{\"table\":\"v\",\"key\":\"k\",\"value\":\"1\"}", "Idempotency-Key: import/1");
        assertEquals(201, batch.status());
        Answer listed = server.get("/api/v1/scan?table=_requests&expired=true&reverse=true");
        assertTrue(listed.body().contains("import/1"), listed::toString);
    }

    @Test
    void tablesAsTheyWere() throws IOException {
        assertTrue(server.get("/api/v1/tables").body().contains("\"name\":\"v\""));
        assertTrue(!server.get("/api/v1/tables?at=0").body().contains("\"name\":\"v\""));
        Answer first = server.get("/api/v1/tables?at=0");
        assertEquals("0", first.field("height"));
        assertTrue(Long.parseLong(first.field("entries"))
                < Long.parseLong(server.get("/api/v1/tables").field("entries")));
        Answer altered = server.post("/api/v1/tables/v", "{\"erasable\":false}");
        assertEquals(200, altered.status(), altered::toString);
        assertTrue(server.get("/api/v1/tables").body().contains("\"erasable\":false,\"declared\":true"));
    }

    @Test
    void aPartIsVerified() throws IOException {
        server.post("/api/v1/put", "{\"table\":\"v\",\"key\":\"k\",\"value\":\"1\"}");
        String note = server.get("/api/v1/ledger/checkpoint?at_least=1").body().replace("\n", "\\n");
        Answer part = server.post("/verify", "{\"table\":\"v\",\"key\":\"aw==\",\"encoding\":\"base64\"}");
        assertEquals("true", part.field("blockchain_valid"), part::toString);
        String vkey = server.get("/api/v1/ledger/keys").body().strip();
        Answer held = server.post(
                "/verify",
                "{\"checkpoint\":\"" + note + "\",\"checkpoint_name\":\"mine\",\"verifier_keys\":\"" + vkey + "\"}");
        assertEquals("true", held.field("blockchain_valid"), held::toString);
        server.post("/api/v1/put", "{\"table\":\"v\",\"key\":\"k\",\"value\":\"2\"}");
        String newer = server.get("/api/v1/ledger/checkpoint?at_least=3").body().replace("\n", "\\n");
        String forged = note.replaceFirst("\\\\n[0-9]+\\\\n", "\\\\n1\\\\n");
        String several = "{\"checkpoint\":\"%s\",\"checkpoints\":[\"%s\",\"%s\"],\"checkpoint_names\":[\"mine\"]}";
        Answer both = server.post("/verify", several.formatted(note, note, newer));
        assertEquals("true", both.field("blockchain_valid"), both::toString);
        Answer second = server.post("/verify", several.formatted(note, forged, newer));
        assertEquals("false", second.field("blockchain_valid"), second::toString);
        assertEquals("mine", second.field("file"), second::toString);
        for (String wrong :
                List.of("\"checkpoints\":\"\"", "\"checkpoints\":[1]", "\"checkpoints\":[\"\"]", "\"from\":[]")) {
            assertEquals(400, server.post("/verify", "{" + wrong + "}").status(), wrong);
        }
        assertEquals(400, server.post("/verify", "{\"from\":99}").status());
        assertEquals(400, server.post("/verify", "{\"from\":-1}").status());
    }

    @Test
    void anErasureNamesItsCopies() throws IOException {
        server.post("/api/v1/put", "{\"table\":\"v\",\"key\":\"k\",\"value\":\"1\"}");
        Answer erased = server.post("/api/v1/erase", "{\"table\":\"v\",\"key\":\"k\",\"reason\":\"asked for\"}");
        assertEquals(200, erased.status(), erased::toString);
        assertTrue(erased.body().contains("\"quarantined_copies\":[],\"backups\":[]"), erased::toString);
        String reason = "r".repeat(5000);
        assertEquals(
                400,
                server.post("/api/v1/erase", "{\"table\":\"v\",\"key\":\"k\",\"reason\":\"" + reason + "\"}")
                        .status());
        assertEquals(
                400,
                server.post("/api/v1/ledger/keys/rotate", "{\"lost\":true}").status());
    }
}
