package io.blockdb.bench.jmh;

import io.blockdb.base.EntryCursor;
import io.blockdb.io.Environment;
import io.blockdb.io.FileSystem;
import io.blockdb.sstable.PageCache;
import io.blockdb.sstable.Sstable;
import io.blockdb.sstable.SstableOptions;
import io.blockdb.sstable.SstableWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One SSTable of 400,000 entries whose pages are all cached: the search within pages, and the filter. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class SstableBenchmark {
    private static final long CACHE_BYTES = 256 << 20;

    private byte[][] present = {};
    private byte[][] missing = {};
    private int asked;
    private @Nullable Path directory;
    private @Nullable Sstable table;

    /** Writes the file and opens it. */
    @Setup
    public void write() throws IOException {
        Path made = Files.createTempDirectory("blockdb-bench");
        directory = made;
        FileSystem files = Environment.system().fileSystem();
        Path file = made.resolve("1.sst");
        byte[] value = Entries.value();
        present = new byte[Entries.COUNT][];
        missing = new byte[Entries.COUNT][];
        try (SstableWriter writer = new SstableWriter(files, file, 1, SstableOptions.DEFAULT)) {
            for (int i = 0; i < Entries.COUNT; i++) {
                present[i] = Entries.TABLE.indexKey(Entries.key(2L * i));
                missing[i] = Entries.TABLE.indexKey(Entries.key(2L * i + 1));
                writer.add(present[i], 0, present[i].length, i, value, 0, value.length);
            }
            writer.finish();
        }
        table = Sstable.open(files, file, 1, new PageCache(CACHE_BYTES));
    }

    /** Deletes it. */
    @TearDown
    public void delete() throws IOException {
        if (table != null && directory != null) {
            table.close();
            Files.delete(directory.resolve("1.sst"));
            Files.delete(directory);
        }
    }

    private Sstable table() {
        Sstable open = table;
        if (open == null) {
            throw new IllegalStateException("the file was not written");
        }
        return open;
    }

    private int any() {
        asked = (asked + 7919) % Entries.COUNT;
        return asked;
    }

    /** Looks a key up that is there: filter, index pages, data page. */
    @Benchmark
    public @Nullable Object get() throws IOException {
        return table().get(present[any()], Long.MAX_VALUE);
    }

    /** Looks a key up that is not there: the filter says so, nearly always. */
    @Benchmark
    public @Nullable Object getMissing() throws IOException {
        return table().get(missing[any()], Long.MAX_VALUE);
    }

    /** Opens a cursor, seeks a key and reads the 10 entries behind it. */
    @Benchmark
    public long seekAndNext10() throws IOException {
        long sum = 0;
        try (EntryCursor cursor = table().cursor(Entries.TABLE)) {
            boolean there = cursor.seek(Entries.key(2L * any()), Long.MAX_VALUE);
            for (int i = 0; i < 10 && there; i++) {
                sum += cursor.sequence();
                there = cursor.next();
            }
        }
        return sum;
    }
}
