package io.blockdb.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.blockdb.base.TableName;
import io.blockdb.db.BlockDb;
import io.blockdb.db.Options;
import io.blockdb.db.WriteBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Measures what this machine and one directory can do: short runs, one after the other, each ended by its time or by a
 * number of operations that bounds what it writes. Keys have 16 bytes, values 100 that compress to about half.
 */
final class Bench {
    /** Bytes that a run may leave in the directory at most, all measures together. */
    static final long BYTES_MAX = 512L << 20;

    private static final int PUTS_MAX = 500_000;
    private static final int BATCHES_MAX = 500;
    private static final int BATCH = 1000;
    private static final int SYNCS_MAX = 50_000;
    private static final int CLIENTS = 8;
    private static final int VALUE = 100;

    /**
     * What was measured.
     *
     * @param operations how many there were
     * @param nanos how long they took in all
     * @param latencies how long each took
     */
    record Measure(String name, long operations, long nanos, Latencies latencies) {
        double perSecond() {
            return operations * 1e9 / Math.max(1, nanos);
        }
    }

    /** One operation, the {@code number}-th. */
    private interface Operation {
        void run(long number) throws IOException;
    }

    private final Path directory;
    private final long nanos;
    private final Cancellation cancellation;
    private final List<Measure> measures = new ArrayList<>();
    private final byte[] values = new byte[1 << 20];

    /**
     * A run that has not begun.
     *
     * @param directory an empty directory
     * @param nanos how long all of it may take, about
     */
    Bench(Path directory, long nanos, Cancellation cancellation) {
        this.directory = directory;
        this.nanos = nanos;
        this.cancellation = cancellation;
        SplittableRandom random = new SplittableRandom(17);
        for (int i = 0; i < values.length; i++) {
            values[i] = i % VALUE < VALUE / 2 ? (byte) random.nextInt() : (byte) 'v';
        }
    }

    /** Measures everything; {@code listener} hears what is measured next. */
    List<Measure> run(java.util.function.Consumer<String> listener) throws IOException {
        listener.accept("SHA-256");
        sha256();
        listener.accept("append and sync");
        appendAndSync();
        listener.accept("put");
        try (BlockDb db =
                BlockDb.open(directory.resolve("unsynced"), Options.defaults().withWalSyncIntervalMillis(1000))) {
            long puts = measure("put, not synced", 0.16, PUTS_MAX, number -> db.put(key(number), value(number)));
            listener.accept("get");
            measure("get", 0.12, Integer.MAX_VALUE, number -> {
                long chosen = Math.floorMod(number * 0x9E3779B97F4A7C15L, puts);
                if (db.get(key(chosen)) == null) {
                    throw new IOException("a key that was put is not there");
                }
            });
        }
        try (BlockDb db = BlockDb.open(directory.resolve("synced"), Options.defaults())) {
            listener.accept("put, synced");
            measure("put, synced", 0.2, SYNCS_MAX, number -> db.put(key(number), value(number)));
            listener.accept("put, synced, 8 clients");
            clients(db);
            listener.accept("batch");
            measure("batch of 1,000, synced", 0.14, BATCHES_MAX, number -> db.write(batch(number)));
        }
        return measures;
    }

    private void sha256() throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] block = new byte[64 << 10];
            measure("SHA-256 of 64 KB", 0.06, Integer.MAX_VALUE, number -> digest.update(block));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** What the system takes for a small write at the end of a file that is to be on disk: the floor of a commit. */
    private void appendAndSync() throws IOException {
        ByteBuffer record = ByteBuffer.allocateDirect(256);
        try (FileChannel file = FileChannel.open(
                directory.resolve("append"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            measure("append 256 B and sync", 0.12, SYNCS_MAX, number -> {
                record.clear();
                while (record.hasRemaining()) {
                    file.write(record);
                }
                file.force(false);
            });
        }
    }

    private long measure(String name, double part, int most, Operation operation) throws IOException {
        long begin = System.nanoTime();
        Latencies latencies = repeat(begin + (long) (nanos * part), most, 0, operation);
        measures.add(new Measure(name, latencies.count(), System.nanoTime() - begin, latencies));
        return latencies.count();
    }

    private Latencies repeat(long end, int most, long first, Operation operation) throws IOException {
        Latencies latencies = new Latencies();
        long before = System.nanoTime();
        while (before - end < 0 && latencies.count() < most) {
            cancellation.check();
            operation.run(first + latencies.count());
            long after = System.nanoTime();
            latencies.add(after - before);
            before = after;
        }
        return latencies;
    }

    private void clients(BlockDb db) throws IOException {
        long begin = System.nanoTime();
        long end = begin + (long) (nanos * 0.2);
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        List<Future<Latencies>> running = new ArrayList<>();
        try {
            for (int i = 1; i <= CLIENTS; i++) {
                long first = (long) i << 32;
                running.add(threads.submit(
                        () -> repeat(end, SYNCS_MAX, first, number -> db.put(key(number), value(number)))));
            }
            Latencies all = new Latencies();
            for (Future<Latencies> each : running) {
                all.add(each.get());
            }
            measures.add(new Measure("put, synced, 8 clients", all.count(), System.nanoTime() - begin, all));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancellation.CancelledException();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Cancellation.CancelledException cancelled) {
                throw cancelled;
            }
            Throwable cause = e.getCause();
            throw new IOException(Failure.text(cause == null ? e : cause), e);
        } finally {
            threads.shutdownNow();
        }
    }

    private WriteBatch batch(long number) {
        WriteBatch batch = new WriteBatch();
        for (long i = 0; i < BATCH; i++) {
            long each = ((long) CLIENTS + 1 << 32) + number * BATCH + i;
            batch.put(TableName.DEFAULT, key(each), value(each));
        }
        return batch;
    }

    /** 16 bytes; the keys of neighbouring numbers are far apart. */
    private static byte[] key(long number) {
        String digits = Long.toHexString(number * 0x9E3779B97F4A7C15L);
        return ("0".repeat(16 - digits.length()) + digits).getBytes(US_ASCII);
    }

    private byte[] value(long number) {
        int at = (int) Math.floorMod(number * 7919 % (values.length / VALUE - 1) * VALUE, (long) values.length - VALUE);
        byte[] value = new byte[VALUE];
        System.arraycopy(values, at, value, 0, VALUE);
        return value;
    }
}
