package io.blockdb.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.blockdb.access.Grant;
import io.blockdb.access.Principal;
import io.blockdb.access.Role;
import io.blockdb.base.TableName;
import io.blockdb.db.BlockDb;
import io.blockdb.db.Options;
import io.blockdb.db.TablePolicy;
import io.blockdb.server.http.RunningServer.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Who may call what, from outside: routes by role, logins, tokens, and what is told to whom. */
class AuthTest {
    private static final int ROUNDS = 1000;
    private static final Map<String, String> SETTINGS =
            Map.of("auth.enabled", "true", "auth.password_rounds", "100000");
    private static final String PASSWORD = "correct horse";

    @TempDir
    private Path directory;

    private RunningServer server;
    private final Map<String, String> tokens = new LinkedHashMap<>();
    private String adaId;
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void start() throws IOException {
        try (BlockDb db = BlockDb.open(directory, Options.defaults())) {
            db.createTable(TableName.of("people"), TablePolicy.VERSIONED, true);
            Grant inPeople = Grant.of(Role.READER, TableName.of("people"));
            for (Role role : Role.values()) {
                token(db, role.toString(), List.of(Grant.of(role)));
            }
            token(db, "nothing", List.of());
            token(db, "reader of people", List.of(inPeople));
            Principal ada =
                    db.principals().add("ada", List.of(Grant.of(Role.ADMIN)), PASSWORD.toCharArray(), ROUNDS, "");
            adaId = ada.id();
        }
        server = new RunningServer(directory, SETTINGS);
        log.start();
        root().addAppender(log);
        audit().setLevel(Level.INFO);
    }

    private void token(BlockDb db, String name, List<Grant> grants) throws IOException {
        Principal principal = db.principals().add(name, grants, "");
        tokens.put(
                name,
                db.principals().createToken(principal.id(), name, 0, "").text().reveal());
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger("ROOT");
    }

    private static Logger audit() {
        return (Logger) LoggerFactory.getLogger("io.blockdb.audit");
    }

    @AfterEach
    void stop() throws IOException {
        audit().setLevel(null);
        root().detachAppender(log);
        server.close();
    }

    private String bearer(String name) {
        return "Authorization: Bearer " + tokens.get(name);
    }

    private static String basic(String password) {
        return "Authorization: Basic " + Base64.getEncoder().encodeToString(("ada:" + password).getBytes(UTF_8));
    }

    private int status(String name, String method, String path, String body) throws IOException {
        return server.send(method, path, body, bearer(name)).status();
    }

    /** For each route, whether nobody, nothing, reader, writer, auditor, admin and the reader of people are let in. */
    @Test
    void everyRouteLetsInWhomItIsFor() throws IOException {
        server.post("/api/v1/put", "{\"key\":\"k\",\"value\":\"v\"}", bearer("admin"));
        Map<String, String> expected = new LinkedHashMap<>();
        expected.put("GET /api/v1/get/k", "..r..A.");
        expected.put("GET /api/v1/get/k?table=people", "..r..Ap");
        expected.put("GET /api/v1/get/level?table=_format", "....aA.");
        expected.put("GET /api/v1/get/level?table=_credentials", ".......");
        expected.put("GET /api/v1/history/k", "..r..A.");
        expected.put("GET /api/v1/history/k?table=_credentials", ".......");
        expected.put("GET /api/v1/scan", "..r..A.");
        expected.put("GET /api/v1/scan?table=people", "..r..Ap");
        expected.put("GET /api/v1/scan?table=_principals", "....aA.");
        expected.put("GET /api/v1/scan?table=_credentials", ".......");
        expected.put("GET /api/v1/receipt/k", "..r.aA.");
        expected.put("GET /api/v1/receipt/k?table=people", "..r.aAp");
        expected.put("GET /api/v1/ledger/receipt?sequence=0", "....aA.");
        expected.put("GET /api/v1/ledger/checkpoint", ".nrwaAp");
        expected.put("GET /api/v1/ledger/consistency?from=1", ".nrwaAp");
        expected.put("GET /api/v1/ledger/keys", ".nrwaAp");
        expected.put("GET /api/v1/ledger/blocks", "....aA.");
        expected.put("GET /api/v1/ledger/blocks/0", "....aA.");
        expected.put("GET /api/v1/tables", ".nrwaAp");
        expected.put("GET /api/v1/erasures", "....aA.");
        expected.put("GET /api/v1/auth/whoami", ".nrwaAp");
        expected.put("GET /api/v1/auth/principals", "....aA.");
        expected.put("GET /api/v1/auth/tokens", "....aA.");
        expected.put("POST /verify", "....aA.");
        expected.put("POST /api/v1/put", "...w.A.");
        expected.put("POST /api/v1/batch", "...w.A.");
        expected.put("DELETE /api/v1/keys/k?table=people", "...w.A.");
        expected.put("POST /api/v1/tables", ".....A.");
        expected.put("PATCH /api/v1/tables/people", ".....A.");
        expected.put("POST /api/v1/erase", ".....A.");
        expected.put("POST /cluster/add", ".....A.");
        expected.put("DELETE /cluster/remove/node2", ".....A.");
        expected.put("POST /api/v1/auth/principals", ".....A.");
        expected.put("DELETE /api/v1/auth/principals/0", ".....A.");
        expected.put("POST /api/v1/auth/principals/0/grants", ".....A.");
        expected.put("DELETE /api/v1/auth/principals/0/grants?role=reader", ".....A.");
        expected.put("POST /api/v1/auth/principals/0/password", ".....A.");
        expected.put("POST /api/v1/auth/tokens", ".....A.");
        expected.put("DELETE /api/v1/auth/tokens/0", ".....A.");
        expected.put("GET /cluster/status", "0nrwaAp");
        expected.put("GET /cluster/health", "0nrwaAp");
        Map<String, String> found = new LinkedHashMap<>();
        for (String route : expected.keySet()) {
            found.put(route, lettingIn(route));
        }
        assertEquals(lines(expected), lines(found));
    }

    private static String lines(Map<String, String> table) {
        StringBuilder lines = new StringBuilder();
        table.forEach(
                (route, who) -> lines.append(who).append(' ').append(route).append('\n'));
        return lines.toString();
    }

    private static final Map<String, String> BODIES = Map.of(
            "/api/v1/put", "{\"key\":\"k\",\"value\":\"v\"}",
            "/api/v1/batch", "{\"operations\":[{\"key\":\"k\",\"value\":\"v\"}]}",
            "/api/v1/auth/principals/0/password", "{\"password\":\"battery staple\"}");

    private String lettingIn(String route) throws IOException {
        String[] parts = route.split(" ");
        String body = parts[0].equals("POST") || parts[0].equals("PATCH") ? BODIES.getOrDefault(parts[1], "{}") : null;
        StringBuilder in = new StringBuilder();
        int nobody = server.send(parts[0], parts[1], body).status();
        in.append(nobody == 401 ? '.' : '0');
        String[] names = {"nothing", "reader", "writer", "auditor", "admin", "reader of people"};
        for (int i = 0; i < names.length; i++) {
            int status = status(names[i], parts[0], parts[1], body);
            assertNotEquals(401, status, route + " as " + names[i]);
            assertNotEquals(500, status, route + " as " + names[i]);
            in.append(status == 403 ? '.' : "nrwaAp".charAt(i));
        }
        return in.toString();
    }

    @Test
    void whoIsUnknownIsToldHowToSayIt() throws IOException {
        Answer answer = server.get("/api/v1/get/k");
        assertEquals(401, answer.status());
        assertEquals("Unauthorized", answer.field("error"));
        assertTrue(answer.header("WWW-Authenticate").startsWith("Bearer realm=\"blockdb\""), answer::toString);
        assertTrue(answer.field("message").contains("/api/v1/auth/login"));
        Answer forbidden = server.post("/api/v1/put", "{\"key\":\"k\",\"value\":\"v\"}", bearer("reader"));
        assertEquals(403, forbidden.status());
        assertTrue(forbidden.field("message").contains("role writer"), forbidden::toString);
    }

    @Test
    void theAuthorOfAnEntryIsWhoWroteIt() throws IOException {
        Answer put = server.post("/api/v1/put", "{\"key\":\"k\",\"value\":\"v\"}", basic(PASSWORD));
        assertEquals(201, put.status(), put::toString);
        Answer block = server.get("/api/v1/ledger/blocks/" + put.field("height"), bearer("auditor"));
        assertEquals(adaId, block.field("author"));
    }

    @Test
    void anAuditorSeesProofsAndNoValues() throws IOException {
        Answer put = server.post("/api/v1/put", "{\"key\":\"k\",\"value\":\"the value\"}", bearer("admin"));
        String path = "/api/v1/ledger/blocks/" + put.field("height") + "?values=true";
        Answer audited = server.get(path, bearer("auditor"));
        assertFalse(audited.body().contains("the value"), audited::toString);
        assertNotEquals("", audited.field("value_digest"));
        assertTrue(server.get(path, bearer("admin")).body().contains("the value"));
        Answer receipt = server.get("/api/v1/receipt/k", bearer("auditor"));
        assertEquals("null", receipt.field("value"));
        assertNotEquals(
                "null", server.get("/api/v1/receipt/k", bearer("reader")).field("value"));
    }

    @Test
    void noRouteShowsWhatProvesSomebody() throws IOException {
        StringBuilder all = new StringBuilder();
        long blocks = Long.parseLong(server.get("/api/v1/ledger/blocks?limit=1000", bearer("admin"))
                .body()
                .replaceAll("(?s).*\"height\":(\\d+).*", "$1"));
        for (long height = 0; height <= blocks; height++) {
            all.append(server.get("/api/v1/ledger/blocks/" + height + "?values=true", bearer("admin"))
                    .body());
        }
        assertTrue(all.toString().contains("\"table\":\"_credentials\""));
        assertTrue(all.toString().contains("\"name\\\":\\\"ada\\\""), "principals are shown");
        assertFalse(all.toString().contains("pbkdf2"));
        assertFalse(all.toString().contains("sha256"));
        for (String path :
                List.of("/api/v1/auth/principals", "/api/v1/auth/tokens", "/api/v1/scan?table=_principals")) {
            assertFalse(server.get(path, bearer("admin")).body().contains("hash"), path);
        }
    }

    @Test
    void aLoginIsASessionUntilTheLogout() throws IOException {
        Answer login = server.post("/api/v1/auth/login", "{\"username\":\"ada\",\"password\":\"" + PASSWORD + "\"}");
        assertEquals(200, login.status(), login::toString);
        assertEquals("no-store", login.header("Cache-Control"));
        assertEquals(adaId, login.field("principal"));
        String session = "Authorization: Bearer " + login.field("token");
        Answer who = server.get("/api/v1/auth/whoami", session);
        assertEquals("true", who.field("authenticated"));
        assertEquals("ada", who.field("name"));
        assertEquals(adaId, who.field("principal"));
        assertEquals(200, server.post("/api/v1/auth/logout", "", session).status());
        assertEquals(401, server.get("/api/v1/auth/whoami", session).status());
        assertEquals(
                409, server.post("/api/v1/auth/logout", "", bearer("reader")).status());
        Answer wrong = server.post("/api/v1/auth/login", "{\"username\":\"ada\",\"password\":\"wrong password\"}");
        assertEquals(401, wrong.status());
        assertEquals(
                400, server.post("/api/v1/auth/login", "{\"username\":\"ada\"}").status());
    }

    @Test
    void guessingIsAnsweredWithWhenToComeBack() throws IOException {
        for (int i = 0; i < 5; i++) {
            assertEquals(
                    401,
                    server.get("/api/v1/tables", basic("guess number " + i)).status());
        }
        Answer locked = server.get("/api/v1/tables", basic(PASSWORD));
        assertEquals(429, locked.status(), locked::toString);
        assertEquals("RateLimited", locked.field("error"));
        assertTrue(Integer.parseInt(locked.header("Retry-After")) > 0);
    }

    @Test
    void anAdminMakesPrincipalsAndTokens() throws IOException {
        String admin = bearer("admin");
        Answer added = server.post(
                "/api/v1/auth/principals",
                "{\"name\":\"eve\",\"role\":\"reader\",\"table\":\"people\",\"password\":\"battery staple\"}",
                admin);
        assertEquals(201, added.status(), added::toString);
        String id = added.field("id");
        String path = "/api/v1/auth/principals/" + id;
        assertEquals(
                409,
                server.post("/api/v1/auth/principals", "{\"name\":\"eve\"}", admin)
                        .status());
        assertEquals(
                400,
                server.post("/api/v1/auth/principals", "{\"name\":\"e:e\"}", admin)
                        .status());
        assertEquals(
                400,
                server.post("/api/v1/auth/principals", "{\"name\":\"f\",\"role\":\"king\"}", admin)
                        .status());
        Answer token = server.post(
                "/api/v1/auth/tokens", "{\"principal\":\"eve\",\"label\":\"x\",\"expires_in_seconds\":60}", admin);
        assertEquals(201, token.status(), token::toString);
        String eve = "Authorization: Bearer " + token.field("token");
        assertEquals(404, server.get("/api/v1/get/k?table=people", eve).status());
        assertEquals(403, server.get("/api/v1/get/k", eve).status());
        assertEquals(
                200,
                server.post(path + "/grants", "{\"role\":\"writer\"}", admin).status());
        assertEquals(
                201,
                server.post("/api/v1/put", "{\"key\":\"e\",\"value\":\"v\"}", eve)
                        .status());
        assertEquals(
                200,
                server.send("DELETE", path + "/grants?role=writer", null, admin).status());
        assertEquals(
                403,
                server.post("/api/v1/put", "{\"key\":\"f\",\"value\":\"v\"}", eve)
                        .status());
        String change = "{\"password\":\"another staple\",\"current_password\":\"battery staple\"}";
        assertEquals(200, server.post(path + "/password", change, eve).status());
        assertEquals(401, server.post(path + "/password", change, eve).status());
        assertEquals(
                400,
                server.post(path + "/password", "{\"password\":\"short\"}", admin)
                        .status());
        Answer revoked = server.send("DELETE", "/api/v1/auth/tokens/" + token.field("token_id"), null, admin);
        assertEquals(200, revoked.status(), revoked::toString);
        assertEquals(401, server.get("/api/v1/tables", eve).status());
        assertEquals(200, server.send("DELETE", path, null, admin).status());
        assertEquals(
                404,
                server.send("DELETE", "/api/v1/auth/principals/0", null, admin).status());
        assertEquals(
                404, server.send("DELETE", "/api/v1/auth/tokens/0", null, admin).status());
        assertEquals(
                404,
                server.post("/api/v1/auth/tokens", "{\"principal\":\"eve\"}", admin)
                        .status());
        Answer verified = server.post("/verify", "", admin);
        assertEquals("true", verified.field("blockchain_valid"), verified::toString);
    }

    @Test
    void whoMayWriteButNotReadLearnsNothingByWriting() throws IOException {
        String put = "{\"key\":\"k\",\"value\":\"secret\"}";
        String other = put.replace("secret", "guess");
        String batch = "{\"operations\":[%s,{\"key\":\"%s\",\"value\":\"n\"}]}";
        assertEquals(201, server.post("/api/v1/put", put, bearer("admin")).status());
        assertEquals(200, server.post("/api/v1/put", put, bearer("admin")).status());
        String writer = bearer("writer");
        List<String> answers = new ArrayList<>();
        for (String body : List.of(put, other)) {
            Answer single = server.post("/api/v1/put", body, writer);
            assertEquals(409, single.status());
            assertEquals("DuplicateKey", single.field("error"));
            answers.add(single.body());
            answers.add(server.post("/api/v1/put", body, writer, "Idempotency-Key: " + body.length())
                    .body());
            answers.add(server.post("/api/v1/batch", batch.formatted(body, "new"), writer)
                    .body());
        }
        assertEquals(answers.subList(0, 3), answers.subList(3, 6));
        String own = "{\"key\":\"own\",\"value\":\"v\"}";
        Answer first = server.post("/api/v1/put", own, writer, "Idempotency-Key: one");
        assertEquals(201, first.status());
        Answer again = server.post("/api/v1/put", own, writer, "Idempotency-Key: one");
        assertEquals(200, again.status(), "his own request, repeated");
        assertEquals(first.field("sequence_number"), again.field("sequence_number"));
    }

    @Test
    void tablesAreListedForWhomTheyAreFor() throws IOException {
        assertTrue(
                server.get("/api/v1/tables", bearer("reader of people")).body().contains("people"));
        assertFalse(
                server.get("/api/v1/tables", bearer("reader of people")).body().contains("default"));
        assertFalse(server.get("/api/v1/tables", bearer("nothing")).body().contains("people"));
    }

    @Test
    void refusalsAreWrittenDownAndSecretsAreNot() throws IOException {
        String secret = "a password typed as a name";
        server.get("/api/v1/get/k%0Aforged?key=" + tokens.get("admin"), bearer("nothing"));
        server.get(
                "/api/v1/tables",
                "Authorization: Basic "
                        + Base64.getEncoder().encodeToString((secret + ":" + PASSWORD).getBytes(UTF_8)));
        server.get("/api/v1/tables", basic("wrong password"));
        server.get("/api/v1/tables", "Authorization: Bearer " + tokens.get("reader") + "x");
        server.post("/api/v1/auth/login", "{\"username\":\"ada\",\"password\":\"" + PASSWORD + "\"}");
        server.post("/api/v1/auth/tokens", "{\"principal\":\"ada\"}", bearer("admin"));
        List<String> lines = log.list.stream()
                .filter(event -> event.getLoggerName().equals("io.blockdb.audit"))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
        assertEquals(6, lines.size(), lines::toString);
        assertTrue(
                lines.get(0).contains("status=403") && lines.get(0).contains("path=/api/v1/get/k%0Aforged "),
                lines.get(0));
        assertTrue(lines.get(1).startsWith("refused status=401 principal=- source=127.0.0.1"), lines.get(1));
        assertTrue(lines.get(2).contains("principal=" + adaId), lines.get(2));
        assertTrue(lines.get(4).contains("logged in"), lines.get(4));
        assertTrue(lines.get(5).contains("made token"), lines.get(5));
        for (ILoggingEvent event : log.list) {
            String line = event.getFormattedMessage();
            assertFalse(line.contains("\n"), line);
            assertFalse(line.contains("bdb_") || line.contains("bds_"), line);
            assertFalse(line.contains(PASSWORD) || line.contains(secret) || line.contains("wrong password"), line);
        }
    }

    @Test
    void whileAuthenticationIsOffNobodyMakesHimselfAnAdmin() throws IOException {
        server.close();
        server = new RunningServer(directory);
        assertEquals(
                409,
                server.post("/api/v1/auth/principals", "{\"name\":\"eve\",\"role\":\"admin\"}")
                        .status());
        assertEquals(
                409,
                server.post("/api/v1/auth/tokens", "{\"principal\":\"ada\"}").status());
        assertEquals(
                409,
                server.send("DELETE", "/api/v1/auth/principals/" + adaId, null).status());
        assertEquals(
                409,
                server.post("/api/v1/auth/login", "{\"username\":\"ada\",\"password\":\"x\"}")
                        .status());
        assertEquals("false", server.get("/api/v1/auth/whoami").field("auth_enabled"));
        assertEquals(
                201,
                server.post("/api/v1/put", "{\"key\":\"k\",\"value\":\"v\"}").status());
        assertEquals(403, server.get("/api/v1/scan?table=_credentials").status());
    }
}
