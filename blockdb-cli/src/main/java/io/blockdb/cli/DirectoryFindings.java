package io.blockdb.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What there is to know of the data directory without opening the database: its disk, its rights, its files. */
final class DirectoryFindings {
    private static final String SECTION = "directory";
    private static final long SPACE_WANTED = 1L << 30;
    private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");
    private static final Set<String> REMOTE = Set.of("nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs");

    private final Path directory;
    private final List<Finding> findings = new ArrayList<>();

    private DirectoryFindings(Path directory) {
        this.directory = directory;
    }

    /** All of them. */
    static List<Finding> all(Path directory) {
        DirectoryFindings of = new DirectoryFindings(directory);
        of.place();
        of.quarantine();
        return of.findings;
    }

    private void add(String name, String text) {
        findings.add(Finding.ok(SECTION, name, text));
    }

    private void place() {
        Path existing = directory.toAbsolutePath().normalize();
        add("data directory", existing.toString());
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        try {
            FileStore store = Files.getFileStore(existing);
            space(store);
            fileSystem(store, existing);
        } catch (IOException e) {
            findings.add(Finding.problem(
                    SECTION, "file system", Failure.text(e), "see whether the disk is mounted and readable"));
        }
        if (!Files.isDirectory(directory)) {
            return;
        }
        if (!Files.isReadable(directory)) {
            findings.add(Finding.problem(
                    SECTION, "rights", "may not be read", "run as the user who owns it, or mend its mode"));
        } else if (!Files.isWritable(directory)) {
            findings.add(Finding.warning(
                    SECTION, "rights", "may be read, not written", "nothing, if it is meant only to be read"));
        } else {
            add("rights", "may be read and written");
        }
        try {
            DirectorySizes sizes = DirectorySizes.of(directory);
            add("sizes", "ledger " + Sizes.format(sizes.ledger()) + ", index " + Sizes.format(sizes.index()));
        } catch (IOException e) {
            findings.add(Finding.problem(SECTION, "sizes", Failure.text(e), "see whether the disk is readable"));
        }
    }

    private void space(FileStore store) throws IOException {
        long usable = store.getUsableSpace();
        String text = Sizes.format(usable) + " free of " + Sizes.format(store.getTotalSpace());
        if (usable < SPACE_WANTED) {
            findings.add(
                    Finding.warning(SECTION, "disk", text, "free some: writes are refused before the disk is full"));
        } else {
            add("disk", text);
        }
    }

    private void fileSystem(FileStore store, Path existing) throws IOException {
        String type = store.type();
        String options = mountOptions(existing);
        String text = type + (options == null ? "" : ", mounted " + options);
        List<String> set = List.of((options == null ? "" : options).split("[, ]"));
        if (IN_MEMORY.contains(type)) {
            findings.add(
                    Finding.warning(SECTION, "file system", text, "use a disk for what must survive a power failure"));
        } else if (REMOTE.contains(type)) {
            findings.add(Finding.warning(
                    SECTION,
                    "file system",
                    text,
                    "use a local disk: locks and syncs over a network are not dependable"));
        } else if (set.contains("nobarrier") || set.contains("barrier=0")) {
            findings.add(Finding.problem(
                    SECTION, "file system", text, "mount with barriers: without them a sync does not reach the disk"));
        } else if (set.contains("data=writeback")) {
            findings.add(Finding.warning(
                    SECTION,
                    "file system",
                    text,
                    "mount with data=ordered: after a crash new files may hold old bytes"));
        } else {
            add("file system", text);
        }
    }

    /** The options of the mount that a path is on, by the longest mount point that it begins with. */
    private static @Nullable String mountOptions(Path path) {
        String best = null;
        int longest = -1;
        try {
            String real = path.toRealPath().toString();
            for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"), StandardCharsets.UTF_8)) {
                String[] fields = line.split(" ");
                String point = fields[4].replace("\\040", " ");
                boolean holds = point.equals("/") || real.equals(point) || real.startsWith(point + "/");
                if (holds && point.length() >= longest) {
                    longest = point.length();
                    best = fields[5] + " " + fields[fields.length - 1];
                }
            }
            return best;
        } catch (IOException e) {
            return null; // the system does not say
        }
    }

    /** What recovery cut off the ledger's end and kept. */
    private void quarantine() {
        Path quarantine = directory.resolve("quarantine");
        if (!Files.isDirectory(quarantine)) {
            return;
        }
        try (Stream<Path> files = Files.list(quarantine)) {
            long count = files.count();
            if (count > 0) {
                findings.add(Finding.warning(
                        SECTION,
                        "quarantine",
                        Counts.format(count, "file") + " cut off the ledger's end by recovery: torn writes",
                        "nothing, if power failed then; else keep them, and ask what ended the process"));
            } else {
                add("quarantine", "empty");
            }
        } catch (IOException e) {
            findings.add(Finding.warning(SECTION, "quarantine", Failure.text(e), "mend its rights"));
        }
    }
}
