package io.blockdb.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** How this program starts itself in another process, and what libraries it has. */
final class Child {
    /** What Chronicle Bytes and LMDB's binding need; the jar's manifest has the same for {@code java -jar}. */
    private static final List<String> OPENS = List.of(
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED");

    /** What JDKs from 24 on warn about otherwise. */
    private static final List<String> NEWER =
            List.of("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED");

    private static final int FIRST_NEWER = 24;
    /** Libraries that come with LMDB's binding alone; what BlockDB does must not depend on them. */
    private static final Pattern LMDB_ONLY = Pattern.compile("(jnr-|jffi-|asm-).*\\.jar");

    private static final Pattern VERSIONED_JAR = Pattern.compile("(.+?)-(\\d[\\w.-]*)\\.jar");

    private Child() {}

    /** The command line that runs this program. */
    static List<String> command(EngineKind engine, List<String> jvmFlags, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmFlags);
        command.addAll(OPENS);
        if (Runtime.version().feature() >= FIRST_NEWER) {
            command.addAll(NEWER);
        }
        String classPath = String.join(
                java.io.File.pathSeparator,
                jars().stream()
                        .filter(jar -> engine == EngineKind.LMDB
                                || !LMDB_ONLY
                                        .matcher(String.valueOf(jar.getFileName()))
                                        .matches())
                        .map(Path::toString)
                        .toList());
        command.addAll(List.of("-cp", classPath, Main.class.getName()));
        command.addAll(arguments);
        return command;
    }

    /** Runs a command to its end; what it says is said here. Returns whether it ended well, and in time. */
    static boolean run(List<String> command, double secondsMax) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        try {
            return process.waitFor((long) (secondsMax * 1e3), TimeUnit.MILLISECONDS) && process.exitValue() == 0;
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
    }

    /** The class path; of a jar that was started by {@code java -jar}, with the libraries beside it. */
    private static List<Path> jars() throws IOException {
        List<Path> jars = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(java.io.File.pathSeparator)) {
            Path path = Path.of(entry).toAbsolutePath();
            jars.add(path);
            Path libraries = path.resolveSibling("lib");
            if (path.toString().endsWith("benchmarks.jar") && Files.isDirectory(libraries)) {
                try (Stream<Path> files = Files.list(libraries)) {
                    jars.addAll(files.sorted().toList());
                }
            }
        }
        return jars;
    }

    /** Version by name of all libraries. */
    static Map<String, String> versions() throws IOException {
        Map<String, String> versions = new TreeMap<>();
        for (Path jar : jars()) {
            Matcher matcher = VERSIONED_JAR.matcher(String.valueOf(jar.getFileName()));
            if (matcher.matches()) {
                versions.put(matcher.group(1), matcher.group(2));
            }
        }
        return versions;
    }
}
