package io.blockdb.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One part of the shape, in this process. */
@Command(name = "shape-worker", hidden = true, description = "Measures one part of the shape.")
final class ShapeWorker implements Callable<Integer> {
    /** What BlockDB takes by default: the heap of this measurement is small. */
    static final long CACHE_BYTES = 64 << 20;

    /** The curve has a point for so many seconds. */
    static final double SLICE_SECONDS = 0.5;

    private static final long SLICE_NANOS = (long) (SLICE_SECONDS * 1e9);

    private static final int BATCH = 1_000;
    private static final long WARM_ENTRIES = 200_000;
    private static final int GETS = 200_000;
    private static final double SECONDS_MAX = 600;
    /** Beside the reads, so many puts a second keep compaction at work and leave it the processor. */
    private static final int PACED_PUTS = 50_000;

    private static final double READS_SECONDS = 20;
    /** So many reads while a compaction runs tell a percentile; else reading goes on, for so many times the seconds. */
    private static final long READS_MIN = 100_000;

    private static final int READS_TIMES_MAX = 5;
    private static final int PACE = 50;

    /** What is measured. */
    enum Part {
        /** Random puts of many entries: throughput over time, stalls, collections; then reads while compaction runs. */
        LARGE,
        /** What a put and a get cost at the end of a fill. */
        COST,
        /** Space on disk after batches, at rest. */
        SPACE,
        /** Checking everything. */
        VERIFY
    }

    @Mixin
    private SessionArguments arguments = new SessionArguments();

    @Option(names = "--part", required = true)
    private Part part = Part.LARGE;

    @Option(names = "--json", required = true)
    private Path json = Path.of("");

    private final Map<String, Double> figures = new LinkedHashMap<>();
    private final List<Double> perSecond = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        SessionOptions options = arguments.options();
        Dataset data = new Dataset(options.entries(), options.settings().valueSize(), options.seed());
        Path directory = Directories.fresh(arguments.directory());
        try {
            warmUp(options, directory.resolve("warm"));
            Path measured = Directories.fresh(directory.resolve("measured"));
            try (Engine engine = options.engine().open(measured, options.settings())) {
                measure(engine, data, options.settings().valueSize());
            }
        } finally {
            Directories.delete(directory);
        }
        ShapeResult result = new ShapeResult(
                part,
                options.engine().toString(),
                options.entries(),
                options.settings().valueSize(),
                figures,
                perSecond);
        System.out.println(figures);
        ResultFiles.append(json, result);
        return 0;
    }

    private void measure(Engine engine, Dataset data, int valueSize) throws Exception {
        switch (part) {
            case LARGE -> {
                fill(engine, data);
                engine.rest();
                gets(engine, data);
                readsBesideCompaction(engine, data);
            }
            case COST -> {
                fill(engine, data);
                engine.rest();
                gets(engine, data);
            }
            case SPACE -> {
                batches(engine, data);
                space(engine, data);
            }
            case VERIFY -> {
                batches(engine, data);
                verify(engine, data.entries(), valueSize);
            }
        }
    }

    // ---- Filling

    /** Fills a small database and reads from it, so that code that was not compiled yet is not what is measured. */
    private void warmUp(SessionOptions options, Path directory) throws Exception {
        Dataset data = new Dataset(WARM_ENTRIES, options.settings().valueSize(), options.seed());
        Directories.fresh(directory);
        try (Engine engine = options.engine().open(directory, options.settings())) {
            fill(engine, data);
            engine.rest();
            gets(engine, data);
        }
        Directories.delete(directory);
        figures.clear();
        perSecond.clear();
    }

    /** Puts every key once; the last tenth, when nearly all is there, is also said apart. */
    private void fill(Engine engine, Dataset data) throws Exception {
        long entries = data.entries();
        long most = entries - entries / 10;
        long[] slices = new long[(int) (SECONDS_MAX * 1e9 / SLICE_NANOS) + 1];
        Meter meter = new Meter();
        long begun = System.nanoTime();
        Load.Operation put = place -> {
            long number = data.shuffled(place);
            engine.put(Dataset.keyOf(number), data.value(number, 0));
            slices[(int) Math.min((System.nanoTime() - begun) / SLICE_NANOS, slices.length - 1)]++;
            return 1;
        };
        Histogram latencies = new Histogram(3);
        latencies.add(Load.run(1, most, SECONDS_MAX, thread -> put).latencies());
        Histogram last = Load.run(1, entries - most, SECONDS_MAX, thread -> i -> put.run(most + i))
                .latencies();
        latencies.add(last);
        long nanos = System.nanoTime() - begun;
        for (int slice = 0; slice < Math.min(nanos / SLICE_NANOS, slices.length - 1); slice++) {
            perSecond.add(slices[slice] * 1e9 / SLICE_NANOS);
        }
        figures.put("putsPerSecond", latencies.getTotalCount() * 1e9 / nanos);
        figures.put("putLastTenthMicros", last.getMean() / 1e3);
        figures.put("putP50Micros", latencies.getValueAtPercentile(50) / 1e3);
        figures.put("putP99Micros", latencies.getValueAtPercentile(99) / 1e3);
        figures.put("putMaxMillis", latencies.getMaxValue() / 1e6);
        figures.put("gcCount", (double) meter.gcCount());
        figures.put("gcMillis", (double) meter.gcMillis());
        figures.put("heapPeakMb", meter.heapPeakMb());
        figures.put(
                "kernelBytesPerUserByte",
                meter.kernelBytes() / (double) (latencies.getTotalCount() * data.entryBytes()));
    }

    private static void batches(Engine engine, Dataset data) throws Exception {
        int size = (int) Math.min(BATCH, data.entries());
        for (long at = 0; at + size <= data.entries(); at += size) {
            byte[][] keys = new byte[size][];
            byte[][] values = new byte[size][];
            for (int i = 0; i < size; i++) {
                long number = data.shuffled(at + i);
                keys[i] = Dataset.keyOf(number);
                values[i] = data.value(number, 0);
            }
            engine.putBatch(keys, values);
        }
    }

    // ---- Reading

    private void gets(Engine engine, Dataset data) throws Exception {
        SplittableRandom random = new SplittableRandom(data.entries());
        Load.Operation get = i -> get(engine, data, random);
        Load.run(1, GETS, SECONDS_MAX, thread -> get);
        Load.Result result = Load.run(1, GETS, SECONDS_MAX, thread -> get);
        figures.put("getMeanMicros", result.latencies().getMean() / 1e3);
        figures.put("getP50Micros", result.latencies().getValueAtPercentile(50) / 1e3);
        figures.put("getP99Micros", result.latencies().getValueAtPercentile(99) / 1e3);
    }

    private static long get(Engine engine, Dataset data, SplittableRandom random) throws Exception {
        long number = random.nextLong(data.entries());
        byte[] value = engine.get(Dataset.keyOf(number));
        if (value == null) {
            throw new IllegalStateException("key " + number + " is gone");
        }
        data.check(number, value);
        return 1;
    }

    /** Reads by one thread while another overwrites at a pace; reads while a compaction runs and others are told apart. */
    private void readsBesideCompaction(Engine engine, Dataset data) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        AtomicBoolean compacting = new AtomicBoolean();
        ExecutorService executor = Executors.newFixedThreadPool(2);
        Histogram beside = new Histogram(3);
        Histogram apart = new Histogram(3);
        try {
            Future<?> writer = executor.submit(() -> {
                putPaced(engine, data, done, compacting);
                return null;
            });
            SplittableRandom random = new SplittableRandom(data.entries() + 1);
            for (int i = 0; i < READS_TIMES_MAX && beside.getTotalCount() < READS_MIN; i++) {
                Load.run(1, Long.MAX_VALUE, READS_SECONDS, thread -> number -> {
                    boolean runs = compacting.getPlain();
                    long begun = System.nanoTime();
                    get(engine, data, random);
                    (runs ? beside : apart).recordValue(System.nanoTime() - begun);
                    return 1;
                });
            }
            done.set(true);
            writer.get();
        } finally {
            done.set(true);
            executor.shutdown();
        }
        reads("BesideCompaction", beside);
        reads("Apart", apart);
    }

    private void reads(String when, Histogram latencies) {
        figures.put("reads" + when, (double) latencies.getTotalCount());
        if (latencies.getTotalCount() > 0) {
            figures.put("read" + when + "P50Micros", latencies.getValueAtPercentile(50) / 1e3);
            figures.put("read" + when + "P99Micros", latencies.getValueAtPercentile(99) / 1e3);
        }
    }

    private static void putPaced(Engine engine, Dataset data, AtomicBoolean done, AtomicBoolean compacting)
            throws Exception {
        long begun = System.nanoTime();
        for (long i = 0; !done.get(); i++) {
            if (i % PACE == 0) {
                compacting.set(engine.isCompacting());
                long due = begun + i * 1_000_000_000L / PACED_PUTS;
                LockSupport.parkNanos(due - System.nanoTime());
            }
            long number = data.shuffled((i * 2 + 1) % data.entries());
            engine.put(Dataset.keyOf(number), data.value(number, 1));
        }
    }

    // ---- Space, verifying

    private void space(Engine engine, Dataset data) throws Exception {
        engine.rest();
        if (engine instanceof BlockDbEngine blockDb) {
            double user = (double) (data.entries() / BATCH * BATCH * data.entryBytes());
            figures.put("ledgerPerUserByte", blockDb.stats().ledgerBytes() / user);
            figures.put("indexPerUserByte", blockDb.stats().indexBytes() / user);
            figures.put("diskPerUserByte", Directories.diskBytes(arguments.directory()) / user);
        }
    }

    /** How long checking takes, beside the hashing alone that a check of these entries cannot do without. */
    private void verify(Engine engine, long entries, int valueSize) throws Exception {
        engine.rest();
        engine.verify();
        Meter meter = new Meter();
        long begun = System.nanoTime();
        long bytes = engine.verify();
        double seconds = (System.nanoTime() - begun) / 1e9;
        figures.put("verifyCpuSeconds", meter.cpuSeconds());
        figures.put("verifySeconds", seconds);
        figures.put("verifyMbPerSecond", bytes / seconds / 1e6);
        figures.put("hashingSeconds", hashingSeconds(entries, valueSize));
    }

    /** The digest of each value, the hash of each entry's leaf (two blocks of SHA-256), and a node of the tree for each. */
    private static double hashingSeconds(long entries, int valueSize) {
        int sample = (int) Math.min(entries, 200_000);
        double perEntry = 0;
        for (int size : new int[] {valueSize, 119, 65}) {
            perEntry += size / Machine.hashing(size, sample);
        }
        return perEntry * entries;
    }
}
