package io.blockdb.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What is measured; named as in db_bench where it has the same. */
enum Workload {
    /** Puts in the order of the keys, not synced. */
    FILLSEQ(Kind.FILL, 1),
    /** Puts in random order, each key once, not synced. */
    FILLRANDOM(Kind.FILL, 1),
    /** As FILLRANDOM, into BlockDB's write-once table. */
    FILLRANDOMONCE(Kind.FILL, 1),
    /** Batches of 1,000 puts in random order, not synced. */
    FILLBATCH(Kind.FILL, 1),
    /** Puts in random order, each on disk when it returns. */
    FILLSYNC(Kind.FILL, 1),
    /** As FILLSYNC, by 8 threads. */
    FILLSYNC8(Kind.FILL, 8),
    /** As FILLSYNC, by 64 threads. */
    FILLSYNC64(Kind.FILL, 64),
    /** Batches of 1,000 puts in random order, each batch on disk when it returns. */
    FILLBATCHSYNC(Kind.FILL, 1),
    /** Puts of all keys that are there, in another random order. */
    OVERWRITE(Kind.WRITE, 1),
    /** Gets of random keys that are there. */
    READRANDOM(Kind.READ, 1),
    /** As READRANDOM, by 2 threads. */
    READRANDOM2(Kind.READ, 2),
    /** Gets of keys that are not there, but between those that are. */
    READMISSING(Kind.READ, 1),
    /** Seeks to random keys, reading the entry and the 10 behind it. */
    SEEKRANDOM(Kind.READ, 1),
    /** Reads everything in order. */
    SCAN(Kind.READ, 1),
    /** Gets by one thread while another overwrites as fast as it can. */
    READWHILEWRITING(Kind.WRITE, 1),
    /** Opens what was closed, and gets one key. */
    OPEN(Kind.OPEN, 1),
    /** Opens what a killed process left with a full memtable, and gets the key that was put last. */
    OPENCRASHED(Kind.OPEN, 1),
    /** Checks everything that is stored. */
    VERIFY(Kind.READ, 1);

    /** What a workload needs and leaves behind. */
    enum Kind {
        /** Starts with an empty directory. */
        FILL,
        /** Changes what a fill has left. */
        WRITE,
        /** Reads what a fill has left, at rest. */
        READ,
        /** Opens and closes. */
        OPEN
    }

    private final Kind kind;
    private final int threads;

    Workload(Kind kind, int threads) {
        this.kind = kind;
        this.threads = threads;
    }

    Kind kind() {
        return kind;
    }

    int threads() {
        return threads;
    }

    boolean synced() {
        return this == FILLSYNC || this == FILLSYNC8 || this == FILLSYNC64 || this == FILLBATCHSYNC;
    }

    boolean batched() {
        return this == FILLBATCH || this == FILLBATCHSYNC;
    }

    /** Whether what it leaves is waited for and measured: disk space, and the work that was put off. */
    boolean writesMuch() {
        return !synced() && (kind == Kind.FILL || kind == Kind.WRITE);
    }

    /**
     * The workloads of a list with commas.
     *
     * @throws IllegalArgumentException if one is unknown
     */
    static List<Workload> parseList(String text) {
        return Arrays.stream(text.split(",", -1)).map(Workload::parse).toList();
    }

    private static Workload parse(String text) {
        for (Workload workload : values()) {
            if (workload.toString().equals(text)) {
                return workload;
            }
        }
        throw new IllegalArgumentException("no benchmark '" + text + "': there are "
                + Arrays.stream(values()).map(Workload::toString).collect(Collectors.joining(", ")));
    }

    /** The name on the command line and in results. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
