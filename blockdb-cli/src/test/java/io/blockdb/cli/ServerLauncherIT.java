package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the packaged server as a stranger would, on the JDK that runs the test. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
final class ServerLauncherIT {
    private static final Path DISTRIBUTION = Path.of(Launched.CLI).getParent().getParent();
    private static final String SERVER =
            DISTRIBUTION.resolve("bin/blockdb-server").toString();

    private static final int SIGHUP = 1;
    private static final int SIGINT = 2;
    private static final int SIGTERM = 15;

    @TempDir
    private Path temp;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void endWhatIsLeft() {
        started.forEach(Process::destroyForcibly);
    }

    /** A server that listens, with what it printed until then. */
    private record Running(Process process, BufferedReader out, List<String> facts, int port) {
        String get(String path) throws IOException {
            HttpURLConnection connection = (HttpURLConnection)
                    URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
            connection.setConnectTimeout(20_000);
            connection.setReadTimeout(20_000);
            try (InputStream in = connection.getInputStream()) {
                return connection.getResponseCode() + " " + new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        }

        int end(long signal) throws Exception {
            new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
                    .start()
                    .waitFor();
            assertTrue(process.waitFor(1, TimeUnit.MINUTES), "ended");
            return process.exitValue();
        }
    }

    @Test
    void servesUntilItIsToldToStopAndKeepsWhatWasWritten() throws Exception {
        Running first = start();
        assertEquals("Data directory: " + temp.resolve("db"), line(first, "Data directory:"));
        assertEquals("Cluster: none, this node is alone (node1)", line(first, "Cluster:"));
        assertTrue(first.facts().get(0).startsWith("BlockDB 0."), first.facts().toString());
        assertTrue(
                first.get("/health").startsWith("200 {\"success\":true,\"status\":\"healthy\""), first.get("/health"));
        put(first, "{\"key\":\"greeting\",\"value\":\"hello\"}");

        assertEquals(0, first.end(SIGTERM), "SIGTERM");
        assertTrue(first.out().lines().toList().contains("Stopped"), "said");
        assertEquals("", Files.readString(temp.resolve("err")));

        Running second = start();
        assertTrue(second.get("/api/v1/get/greeting").contains("\"value\":\"hello\""), "still there");
        assertEquals(0, second.end(Launched.isIgnored(SIGINT) ? SIGTERM : SIGINT), "SIGINT");
    }

    @Test
    void holdsItsDirectoryAgainstOthers() throws Exception {
        Running server = start();

        Launched.Outcome other =
                run(Map.of(), "-p", "0", "-d", temp.resolve("db").toString());
        Launched.Outcome line = Launched.cli("-d", temp.resolve("db").toString(), "put", "key", "value");

        assertEquals(3, other.exit());
        assertTrue(other.err().startsWith("Error: "), other.err());
        assertEquals(3, line.exit());
        assertEquals(0, server.end(SIGTERM));
    }

    @Test
    void servesWhatLiesBeforeTheDamageOfALedger() throws Exception {
        String directory = temp.resolve("db").toString();
        assertEquals(0, Launched.cli("-d", directory, "put", "before", "good").exit());
        Path segment = temp.resolve("db/ledger/0000000001.seg");
        long end = Files.size(segment);
        assertEquals(0, Launched.cli("-d", directory, "put", "behind", "bad").exit());
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(end + 120);
            int was = file.read();
            file.seek(end + 120);
            file.write(was ^ 1);
        }

        Running open = start();
        assertTrue(open.get("/api/v1/get/before").contains("\"value\":\"good\""), "served");
        assertTrue(Files.readString(temp.resolve("err")).contains("Warning: "), "said");
        assertEquals(0, open.end(SIGTERM));

        Path settings = Files.writeString(temp.resolve("settings.toml"), "[auth]\nenabled = true\n");
        Running guarded = start("--config", settings.toString());
        String said = Files.readString(temp.resolve("err"));
        assertTrue(said.contains("Warning: whether there is an admin cannot be told: ledger/"), said);
        assertEquals(0, guarded.end(SIGTERM));
    }

    @Test
    void saysWhoHasTheAddress() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Launched.Outcome outcome = run(
                    Map.of(),
                    "-p",
                    String.valueOf(taken.getLocalPort()),
                    "-d",
                    temp.resolve("db").toString());

            assertEquals(3, outcome.exit());
            assertEquals(
                    "Error: cannot listen on 127.0.0.1:" + taken.getLocalPort() + ": Address already in use\n",
                    outcome.err());
        }
    }

    @Test
    void aSignalReloadsTheLevelOfTheLog() throws Exception {
        assumeFalse(Launched.isIgnored(SIGHUP), "as nohup has it");
        Path settings = Files.writeString(
                temp.resolve("settings.toml"), "[logging]\nfile = \"" + temp.resolve("log") + "\"\nlevel = \"warn\"\n");
        Running server = start("--config", settings.toString());

        Files.writeString(settings, Files.readString(settings).replace("warn", "info") + "[server]\nport = 1\n");
        signal(server, "HUP");
        awaitText(temp.resolve("log"), "settings reloaded; log level info");
        Files.writeString(settings, "[logging]\nlevel = \"loud\"\n");
        signal(server, "HUP");
        awaitText(
                temp.resolve("log"),
                "not reloaded, everything stays as it was: " + settings + ":2:1: logging.level must");

        assertTrue(server.get("/health").startsWith("200"), "still there");
        assertEquals(0, server.end(SIGTERM));
    }

    @Test
    void aRequestInFlightIsFinishedBeforeTheEnd() throws Exception {
        Running server = start();
        String body = "{\"key\":\"late\",\"value\":\"but whole\"}";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write(("POST /api/v1/put HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                    + "Expect: 100-continue\r\nContent-Length: " + body.length() + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            byte[] go = socket.getInputStream().readNBytes("HTTP/1.1 100 Continue\r\n\r\n".length());
            assertTrue(new String(go, StandardCharsets.US_ASCII).startsWith("HTTP/1.1 100"), "it is being read");

            signal(server, "TERM");
            assertEquals("Stopping: finishing what is in flight", server.out().readLine());
            socket.getOutputStream().write(body.getBytes(StandardCharsets.US_ASCII));

            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(answer.startsWith("HTTP/1.1 201"), answer);
        }
        assertTrue(server.process().waitFor(1, TimeUnit.MINUTES), "ended");
        assertEquals(0, server.process().exitValue());
        assertEquals(
                "but whole\n",
                Launched.cli("-d", temp.resolve("db").toString(), "get", "late").out());
    }

    @Test
    void theSecondSignalEndsItAtOnce() throws Exception {
        Running server = start();
        try (Socket halfOpen = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            halfOpen.setSoTimeout(60_000);
            halfOpen.getOutputStream()
                    .write(
                            "POST /api/v1/put HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            assertEquals('H', halfOpen.getInputStream().read());
            signal(server, "TERM");
            assertEquals("Stopping: finishing what is in flight", server.out().readLine());

            assertEquals(143, server.end(SIGTERM));
        }
    }

    @Test
    void wrongSettingsStartNothing() throws Exception {
        Launched.Outcome flag = run(Map.of(), "--port", "http");
        Launched.Outcome variable = run(Map.of("BLOCKDB_MEMTABLE_SIZE", "lots"), "--check-config");

        assertEquals(2, flag.exit());
        assertEquals("Error: --port: server.port must be a port from 0 to 65535, found 'http'\n", flag.err());
        assertEquals(2, variable.exit());
        assertTrue(
                variable.err().startsWith("Error: BLOCKDB_MEMTABLE_SIZE: database.memtable_size_limit must be"),
                "named");
    }

    @Test
    void printsTheShippedFileButForTheOneSettingThatDiffers() throws Exception {
        List<String> printed = new ArrayList<>(
                run(Map.of(), "--print-default-config").out().lines().toList());
        List<String> shipped = new ArrayList<>(Files.readAllLines(DISTRIBUTION.resolve("config/blockdb.toml")));
        List<String> more = new ArrayList<>(shipped);
        more.removeAll(printed);
        List<String> less = new ArrayList<>(printed);
        less.removeAll(shipped);

        assertEquals(List.of("require_security = false"), less);
        assertEquals(2, more.size(), more.toString());
        assertTrue(more.get(0).startsWith("# The default is false"), more.get(0));
        assertEquals("require_security = true", more.get(1));
        assertEquals(
                0,
                run(
                                Map.of(),
                                "--check-config",
                                "--config",
                                DISTRIBUTION.resolve("config/blockdb.toml").toString())
                        .exit());
    }

    @Test
    void shipsABillOfMaterials() throws Exception {
        assumeFalse("offline=true".equals(System.getProperty("blockdb.maven")), "Maven makes none with -o");
        String server = Files.readString(DISTRIBUTION.resolve("share/sbom/blockdb-server.cdx.json"));
        String line = Files.readString(DISTRIBUTION.resolve("share/sbom/blockdb-cli.cdx.json"));

        assertTrue(server.contains("\"bomFormat\" : \"CycloneDX\""), "its form");
        assertTrue(server.contains("pkg:maven/io.javalin/javalin@"), "what the server is made of");
        assertFalse(line.contains("javalin"), "and what the command line is not");
        assertFalse(server.contains("junit"), "nothing of the tests");
    }

    private Running start(String... more) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(SERVER, "--port", "0", "--data-dir", temp.resolve("db").toString()));
        command.addAll(Arrays.asList(more));
        Process process = Launched.prepare(command.toArray(String[]::new))
                .directory(temp.toFile())
                .redirectError(temp.resolve("err").toFile())
                .start();
        started.add(process);
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        List<String> facts = new ArrayList<>();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            facts.add(line);
            if (line.startsWith("BlockDB server listening on 127.0.0.1:")) {
                return new Running(process, out, facts, Integer.parseInt(line.substring(line.lastIndexOf(':') + 1)));
            }
        }
        throw new AssertionError("it ended: " + facts + Files.readString(temp.resolve("err")));
    }

    private Launched.Outcome run(Map<String, String> environment, String... arguments) throws Exception {
        String[] command = new String[arguments.length + 1];
        command[0] = SERVER;
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        ProcessBuilder builder = Launched.prepare(command).directory(temp.toFile());
        builder.environment().putAll(environment);
        return Launched.run(builder);
    }

    private static void put(Running server, String body) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create("http://127.0.0.1:" + server.port() + "/api/v1/put")
                        .toURL()
                        .openConnection();
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "application/json");
        connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
        assertEquals(201, connection.getResponseCode());
    }

    private static void signal(Running server, String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, String.valueOf(server.process().pid()))
                .start()
                .waitFor();
    }

    private static void awaitText(Path file, String text) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (!Files.exists(file) || !Files.readString(file).contains(text)) {
            assertTrue(System.nanoTime() < deadline, "not in the log: " + text + "\n" + Files.readString(file));
            Thread.onSpinWait();
        }
    }

    private static String line(Running server, String beginning) {
        return server.facts().stream()
                .filter(line -> line.startsWith(beginning))
                .findFirst()
                .orElseThrow();
    }
}
