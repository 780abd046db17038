package io.blockdb.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How cost develops: with many entries in little memory, beside compaction, on disk, and by verifying. */
@Command(name = "shape", description = "Measures how cost develops with size, and writes the results as JSON.")
final class Shape implements Callable<Integer> {
    @Option(
            names = "--large",
            defaultValue = "10000000",
            description = "Entries of the large database (default ${DEFAULT-VALUE}).")
    private long large;

    @Option(
            names = "--verified-bytes",
            defaultValue = "1000000000",
            description = "Keys and values of the database that is verified (default ${DEFAULT-VALUE}).")
    private long verifiedBytes;

    @Option(
            names = "--engines",
            defaultValue = "blockdb,rocksdb",
            description = "Which engines are filled with many entries (default ${DEFAULT-VALUE}).")
    private String engines = "";

    @Option(
            names = "--jvm",
            split = " ",
            defaultValue = "-Xms512m -Xmx512m -XX:+UseG1GC -XX:+AlwaysPreTouch",
            description = "Flags of the JVM (default ${DEFAULT-VALUE}).")
    private List<String> jvmFlags = List.of();

    @Option(
            names = "--process-seconds",
            defaultValue = "600",
            description = "A process that takes longer is ended (default ${DEFAULT-VALUE}).")
    private double processSeconds;

    @Option(names = "--seed", defaultValue = "1", description = "Of keys and values (default ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--label", defaultValue = "", description = "What was measured: a commit, for instance.")
    private String label = "";

    @Option(
            names = "--dir",
            defaultValue = "target/benchmark-data",
            description = "Directory for the data; what is in it is deleted (default ${DEFAULT-VALUE}).")
    private Path directory = Path.of("");

    @Option(
            names = "--out",
            defaultValue = "benchmarks/results/shape.json",
            description = "Where results go (default ${DEFAULT-VALUE}).")
    private Path out = Path.of("");

    private final List<String> failures = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        Directories.fresh(directory);
        Machine machine = Machine.here(directory);
        Path lines = directory.resolve("results.jsonl");
        for (EngineKind engine :
                Arrays.stream(engines.split(",", -1)).map(EngineKind::parse).toList()) {
            run(engine, ShapeWorker.Part.LARGE, large, 100, lines);
            run(engine, ShapeWorker.Part.COST, Math.max(1, large / 10), 100, lines);
            run(engine, ShapeWorker.Part.COST, Math.max(1, large / 100), 100, lines);
        }
        run(EngineKind.BLOCKDB, ShapeWorker.Part.SPACE, large / 10, 100, lines);
        run(EngineKind.BLOCKDB, ShapeWorker.Part.SPACE, large / 30, 1024, lines);
        run(EngineKind.BLOCKDB, ShapeWorker.Part.VERIFY, verifiedBytes / (1024 + Dataset.KEY_SIZE), 1024, lines);
        ResultFiles.write(
                out, new ShapeResults(machine, parameters(), ResultFiles.lines(lines, ShapeResult.class), failures));
        Directories.delete(directory);
        failures.forEach(System.err::println);
        return failures.isEmpty() ? 0 : 1;
    }

    private void run(EngineKind engine, ShapeWorker.Part part, long entries, int valueSize, Path lines)
            throws IOException, InterruptedException {
        System.out.printf("-- %s, %s, %,d entries of %d bytes%n", part, engine, entries, valueSize);
        Child.run(List.of("sync"), processSeconds);
        List<String> flags = new ArrayList<>(jvmFlags);
        flags.add("-Djava.io.tmpdir="
                + Directories.fresh(directory.resolve("tmp")).toAbsolutePath());
        List<String> arguments = List.of(
                "shape-worker",
                "--part=" + part,
                "--engine=" + engine,
                "--dir=" + directory.resolve("data"),
                "--entries=" + entries,
                "--value-size=" + valueSize,
                "--seed=" + seed,
                "--cache=" + ShapeWorker.CACHE_BYTES,
                "--json=" + lines);
        if (!Child.run(Child.command(engine, flags, arguments), processSeconds)) {
            failures.add(part + ", " + engine + ": did not end well within " + processSeconds + " s");
        }
    }

    private Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("label", label);
        parameters.put("large", Long.toString(large));
        parameters.put("verified-bytes", Long.toString(verifiedBytes));
        parameters.put("jvm", String.join(" ", jvmFlags));
        parameters.put("seed", Long.toString(seed));
        return parameters;
    }
}
