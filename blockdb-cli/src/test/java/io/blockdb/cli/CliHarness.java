package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Runs commands in this process on one directory, as a process of its own would. */
final class CliHarness {
    /** What a command left behind. */
    record Result(int exit, byte[] outBytes, String err) {
        String out() {
            return new String(outBytes, StandardCharsets.UTF_8);
        }

        /** Asserts that it went well, without a word on standard error, and answers standard output. */
        String done() {
            assertEquals("", err);
            assertEquals(ExitCode.DONE, exit);
            return out();
        }

        /** Asserts how it failed: nothing on standard output, one line on standard error. */
        void failed(int exit, String message) {
            assertEquals(message + "\n", err);
            assertEquals(exit, this.exit);
            assertEquals("", out());
        }
    }

    private final Path directory;
    private final Map<String, String> environment = new HashMap<>();
    private byte[] input = new byte[0];
    private String terminals = "";

    CliHarness(Path directory) {
        this.directory = directory;
        environment.put("BLOCKDB_DATA_DIR", directory.toString());
    }

    Path directory() {
        return directory;
    }

    CliHarness set(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    CliHarness unset(String variable) {
        environment.remove(variable);
        return this;
    }

    CliHarness terminals(String descriptors) {
        terminals = descriptors;
        return this;
    }

    CliHarness input(String text) {
        return input(text.getBytes(StandardCharsets.UTF_8));
    }

    CliHarness input(byte[] bytes) {
        input = bytes;
        return this;
    }

    Result run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exit = run(out, err, arguments);
        return new Result(exit, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
    }

    int run(OutputStream out, OutputStream err, String... arguments) {
        Streams streams = new Streams(new ByteArrayInputStream(input), out, err, terminals, environment);
        return new Cli(new Session(streams, InstantSource.system())).run(arguments);
    }

    /** Every file below the directory with its hash, to see whether a byte changed. */
    Map<String, String> fingerprint() throws IOException {
        Map<String, String> files = new TreeMap<>();
        List<Path> paths = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(directory)) {
            walk.forEach(paths::add);
        }
        for (Path path : paths) {
            String content = Files.isRegularFile(path) ? sha256(Files.readAllBytes(path)) : "directory";
            files.put(directory.relativize(path).toString(), content + " " + Files.getLastModifiedTime(path));
        }
        return files;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
