package io.blockdb.cli;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What there is to know of the program, the JVM and the machine. Where the system does not say, nothing is said. */
final class MachineFindings {
    private static final long FILES_WANTED = 4096;
    private static final long CGROUP_UNLIMITED = 1L << 60;

    private final List<Finding> findings = new ArrayList<>();

    private MachineFindings() {}

    /** All of them. */
    static List<Finding> all(Streams streams) {
        MachineFindings machine = new MachineFindings();
        machine.versions();
        machine.archive(streams);
        machine.system();
        machine.processors();
        machine.memory();
        machine.openFiles();
        return machine.findings;
    }

    private void add(String name, String text) {
        findings.add(Finding.ok("machine", name, text));
    }

    private void versions() {
        findings.add(Finding.ok("program", "blockdb-cli", Version.number() + " (revision " + Version.revision() + ")"));
        findings.add(Finding.ok("program", "JVM", Version.jvm() + ", " + System.getProperty("java.vm.name")));
        findings.add(Finding.ok("program", "JAVA_HOME", String.valueOf(System.getProperty("java.home"))));
    }

    private void system() {
        String system = line(Path.of("/etc/os-release"), "PRETTY_NAME=");
        add(
                "system",
                (system == null ? "" : system.replace("\"", "") + ", ")
                        + System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                        + System.getProperty("os.arch"));
        String libc = output("getconf", "GNU_LIBC_VERSION");
        if (!libc.isEmpty()) {
            add("C library", libc);
        }
    }

    /** The class-data archive, which the launcher names among the JVM's options where there is one. */
    private void archive(Streams streams) {
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (option.startsWith("-XX:SharedArchiveFile=") || option.startsWith("-XX:AOTCache=")) {
                findings.add(Finding.ok("program", "class-data archive", option.substring(option.indexOf('=') + 1)));
                return;
            }
        }
        String setting = streams.variable("BLOCKDB_CDS");
        findings.add(Finding.warning(
                "program",
                "class-data archive",
                "none in use" + (setting.isEmpty() ? "" : " (BLOCKDB_CDS=" + setting + ")"),
                "run bin/blockdb-cds once, so that commands start faster"));
    }

    private void processors() {
        String model = line(Path.of("/proc/cpuinfo"), "model name");
        add(
                "processors",
                Runtime.getRuntime().availableProcessors() + " for this process"
                        + (model == null ? "" : ", " + model.replaceFirst("^\\s*:\\s*", "")));
        String limit = cgroup("cpu.max");
        if (limit != null && !limit.startsWith("max")) {
            add("cgroup processor limit", limit + " (quota and period in microseconds)");
        }
    }

    private void memory() {
        String total = line(Path.of("/proc/meminfo"), "MemTotal:");
        String available = line(Path.of("/proc/meminfo"), "MemAvailable:");
        if (total != null && available != null) {
            add("memory", size(total) + ", " + size(available) + " available");
        }
        String limit = cgroup("memory.max");
        if (limit != null && limit.matches("[0-9]{1,18}") && Long.parseLong(limit) < CGROUP_UNLIMITED) {
            add("cgroup memory limit", Sizes.format(Long.parseLong(limit)));
        }
        add("heap", Sizes.format(Runtime.getRuntime().maxMemory()) + " at most");
    }

    private static String size(String kilobytes) {
        String digits = kilobytes.replaceAll("[^0-9]", "");
        return digits.isEmpty() || digits.length() > 15 ? kilobytes : Sizes.format(Long.parseLong(digits) << 10);
    }

    private void openFiles() {
        String limits = line(Path.of("/proc/self/limits"), "Max open files");
        if (limits == null) {
            return;
        }
        String soft = limits.strip().split("\\s+")[0];
        if (soft.matches("[0-9]{1,9}") && Long.parseLong(soft) < FILES_WANTED) {
            findings.add(Finding.warning(
                    "machine",
                    "open files",
                    "limit " + soft,
                    "raise it to " + FILES_WANTED + " or more (ulimit -n): SSTables and segments are kept open"));
        } else {
            add("open files", "limit " + soft);
        }
    }

    /** The rest of the first line that begins so; null: there is none. */
    private static @Nullable String line(Path file, String begin) {
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                if (line.startsWith(begin)) {
                    return line.substring(begin.length()).strip();
                }
            }
            return null;
        } catch (IOException e) {
            return null; // the system does not say
        }
    }

    /** A limit of the control group of this process (version 2), null where there is none. */
    private static @Nullable String cgroup(String name) {
        String group = line(Path.of("/proc/self/cgroup"), "0::");
        Path root = Path.of("/sys/fs/cgroup");
        // In a container the path is the host's, and the root is the group.
        for (Path place :
                List.of(root.resolve("." + (group == null ? "" : group)).normalize(), root)) {
            String limit = line(place.resolve(name), "");
            if (limit != null) {
                return limit;
            }
        }
        return null;
    }

    /** The first line that a program of the system writes, empty where it cannot be run. */
    private static String output(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (InputStream in = process.getInputStream()) {
                String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                return process.waitFor(2, TimeUnit.SECONDS)
                        ? text.strip().lines().findFirst().orElse("")
                        : "";
            }
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
