package io.blockdb.io;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What tests of the disk run in a JVM of its own, and how they start it. */
final class DiskProcess {
    /** What Chronicle Bytes needs to map, and what keeps newer JVMs from warning about it. */
    static final List<String> CHRONICLE_FLAGS = Runtime.version().feature() < 24
            ? List.of(
                    "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
                    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                    "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED")
            : List.of(
                    "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
                    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                    "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow");

    private DiskProcess() {}

    /** Starts {@link #main} in a JVM with the class path of this one; both output streams are one. */
    static Process start(List<String> flags, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), DiskProcess.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // With one of these a JVM says first that it has heard of it.
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        return builder.start();
    }

    static BufferedReader output(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    }

    /**
     * {@code lock FILE exclusive|shared}: says {@code locked} or {@code refused}, and keeps the lock until its input ends.
     * {@code map FILE quiet|info}: maps and reads a file twice, and says nothing by itself.
     */
    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[1]);
        FileSystem files = new DiskFileSystem();
        switch (arguments[0]) {
            case "lock" -> {
                try (FileSystem.Lock lock = files.lock(file, arguments[2].equals("shared"))) {
                    System.out.println(lock == null ? "refused" : "locked");
                    if (System.in.read() >= 0) {
                        throw new AssertionError("nothing is written to this process");
                    }
                }
            }
            case "map" -> {
                if (arguments[2].equals("info")) {
                    ((Logger) LoggerFactory.getLogger(DiskFileSystem.class)).setLevel(Level.INFO);
                }
                for (int i = 0; i < 2; i++) {
                    try (MappedFile map = files.map(file)) {
                        map.getByte(map.size() - 1);
                    }
                }
            }
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }
}
