package io.blockdb.bench.jmh;

import io.blockdb.base.EntryCursor;
import io.blockdb.memtable.Memtable;
import java.io.IOException;
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
import org.openjdk.jmh.annotations.Warmup;

/** The skiplist: inserts in random order until there are 400,000 entries, then anew; lookups and seeks among so many. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class MemtableBenchmark {
    private final byte[] value = Entries.value();
    private byte[][] keys = {};
    private Memtable full = new Memtable();
    private Memtable growing = new Memtable();
    private int next;
    private int asked;

    /** Fills a memtable. */
    @Setup
    public void fill() {
        keys = Entries.shuffledKeys();
        full = new Memtable();
        for (int i = 0; i < keys.length; i++) {
            insert(full, i);
        }
    }

    private void insert(Memtable memtable, int i) {
        memtable.insert(Entries.TABLE, keys[i], 0, keys[i].length, i, value, 0, value.length);
    }

    private byte[] anyKey() {
        asked = (asked + 7919) % keys.length;
        return keys[asked];
    }

    /** Inserts an entry. */
    @Benchmark
    public void insert() {
        if (next == keys.length) {
            growing = new Memtable();
            next = 0;
        }
        insert(growing, next++);
    }

    /** Looks a key up that is there. */
    @Benchmark
    public @Nullable Object get() {
        return full.get(Entries.TABLE, anyKey(), Long.MAX_VALUE);
    }

    /** Opens a cursor, seeks a key and reads the 10 entries behind it. */
    @Benchmark
    public long seekAndNext10() throws IOException {
        long sum = 0;
        try (EntryCursor cursor = full.cursor(Entries.TABLE)) {
            boolean there = cursor.seek(anyKey(), Long.MAX_VALUE);
            for (int i = 0; i < 10 && there; i++) {
                sum += cursor.sequence();
                there = cursor.next();
            }
        }
        return sum;
    }
}
