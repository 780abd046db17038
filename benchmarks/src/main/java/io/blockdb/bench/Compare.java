package io.blockdb.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * All engines side by side: in each round, for each size of values and each group of workloads, one engine after the other, each in
 * a process and a directory of its own.
 */
@Command(
        name = "compare",
        description = "Runs all workloads on all engines, interleaved, and writes the results as JSON.")
final class Compare implements Callable<Integer> {
    /** What shares a process and a directory; what comes first in a group makes what the others need. */
    private static final List<List<Workload>> GROUPS = List.of(
            List.of(Workload.FILLSYNC, Workload.FILLSYNC8, Workload.FILLSYNC64, Workload.FILLBATCHSYNC),
            List.of(Workload.FILLSEQ),
            List.of(Workload.FILLBATCH),
            List.of(Workload.FILLRANDOMONCE),
            List.of(
                    Workload.FILLRANDOM,
                    Workload.READRANDOM,
                    Workload.READRANDOM2,
                    Workload.READMISSING,
                    Workload.SEEKRANDOM,
                    Workload.SCAN,
                    Workload.VERIFY,
                    Workload.OPEN,
                    Workload.OVERWRITE,
                    Workload.READWHILEWRITING),
            List.of(Workload.OPENCRASHED));

    @Option(
            names = "--sizes",
            split = ",",
            defaultValue = "100:1000000,1024:300000",
            description = "Bytes of a value and how many entries, for each size (default ${DEFAULT-VALUE}).")
    private List<String> sizes = List.of();

    @Option(
            names = "--engines",
            defaultValue = "blockdb,rocksdb,rocksdb-default,h2-mvstore,lmdb,sqlite",
            description = "Default ${DEFAULT-VALUE}.")
    private String engines = "";

    @Option(names = "--benchmarks", defaultValue = "", description = "Which workloads; all unless given.")
    private String benchmarks = "";

    @Option(names = "--rounds", defaultValue = "3", description = "Default ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--neighbour-rounds",
            defaultValue = "1",
            description = "Rounds that engines other than blockdb and rocksdb take part in (default ${DEFAULT-VALUE}).")
    private int neighbourRounds;

    @Option(
            names = "--seconds",
            defaultValue = "30",
            description = "A workload ends after so long at the latest (default ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(
            names = "--neighbour-seconds",
            defaultValue = "5",
            description = "The same for engines other than blockdb and rocksdb (default ${DEFAULT-VALUE}).")
    private double neighbourSeconds;

    @Option(
            names = "--synced-seconds",
            defaultValue = "3",
            description = "The same for workloads that sync (default ${DEFAULT-VALUE}).")
    private double syncedSeconds;

    @Option(
            names = "--process-seconds",
            defaultValue = "300",
            description = "A process that takes longer is ended (default ${DEFAULT-VALUE}).")
    private double processSeconds;

    @Option(names = "--warmup", defaultValue = "500000", description = "Entries (default ${DEFAULT-VALUE}).")
    private long warmup;

    @Option(
            names = "--jvm",
            split = " ",
            defaultValue = "-Xms2g -Xmx2g -XX:+UseG1GC -XX:+AlwaysPreTouch",
            description = "Flags for all engines alike (default ${DEFAULT-VALUE}).")
    private List<String> jvmFlags = List.of();

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
            defaultValue = "benchmarks/results/compare.json",
            description = "Where results go (default ${DEFAULT-VALUE}).")
    private Path out = Path.of("");

    private final List<String> failures = new ArrayList<>();

    /** A size of values and the number of entries that goes with it. */
    private record Size(int valueSize, long entries) {
        static Size parse(String text) {
            String[] parts = text.split(":", -1);
            if (parts.length != 2) {
                throw new IllegalArgumentException("a size is BYTES:ENTRIES, not '" + text + "'");
            }
            return new Size(Integer.parseInt(parts[0]), Long.parseLong(parts[1]));
        }
    }

    @Override
    public Integer call() throws Exception {
        List<EngineKind> all =
                Arrays.stream(engines.split(",", -1)).map(EngineKind::parse).toList();
        List<Workload> wanted = benchmarks.isEmpty() ? List.of(Workload.values()) : Workload.parseList(benchmarks);
        List<Size> parsed = sizes.stream().map(Size::parse).toList();
        Directories.fresh(directory);
        Machine machine = Machine.here(directory);
        Path lines = directory.resolve("results.jsonl");
        long begun = System.nanoTime();
        for (int round = 1; round <= rounds; round++) {
            for (Size size : parsed) {
                for (List<Workload> group : GROUPS) {
                    List<Workload> chosen = chosen(group, wanted);
                    for (EngineKind engine : inOrder(all, round)) {
                        if (!chosen.isEmpty() && takesPart(engine, group, round)) {
                            System.out.printf("-- round %d, %s, %d bytes: %s%n", round, engine, size.valueSize, chosen);
                            run(engine, chosen, size, round, lines);
                        }
                    }
                }
            }
        }
        System.out.printf("-- %.0f s in all%n", (System.nanoTime() - begun) / 1e9);
        ResultFiles.write(
                out, new CompareResults(machine, parameters(), ResultFiles.lines(lines, Measurement.class), failures));
        Directories.delete(directory);
        failures.forEach(System.err::println);
        return failures.isEmpty() ? 0 : 1;
    }

    /** Of a group what is wanted, and what that needs. */
    private static List<Workload> chosen(List<Workload> group, List<Workload> wanted) {
        List<Workload> chosen = new ArrayList<>(group);
        chosen.retainAll(wanted);
        Workload first = group.get(0);
        boolean needsFirst = chosen.stream().anyMatch(workload -> workload.kind() != first.kind());
        if (needsFirst && !chosen.contains(first)) {
            chosen.add(0, first);
        }
        return chosen;
    }

    /** Each round begins with another engine, so that none always comes behind the same one. */
    private static List<EngineKind> inOrder(List<EngineKind> engines, int round) {
        List<EngineKind> order = new ArrayList<>(engines);
        Collections.rotate(order, -(round - 1));
        return order;
    }

    private boolean takesPart(EngineKind engine, List<Workload> group, int round) {
        boolean main = isMain(engine);
        return (main || round <= neighbourRounds)
                && (engine == EngineKind.BLOCKDB || !group.contains(Workload.FILLRANDOMONCE));
    }

    private static boolean isMain(EngineKind engine) {
        return engine == EngineKind.BLOCKDB || engine == EngineKind.ROCKSDB;
    }

    private void run(EngineKind engine, List<Workload> workloads, Size size, int round, Path lines)
            throws IOException, InterruptedException {
        String names =
                String.join(",", workloads.stream().map(Workload::toString).toList());
        List<String> arguments = List.of(
                "worker",
                "--engine=" + engine,
                "--dir=" + directory.resolve("data"),
                "--entries=" + size.entries,
                "--value-size=" + size.valueSize,
                "--benchmarks=" + names,
                "--round=" + round,
                "--seconds=" + (isMain(engine) ? seconds : neighbourSeconds),
                "--synced-seconds=" + syncedSeconds,
                "--warmup=" + warmup,
                "--warmup-seconds=" + (isMain(engine) ? 2 : 1),
                "--seed=" + seed,
                "--json=" + lines);
        // What the run before left to be written must not slow this one.
        Child.run(List.of("sync"), processSeconds);
        List<String> flags = new ArrayList<>(jvmFlags);
        Path temporary = Directories.fresh(directory.resolve("tmp"));
        flags.add("-Djava.io.tmpdir=" + temporary.toAbsolutePath());
        if (!Child.run(Child.command(engine, flags, arguments), processSeconds)) {
            failures.add("round " + round + ", " + engine + ", " + size.valueSize + " bytes, " + names
                    + ": did not end well within " + processSeconds + " s");
        }
    }

    private Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("label", label);
        parameters.put("sizes", String.join(",", sizes));
        parameters.put("rounds", Integer.toString(rounds));
        parameters.put("neighbour-rounds", Integer.toString(neighbourRounds));
        parameters.put("seconds", Double.toString(seconds));
        parameters.put("neighbour-seconds", Double.toString(neighbourSeconds));
        parameters.put("synced-seconds", Double.toString(syncedSeconds));
        parameters.put("warmup", Long.toString(warmup));
        parameters.put("jvm", String.join(" ", jvmFlags));
        parameters.put("seed", Long.toString(seed));
        return parameters;
    }
}
