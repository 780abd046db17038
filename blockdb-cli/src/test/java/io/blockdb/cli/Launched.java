package io.blockdb.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Processes of the packaged launcher, in an environment as bare as it gets, on the JDK that runs the test. */
final class Launched {
    /** The launcher. */
    static final String CLI = Path.of(System.getProperty("blockdb.distribution", "../target/blockdb"))
            .toAbsolutePath()
            .resolve("bin/blockdb-cli")
            .toString();

    /** What a process left behind. */
    record Outcome(int exit, String out, String err) {}

    private Launched() {}

    /** A process to be started, with standard error to be thrown away. */
    static ProcessBuilder prepare(String... command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of(
                        "LANG",
                        "C",
                        "PATH",
                        "/usr/bin:/bin",
                        "JAVA_HOME",
                        System.getProperty("java.home"),
                        "BLOCKDB_CDS",
                        "off"));
        return builder.redirectInput(new File("/dev/null")).redirectError(ProcessBuilder.Redirect.DISCARD);
    }

    /**
     * Whether who started this ignores a signal, as nohup does SIGHUP, and a shell SIGINT of what it starts in the background: what
     * is started from here then ignores it as well, and no program in between can change that.
     */
    static boolean isIgnored(int signal) throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return false;
        }
        String ignored = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .findFirst()
                .orElse("SigIgn:0");
        long mask = Long.parseUnsignedLong(
                ignored.substring(ignored.indexOf(':') + 1).strip(), 16);
        return (mask & 1L << signal - 1) != 0;
    }

    /** Runs a shell's script, in which {@code $CLI} is the launcher and {@code $DIR} the database's directory. */
    static Outcome script(Path directory, String script) throws Exception {
        ProcessBuilder builder = prepare("/bin/sh", "-c", script);
        builder.environment().put("CLI", CLI);
        builder.environment().put("DIR", directory.toString());
        return run(builder);
    }

    /** Runs the launcher. */
    static Outcome cli(String... arguments) throws Exception {
        String[] command = new String[arguments.length + 1];
        command[0] = CLI;
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return run(prepare(command));
    }

    /** Runs a process to its end. */
    static Outcome run(ProcessBuilder builder) throws Exception {
        Path out = Files.createTempFile("launched", ".out");
        Path err = Files.createTempFile("launched", ".err");
        try {
            Process process = builder.redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError(
                        "still running: " + Arrays.toString(builder.command().toArray()));
            }
            return new Outcome(
                    process.exitValue(),
                    Files.readString(out, StandardCharsets.UTF_8),
                    Files.readString(err, StandardCharsets.UTF_8));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }
}
