package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.client.BlockDbClient;
import io.blockdb.client.BlockDbClientBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The packaged server with a heap of 256 MB, on a free port of the loopback: to be asked, abused, and killed. */
final class ServerProcess implements AutoCloseable {
    private static final String SERVER =
            Path.of(Launched.CLI).resolveSibling("blockdb-server").toString();

    private final Process process;
    private final Path err;
    private final int port;

    private ServerProcess(Process process, Path err, int port) {
        this.process = process;
        this.err = err;
        this.port = port;
    }

    /**
     * Starts one, and waits until it listens.
     *
     * @param folder for what it says; the database is in {@code data} within it
     */
    static ServerProcess start(Path folder, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                SERVER, "--port", "0", "--data-dir", folder.resolve("data").toString(), "--memtable-size", "8MB"));
        command.addAll(Arrays.asList(more));
        Path err = folder.resolve("err");
        ProcessBuilder builder = Launched.prepare(command.toArray(String[]::new))
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.appendTo(err.toFile()));
        builder.environment().put("BLOCKDB_JAVA_OPTS", "-Xmx256m");
        Process process = builder.start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("BlockDB server listening on ")) {
                Thread reader = new Thread(() -> readOut(out), "server's output");
                reader.setDaemon(true);
                reader.start();
                return new ServerProcess(process, err, Integer.parseInt(line.substring(line.lastIndexOf(':') + 1)));
            }
        }
        throw new AssertionError("the server ended: " + Files.readString(err));
    }

    /** What is not read would stop it one day. */
    private static void readOut(BufferedReader out) {
        try (out) {
            out.transferTo(Writer.nullWriter());
        } catch (IOException killed) {
            return; // as it should be
        }
    }

    int port() {
        return port;
    }

    BlockDbClientBuilder client() {
        return BlockDbClient.builder("http://127.0.0.1:" + port);
    }

    /** Kills it with SIGKILL, and waits until it is gone. */
    void kill() {
        process.toHandle().destroyForcibly(); // the process's own method would close the pipe to be read out
        process.onExit().join();
    }

    /** Makes sure that it is alive and says of itself that it is well, and that its heap sufficed. */
    void checkHealthy() throws IOException {
        assertTrue(process.isAlive(), () -> "it ended with code " + process.exitValue() + ": " + saidOrNothing());
        try (BlockDbClient client = client().build()) {
            client.tables();
        }
        assertEquals(200, RawHttp.get(port, "/health").status());
        assertTrue(process.isAlive(), "it is there");
        assertFalse(said().contains("OutOfMemory"), this::saidOrNothing);
    }

    /** What it said on standard error. */
    String said() throws IOException {
        return Files.readString(err);
    }

    private String saidOrNothing() {
        try {
            return said();
        } catch (IOException e) {
            return "nothing that can be read: " + e;
        }
    }

    /** Ends it as an administrator does, and makes sure that it goes well. */
    void stop() throws Exception {
        process.toHandle().destroy();
        assertTrue(process.waitFor(1, TimeUnit.MINUTES), "it ends");
        assertEquals(0, process.exitValue(), this::saidOrNothing);
    }

    @Override
    public void close() {
        kill();
    }
}
