package io.blockdb.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes the page on performance from results. */
@Command(name = "report", description = "Writes the page on performance and its charts from results.")
final class Report implements Callable<Integer> {
    private static final List<String> LIBRARIES =
            List.of("rocksdbjni", "h2-mvstore", "lmdbjava", "sqlite-jdbc", "chronicle-bytes", "lz4-java");

    @Option(
            names = "--results",
            defaultValue = "benchmarks/results",
            description = "Directory with compare.json and shape.json (default ${DEFAULT-VALUE}).")
    private Path results = Path.of("");

    @Option(
            names = "--sections",
            split = ",",
            defaultValue = "benchmarks/findings.md,benchmarks/proofs.md,benchmarks/http.md,benchmarks/watch.md",
            description =
                    "What people write of it, and measured by other means, in Markdown (default ${DEFAULT-VALUE}).")
    private List<Path> sections = List.of();

    @Option(
            names = "--out",
            defaultValue = "docs/performance.md",
            description = "The page; charts go to a directory of its name beside it (default ${DEFAULT-VALUE}).")
    private Path out = Path.of("");

    @Override
    public Integer call() throws Exception {
        CompareResults compared = ResultFiles.read(results.resolve("compare.json"), CompareResults.class);
        Path shapeFile = results.resolve("shape.json");
        ShapeResults shape = Files.exists(shapeFile) ? ResultFiles.read(shapeFile, ShapeResults.class) : null;
        StringBuilder prose = new StringBuilder();
        for (Path section : sections) {
            prose.append(prose.isEmpty() ? "" : "\n").append(Files.readString(section));
        }
        Path absolute = out.toAbsolutePath();
        String name = String.valueOf(absolute.getFileName()).replaceFirst("\\.md$", "");
        Path charts = Files.createDirectories(absolute.resolveSibling(name));
        Rounds rounds = new Rounds(compared.measurements());
        Files.writeString(absolute, page(compared, shape, rounds, prose.toString(), name));
        for (int valueSize : rounds.valueSizes()) {
            Files.writeString(charts.resolve("ratios-" + valueSize + ".svg"), Charts.ratios(rounds, valueSize));
        }
        if (shape != null) {
            Files.writeString(charts.resolve("large-fill.svg"), Charts.largeFill(shape));
        }
        return 0;
    }

    /** The page. */
    static String page(
            CompareResults compared, @Nullable ShapeResults shape, Rounds rounds, String prose, String charts) {
        Markdown page = new Markdown();
        page.heading(1, "Performance");
        page.block(
                "<!-- Written by benchmarks/run from benchmarks/results and the sections in benchmarks/*.md: edits here are lost. -->");
        introduce(page, compared);
        goals(page, rounds, shape);
        page.block(prose.isBlank() ? "" : prose);
        page.heading(2, "All engines");
        page.block(
                "Entries a second; operations a second for gets and seeks. Lowest–median–highest of the rounds, where an "
                        + "engine took part in several. In the charts each row is a workload, the bar is BlockDB's ratio to RocksDB, "
                        + "the dots are the others' and the two "
                        + "ticks are *must* and *goal*. What lies beyond the axis stands at its end.");
        for (int valueSize : rounds.valueSizes()) {
            page.heading(3, "Values of " + valueSize + " bytes");
            page.block("![Ratios to RocksDB, values of %d bytes](%s/ratios-%d.svg)"
                    .formatted(valueSize, charts, valueSize));
            ReportTables.engines(page, rounds, valueSize);
        }
        page.heading(2, "Latencies");
        page.block(
                "Medians of the rounds; an operation of a batched workload is a batch, and one of `scan` and `verify` is all "
                        + "of it.");
        for (int valueSize : rounds.valueSizes()) {
            ReportTables.latencies(page, rounds, valueSize);
        }
        page.heading(2, "What it costs besides");
        page.block(
                "Medians of the rounds. Processor time is that of the whole process for an entry, work in the background "
                        + "while it ran included. Bytes are per byte of key and value: handed to the kernel by writes and charged as "
                        + "written to the device, both until all was at rest, and on disk then. *Rest* is how long the background went "
                        + "on. The heap does not hold what RocksDB allocates outside of it.");
        for (int valueSize : rounds.valueSizes()) {
            ReportTables.costs(page, rounds, valueSize);
        }
        if (shape != null) {
            ShapeTables.write(page, shape, charts);
        }
        if (!compared.failures().isEmpty()) {
            page.heading(2, "Runs that failed");
            compared.failures().forEach(failure -> page.block("- " + failure));
        }
        return page.toString();
    }

    private static void introduce(Markdown page, CompareResults compared) {
        Machine machine = compared.machine();
        Map<String, String> how = compared.parameters();
        StringBuilder versions = new StringBuilder();
        LIBRARIES.forEach(name -> {
            String version = machine.versions().get(name);
            if (version != null) {
                versions.append(versions.isEmpty() ? "" : ", ")
                        .append(name)
                        .append(' ')
                        .append(version);
            }
        });
        page.block(
                "BlockDB beside the databases that one would otherwise embed. `rocksdb` is RocksDB with 10-bit bloom filters, "
                        + "memtables of 64 MiB, a block cache of 512 MiB that holds the data, LZ4 and two background jobs; "
                        + "`rocksdb-default` the same with no option set. BlockDB has its defaults and a page cache of 512 MiB. Hashing "
                        + "and chaining are on, as always. Goals are ratios to `rocksdb`: *must* is what a user may expect, *goal* what "
                        + "the measured limits allow.");
        page.table(
                List.of("where", "what"),
                List.of(
                        List.of(
                                "processor",
                                machine.cpu() + ", " + machine.cores() + " cores; SHA-256 in bulk "
                                        + Figures.number(machine.sha256MbPerSecond()) + " MB/s"),
                        List.of("memory", machine.memoryGb() + " GiB"),
                        List.of("system", machine.kernel() + ", " + machine.fileSystem()),
                        List.of("JVM", machine.jdk() + ", `" + how.getOrDefault("jvm", "") + "`"),
                        List.of("libraries", versions.toString()),
                        List.of("BlockDB", how.getOrDefault("label", "")),
                        List.of(
                                "rounds",
                                how.getOrDefault("rounds", "") + "; engines besides BlockDB and `rocksdb`: "
                                        + how.getOrDefault("neighbour-rounds", "")),
                        List.of("bytes of a value : entries", how.getOrDefault("sizes", ""))));
        page.block("""
                How it is measured, for every engine alike:

                - Keys have 16 bytes as db_bench makes them; values compress to about half. The seed is fixed. Each read is
                  checked against what was written.
                - Each group of workloads runs in a process and a directory of its own; in a round the engines take turns. What
                  was left to be written is synced between them. Ratios are taken within a round, and their median counts.
                - A process first runs all its workloads on a smaller throwaway database of %s entries, so that it is not the
                  compiler that is measured; nor is it the first touch of the heap's pages. Reads also run unmeasured for half as long on the database itself.
                - Fills put each key once, in random order unless it is `fillseq`. Reads start once the fill has come to rest:
                  memtables flushed, compaction done. `overwrite` writes all keys again.
                - A put that is not synced is in the kernel's hands when it returns, and survives `kill -9`; BlockDB syncs such
                  puts in the background besides, once a second and whenever 4 MB wait; RocksDB does not. H2's MVStore is the exception: it keeps them on the heap until
                  it commits by itself. Tables of BlockDB are `versioned`, where nothing is looked up before a write;
                  `fillrandom, write-once` goes to a table that does look.
                - `fillsync` and its like end after %s s. Other workloads of engines besides BlockDB and `rocksdb` end after %s s,
                  so slow ones write, and then read, fewer entries.
                - `open` includes the first get, median of five in one process. For `open after kill -9` another process fills
                  45 MiB of keys and values, less than a memtable, and is killed.
                - `verify` is BlockDB's recomputation of every hash of the ledger; RocksDB only compares checksums of blocks.
                """.formatted(
                        how.getOrDefault("warmup", "?"),
                        how.getOrDefault("synced-seconds", "?"),
                        how.getOrDefault("neighbour-seconds", "?")));
    }

    private static void goals(Markdown page, Rounds rounds, @Nullable ShapeResults shape) {
        page.heading(2, "Goals");
        List<List<String>> rows = new ArrayList<>();
        int met = 0;
        int missed = 0;
        for (Goal goal : Goal.ALL) {
            Verdict verdict = goal.verdict(rounds);
            met += verdict == Verdict.MET ? 1 : 0;
            missed += verdict == Verdict.MISSED ? 1 : 0;
            String bound = goal.measure().lowerIsBetter() ? "≤ " : "≥ ";
            rows.add(List.of(
                    goal.workload().title(),
                    goal.valueSize() + " B",
                    goal.measure().toString(),
                    bound + plain(goal.must()),
                    bound + plain(goal.goal()),
                    goal.value(rounds).text(Figures::ratio),
                    verdict.toString()));
        }
        page.block(
                "Of %d, %d reach the goal, %d reach what a user may expect, and %d miss that or were not measured. Lowest–median–highest of the rounds; the median decides."
                        .formatted(
                                rows.size(),
                                met,
                                rows.size() - met - missed - notMeasured(rounds),
                                missed + notMeasured(rounds)));
        page.table(List.of("workload", "values", "what", "must", "goal", "measured", "verdict"), rows);
        if (shape != null) {
            page.block("The shape of the curves:");
            page.table(
                    List.of("what", "wanted", "measured", "verdict"),
                    ShapeGoals.of(shape, rounds).stream()
                            .map(row -> List.of(
                                    row.what(),
                                    row.wanted(),
                                    row.found(),
                                    row.verdict().toString()))
                            .toList());
        }
    }

    private static String plain(double value) {
        return value == Math.rint(value) && value > 5 ? Long.toString((long) value) : Double.toString(value);
    }

    private static int notMeasured(Rounds rounds) {
        return (int) Goal.ALL.stream()
                .filter(goal -> goal.verdict(rounds) == Verdict.NOT_MEASURED)
                .count();
    }
}
