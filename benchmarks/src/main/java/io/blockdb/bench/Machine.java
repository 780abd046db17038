package io.blockdb.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Map;

/**
 * Where results come from.
 *
 * @param cpu name of the processor
 * @param cores how many of them this process may use
 * @param memoryGb memory in GiB
 * @param kernel operating system and version
 * @param fileSystem type of the file system that the data is on
 * @param jdk name and version of the JVM
 * @param sha256MbPerSecond how fast one thread hashes in bulk
 * @param versions of libraries, by name
 */
record Machine(
        String cpu,
        int cores,
        long memoryGb,
        String kernel,
        String fileSystem,
        String jdk,
        double sha256MbPerSecond,
        Map<String, String> versions) {
    private static final Path CPUS = Path.of("/proc/cpuinfo");

    /** This machine, with data in a directory that exists. */
    static Machine here(Path directory) throws IOException {
        return new Machine(
                cpuName(),
                Runtime.getRuntime().availableProcessors(),
                Math.round(ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                                .getTotalMemorySize()
                        / (double) (1 << 30)),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                Files.getFileStore(directory).type(),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"),
                Math.rint(hashing(1 << 20, 1_000) / 1e6),
                Child.versions());
    }

    private static String cpuName() throws IOException {
        if (!Files.exists(CPUS)) {
            return System.getProperty("os.arch");
        }
        return Files.readAllLines(CPUS).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
    }

    /** How many bytes a second SHA-256 takes of messages of a size, by one thread; the second of two measurements. */
    static double hashing(int messageBytes, int messages) {
        double rate = 0;
        for (int attempt = 0; attempt < 2; attempt++) {
            byte[] message = new byte[messageBytes];
            MessageDigest digest = sha256();
            long begun = System.nanoTime();
            for (int i = 0; i < messages; i++) {
                message[0] = digest.digest(message)[0];
            }
            rate = (double) messageBytes * messages / (System.nanoTime() - begun) * 1e9;
        }
        return rate;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
