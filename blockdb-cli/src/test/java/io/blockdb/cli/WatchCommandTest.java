package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import io.blockdb.cli.CliHarness.Result;
import io.blockdb.server.Server;
import io.blockdb.server.config.ServerConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code watch}: against a server, and against one that breaks off. */
@Timeout(120)
class WatchCommandTest {
    private static final String OPENING = ": hello\nretry: 1\nid: here-1\n\n";

    @TempDir
    private Path temp;

    private ScriptedServer scripted;
    private CliHarness cli;

    @BeforeEach
    void begin() throws IOException {
        scripted = new ScriptedServer();
        cli = new CliHarness(temp.resolve("none")).unset("BLOCKDB_DATA_DIR").set("BLOCKDB_URL", scripted.url());
    }

    @AfterEach
    void end() {
        scripted.close();
    }

    private static String entry(int sequence) {
        return "event: entry\nid: here-" + (sequence + 1) + "\ndata: {\"sequence_number\":" + sequence
                + ",\"height\":2,\"table\":\"default\",\"key\":\"a2V5\",\"encoding\":\"base64\",\"kind\":\"put\","
                + "\"value\":\"AP8=\",\"timestamp\":1700000000000000,\"author\":\"anna\"}\n\n";
    }

    /** An answer of events, after which the server hangs up. */
    private void events(String text) {
        scripted.then(exchange -> {
            begin(exchange);
            exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
    }

    private static void begin(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
        exchange.sendResponseHeaders(200, 0);
    }

    @Test
    void asksForWhatIsWatched() {
        events(OPENING + entry(7));
        String line = cli.run("watch", "a/b", "--values", "--from", "7", "-t", "v", "--count", "1")
                .done();
        assertEquals(
                "GET /api/v1/watch?table=v&key=YS9i&from=7&values=true&encoding=base64",
                scripted.last().toString());
        assertEquals("text/event-stream", scripted.last().header("Accept"));
        assertEquals(
                "{\"sequence_number\":7,\"timestamp\":1700000000000000,\"kind\":\"put\",\"table\":\"default\","
                        + "\"key\":\"a2V5\",\"height\":2,\"expires_at\":null,\"author\":\"anna\","
                        + "\"value\":\"AP8=\",\"encoding\":\"base64\"}\n",
                line);
    }

    @Test
    void goesOnWhereTheConnectionBroke() {
        events(OPENING + entry(1) + entry(2) + "event: entry\nid: here-4\ndata: {\"sequence_number\":3,\"hei");
        scripted.busy(503, "NotReady", "starting");
        events(entry(3));
        Result result = cli.run("watch", "--count", "3", "--output", "raw");
        assertEquals(0, result.exit(), result::err);
        List<String> lines = result.out()
                .lines()
                .map(line -> line.substring(0, line.indexOf('\t')))
                .toList();
        assertEquals(List.of("1", "2", "3"), lines);
        assertTrue(result.err().startsWith("Note: the connection to localhost:"), result::err);
        assertEquals(1, result.err().lines().count(), result::err);
        assertEquals("here-3", scripted.last().header("Last-event-id"));
        assertFalse(scripted.last().path().contains("from"), scripted.last()::path);
        assertEquals(3, scripted.asked().size());
    }

    @Test
    void comesAgainWhenItIsCutForBeingSlow() {
        events(OPENING + entry(1) + "event: error\ndata: {\"error\":\"RateLimited\",\"message\":\"too slow\"}\n\n");
        events(entry(2));
        Result result = cli.run("watch", "--count", "2");
        assertEquals(2, result.out().lines().count(), result::toString);
        assertEquals("Note: too slow\n", result.err());
        assertEquals("here-2", scripted.last().header("Last-event-id"));
    }

    @Test
    void endsWhereTheServerCannotGoOn() {
        events(OPENING + entry(1) + "event: error\ndata: {\"error\":\"Conflict\",\"message\":\"it was restored\"}\n\n");
        Result result = cli.run("watch");
        assertEquals(1, result.out().lines().count());
        assertEquals("Error: it was restored\n", result.err());
        assertEquals(ExitCode.COULD_NOT, result.exit());
    }

    @Test
    void aRefusedWatchIsNotTriedAgain() {
        scripted.problem(409, "Conflict", "there is no entry 9", "");
        cli.run("watch", "--from", "9").failed(3, "Error: there is no entry 9");
        scripted.problem(403, "Forbidden", "you may not read table v", "");
        cli.run("watch", "-t", "v").failed(1, "Error: you may not read table v");
        scripted.busy(503, "NotReady", "the server is starting");
        cli.run("watch").failed(3, "Error: the server is starting");
        scripted.text(200, "text/html", "<p>");
        assertEquals(3, cli.run("watch").exit());
        assertEquals(4, scripted.asked().size());
    }

    @Test
    void refusesWhatCannotBeMeant() {
        cli.run("watch", "k", "--prefix", "p").failed(2, "Error: KEY and --prefix exclude each other");
        cli.run("watch", "--from", "-1").failed(2, "Error: --from must not be negative");
        cli.run("watch", "--count", "0").failed(2, "Error: --count must be at least 1");
        cli.run("watch", "k", "--all-tables")
                .failed(2, "Error: --all-tables goes with neither --table, KEY nor --prefix");
        cli.unset("BLOCKDB_URL");
        cli.run("watch").failed(2, "Error: watch asks a server: name one with --url");
    }

    @Test
    void endsWhenNobodyReadsItsOutput() {
        CountDownLatch over = new CountDownLatch(1);
        scripted.then(exchange -> {
            begin(exchange);
            exchange.getResponseBody().write((OPENING + entry(1)).getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        OutputStream gone = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        assertEquals(0, cli.run(gone, err, "watch"), err::toString);
        assertEquals("", err.toString(StandardCharsets.UTF_8));
        over.countDown();
    }

    @Test
    void printsWhatARealServerTells() throws IOException {
        try (Server server = serve(Map.of())) {
            cli.set("BLOCKDB_URL", "http://127.0.0.1:" + server.port());
            cli.run("put", "a", "1").done();
            cli.run("table", "create", "v", "--policy", "versioned").done();
            cli.run("put", "b", "2", "-t", "v").done();
            cli.run("delete", "b", "-t", "v").done();
            String out = cli.run("watch", "--all-tables", "--from", "0", "--count", "3", "--values", "-o", "csv")
                    .done();
            List<String> lines = out.lines().toList();
            assertEquals(
                    "sequence_number,timestamp,kind,table,key,height,expires_at,author,value,encoding", lines.get(0));
            assertTrue(lines.get(1).contains(",put,default,a,") && lines.get(1).endsWith(",1,text"), out);
            assertTrue(lines.get(2).contains(",put,v,b,"), out);
            assertTrue(lines.get(3).contains(",delete,v,b,"), out);
            String table = cli.run("watch", "a", "--from", "0", "--count", "1", "-o", "table")
                    .done();
            assertTrue(table.matches("(?s) *SEQUENCE TIME +KIND +KEY\n *\\d+ \\S+Z +put +a\n"), table);
            List<String> all = cli.run(
                            "watch", "--all-tables", "--from", "0", "--count", "3", "--values", "-o", "table")
                    .done()
                    .lines()
                    .toList();
            String heading = all.get(0);
            for (String line : all.subList(1, 4)) {
                assertTrue(line.startsWith(line.contains("delete") ? "delete" : "put", heading.indexOf("KIND")), line);
                assertTrue(
                        line.startsWith(line.contains("default") ? "default" : "v ", heading.indexOf("TABLE")), line);
                assertTrue(line.startsWith(line.contains("default") ? "a" : "b", heading.indexOf("KEY")), line);
            }
        }
    }

    private Server serve(Map<String, String> settings) throws IOException {
        Map<String, String> all = new HashMap<>(settings);
        all.put("database.data_dir", temp.resolve("served").toString());
        all.put("server.port", "0");
        return Server.start(ServerConfig.of(all));
    }

    @Test
    void endsWhenTheTokenIsRevoked() throws IOException {
        CliHarness owner = new CliHarness(temp.resolve("served"));
        owner.run("auth", "add-principal", "root", "--role", "admin").done();
        owner.run("auth", "add-principal", "ci", "--role", "reader", "--table", "v")
                .done();
        String admin = owner.run("auth", "token", "create", "root").done().strip();
        String token = owner.run("auth", "token", "create", "ci").done().strip();
        try (Server server = serve(Map.of("auth.enabled", "true"))) {
            cli.set("BLOCKDB_URL", "http://127.0.0.1:" + server.port()).set("BLOCKDB_TOKEN", token);
            assertEquals(1, cli.run("watch", "--from", "0", "--count", "1").exit(), "it is for table v");
            CliHarness other = new CliHarness(temp.resolve("none"))
                    .unset("BLOCKDB_DATA_DIR")
                    .set("BLOCKDB_URL", "http://127.0.0.1:" + server.port())
                    .set("BLOCKDB_TOKEN", admin);
            other.run("put", "k", "1", "-t", "v").done();
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            OutputStream revoking = new OutputStream() {
                @Override
                public void write(int b) {
                    if (b == '\n') {
                        other.run("auth", "remove", "ci").done();
                    }
                }
            };
            assertEquals(ExitCode.COULD_NOT, cli.run(revoking, err, "watch", "-t", "v", "--from", "0"));
            assertTrue(err.toString(StandardCharsets.UTF_8).contains("revoked"), err::toString);
        }
    }
}
