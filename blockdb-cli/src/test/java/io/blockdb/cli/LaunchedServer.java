package io.blockdb.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process of the packaged server, on a free port of the loopback. */
final class LaunchedServer implements AutoCloseable {
    private static final String LISTENING = "BlockDB server listening on 127.0.0.1:";

    private final Process process;
    private final BufferedReader out;
    private final int port;

    private LaunchedServer(Process process, BufferedReader out, int port) {
        this.process = process;
        this.out = out;
        this.port = port;
    }

    /**
     * Starts one and waits until it listens.
     *
     * @param directory the data directory; its standard error goes beside it
     * @param settings lines of its configuration
     */
    static LaunchedServer start(Path directory, String settings) throws IOException {
        Path config = Files.writeString(directory.resolveSibling(directory.getFileName() + ".toml"), settings);
        Path err = directory.resolveSibling(directory.getFileName() + ".err");
        Process process = Launched.prepare(
                        Path.of(Launched.CLI).resolveSibling("blockdb-server").toString(),
                        "--config",
                        config.toString(),
                        "--port",
                        "0",
                        "--data-dir",
                        directory.toString())
                .redirectError(err.toFile())
                .start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        List<String> said = new ArrayList<>();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            said.add(line);
            if (line.startsWith(LISTENING)) {
                return new LaunchedServer(process, out, Integer.parseInt(line.substring(LISTENING.length())));
            }
        }
        throw new AssertionError("it ended: " + said + Files.readString(err));
    }

    /** Its address. */
    String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Ends it in order. */
    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                throw new AssertionError("it does not stop");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
            out.close();
        }
    }
}
