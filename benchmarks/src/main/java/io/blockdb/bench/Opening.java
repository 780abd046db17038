package io.blockdb.bench;

import java.nio.file.Path;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** How long it takes until a database that was closed, or whose process was killed, answers a get. */
final class Opening {
    /** So often it is opened; the first time in the process is said apart. */
    private static final int REPEATS = 6;
    /** User bytes that fill a memtable, as a share of its size: the rest is what an entry takes besides. */
    private static final double MEMTABLE_SHARE = 0.7;
    /** So many of the keys that were put last are looked for after a crash. */
    private static final int LOOKED_FOR = 1_000;

    private final SessionOptions options;
    private final Dataset data;

    Opening(SessionOptions options, Dataset data) {
        this.options = options;
        this.data = data;
    }

    /** Times of opening. */
    record Times(Load.Result result, Map<String, Double> extra) {}

    /** Opens and closes a database that was closed. */
    Times clean(Path directory, EngineSettings settings, long number) throws Exception {
        Histogram latencies = new Histogram(3);
        long first = 0;
        for (int i = 0; i < REPEATS; i++) {
            long begun = System.nanoTime();
            try (Engine engine = options.engine().open(directory, settings)) {
                data.check(number, present(engine, number));
                long nanos = System.nanoTime() - begun;
                if (i == 0) {
                    first = nanos;
                } else {
                    latencies.recordValue(nanos);
                }
            }
        }
        return times(latencies, Map.of("firstMicros", first / 1e3));
    }

    /** Has a process fill a memtable, kills it, and opens what it leaves. */
    Times crashed(Path directory) throws Exception {
        Path left = Directories.fresh(directory);
        long puts = Math.min(options.entries(), crashEntries());
        Filler.fillAndKill(options, left, puts);
        Histogram latencies = new Histogram(3);
        Path copy = directory.resolveSibling("crashed-copy");
        long first = 0;
        long lost = 0;
        for (int i = 0; i < REPEATS; i++) {
            Directories.delete(copy);
            Directories.copy(left, copy);
            long last = data.shuffled(puts - 1);
            long begun = System.nanoTime();
            try (Engine engine = options.engine().open(copy, options.settings())) {
                engine.get(Dataset.keyOf(last));
                long nanos = System.nanoTime() - begun;
                if (i == 0) {
                    first = nanos;
                    lost = lost(engine, puts);
                } else {
                    latencies.recordValue(nanos);
                }
            }
        }
        Directories.delete(copy);
        Directories.delete(left);
        return times(latencies, Map.of("firstMicros", first / 1e3, "entries", (double) puts, "lost", (double) lost));
    }

    private long crashEntries() {
        return (long) (options.settings().memtableBytes() * MEMTABLE_SHARE / data.entryBytes());
    }

    /** How many of the last acknowledged puts are gone. */
    private long lost(Engine engine, long puts) throws Exception {
        long lost = 0;
        for (long place = Math.max(0, puts - LOOKED_FOR); place < puts; place++) {
            if (engine.get(Dataset.keyOf(data.shuffled(place))) == null) {
                lost++;
            }
        }
        return lost;
    }

    private static byte[] present(Engine engine, long number) throws Exception {
        byte[] value = engine.get(Dataset.keyOf(number));
        if (value == null) {
            throw new IllegalStateException("key " + number + " is gone");
        }
        return value;
    }

    private static Times times(Histogram latencies, Map<String, Double> extra) {
        long opens = latencies.getTotalCount();
        long nanos = (long) (latencies.getMean() * opens);
        return new Times(new Load.Result(opens, opens, nanos, latencies), extra);
    }
}
