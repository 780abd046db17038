package io.blockdb.cli;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench}: measures what this machine and the disk of a directory can do. */
@Command(
        name = "bench",
        description = "Measure what this machine and its disk can do.",
        footer = {
            "",
            "A few seconds, in a new directory on the file system of the database (or beneath --dir), which is",
            "removed at the end. The database itself is not touched. At most 512 MB are written.",
            "",
            "Examples:",
            "  blockdb-cli bench",
            "  blockdb-cli bench --dir /mnt/nvme --duration 20",
            "  blockdb-cli -d /var/lib/blockdb bench --output json"
        })
final class BenchCommand extends BaseCommand {
    private static final List<Column> COLUMNS = List.of(
            Column.text("measure", "MEASURE"),
            Column.number("operations", "OPERATIONS"),
            Column.number("operations_per_second", "A SECOND"),
            Column.nanos("p50_nanos", "P50"),
            Column.nanos("p99_nanos", "P99"));

    /** A sync below this never reached a disk. */
    private static final long SYNC_TOO_FAST_NANOS = 5_000;

    @Option(names = "--dir", paramLabel = "DIR", description = "Measure beneath this directory.")
    private @Nullable Path dir;

    @Option(names = "--duration", paramLabel = "SECONDS", description = "How long to take, about: 1 to 120; default 8.")
    private double duration = 8;

    @Override
    List<OutputFormat> formats() {
        return RECORDS;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = format();
        if (dir == null) {
            root().requireDirectory("bench", "it measures this machine's disk; --dir says which");
        }
        if (!(duration >= 1 && duration <= 120)) {
            throw new UsageException("--duration takes 1 to 120 seconds");
        }
        Path parent = dir == null ? beside(root().directory()) : dir;
        if (!Files.isDirectory(parent)) {
            throw new UsageException("--dir: there is no directory " + parent);
        }
        FileStore store = Files.getFileStore(parent);
        if (store.getUsableSpace() < 2 * Bench.BYTES_MAX) {
            throw new IOException("only " + Sizes.format(store.getUsableSpace()) + " are free beneath " + parent
                    + "; bench wants " + Sizes.format(2 * Bench.BYTES_MAX));
        }
        List<Bench.Measure> measures = measure(parent);
        try (Rows rows = Rows.of(format, session(), COLUMNS)) {
            for (Bench.Measure each : measures) {
                rows.add(
                        each.name(),
                        each.operations(),
                        Math.round(each.perSecond()),
                        each.latencies().quantile(0.5),
                        each.latencies().quantile(0.99));
            }
        }
        if (format == OutputFormat.TABLE) {
            verdict(measures, store);
        }
        return ExitCode.DONE;
    }

    /** A directory on the file system of the data directory: the one above it, unless that is on another. */
    private static Path beside(Path data) throws IOException {
        Path existing = data.toAbsolutePath().normalize();
        while (!Files.isDirectory(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        Path above = existing.getParent();
        boolean isData = existing.equals(data.toAbsolutePath().normalize());
        boolean same = isData
                && above != null
                && Files.isWritable(above)
                && Files.getFileStore(above).equals(Files.getFileStore(existing));
        return same && above != null ? above : existing;
    }

    private List<Bench.Measure> measure(Path parent) throws IOException {
        CountDownLatch removed = new CountDownLatch(1);
        // Ctrl-C ends the process: what was written must be gone before.
        Thread ending = new Thread(() -> {
            session().cancellation().request();
            try {
                removed.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(ending);
        try {
            return measureBeneath(parent);
        } finally {
            removed.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(ending);
            } catch (IllegalStateException endingAlready) {
                session().cancellation().check();
            }
        }
    }

    private List<Bench.Measure> measureBeneath(Path parent) throws IOException {
        Path directory = Files.createTempDirectory(parent, ".blockdb-bench-");
        try (ProgressBar bar = new ProgressBar(session(), "Measuring")) {
            long begin = System.nanoTime();
            long all = (long) (duration * 1e9);
            Bench bench = new Bench(directory, all, session().cancellation());
            return bench.run(what -> bar.show(Math.min(all, System.nanoTime() - begin), all, what));
        } finally {
            remove(directory);
        }
    }

    private static void remove(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e) throws IOException {
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private void verdict(List<Bench.Measure> measures, FileStore store) throws IOException {
        long sync = named(measures, "append 256 B and sync").latencies().quantile(0.5);
        out().line("");
        out().line("A sync takes %s: about %s durable commits a second from one client, %s from eight."
                .formatted(
                        TimeTaken.nanos(sync),
                        rounded(named(measures, "put, synced").perSecond()),
                        rounded(named(measures, "put, synced, 8 clients").perSecond())));
        double hashed = named(measures, "SHA-256 of 64 KB").perSecond() * (64 << 10);
        out().line("SHA-256 hashes %s a second: to verify a gigabyte takes at least %s."
                .formatted(
                        Sizes.format((long) hashed / (1 << 20) * (1 << 20)),
                        String.format(Locale.ROOT, "%.1f s", (1L << 30) / hashed)));
        String type = store.type();
        if (type.equals("tmpfs") || type.equals("ramfs")) {
            out().line("This is a file system in memory (" + type + "): nothing here survives a power failure.");
        } else if (sync < SYNC_TOO_FAST_NANOS) {
            out().line("That is too fast for a disk: this file system (" + type + ") may not sync at all.");
        }
    }

    private static Bench.Measure named(List<Bench.Measure> measures, String name) {
        return measures.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name));
    }

    /** To two digits: more would promise too much. */
    private static String rounded(double number) {
        double unit = Math.pow(10, Math.max(0, Math.floor(Math.log10(Math.max(1, number))) - 1));
        return Counts.format((long) (Math.round(number / unit) * unit));
    }
}
