package io.blockdb.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Runs workloads one after another on one engine, in this process. A fill starts in a directory of its own; what comes behind it
 * works on what the last fill has left, after that has come to rest.
 *
 * <p>Threading: one thread; the workloads start their own.
 */
final class Session implements AutoCloseable {
    private static final int BATCH = 1_000;
    private static final int NEXT = 10;
    /** Seeks are fewer than entries, as each reads several. */
    private static final int SEEKS_SHARE = 4;
    /** Before a reading workload, so much of its own kind is done and not measured, as a share of the entries. */
    private static final int WARM_SHARE = 2;

    private final SessionOptions options;
    private final Path directory;
    private final int round;
    private final Dataset data;
    private final Opening opening;
    private @Nullable Engine engine;
    private int fills;
    private Path filling;
    /** How many places of the random order are filled. */
    private long filled;

    private int generation;
    private boolean ordered;

    Session(SessionOptions options, Path directory, int round) throws Exception {
        this.options = options;
        this.directory = directory;
        this.round = round;
        this.data = new Dataset(options.entries(), options.settings().valueSize(), options.seed());
        this.filling = directory;
        this.opening = new Opening(options, data);
        Directories.fresh(directory);
    }

    /** Runs workloads in order and hands out what each has shown. */
    void run(List<Workload> workloads, Consumer<Measurement> taker) throws Exception {
        for (Workload workload : workloads) {
            Measurement measurement = run(workload);
            if (measurement != null) {
                taker.accept(measurement);
            }
        }
    }

    private @Nullable Measurement run(Workload workload) throws Exception {
        return switch (workload.kind()) {
            case FILL -> {
                begin(workload);
                yield measure(workload, operations(workload), fill(workload));
            }
            case WRITE -> {
                generation++;
                yield workload == Workload.OVERWRITE
                        ? measure(workload, options.entries(), thread -> this::overwrite)
                        : readWhileWriting(workload);
            }
            case READ -> read(workload);
            case OPEN -> open(workload);
        };
    }

    private long operations(Workload workload) {
        return workload.batched() ? Math.max(1, options.entries() / BATCH) : options.entries();
    }

    private void begin(Workload workload) throws Exception {
        close();
        Directories.delete(filling);
        filling = Directories.fresh(directory.resolve("fill-" + ++fills));
        filled = 0;
        generation = 0;
        ordered = workload == Workload.FILLSEQ;
        EngineSettings settings =
                options.settings().withSynced(workload.synced()).withWriteOnce(workload == Workload.FILLRANDOMONCE);
        engine = options.engine().open(filling, settings);
    }

    private Engine engine() {
        Engine current = engine;
        if (current == null) {
            throw new IllegalArgumentException("a fill must come first, such as fillrandom");
        }
        return current;
    }

    /** The key number at a place of the order in which this session's database was filled. */
    private long number(long place) {
        return ordered ? place : data.shuffled(place);
    }

    // ---- Writing

    private Load.OperationSource fill(Workload workload) {
        Engine target = engine();
        if (workload.batched()) {
            return thread -> i -> {
                byte[][] keys = new byte[(int) Math.min(BATCH, options.entries())][];
                byte[][] values = new byte[keys.length][];
                for (int k = 0; k < keys.length; k++) {
                    long number = data.shuffled(i * keys.length + k);
                    keys[k] = Dataset.keyOf(number);
                    values[k] = data.value(number, 0);
                }
                target.putBatch(keys, values);
                return keys.length;
            };
        }
        return thread -> i -> {
            long number = number(i);
            target.put(Dataset.keyOf(number), data.value(number, 0));
            return 1;
        };
    }

    private long overwrite(long i) throws Exception {
        long number = number((i * 2 + 1) % filled);
        engine().put(Dataset.keyOf(number), data.value(number, generation));
        return 1;
    }

    private Measurement measure(Workload workload, long operations, Load.OperationSource source) throws Exception {
        Meter meter = new Meter();
        Load.Result result = Load.run(
                workload.threads(),
                operations,
                workload.synced() ? options.syncedSeconds() : options.seconds(),
                source);
        if (workload.kind() == Workload.Kind.FILL) {
            filled = result.entries();
        }
        return measured(workload, meter, result, Map.of());
    }

    private Measurement readWhileWriting(Workload workload) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try {
            Meter meter = new Meter();
            Future<Load.Result> writer = executor.submit(
                    () -> Load.run(1, Long.MAX_VALUE, options.seconds(), done, thread -> this::overwrite));
            Load.Result reads = Load.run(1, options.entries(), options.seconds(), reading(Workload.READRANDOM));
            done.set(true);
            Load.Result writes = writer.get();
            return measured(
                    workload,
                    meter,
                    reads,
                    Map.of("writesPerSecond", writes.entries() / Math.max(1e-9, writes.seconds())));
        } finally {
            executor.shutdownNow();
        }
    }

    // ---- Reading

    private @Nullable Measurement read(Workload workload) throws Exception {
        if (workload == Workload.VERIFY) {
            return verify(workload);
        }
        long operations = switch (workload) {
            case SCAN -> 1;
            case SEEKRANDOM -> Math.max(1, options.entries() / SEEKS_SHARE);
            default -> options.entries();
        };
        Load.run(workload.threads(), Math.max(1, operations / WARM_SHARE), options.seconds(), reading(workload));
        return measure(workload, operations, reading(workload));
    }

    private Load.OperationSource reading(Workload workload) {
        Engine source = engine();
        return thread -> {
            SplittableRandom random = new SplittableRandom(options.seed() + thread);
            return switch (workload) {
                case SCAN -> i -> expect(filled, source.scan());
                case READMISSING ->
                    i -> {
                        if (source.get(Dataset.missingKey(number(random.nextLong(filled)))) != null) {
                            throw new IllegalStateException("a key is there that nobody wrote");
                        }
                        return 1;
                    };
                case SEEKRANDOM -> i -> source.seek(Dataset.keyOf(number(random.nextLong(filled))), NEXT) > 0 ? 1 : 0;
                default ->
                    i -> {
                        long number = number(random.nextLong(filled));
                        byte[] value = source.get(Dataset.keyOf(number));
                        if (value == null) {
                            throw new IllegalStateException("key " + number + " is gone");
                        }
                        data.check(number, value);
                        return 1;
                    };
            };
        };
    }

    private static long expect(long expected, long found) {
        if (found != expected) {
            throw new IllegalStateException("a scan finds " + found + " entries of " + expected);
        }
        return found;
    }

    /** Null where the engine has no such thing. */
    private @Nullable Measurement verify(Workload workload) throws Exception {
        Engine source = engine();
        if (source.verify() < 0) {
            return null;
        }
        return measure(workload, 1, thread -> i -> source.verify());
    }

    private Measurement open(Workload workload) throws Exception {
        Meter meter = new Meter();
        Opening.Times times;
        if (workload == Workload.OPENCRASHED) {
            times = opening.crashed(directory.resolve("crashed"));
        } else {
            engine().rest();
            close();
            EngineSettings settings = options.settings();
            times = opening.clean(filling, settings, number(0));
            engine = options.engine().open(filling, settings);
        }
        return measured(workload, meter, times.result(), times.extra());
    }

    // ---- What it has shown

    private Measurement measured(Workload workload, Meter meter, Load.Result result, Map<String, Double> extra)
            throws Exception {
        double cpuSeconds = meter.cpuSeconds();
        double heapPeakMb = meter.heapPeakMb();
        long gcCount = meter.gcCount();
        long gcMillis = meter.gcMillis();
        double settleSeconds = 0;
        long diskBytes = 0;
        if (workload.writesMuch()) {
            long begun = System.nanoTime();
            engine().rest();
            settleSeconds = (System.nanoTime() - begun) / 1e9;
            diskBytes = Directories.diskBytes(filling);
        }
        Histogram latencies = result.latencies();
        Map<String, Double> all = new LinkedHashMap<>(extra);
        return new Measurement(
                options.engine().toString(),
                workload.toString(),
                options.settings().valueSize(),
                round,
                result.operations(),
                result.entries(),
                workload == Workload.VERIFY ? result.entries() : result.entries() * data.entryBytes(),
                result.seconds(),
                result.entries() / Math.max(1e-9, result.seconds()),
                latencies.getMean() / 1e3,
                latencies.getValueAtPercentile(50) / 1e3,
                latencies.getValueAtPercentile(99) / 1e3,
                latencies.getValueAtPercentile(99.9) / 1e3,
                latencies.getMaxValue() / 1e3,
                cpuSeconds,
                heapPeakMb,
                Meter.heapLiveMb(),
                gcCount,
                gcMillis,
                meter.kernelBytes(),
                meter.deviceBytes(),
                settleSeconds,
                diskBytes,
                all);
    }

    @Override
    public void close() throws IOException {
        if (engine != null) {
            engine.close();
            engine = null;
        }
    }
}
