package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.cli.CliHarness.Result;
import io.blockdb.cli.ScriptedServer.Asked;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands say to a server, and what they make of its answers. */
class RemoteTest {
    private static final String HASH = "ab".repeat(32);
    private static final String COMMIT = "{'success':true,'ledger_id':'" + "0".repeat(32)
            + "','sequence_number':7,'height':3,'block_hash':'" + HASH + "','timestamp':1700000000000000}";
    private static final String VERSIONS =
            "{'success':true,'height':3,'entries':4,'tables':[{'name':'v','policy':'versioned','erasable':false}]}";

    @TempDir
    private Path temp;

    private ScriptedServer server;
    private CliHarness cli;

    @BeforeEach
    void begin() throws IOException {
        server = new ScriptedServer();
        cli = new CliHarness(temp.resolve("none")).unset("BLOCKDB_DATA_DIR").set("BLOCKDB_URL", server.url());
    }

    @AfterEach
    void end() {
        server.close();
        assertFalse(Files.exists(temp.resolve("none")), "no directory is touched");
    }

    @Test
    void putSendsBytesAsTheyAre() {
        server.json(201, COMMIT);
        assertEquals(
                "Successfully stored key-value pair\n",
                cli.run("put", "a/b", "grüße").done());
        Asked asked = server.last();
        assertEquals(
                "POST /api/v1/put {\"encoding\":\"base64\",\"key\":\"YS9i\",\"value\":\"Z3LDvMOfZQ==\"}",
                asked.toString());
        assertEquals("application/json", asked.header("Content-type"));
        assertTrue(asked.header("User-agent").startsWith("blockdb-cli/"), asked.header("User-agent"));
        assertEquals("", asked.header("Idempotency-key"), "twice is once in a write-once table");
        assertEquals("", asked.header("Authorization"));
    }

    @Test
    void putTellsTheCommitInJson() {
        server.json(200, COMMIT.replace("}", ",'existing':true}"));
        assertEquals(
                "{\"key\":\"k\",\"encoding\":\"text\",\"table\":\"default\",\"sequence_number\":7,\"height\":3,"
                        + "\"block_hash\":\"" + HASH
                        + "\",\"timestamp\":1700000000000000,\"existing\":true}\n",
                cli.run("put", "k", "v", "--output", "json").done());
    }

    @Test
    void theWordsOfRefusalsAreThoseOfADirectory() {
        server.problem(409, "DuplicateKey", "Key k already exists", "");
        cli.run("put", "k", "v")
                .failed(1, "Error: Key 'k' already exists. BlockDB is append-only and does not allow updates.");
        server.problem(404, "NotFound", "Key k not found", "");
        cli.run("get", "k").failed(1, "Key not found");
        server.problem(404, "NotFound", "there is no such path", ",'reason':'NO_SUCH_PATH'");
        cli.run("get", "k")
                .failed(
                        3,
                        "Error: what answers at " + place() + " is no BlockDB server, or is one of another version"
                                + " (status 404): check --url");
        server.problem(410, "Erased", "gone", ",'erasure_sequence':12");
        cli.run("get", "k").failed(1, "Value erased (see _erasures, sequence 12)");
        server.problem(404, "NotFound", "absent", ",'reason':'KEY_ABSENT'");
        cli.run("delete", "k", "-t", "v").failed(1, "Key not found");
        server.problem(400, "InvalidRequest", "table w is write-once", ",'reason':'NOT_VERSIONED'");
        cli.run("delete", "k", "-t", "w").failed(1, "Error: table w is write-once");
        server.problem(400, "InvalidRequest", "no such thing", "");
        cli.run("get", "k").failed(2, "Error: no such thing");
        server.problem(403, "Forbidden", "you may not read table default", "");
        cli.run("get", "k").failed(1, "Error: you may not read table default");
        server.problem(500, "Internal", "a mistake", "");
        cli.run("get", "k").failed(3, "Error: the server at " + place() + " could not: a mistake");
        server.problem(409, "Conflict", "something else stands there", "");
        cli.run("backup", "name").failed(1, "Error: something else stands there");
        server.problem(507, "DiskFull", "disk full", "");
        cli.run("put", "k", "v").failed(3, "Error: disk full");
    }

    private String place() {
        return server.url().substring("http://".length());
    }

    @Test
    void aKeyOfBytesComesBackAsItIs() {
        server.json(
                200,
                "{'success':true,'key':'/wA=','value':'AP8K','encoding':'base64','table':'default','sequence_number':1,"
                        + "'height':1,'block_hash':'" + HASH + "','timestamp':5}");
        Result result = cli.run("get", "ff00", "--key-encoding", "hex", "--raw");
        assertArrayEquals(new byte[] {0, (byte) 0xff, '\n'}, result.outBytes());
        assertEquals(
                "GET /api/v1/get/%2FwA%3D?encoding=base64&table=default",
                server.last().toString());
    }

    @Test
    void aWriteWhoseAnswerWasLostIsSentAgain() {
        server.broken().json(201, COMMIT);
        cli.run("put", "k", "v").done();
        assertEquals(2, server.asked().size());
    }

    @Test
    void aDuplicateThatMayBeOnesOwnIsNotCalledAnothers() {
        server.broken().problem(409, "DuplicateKey", "taken", "").problem(403, "Forbidden", "no reading", "");
        cli.run("put", "k", "v")
                .failed(
                        3,
                        "Error: the answer was lost, and who asks may not read: whether it was written, or the key held"
                                + " another value before, is not known");
        server.broken().problem(409, "DuplicateKey", "taken", "").problem(404, "NotFound", "readable", "");
        assertEquals(1, cli.run("put", "k", "v").exit());
    }

    @Test
    void aVersionedWriteIsSentAgainUnderTheSameName() {
        server.json(200, VERSIONS).broken().broken().json(201, COMMIT);
        cli.run("put", "k", "v", "-t", "v").done();
        List<String> names = server.asked().subList(1, 4).stream()
                .map(asked -> asked.header("Idempotency-key"))
                .distinct()
                .toList();
        assertEquals(1, names.size());
        assertEquals(36, names.get(0).length());
    }

    @Test
    void whatIsNotSafeToRepeatIsNotRepeated() {
        server.broken().json(200, "{'success':true,'vkey':'x','retired':[]}");
        Result result = cli.run("key", "rotate");
        assertEquals(3, result.exit());
        assertTrue(result.err().contains("whether it was done is not known"), result.err());
        assertEquals(1, server.asked().size());
    }

    @Test
    void aBusyServerIsAskedAgainWhereItSaysSo() {
        server.busy(503, "NotReady", "still starting")
                .busy(429, "RateLimited", "slowly")
                .json(201, COMMIT);
        cli.run("put", "k", "v").done();
        server.problem(503, "ReadOnly", "a write failed", "");
        cli.run("put", "k", "v").failed(3, "Error: a write failed");
    }

    @Test
    void anUnknownOutcomeIsTriedAgainOnlyWhereThatIsSafe() {
        server.problem(504, "Timeout", "nobody knows", ",'retry_safe':true").json(201, COMMIT);
        cli.run("put", "k", "v").done();
        server.problem(504, "Timeout", "nobody knows", ",'retry_safe':false");
        cli.run("put", "k", "v").failed(3, "Error: nobody knows");
    }

    @Test
    void nobodyThere() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        cli.run("--url", "http://localhost:" + port, "get", "k")
                .failed(
                        3,
                        "Error: cannot reach the server at localhost:" + port
                                + ": connection refused; start it with 'blockdb-server', or check --url");
        Result result = cli.run("--url", "http://no-such-host.invalid:1", "get", "k");
        assertEquals(
                "Error: cannot reach the server at no-such-host.invalid:1: there is no such host; check --url\n",
                result.err());
        assertEquals(3, result.exit());
    }

    @Test
    void somebodyElseThere() {
        server.text(404, "text/html", "<html>");
        String stranger =
                "Error: what answers at " + place() + " is no BlockDB server, or is one of another version (status ";
        cli.run("get", "k").failed(3, stranger + "404): check --url");
        server.then(exchange -> {
            exchange.getResponseHeaders().set("Location", "http://elsewhere.invalid/");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        cli.run("get", "k").failed(3, stranger + "302): check --url");
        server.json(200, "{'success':true}");
        Result result = cli.run("get", "k");
        assertEquals(3, result.exit());
        assertTrue(result.err().contains("lacks the field sequence_number"), result.err());
    }

    @Test
    void noAnswerInTime() {
        CountDownLatch over = new CountDownLatch(1);
        server.then(exchange -> {
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Result result = cli.run("get", "k", "--timeout", "0.02");
        over.countDown();
        assertEquals(
                "Error: the server at " + place()
                        + " did not answer in time; --timeout waits longer, and 'doctor' says how it is\n",
                result.err());
        assertEquals(3, result.exit());
    }

    @Test
    void aTokenIsSentAndNeverShown() throws IOException {
        Path file = temp.resolve("token");
        Files.writeString(file, "from-a-file\n");
        server.json(201, COMMIT);
        cli.set("BLOCKDB_TOKEN", "from-the-environment").run("put", "k", "v").done();
        assertEquals("Bearer from-the-environment", server.last().header("Authorization"));
        server.json(201, COMMIT);
        cli.run("put", "k", "v", "--token-file", file.toString()).done();
        assertEquals("Bearer from-a-file", server.last().header("Authorization"));
        server.problem(401, "Unauthorized", "the token has expired", "");
        Result result = cli.run("get", "k", "--debug");
        assertTrue(result.err().contains("does not know who asks: the token has expired; --token-file"), result.err());
        assertFalse(result.err().contains("from-the"), result.err());
        assertEquals(3, result.exit());
        Files.writeString(file, "two words");
        cli.run("get", "k", "--token-file", file.toString())
                .failed(
                        2,
                        "Error: --token-file " + file + " holds no token: one has no blanks, and is a line of its own");
        assertEquals(3, server.asked().size());
    }

    @Test
    void twoDatabasesAreNamed() {
        cli.run("-d", "x", "--url", server.url(), "get", "k")
                .failed(2, "Error: --url and --data-dir name two databases: give one of them");
        cli.set("BLOCKDB_DATA_DIR", "x")
                .run("get", "k")
                .failed(
                        2,
                        "Error: BLOCKDB_URL and BLOCKDB_DATA_DIR name two databases: unset one of them, or say --url or"
                                + " --data-dir");
        server.json(201, COMMIT);
        cli.run("--url", server.url(), "put", "k", "v").done();
        Result result = cli.run("-d", temp.resolve("absent").toString(), "get", "k");
        assertTrue(result.err().startsWith("Error: No database at"), result.err());
    }

    @Test
    void addressesThatAreNone() {
        cli.run("--url", "localhost:8080", "get", "k")
                .failed(
                        2,
                        "Error: --url 'localhost:8080' is no address of a server: it looks like http://127.0.0.1:8080");
        for (String none : List.of("127.0.0.1:8080", "http://me:se^cret@localhost")) {
            Result result = cli.run("--url", none, "get", "k");
            assertEquals(2, result.exit());
            assertTrue(result.err().endsWith("; it looks like http://127.0.0.1:8080\n"), result.err());
            assertFalse(result.err().contains("cret"), "a password is not repeated");
        }
        cli.run("--url", "http://me:secret@localhost", "get", "k")
                .failed(
                        2,
                        "Error: --url holds a name or a password: the token goes into --token-file or BLOCKDB_TOKEN");
        cli.run("--url", "http://localhost/?a=b", "get", "k")
                .failed(2, "Error: --url 'http://localhost/?a=b': there is more behind the path");
        cli.run("--timeout", "never", "get", "k").failed(2, "Error: --timeout: 'never' is no number of seconds");
        cli.run("--memtable-size", "1MB", "get", "k")
                .failed(2, "Error: the settings of the engine are the server's own: they do not go with --url");
    }

    @Test
    void whatOnlyTheMachineItselfCanDo() {
        String needs = " needs the database's own directory, not a server: ";
        cli.run("restore", "backup")
                .failed(
                        2,
                        "Error: restore" + needs
                                + "restore where the new database is to be, and start the server on that");
        cli.run("bench").failed(2, "Error: bench" + needs + "it measures this machine's disk; --dir says which");
        cli.run("verify", "--repair")
                .failed(2, "Error: --repair" + needs + "stop the server, and repair its directory where it is");
        cli.run("export", "--proofs", "x")
                .failed(2, "Error: --proofs" + needs + "export from a backup, or where the directory is");
        cli.run("erase", "k", "--sequence", "1", "--reason", "r", "--purge-copies")
                .failed(2, "Error: --purge-copies" + needs + "empty quarantine/ where the directory is");
        cli.run("backup", "name", "--with-keys")
                .failed(2, "Error: --with-keys" + needs + "give it where the server's directory is");
        assertEquals(List.of(), server.asked());
    }

    @Test
    void aScanIsReadPageByPage() {
        server.json(
                        200,
                        "{'success':true,'table':'default','height':9,'entries':[{'key':'YQ==','value':'MQ==',"
                                + "'encoding':'base64','sequence_number':1}],'cursor':'more'}")
                .json(
                        200,
                        "{'success':true,'table':'default','height':9,'entries':[{'key':'Yg==','value':null,"
                                + "'encoding':'base64','sequence_number':2,'erasure_sequence':5}],'cursor':null}");
        assertEquals("""
                {"key":"a","value":"1","encoding":"text","table":"default","sequence_number":1,"state":"present"}
                {"key":"b","value":null,"encoding":"text","table":"default","sequence_number":2,"state":"erased"}
                """, cli.run("scan", "--from", "a", "--to", "c").done());
        assertEquals(
                List.of(
                        "GET /api/v1/scan?table=default&encoding=base64&from=YQ%3D%3D&to=Yw%3D%3D&limit=100",
                        "GET /api/v1/scan?table=default&encoding=base64&from=YQ%3D%3D&to=Yw%3D%3D&cursor=more&limit=1000"),
                server.asked().stream().map(Asked::toString).toList());
    }

    @Test
    void aServerTellsOfItsCluster() {
        server.json(
                200,
                "{'success':true,'cluster_id':'blockdb','node_id':'node1','state':'Leader','term':0,'leader':'node1',"
                        + "'nodes':[{'id':'node1','address':'127.0.0.1:8080','state':'Leader',"
                        + "'last_heartbeat':1700000000000000,'match_height':12}]}");
        assertEquals("""
                Cluster blockdb, term 0, leader node1; asked was node1 (Leader)
                NODE   ADDRESS         STATE   LAST HEARTBEAT        HEIGHT
                node1  127.0.0.1:8080  Leader  2023-11-14T22:13:20Z      12
                """, cli.run("cluster", "status").done());
        server.json(503, "{'success':false,'status':'unhealthy','members':1,'leader':'','cause':'it is starting'}");
        Result health = cli.run("cluster", "health");
        assertEquals("The cluster is unhealthy: it is starting\n", health.out());
        assertEquals(1, health.exit());
        cli.unset("BLOCKDB_URL")
                .run("cluster", "status")
                .failed(2, "Error: cluster status asks a server: name one with --url");
    }

    @Test
    void aServerIsLookedAt() {
        server.json(
                        503,
                        "{'success':false,'status':'unhealthy','cause':'the disk is full','version':'9','warnings':['no"
                                + " TLS'],'blockchain_height':3,'total_records':4}")
                .problem(503, "NotReady", "not now", "");
        Result result = cli.run("doctor", "--output", "csv");
        assertEquals(1, result.exit());
        assertTrue(result.out().contains("server,state,problem,unhealthy: the disk is full,"), result.out());
        assertTrue(result.out().contains("server,warning,warning,no TLS,"), result.out());
        assertFalse(result.out().contains("directory,"), result.out());
        Result nobody = cli.set("BLOCKDB_URL", "http://no-such-host.invalid:1").run("doctor", "--output", "csv");
        assertTrue(nobody.out().contains("there is no such host"), nobody.out());
        assertFalse(nobody.out().contains("\ndatabase,"), "it is one problem, not two: " + nobody.out());
        assertEquals(1, nobody.exit());
    }

    @Test
    void aSessionKeepsToItsServer() {
        server.json(200, "{'success':true,'height':3,'entries':4,'tables':[]}").json(201, COMMIT);
        Result result =
                cli.input("put k v\nget k --url http://elsewhere\nexit\n").run("interactive");
        assertEquals("BlockDB Interactive Mode\nSuccessfully stored key-value pair\n", result.out());
        assertTrue(
                result.err().startsWith("Error: the session has its database open: leave it to use another directory"),
                result.err());
        assertEquals(1, result.exit());
    }

    @Test
    void anImportNamesItsBatches() throws IOException {
        Path file = temp.resolve("rows.jsonl");
        Files.writeString(
                file, "{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"b\",\"value\":\"2\"}\n", StandardCharsets.UTF_8);
        server.json(200, "{'success':true,'principal':'ada'}")
                .json(200, "{'success':true,'height':3,'entries':[],'cursor':null}")
                .json(
                        201,
                        "{'success':true,'total_processed':2,'height':4,'block_hash':'" + HASH
                                + "','timestamp':6,'results':[{'operation':0,'sequence_number':8},{'operation':1,"
                                + "'sequence_number':9}]}");
        Result result = cli.run("import", file.toString());
        assertTrue(result.done().contains(": imported 2, already there 0, failed 0"), result.out());
        assertTrue(
                server.last().header("Idempotency-key").startsWith("import/"),
                server.last().toString());
        assertEquals(
                "POST /api/v1/batch {\"encoding\":\"base64\",\"operations\":[{\"key\":\"YQ==\",\"value\":\"MQ==\"},"
                        + "{\"key\":\"Yg==\",\"value\":\"Mg==\"}]}",
                server.last().toString());
        server.json(200, "{'success':true,'principal':'ada'}")
                .problem(403, "Forbidden", "not for you", "")
                .json(
                        200,
                        "{'success':true,'total_processed':2,'height':4,'block_hash':'" + HASH
                                + "','timestamp':6,'existing':true,'results':[{'operation':0,'sequence_number':8}]}");
        Result blind = cli.run("import", file.toString());
        assertTrue(blind.out().contains(": imported 0, already there 2, failed 0"), blind.out());
        assertTrue(blind.err().contains("only auditors may see"), blind.err());
        assertTrue(
                server.asked().get(1).path().contains("table=_requests"),
                server.asked().toString());
        assertTrue(
                server.asked().get(1).path().contains("reverse=true"),
                server.asked().toString());
    }
}
