package io.blockdb.bench;

import java.util.List;

/**
 * What a workload is held to.
 *
 * @param valueSize length of the values, in bytes
 * @param workload of BlockDB
 * @param measure what is looked at
 * @param must what a user may expect
 * @param goal what the measured limits allow
 */
record Goal(int valueSize, Workload workload, Measure measure, double must, double goal) {
    /** What is looked at. */
    enum Measure {
        /** Operations a second, as a ratio to RocksDB's. */
        THROUGHPUT("ratio", false),
        /** Time, as a ratio to RocksDB's. */
        TIME("ratio of times", true),
        /** Time in milliseconds. */
        MILLIS("ms", true),
        /** Bytes handed to the kernel per byte of key and value. */
        KERNEL_BYTES("bytes to the kernel per byte", true);

        private final String text;
        private final boolean lowerIsBetter;

        Measure(String text, boolean lowerIsBetter) {
            this.text = text;
            this.lowerIsBetter = lowerIsBetter;
        }

        boolean lowerIsBetter() {
            return lowerIsBetter;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** All of them. */
    static final List<Goal> ALL = List.of(
            ratio(100, Workload.FILLSYNC, 1.2, 1.4),
            ratio(100, Workload.FILLSYNC8, 1.5, 1.7),
            ratio(100, Workload.FILLSYNC64, 1.5, 2.0),
            ratio(100, Workload.FILLBATCHSYNC, 0.8, 1.0),
            ratio(100, Workload.FILLSEQ, 1.0, 1.3),
            ratio(100, Workload.FILLRANDOM, 0.9, 1.2),
            ratio(100, Workload.FILLRANDOMONCE, 0.7, 1.0),
            ratio(100, Workload.OVERWRITE, 0.8, 1.1),
            ratio(100, Workload.FILLBATCH, 0.8, 1.1),
            ratio(100, Workload.READRANDOM, 1.5, 2.5),
            ratio(100, Workload.READRANDOM2, 1.5, 2.5),
            ratio(100, Workload.READMISSING, 0.8, 1.5),
            ratio(100, Workload.SEEKRANDOM, 1.5, 3.0),
            ratio(100, Workload.SCAN, 1.3, 2.0),
            new Goal(100, Workload.OPENCRASHED, Measure.TIME, 0.5, 0.2),
            new Goal(100, Workload.OPEN, Measure.MILLIS, 50, 10),
            ratio(1024, Workload.FILLSYNC64, 1.2, 1.5),
            ratio(1024, Workload.FILLSEQ, 0.7, 1.0),
            ratio(1024, Workload.FILLRANDOM, 0.7, 1.0),
            ratio(1024, Workload.OVERWRITE, 0.6, 0.9),
            ratio(1024, Workload.READRANDOM, 1.3, 2.0),
            ratio(1024, Workload.READRANDOM2, 1.3, 2.0),
            ratio(1024, Workload.SEEKRANDOM, 1.2, 2.0),
            ratio(1024, Workload.SCAN, 1.0, 1.5),
            ratio(1024, Workload.READMISSING, 0.8, 1.5),
            new Goal(1024, Workload.FILLRANDOM, Measure.KERNEL_BYTES, 1.2, 0.8),
            new Goal(1024, Workload.OPENCRASHED, Measure.TIME, 0.5, 0.2),
            new Goal(1024, Workload.OPEN, Measure.MILLIS, 50, 10));

    private static Goal ratio(int valueSize, Workload workload, double must, double goal) {
        return new Goal(valueSize, workload, Measure.THROUGHPUT, must, goal);
    }

    /** The workload of RocksDB that BlockDB's is held against. */
    Workload rivalWorkload() {
        return workload == Workload.FILLRANDOMONCE ? Workload.FILLRANDOM : workload;
    }

    /** What was measured, a value for each round in which both took part. */
    Spread value(Rounds rounds) {
        return switch (measure) {
            case THROUGHPUT -> rounds.ratios(valueSize, workload, rivalWorkload(), Measurement::perSecond);
            case TIME -> rounds.ratios(valueSize, workload, rivalWorkload(), Measurement::p50Micros);
            case MILLIS -> rounds.of(valueSize, workload, EngineKind.BLOCKDB, m -> m.p50Micros() / 1e3);
            case KERNEL_BYTES -> rounds.of(valueSize, workload, EngineKind.BLOCKDB, Measurement::kernelPerUserByte);
        };
    }

    Verdict verdict(Rounds rounds) {
        return Verdict.of(value(rounds).median(), must, goal, measure.lowerIsBetter());
    }
}
