package io.blockdb.bench;

import io.blockdb.base.TableName;
import io.blockdb.db.BlockDb;
import io.blockdb.db.Options;
import io.blockdb.db.VerifyReport;
import io.blockdb.db.VerifyScope;
import io.blockdb.db.WriteBatch;
import io.blockdb.io.Environment;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures what {@code verify} does in a second: entries, and bytes of keys and values, beside the rate at which this machine's
 * threads do SHA-256 on values of that size; from a warm cache, and past it.
 */
@Command(
        name = "verify",
        description = "Measures verify beside the machine's own SHA-256: from a warm cache, from the disk, and quick.")
final class VerifyWorker implements Callable<Integer> {
    private static final long HASH_NANOS = 2_000_000_000L;

    @Option(names = "--dir", required = true, description = "Where the database is made; what is there is deleted.")
    private Path directory;

    @Option(names = "--entries", defaultValue = "1000000", description = "Entries, of 16-byte keys.")
    private long entries;

    @Option(names = "--value-size", defaultValue = "100", description = "Bytes of a value.")
    private int valueSize;

    @Option(names = "--batch", defaultValue = "100", description = "Entries of a block.")
    private int batch;

    @Option(names = "--repeats", defaultValue = "5", description = "So often each is measured; the median is told.")
    private int repeats;

    @Override
    public Integer call() throws Exception {
        Directories.delete(directory);
        fill();
        int threads = Runtime.getRuntime().availableProcessors();
        double one = hashRate(1);
        double all = hashRate(threads);
        System.out.printf(
                Locale.ROOT,
                "SHA-256 of %d bytes: %.0f MB/s on one thread, %.0f MB/s on %d%n",
                valueSize,
                one / 1e6,
                all / 1e6,
                threads);
        Environment system = Environment.system();
        Environment cached = new Environment(new CachedFileSystem(), system.clock(), system.randomness());
        Options options = Options.defaults().withReadOnly(true).withCreateIfMissing(false);
        measure("warm cache", directory, options.withEnvironment(cached), VerifyScope.ALL, all);
        measure("from disk", directory, options, VerifyScope.ALL, all);
        measure("quick, warm cache", directory, options.withEnvironment(cached), new VerifyScope(0, true), all);
        measure("chain, warm cache", unindexed(), options.withEnvironment(cached), new VerifyScope(1, false), all);
        return 0;
    }

    private Path unindexed() {
        return directory.resolveSibling(directory.getFileName() + "-unindexed");
    }

    /**
     * Makes the database, and one whose index was never written, as {@code kill -9} leaves it: there nothing but the chain is verified,
     * with its entries, values and roots.
     */
    private void fill() throws Exception {
        Options options = Options.defaults().withWalSyncIntervalMillis(1000);
        fill(options.withMemtableSizeLimit(16L << 30), unindexed());
        Directories.delete(directory);
        fill(options, null);
    }

    /** @param copy gets a copy of the database before it is closed; null for none */
    private void fill(Options options, @Nullable Path copy) throws Exception {
        Dataset data = new Dataset(entries, valueSize, 1);
        try (BlockDb db = BlockDb.open(directory, options)) {
            WriteBatch next = new WriteBatch();
            for (long i = 0; i < entries; i++) {
                long number = data.shuffled(i);
                next.put(TableName.DEFAULT, Dataset.keyOf(number), data.value(number, 0));
                if ((i + 1) % batch == 0 || i + 1 == entries) {
                    db.write(next);
                    next = new WriteBatch();
                }
            }
            if (copy != null) {
                Directories.copy(directory, Directories.fresh(copy));
            }
        }
    }

    /** Bytes a second that so many threads hash together, value by value. */
    private double hashRate(int threads) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Double>> rates = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                rates.add(pool.submit(this::hash));
            }
            double sum = 0;
            for (Future<Double> rate : rates) {
                sum += rate.get();
            }
            return sum;
        } finally {
            pool.shutdown();
        }
    }

    private double hash() throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] value = new byte[valueSize];
        byte[] out = new byte[32];
        double rate = 0;
        // The first round warms up.
        for (int round = 0; round < 2; round++) {
            long begun = System.nanoTime();
            long bytes = 0;
            long nanos;
            do {
                for (int i = 0; i < 1000; i++) {
                    digest.update(value);
                    digest.digest(out, 0, out.length);
                    value[0] = out[0];
                    bytes += value.length;
                }
                nanos = System.nanoTime() - begun;
            } while (nanos < HASH_NANOS);
            rate = bytes * 1e9 / nanos;
        }
        return rate;
    }

    private void measure(String name, Path database, Options options, VerifyScope scope, double hashRate)
            throws Exception {
        List<Double> seconds = new ArrayList<>();
        VerifyReport report = null;
        for (int i = 0; i < repeats; i++) {
            long begun = System.nanoTime();
            report = BlockDb.verify(database, options, scope, (done, total, blocks) -> {});
            seconds.add((System.nanoTime() - begun) / 1e9);
            if (!report.valid()) {
                throw new IllegalStateException("a database just made does not verify: " + report.failures());
            }
        }
        seconds.sort(null);
        double median = seconds.get(seconds.size() / 2);
        double valueBytes = (double) entries * valueSize;
        System.out.printf(
                Locale.ROOT,
                "%-18s %7.2f s  %,11.0f entries/s  %6.0f MB/s of values (%.0f %% of SHA-256)  %6.0f MB/s read%s%n",
                name,
                median,
                entries / median,
                valueBytes / median / 1e6,
                100 * valueBytes / median / hashRate,
                report == null ? 0 : report.bytes() / median / 1e6,
                report != null && report.direct() ? ", direct" : "");
    }
}
