package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the packaged distribution as a stranger would, on the JDK that runs the test. */
final class LauncherIT {
    private static final Path DISTRIBUTION = Path.of(System.getProperty("blockdb.distribution", "../target/blockdb"))
            .toAbsolutePath();
    private static final Path JDK = Path.of(System.getProperty("java.home"));
    private static final String TOOLS = "/usr/bin:/bin";

    @TempDir
    private Path temp;

    private record Outcome(int exit, String out, String err) {}

    @Test
    void printsTheVersionAndNothingElse() throws Exception {
        Outcome outcome = run(environment(), launcher(DISTRIBUTION).toString(), "--version");

        assertEquals(0, outcome.exit, outcome.err);
        assertEquals("", outcome.err);
        assertTrue(outcome.out.startsWith("blockdb-cli 0."), outcome.out);
    }

    @Test
    void runsThroughSymbolicLinksAndInAPathWithSpaces() throws Exception {
        Path installed = copy(temp.resolve("with two  spaces"));
        Path first = Files.createSymbolicLink(temp.resolve("first link"), installed.resolve("bin/blockdb-cli"));
        Path second = Files.createSymbolicLink(temp.resolve("second"), temp.relativize(first));

        Outcome outcome = run(environment(), second.toString(), "--version");

        assertEquals(0, outcome.exit, outcome.err);
        assertEquals("", outcome.err);
    }

    @Test
    void findsTheJdkOnThePath() throws Exception {
        Map<String, String> environment =
                Map.of("PATH", JDK.resolve("bin") + ":" + TOOLS, "BLOCKDB_CDS", "off", "LANG", "C");

        assertEquals(0, run(environment, launcher(DISTRIBUTION).toString(), "--version").exit);
    }

    @Test
    void passesOverAJavaHomeThatIsTooOld() throws Exception {
        Map<String, String> environment = Map.of(
                "JAVA_HOME", oldJdk().toString(), "PATH", JDK.resolve("bin") + ":" + TOOLS, "BLOCKDB_CDS", "off");

        assertEquals(0, run(environment, launcher(DISTRIBUTION).toString(), "--version").exit);
    }

    @Test
    void saysWhereItLookedWhenThereIsNoJdk() throws Exception {
        Path old = oldJdk();
        Map<String, String> environment = Map.of(
                "JAVA_HOME", old.toString(),
                "PATH", Files.createDirectory(temp.resolve("empty")).toString());

        Outcome outcome = run(environment, launcher(DISTRIBUTION).toString(), "--version");

        assertEquals(3, outcome.exit);
        assertEquals("", outcome.out);
        assertTrue(outcome.err.contains("no Java 17 or newer found"), outcome.err);
        assertTrue(outcome.err.contains("JAVA_HOME=" + old + ": Java 1.8.0_292"), outcome.err);
        assertTrue(outcome.err.contains("no java on the PATH"), outcome.err);
    }

    @Test
    void keepsTheCharactersOfArgumentsUnderLangC() throws Exception {
        Map<String, String> environment =
                Map.of("LANG", "C", "JAVA_HOME", JDK.toString(), "PATH", TOOLS, "BLOCKDB_CDS", "off");
        // The bytes come from the shell: this JVM's own locale must have no say in what is passed on.
        String script = "exec \"$1\" \"$(printf 'gr\\303\\266\\303\\237e')\"";

        Outcome outcome = run(
                environment,
                "/bin/sh",
                "-c",
                script,
                "sh",
                launcher(DISTRIBUTION).toString());

        assertEquals(2, outcome.exit, "an unknown command is wrong usage");
        assertTrue(outcome.err.contains("größe"), outcome.err);
    }

    @Test
    void passesOnUserOptionsWithoutExpandingThem() throws Exception {
        Map<String, String> environment = Map.of(
                "JAVA_HOME",
                JDK.toString(),
                "PATH",
                TOOLS,
                "BLOCKDB_CDS",
                "off",
                "BLOCKDB_JAVA_OPTS",
                "-Dstar=* -XX:+PrintCommandLineFlags");

        Outcome outcome = run(environment, launcher(DISTRIBUTION).toString(), "--version");

        assertEquals(0, outcome.exit, outcome.err);
        assertTrue(outcome.out.contains("TieredStopAtLevel=1"), outcome.out);
    }

    @Test
    void startsFromTheClassDataArchiveUntilTheInstallationMoves() throws Exception {
        Path installed = copy(temp.resolve("installed"));
        Outcome made = run(environment(), installed.resolve("bin/blockdb-cds").toString());
        assertEquals(0, made.exit, made.err);

        assertTrue(loadedFrom(installed).contains("shared objects file"), "used once it is made");
        Path moved = Files.move(installed, temp.resolve("moved"));
        assertFalse(loadedFrom(moved).contains("shared objects file"), "not used where it does not fit");
        Outcome again = run(environment(), moved.resolve("bin/blockdb-cds").toString());
        assertEquals(0, again.exit, again.err);
        assertTrue(loadedFrom(moved).contains("shared objects file"), "used once it is made again");
    }

    @Test
    void namesEveryLibraryInTheNotice() throws Exception {
        String notice = Files.readString(DISTRIBUTION.resolve("NOTICE"));
        try (Stream<Path> jars = Files.list(DISTRIBUTION.resolve("lib"))) {
            List<String> missing = jars.map(jar -> jar.getFileName().toString())
                    .filter(name -> name.endsWith(".jar") && !name.startsWith("blockdb-"))
                    .map(name -> name.replaceFirst("-[0-9].*", ""))
                    .filter(name -> !notice.contains(name + " "))
                    .toList();
            assertEquals(List.of(), missing, "NOTICE names what is in lib/, with its licence");
        }
    }

    /** Where the JVM took the main class from, as it logs it. */
    private String loadedFrom(Path installed) throws Exception {
        Path log = Files.createTempFile(temp, "class-load", ".log");
        Map<String, String> environment = Map.of(
                "JAVA_HOME",
                JDK.toString(),
                "PATH",
                TOOLS,
                "BLOCKDB_CDS",
                "use",
                "BLOCKDB_JAVA_OPTS",
                "-Xlog:class+load=info:file=" + log);
        Outcome outcome = run(environment, launcher(installed).toString(), "--version");
        assertEquals(0, outcome.exit, outcome.err);
        assertEquals("", outcome.err);
        return Files.readAllLines(log).stream()
                .filter(line -> line.contains(" " + Main.class.getName() + " "))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, String> environment() {
        return Map.of("JAVA_HOME", JDK.toString(), "PATH", TOOLS, "BLOCKDB_CDS", "off");
    }

    private static Path launcher(Path installed) {
        return installed.resolve("bin/blockdb-cli");
    }

    private Path oldJdk() throws IOException {
        Path old = Files.createDirectories(temp.resolve("old jdk"));
        Files.writeString(old.resolve("release"), "JAVA_VERSION=\"1.8.0_292\"\n");
        Files.copy(Path.of("/bin/sh"), Files.createDirectory(old.resolve("bin")).resolve("java"));
        return old;
    }

    private static Path copy(Path to) throws Exception {
        Outcome outcome = run(Map.of("PATH", TOOLS), "cp", "-Rp", DISTRIBUTION.toString(), to.toString());
        assertEquals(0, outcome.exit, outcome.err);
        return to;
    }

    private static Outcome run(Map<String, String> environment, String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Path out = Files.createTempFile("launcher", ".out");
        Path err = Files.createTempFile("launcher", ".err");
        try {
            Process process = builder.redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError("still running: " + Arrays.toString(command));
            }
            return new Outcome(process.exitValue(), read(out), read(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
