package io.blockdb.cli;

import static io.blockdb.cli.RawHttp.bytes;
import static io.blockdb.cli.RawHttp.concat;
import static io.blockdb.cli.RawHttp.post;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.cli.RawHttp.Answer;
import io.blockdb.client.BlockDbClient;
import io.blockdb.client.Key;
import io.blockdb.client.Scan;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * What no client sends: each is answered with a 4xx, writes nothing, and leaves a server behind that is as well as before, in a heap
 * of 256 MB.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ServerAbuseIT {
    private static final int MIB = 1 << 20;

    @TempDir
    private static Path temp;

    private static ServerProcess server;

    private final long seed = Long.getLong("blockdb.seed", System.nanoTime());
    private final Random random = new Random(seed);

    /** Bent requests may happen to be writes. */
    private boolean mayHaveWritten;

    @BeforeAll
    static void start() throws IOException {
        server = ServerProcess.start(temp);
    }

    @AfterAll
    static void stop() throws Exception {
        try (ServerProcess last = server) {
            last.stop();
        }
    }

    @AfterEach
    void everythingIsAsItWas() throws IOException {
        server.checkHealthy();
        try (BlockDbClient client = server.client().build()) {
            String key = "still here " + System.nanoTime();
            client.put(Key.of("marks", key), "yes");
            assertEquals("yes", client.get(Key.of("marks", key)).orElseThrow().text());
            assertTrue(
                    mayHaveWritten
                            || !client.scan(Scan.of("default")).iterator().hasNext(),
                    "nothing was written");
        }
    }

    private static void refused(String what, byte[]... parts) throws IOException {
        Answer answer = RawHttp.send(server.port(), parts);
        assertTrue(
                answer.status() >= 400 && answer.status() < 500,
                () -> what + " was answered: " + (answer.text().isEmpty() ? "(nothing)" : answer.text()));
        assertFalse(answer.text().contains("\tat "), () -> what + " was answered with a stack trace: " + answer.text());
    }

    private static byte[] request(String line, String... headers) {
        return bytes(line + "\r\nHost: x\r\nConnection: close\r\n"
                + (headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n") + "\r\n");
    }

    @Test
    void requestsThatAreNone() throws IOException {
        Map<String, byte[]> all = new LinkedHashMap<>();
        all.put("a line of nonsense", bytes("hello\r\n\r\n"));
        all.put("a method alone", bytes("GET\r\n\r\n"));
        all.put("a TLS client's hello", concat(new byte[] {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3}, new byte[500]));
        all.put("zeros", new byte[10_000]);
        all.put("another protocol", bytes("SSH-2.0-OpenSSH_9.2\r\n"));
        all.put("Redis", bytes("*1\r\n$4\r\nPING\r\n"));
        all.put("control characters in the target", bytes("GET /\u0001 HTTP/1.1\r\nHost: x\r\n\r\n"));
        all.put("a line without end", bytes("GET /" + "a".repeat(2 * MIB)));
        all.put("no host", bytes("GET /health HTTP/1.1\r\nConnection: close\r\n\r\n"));
        all.put("two hosts", request("GET /health HTTP/1.1", "Host: y"));
        all.put(
                "headers without end",
                bytes("GET / HTTP/1.1\r\nHost: x\r\n" + "X: yyyyyyyyyyyyyyyy\r\n".repeat(200_000)));
        all.put("one long header", request("GET / HTTP/1.1", "X: " + "y".repeat(2 * MIB)));
        all.put("a header without colon", request("GET /health HTTP/1.1", "nonsense"));
        all.put("a header with a space in its name", request("GET /health HTTP/1.1", "a b: c"));
        all.put("a header with a zero", request("GET /health HTTP/1.1", "X: a\u0000b"));
        all.put("a length that is no number", request("POST /api/v1/put HTTP/1.1", "Content-Length: many"));
        all.put("a negative length", request("POST /api/v1/put HTTP/1.1", "Content-Length: -1"));
        all.put("two lengths", request("POST /api/v1/put HTTP/1.1", "Content-Length: 1", "Content-Length: 2"));
        all.put(
                "a length and chunks",
                request("POST /api/v1/put HTTP/1.1", "Content-Length: 5", "Transfer-Encoding: chunked"));
        all.put(
                "a chunk whose length is none",
                concat(
                        request(
                                "POST /api/v1/put HTTP/1.1",
                                "Content-Type: application/json",
                                "Transfer-Encoding: chunked"),
                        bytes("zz\r\n{}")));
        all.put(
                "chunks without end",
                concat(
                        request(
                                "POST /api/v1/put HTTP/1.1",
                                "Content-Type: application/json",
                                "Transfer-Encoding: chunked"),
                        bytes("5\r\n{\"key")));
        for (Map.Entry<String, byte[]> one : all.entrySet()) {
            refused(one.getKey(), one.getValue());
        }
    }

    @Test
    void pathsAndQueries() throws IOException {
        for (String target : List.of(
                "/api/v1/get/%zz",
                "/api/v1/get/%",
                "/api/v1/get/%ff",
                "/api/v1/get/",
                "/api/v1/get/k?encoding=rot13",
                "/api/v1/get/!!?encoding=base64",
                "/api/v1/get/k?at=-1",
                "/api/v1/get/k?at=x",
                "/api/v1/get/k?at=99999999999999999999",
                "/api/v1/get/k?table=",
                "/api/v1/get/k?table=%00",
                "/api/v1/get/k?table=" + "t".repeat(256),
                "/api/v1/get/" + "k".repeat(64_001),
                "/api/v1/scan?limit=0",
                "/api/v1/scan?limit=-5",
                "/api/v1/scan?limit=1e3",
                "/api/v1/scan?limit=2147483648",
                "/api/v1/scan?cursor=nonsense",
                "/api/v1/scan?cursor=",
                "/api/v1/scan?prefix=a&from=b",
                "/api/v1/scan?at=123456789",
                "/api/v1/history/k?cursor=%00",
                "/api/v1/ledger/blocks?from=-1",
                "/api/v1/ledger/blocks/x",
                "/api/v1/ledger/blocks/999999",
                "/api/v1/ledger/receipt",
                "/api/v1/ledger/receipt?sequence=99999999",
                "/api/v1/ledger/consistency",
                "/api/v1/ledger/consistency?from=5&to=2",
                "/api/v1/ledger/checkpoint?at_least=999999999",
                "/api/v1/watch?key=a&prefix=b",
                "/api/v1/watch?from=-1",
                "/api/v1/get/k?ledger=" + "0".repeat(32),
                "/no/such/path",
                "/../../etc/passwd",
                "//",
                "/api/v1/get/k?%")) {
            refused(target, request("GET " + target + " HTTP/1.1"));
        }
        refused("an event id", request("GET /api/v1/watch HTTP/1.1", "Last-Event-ID: nonsense"));
    }

    @Test
    void methodsAndTypes() throws IOException {
        byte[] body = bytes("{\"key\":\"k\",\"value\":\"v\"}");
        for (String method : List.of("PUT", "PATCH", "TRACE", "CONNECT", "BREW", "get")) {
            refused(method, request(method + " /api/v1/put HTTP/1.1", "Content-Length: 0"));
        }
        for (String type : List.of("text/plain", "application/xml", "multipart/form-data", "nonsense", "")) {
            refused(
                    "type " + type,
                    request("POST /api/v1/put HTTP/1.1", "Content-Type: " + type, "Content-Length: " + body.length),
                    body);
        }
        refused(
                "a compressed body",
                request(
                        "POST /api/v1/put HTTP/1.1",
                        "Content-Type: application/json",
                        "Content-Encoding: gzip",
                        "Content-Length: " + body.length),
                body);
        refused("an answer that nobody can give", request("GET /api/v1/tables HTTP/1.1", "Accept: image/png"));
    }

    @Test
    void bodiesThatAreNoJson() throws IOException {
        List<String> bodies = new ArrayList<>(List.of(
                "",
                " ",
                "{",
                "}",
                "[]",
                "null",
                "true",
                "1",
                "\"k\"",
                "{}",
                "{\"key\":\"k\"}",
                "{\"value\":\"v\"}",
                "{\"key\":\"\",\"value\":\"v\"}",
                "{\"key\":1,\"value\":\"v\"}",
                "{\"key\":null,\"value\":\"v\"}",
                "{\"key\":\"k\",\"value\":1}",
                "{\"key\":\"k\",\"value\":null}",
                "{\"key\":\"k\",\"value\":[]}",
                "{\"key\":\"k\",\"key\":\"l\",\"value\":\"v\"}",
                "{\"key\":\"k\",\"value\":\"v\"} x",
                "{\"key\":\"k\",\"value\":\"v\",\"table\":\"\"}",
                "{\"key\":\"k\",\"value\":\"v\",\"table\":\"_keys\"}",
                "{\"key\":\"k\",\"value\":\"v\",\"table\":\"a\\u0000\"}",
                "{\"key\":\"k\",\"value\":\"v\",\"encoding\":\"hex\"}",
                "{\"key\":\"k\",\"value\":\"v\",\"encoding\":\"base64\"}",
                "{\"key\":\"k\",\"value\":\"v\",\"ttl_seconds\":-1}",
                "{\"key\":\"k\",\"value\":\"v\",\"ttl_seconds\":1e99}",
                "{\"key\":\"k\",\"value\":\"v\",\"ttl_seconds\":\"1\"}",
                "{\"key\":\"k\",\"value\":\"v\",\"ttl_seconds\":" + "9".repeat(100_000) + "}",
                "{\"key\":\"\\ud800\",\"value\":\"v\"}",
                "{'key':'k','value':'v'}",
                "{\"key\":\"k\",\"value\":\"v\",}",
                "{\"key\":\"k\",\"value\":NaN}",
                "[".repeat(1_000_000),
                "{\"a\":".repeat(200_000),
                "{\"key\":\"" + "k".repeat(64_001) + "\",\"value\":\"v\"}",
                "{\"key\":\"k\",\"value\":\"" + "v".repeat(4 * MIB + 1) + "\"}"));
        for (String body : bodies) {
            refused(body.substring(0, Math.min(80, body.length())), post("/api/v1/put", bytes(body)));
        }
        refused("no UTF-8", post("/api/v1/put", bytes("{\"key\":\"\u00ff\u00fe\",\"value\":\"v\"}")));
        refused("UTF-16", post("/api/v1/put", "{\"key\":\"k\",\"value\":\"v\"}".getBytes(StandardCharsets.UTF_16)));
    }

    @Test
    void batchesOverTheLimits() throws IOException {
        String put = "{\"type\":\"put\",\"key\":\"%s\",\"value\":\"v\"}";
        List<String> operations = new ArrayList<>();
        for (int i = 0; i <= 10_000; i++) {
            operations.add(put.formatted("k" + i));
        }
        Map<String, String> all = new LinkedHashMap<>();
        all.put("none", "");
        all.put("one too many", String.join(",", operations));
        all.put("the same key twice", put.formatted("k") + "," + put.formatted("k"));
        all.put("a delete in a write-once table", "{\"type\":\"delete\",\"key\":\"k\"}");
        all.put("an unknown type", "{\"type\":\"drop\",\"key\":\"k\"}");
        all.put("one that is none", put.formatted("k") + ",7");
        String large = Base64.getEncoder().encodeToString(new byte[3 * MIB]);
        all.put(
                "nine megabytes",
                "{\"key\":\"YQ==\",\"value\":\"%s\",\"encoding\":\"base64\"},{\"key\":\"Yg==\",\"value\":\"%s\",\"encoding\":\"base64\"},{\"key\":\"Yw==\",\"value\":\"%s\",\"encoding\":\"base64\"}"
                        .formatted(large, large, large));
        for (Map.Entry<String, String> one : all.entrySet()) {
            refused(one.getKey(), post("/api/v1/batch", bytes("{\"operations\":[" + one.getValue() + "]}")));
        }
        refused("no operations", post("/api/v1/batch", bytes("{}")));
        refused("operations of another kind", post("/api/v1/batch", bytes("{\"operations\":{}}")));
    }

    /** The refusal comes before the body, so that nobody has to send it, and the server has to read it. */
    @Test
    void bodiesOverTheLimit() throws IOException {
        refused(
                "a length of a terabyte",
                request(
                        "POST /api/v1/put HTTP/1.1",
                        "Content-Type: application/json",
                        "Content-Length: 1099511627776"));
        refused(
                "a length beyond all numbers",
                request(
                        "POST /api/v1/put HTTP/1.1",
                        "Content-Type: application/json",
                        "Content-Length: 99999999999999999999999"));
        byte[] chunk = concat(bytes("100000\r\n"), new byte[MIB], bytes("\r\n"));
        byte[][] parts = new byte[65][];
        java.util.Arrays.fill(parts, chunk);
        parts[0] = request("POST /api/v1/put HTTP/1.1", "Content-Type: application/json", "Transfer-Encoding: chunked");
        refused("64 MB in chunks", parts);
        refused(
                "a body that is cut short",
                request("POST /api/v1/put HTTP/1.1", "Content-Type: application/json", "Content-Length: 100"),
                bytes("{\"key\":\"k\",\"value\":\"v\"}"));
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrderUpToTheGarbage() throws IOException {
        String garbage = "garbage garbage\u0000\r\n\r\n";
        String answered = pipelined(pipeline(0, 500) + garbage);
        int at = 0;
        for (int i = 0; i < 500; i++) {
            int next = answered.indexOf("'none-" + i + "'", at);
            int found = i;
            assertTrue(next > at, () -> "no answer to request " + found);
            at = next;
        }
        String rest = answered.substring(at);
        assertTrue(rest.contains("HTTP/1.1 400"), rest);
        // Whether its answer arrives is left to the system, which may cut a connection with bytes that nobody read.
        assertFalse(pipelined(pipeline(0, 10) + garbage + pipeline(10, 500)).contains("none-10"));
    }

    private static String pipeline(int from, int to) {
        StringBuilder requests = new StringBuilder();
        for (int i = from; i < to; i++) {
            requests.append("GET /api/v1/get/none-").append(i).append(" HTTP/1.1\r\nHost: x\r\n\r\n");
        }
        return requests.toString();
    }

    private static String pipelined(String requests) throws IOException {
        try (Socket socket = RawHttp.connect(server.port())) {
            socket.getOutputStream().write(bytes(requests));
            return RawHttp.read(socket.getInputStream()).text();
        }
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void randomBytesAndRequestsThatAreBentALittle() throws IOException {
        mutate(150);
    }

    @Test
    @Tag("soak")
    @Order(Integer.MAX_VALUE)
    void randomBytesAndRequestsThatAreBentForLong() throws IOException {
        mutate(20_000);
    }

    /** Whatever comes back, the connection ends, and no answer is a 500. */
    private void mutate(int rounds) throws IOException {
        mayHaveWritten = true;
        byte[] valid = post("/api/v1/put", bytes("{\"table\":\"bent\",\"key\":\"bent\",\"value\":\"v\"}"));
        for (int round = 0; round < rounds; round++) {
            byte[] bent = valid.clone();
            if (round % 5 == 0) {
                bent = new byte[random.nextInt(3000)];
                random.nextBytes(bent);
            }
            for (int i = random.nextInt(4); i >= 0 && bent.length > 0; i--) {
                bent[random.nextInt(bent.length)] = (byte) random.nextInt(256);
            }
            Answer answer = RawHttp.send(server.port(), bent);
            int number = round;
            assertTrue(
                    answer.status() < 500 || answer.status() == 505,
                    () -> "round " + number + " of -Dblockdb.seed=" + seed + ": " + answer.text());
        }
    }
}
