package io.blockdb.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One engine and a list of workloads, in this process. */
@Command(
        name = "worker",
        description = "Runs workloads on one engine in this process, after warming up on a smaller database.")
final class Worker implements Callable<Integer> {
    @Mixin
    private SessionArguments arguments;

    @Option(names = "--benchmarks", required = true, description = "Which workloads, in order, with commas.")
    private String benchmarks;

    @Option(
            names = "--warmup",
            defaultValue = "200000",
            description = "Entries of the database on which all of them are run before (default ${DEFAULT-VALUE}).")
    private long warmup;

    @Option(
            names = "--warmup-seconds",
            defaultValue = "2",
            description = "A workload's warm-up ends after so long at the latest (default ${DEFAULT-VALUE}).")
    private double warmupSeconds;

    @Option(names = "--round", defaultValue = "1", description = "Number that results get (default ${DEFAULT-VALUE}).")
    private int round;

    @Option(names = "--json", description = "File to which results are added, a line of JSON each.")
    private @Nullable Path json;

    @Override
    public Integer call() throws Exception {
        SessionOptions options = arguments.options();
        List<Workload> workloads = Workload.parseList(benchmarks);
        Path directory = arguments.directory();
        try {
            if (warmup > 0) {
                try (Session session = new Session(options.withEntries(warmup, warmupSeconds), directory, 0)) {
                    session.run(workloads, measurement -> {});
                }
            }
            try (Session session = new Session(options, directory, round)) {
                session.run(workloads, this::say);
            }
        } finally {
            Directories.delete(directory);
        }
        return 0;
    }

    private void say(Measurement measurement) {
        System.out.println(measurement);
        if (json == null) {
            return;
        }
        try {
            ResultFiles.append(json, measurement);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
