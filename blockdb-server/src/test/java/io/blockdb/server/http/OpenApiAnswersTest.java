package io.blockdb.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.blockdb.access.Grant;
import io.blockdb.access.Principal;
import io.blockdb.access.Role;
import io.blockdb.db.BlockDb;
import io.blockdb.db.Options;
import io.blockdb.db.OutcomeUnknownException;
import io.blockdb.db.Principals;
import io.blockdb.ledger.DiskFullException;
import io.blockdb.server.http.RunningServer.Answer;
import io.blockdb.server.node.UnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Every answer that is described is given by a running server, and is as it is described. */
@Timeout(120)
class OpenApiAnswersTest {
    @TempDir
    private Path directory;

    private final Description description;
    private final Asking asking;

    OpenApiAnswersTest() throws IOException {
        description = new Description();
        asking = new Asking(description);
    }

    private Asking.Request ask(String id) {
        return asking.request(id);
    }

    @Test
    void everyAnswerIsGivenAndIsAsItIsDescribed() throws Exception {
        damaged();
        withoutKey();
        try (TrialServer server = new TrialServer(directory.resolve("db"))) {
            asking.of(server.port(), null);
            writing();
            versioned();
            reading();
            listing();
            proofs();
            erasing();
            verifying(server);
            ask("put").body("{\"key\":\"last\",\"value\":\"\"}").expect(201);
            ask("watch").with("table", "*").with("from", 0).with("values", true).expectEvents("last");
            ask("watch").with("from", 1_000_000).expect(409);
            about();
            badParameters();
            bodies();
            asking.everywhere(406, request -> request.header("Accept: application/xml"));
            asking.everywhere(409, request -> request);
            failures(server);
        }
        fromPages();
        withAuthentication();
        Set<String> described = new TreeSet<>();
        for (Description.Operation operation : description.operations().values()) {
            operation.responses().keySet().forEach(status -> described.add(operation.id() + " " + status));
        }
        assertEquals(described, asking.reached());
        // It takes an index that contradicts the ledger, each of them with good checksums, to have a failure that is of
        // one key.
        assertEquals(Set.of("Failure.encoding"), neverMet());
    }

    /** Fields that are described and that no answer had. */
    private Set<String> neverMet() {
        Set<String> never = new LinkedHashSet<>();
        for (Description.Operation operation : description.operations().values()) {
            operation.responses().values().stream()
                    .filter(response -> response.get("content") != null)
                    .flatMap(response -> JsonTree.object(response.get("content")).values().stream())
                    .map(media -> JsonTree.object(media).get("schema"))
                    .forEach(schema -> never.addAll(description.schemas().neverMet(operation.id(), schema)));
        }
        never.addAll(description.schemas().neverMet("Event", Asking.EVENT));
        return never;
    }

    private void writing() throws IOException {
        ask("put").expect(201);
        ask("put").expect(200);
        ask("put").body("{\"key\":\"invoice-17\",\"value\":\"other\"}").expect(409);
        ask("put")
                .body("{\"key\":\"/w==\",\"value\":\"\",\"encoding\":\"base64\"}")
                .expect(201);
        ask("batch").expect(201);
        ask("batch").expect(200);
        ask("batch")
                .body("{\"operations\":[{\"key\":\"new\",\"value\":\"\"},{\"key\":\"invoice-18\",\"value\":\"\"}]}")
                .expect(409);
    }

    private void versioned() throws IOException {
        ask("createTable").expect(201);
        ask("createTable").expect(200);
        ask("createTable")
                .body("{\"name\":\"customers\",\"policy\":\"write-once\"}")
                .expect(409);
        for (String id : List.of("alterTable", "alterTableByPost")) {
            ask(id).expect(200);
            ask(id).with("name", "nowhere").expect(404);
        }
        customer("customer-7", "a");
        customer("customer-7", "b\",\"ttl_seconds\":100000,\"table\":\"customers");
        ask("delete").with("table", "customers").with("Idempotency-Key", "one").expect(200);
        ask("delete").with("table", "customers").expect(404);
        customer("customer-8", "a");
        ask("delete")
                .with("table", "customers")
                .with("key", "customer-8")
                .with("Idempotency-Key", "one")
                .expect(409);
        ask("batch")
                .body("{\"table\":\"customers\",\"operations\":[{\"type\":\"delete\",\"key\":\"none\"}]}")
                .expect(404);
        customer("customer-7", "c\",\"ttl_seconds\":100000,\"table\":\"customers");
    }

    /** Puts a customer; the value may go on with further fields, and then names the table itself. */
    private void customer(String key, String value) throws IOException {
        String table = value.contains("\"table\"") ? "" : "\"table\":\"customers\",";
        ask("put")
                .body("{" + table + "\"key\":\"" + key + "\",\"value\":\"" + value + "\"}")
                .expect(201);
    }

    private void reading() throws IOException {
        Answer get = ask("get").with("receipt", true).expect(200);
        ask("get").with("If-None-Match", get.header("ETag")).expect(304);
        assertEquals("paid 120 EUR", ask("get").with("raw", true).expect(200).body());
        ask("get").with("key", "customer-7").with("table", "customers").expect(200);
        ask("get").with("key", "nowhere").expect(404);
        for (String id : List.of("get", "history", "scan")) {
            ask(id).with("table", "_credentials").expect(403);
        }
        ask("get").with("at", 0).expect(404);
        ask("history").with("key", "customer-7").with("table", "customers").expect(200);
        Answer page = ask("history")
                .with("key", "customer-7")
                .with("table", "customers")
                .with("limit", 1)
                .expect(200);
        ask("history")
                .with("key", "customer-7")
                .with("table", "customers")
                .with("cursor", page.field("cursor"))
                .expect(200);
        ask("history").with("key", "nowhere").expect(404);
    }

    private void listing() throws IOException {
        Answer page = ask("scan").with("prefix", "invoice").with("limit", 1).expect(200);
        ask("scan")
                .with("prefix", "invoice")
                .with("cursor", page.field("cursor"))
                .expect(200);
        ask("scan").with("from", "a").with("to", "z").expect(200);
        ask("scan").with("table", "customers").expect(200);
        ask("scan").with("encoding", "base64").expect(200);
        ask("listTables").expect(200);
    }

    private void proofs() throws IOException {
        ask("receipt").expect(200);
        ask("receipt").with("key", "nowhere").expect(404);
        ask("receiptBySequence").expect(200);
        ask("checkpoint").expect(200);
        ask("checkpoint").with("at_least", 1_000_000).expect(404);
        ask("consistency").expect(200);
        ask("keys").expect(200);
        ask("rotateKey").expect(200);
        ask("keys").header("Accept: application/json").expect(200);
        ask("blocks").expect(200);
        ask("blocks").with("limit", 1).expect(200);
        ask("block").with("values", true).expect(200);
        ask("block").with("height", 1_000_000).expect(404);
    }

    private void erasing() throws IOException {
        Answer erased = ask("erase").expect(200);
        ask("erase").expect(200);
        ask("erase").body("{\"key\":\"nowhere\",\"reason\":\"\"}").expect(404);
        ask("erase").body("{\"key\":\"invoice-17\",\"reason\":\"\"}").expect(409);
        ask("erasures").expect(200);
        ask("get").with("key", "customer-7").with("table", "customers").expect(410);
        ask("history").with("key", "customer-7").with("table", "customers").expect(200);
        ask("scan").with("table", "customers").expect(200);
        Answer receipt = ask("receiptBySequence")
                .with("sequence", erased.field("erased_sequence"))
                .expect(200);
        ask("block")
                .with("height", receipt.field("height"))
                .with("values", true)
                .expect(200);
    }

    private void verifying(TrialServer server) throws Exception {
        ask("verify").expect(200);
        CompletableFuture<Answer> first;
        try (TrialServer.Hold held = server.holdNext(MaintenanceResource.class)) {
            first = CompletableFuture.supplyAsync(() -> {
                try {
                    return ask("verify").expect(200);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            held.reached().await();
            ask("verify").expect(409);
        }
        first.get();
    }

    /** A value that was changed on the disk. */
    private void damaged() throws IOException {
        Path path = directory.resolve("damaged");
        try (TrialServer server = new TrialServer(path)) {
            asking.of(server.port(), null);
            ask("put").expect(201);
            byte[] value = "paid 120 EUR".getBytes(StandardCharsets.ISO_8859_1);
            try (Stream<Path> files = Files.list(path.resolve("ledger"))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    overwrite(file, value);
                }
            }
            Answer damaged = ask("verify").expect(200);
            assertEquals("false", damaged.field("blockchain_valid"), damaged::toString);
        }
    }

    /** Changes the first byte of bytes that stand in a file, where they do. */
    private static void overwrite(Path file, byte[] bytes) throws IOException {
        int at = Files.readString(file, StandardCharsets.ISO_8859_1)
                .indexOf(new String(bytes, StandardCharsets.ISO_8859_1));
        if (at >= 0) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(new byte[] {'P'}), at);
            }
        }
    }

    private void about() throws IOException {
        ask("clusterStatus").expect(200);
        for (String id : List.of("health", "live", "ready", "stats", "metrics")) {
            ask(id).expect(200);
        }
        ask("metrics").header("Accept: application/json").expect(200);
        ask("clusterHealth").expect(200);
        ask("clusterAdd").expect(409);
        ask("clusterRemove").expect(409);
        ask("start").expect(200);
        ask("start").header("Accept: text/html").expect(303);
        for (String id : List.of("openapi", "docs", "docsFile")) {
            Answer answer = ask(id).expect(200);
            ask(id).with("If-None-Match", answer.header("ETag")).expect(304);
        }
        ask("docsFile").with("file", "docs.js").expect(200);
        ask("docsFile").with("file", "icon.svg").expect(200);
        ask("docsFile").with("file", "none").expect(404);
    }

    /** Every parameter of a query is read: what it cannot be is refused, by its name. */
    private void badParameters() throws IOException {
        for (Description.Operation operation : description.operations().values()) {
            for (Map<String, @Nullable Object> parameter : operation.parameters()) {
                String name = String.valueOf(parameter.get("name"));
                if ("query".equals(parameter.get("in")) && !operation.path().startsWith("/api/v1/auth/")) {
                    Map<String, @Nullable Object> schema = description.schemas().resolved(parameter.get("schema"));
                    badParameter(operation.id(), name, String.valueOf(schema.get("type")));
                }
            }
        }
        ask("block").with("height", "x").expect(400);
    }

    private void badParameter(String id, String name, String type) throws IOException {
        if (name.equals("ledger")) {
            Answer answer = ask(id).with(name, "00").expect(404);
            assertTrue(answer.field("message").contains("this server keeps"), answer::toString);
            return;
        }
        Asking.Request request = ask(id);
        switch (name) {
            case "prefix", "from", "to", "key" -> {
                if (type.equals("string")) {
                    request.with("encoding", "base64");
                }
                request.with(name, "!");
            }
            case "table" -> request.with(name, "t".repeat(256));
            default -> request.with(name, "no such thing");
        }
        Answer answer = request.expect(400);
        assertTrue(answer.field("message").contains(name), () -> id + " " + name + ": " + answer);
    }

    /** Bodies hold the fields that are described, and no others; what is no body of theirs is refused. */
    private void bodies() throws IOException {
        for (Description.Operation operation : description.operations().values()) {
            if (operation.body() == null
                    || asking.reached().contains(operation.id() + " 415")
                    || !operation.responses().containsKey(400)
                    || !isLookedAt(operation)) {
                continue;
            }
            Answer answer = ask(operation.id()).body("{\"no-such-field\":1}").expect(400);
            assertEquals(names(operation.body()), known(answer), operation.id());
            ask(operation.id()).header("Content-Type: text/xml").expect(415);
            ask(operation.id()).expectTooLarge();
        }
        Answer answer =
                ask("batch").body("{\"operations\":[{\"no-such-field\":1}]}").expect(400);
        assertEquals(names(Map.of("$ref", "#/components/schemas/Operation")), known(answer));
    }

    /** Whether the server does it: the open one changes no principals, and has nowhere to write backups to. */
    private boolean isLookedAt(Description.Operation operation) {
        return asking.authenticated()
                || !(operation.path().startsWith("/api/v1/auth/")
                        || operation.id().equals("backup"));
    }

    private Set<String> names(@Nullable Object schema) {
        return new TreeSet<>(
                JsonTree.object(description.schemas().resolved(schema).get("properties"))
                        .keySet());
    }

    private static Set<String> known(Answer answer) {
        String message = answer.field("message");
        int at = message.indexOf("known are ");
        assertTrue(at > 0, answer::toString);
        return new TreeSet<>(List.of(message.substring(at + 10).split(", ")));
    }

    private void failures(TrialServer server) throws Exception {
        broken(server);
        IOException cause = new IOException("the disk did not answer");
        server.fail(made(OutcomeUnknownException.class, Throwable.class, cause), true);
        asking.everywhere(504, request -> request);
        server.fail(new DiskFullException("/var/lib/blockdb", 1, 2, 3), true);
        asking.everywhere(507, request -> request);
        server.fail(null, false);
    }

    private void broken(TrialServer server) throws IOException {
        server.fail(new UnavailableException("the database is being opened"), false);
        asking.everywhere(503, this::isLookedAt, request -> asJson(request));
        Logger log = (Logger) LoggerFactory.getLogger(Problems.class);
        log.setLevel(Level.OFF);
        server.fail(new IllegalStateException("a mistake that a test makes"), false);
        asking.everywhere(500, this::isLookedAt, request -> asJson(request));
        log.setLevel(null);
        server.fail(null, false);
    }

    /** As text, metrics are told whatever the database is. */
    private static Asking.Request asJson(Asking.Request request) {
        return request.operation().id().equals("metrics") ? request.header("Accept: application/json") : request;
    }

    /** What cannot be signed, once the private key is gone. */
    private void withoutKey() throws IOException {
        Path path = directory.resolve("without-key");
        try (TrialServer server = new TrialServer(path)) {
            asking.of(server.port(), null);
            ask("put").expect(201);
        }
        try (Stream<Path> keys = Files.list(path.resolve("keys"))) {
            for (Path key :
                    keys.filter(file -> file.toString().endsWith(".pem")).toList()) {
                Files.delete(key);
            }
        }
        try (TrialServer server = new TrialServer(path)) {
            asking.of(server.port(), null);
            Answer put = ask("put").body("{\"key\":\"later\",\"value\":\"\"}").expect(201);
            ask("get").with("key", "later").with("receipt", true).expect(409);
            ask("receipt").with("key", "later").expect(409);
            ask("receiptBySequence")
                    .with("sequence", put.field("sequence_number"))
                    .expect(409);
            long blocks = Long.parseLong(put.field("height")) + 1;
            ask("checkpoint").with("at_least", blocks).expect(409);
            ask("consistency").with("from", blocks).expect(409);
            ask("rotateKey").expect(409);
        }
    }

    /** A page of another origin, where none may call. */
    private void fromPages() throws IOException {
        try (TrialServer server = new TrialServer(directory.resolve("pages"), Map.of("server.enable_cors", "false"))) {
            asking.of(server.port(), null);
            ask("logout").header("Origin: https://elsewhere.example").expect(403);
        }
    }

    /** Where callers must say who they are. */
    private void withAuthentication() throws Exception {
        Path path = directory.resolve("closed");
        String admin;
        String nothing;
        String ada;
        try (BlockDb db = BlockDb.open(path, Options.defaults())) {
            Principals principals = db.principals();
            admin = bearer(principals, principals.add("root", List.of(Grant.of(Role.ADMIN)), ""));
            nothing = bearer(principals, principals.add("nobody", List.of(), ""));
            ada = principals
                    .add("ada", List.of(), "correct horse".toCharArray(), 1000, "")
                    .id();
        }
        Map<String, String> settings = Map.of(
                "auth.enabled", "true",
                "database.backup_dir", directory.resolve("backups").toString(),
                "auth.password_rounds", "100000",
                "auth.lockout_failures", "1",
                "auth.lockout_time", "10m");
        try (TrialServer server = new TrialServer(path, settings)) {
            asking.of(server.port(), admin);
            people(ada);
            ask("backup").expect(200);
            ask("put").expect(201);
            ask("watch").with("from", 0).expectEvents("invoice-17");
            tokens();
            bodies();
            asking.everywhere(400, request -> request.with("role", "king"));
            asking.everywhere(404, request -> request);
            asking.everywhere(406, request -> request.header("Accept: application/xml"));
            broken(server);
            asking.of(server.port(), nothing);
            asking.everywhere(403, request -> request);
            asking.of(server.port(), null);
            asking.everywhere(401, request -> request);
            // With the login that failed just now, as many as lock out where they come from.
            for (int i = 0; i < 3; i++) {
                ask("whoami").header("Authorization: Bearer bdb_guess").expect(401);
            }
            asking.everywhere(429, request -> request.header("Authorization: Bearer bdb_guess"));
        }
    }

    private static String bearer(Principals principals, Principal principal) throws IOException {
        return "Authorization: Bearer "
                + principals
                        .createToken(principal.id(), "of a test", 0, "")
                        .text()
                        .reveal();
    }

    private void people(String ada) throws IOException {
        Answer login = ask("login").expect(200);
        ask("whoami").expect(200);
        ask("logout").header("Authorization: Bearer " + login.field("token")).expect(200);
        ask("logout").expect(409);
        ask("addPrincipal").expect(409);
        Answer added = ask("addPrincipal")
                .body("{\"name\":\"eve\",\"role\":\"reader\",\"table\":\"people\"}")
                .expect(201);
        ask("grant").with("id", ada).expect(200);
        ask("grant").with("id", ada).expect(200);
        ask("whoami").expect(200);
        ask("revoke").with("id", ada).with("table", "invoices").expect(200);
        ask("setPassword").with("id", ada).expect(200);
        ask("removePrincipal").with("id", added.field("id")).expect(200);
        ask("listPrincipals").expect(200);
    }

    private void tokens() throws IOException {
        Answer made = ask("createToken").expect(201);
        ask("createToken").body("{\"principal\":\"none\"}").expect(404);
        ask("listTokens").expect(200);
        ask("revokeToken").with("token_id", made.field("token_id")).expect(200);
        ask("revokeToken").with("token_id", made.field("token_id")).expect(200);
    }

    /** A failure that only the database makes. */
    private static <T> T made(Class<T> type, Class<?> parameter, Object argument) throws ReflectiveOperationException {
        Constructor<T> constructor = type.getDeclaredConstructor(parameter);
        constructor.setAccessible(true);
        return constructor.newInstance(argument);
    }
}
