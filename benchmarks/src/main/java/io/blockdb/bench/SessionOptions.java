package io.blockdb.bench;

/**
 * How workloads are run.
 *
 * @param engine what is measured
 * @param settings how it is opened
 * @param entries how many keys there are
 * @param seconds a workload ends after so long, however few of its operations were done
 * @param syncedSeconds the same for workloads that sync
 * @param seed of keys and values
 */
record SessionOptions(
        EngineKind engine, EngineSettings settings, long entries, double seconds, double syncedSeconds, long seed) {
    /** The same, smaller: to warm up with. */
    SessionOptions withEntries(long fewer, double atMostSeconds) {
        return new SessionOptions(
                engine,
                settings,
                Math.min(entries, fewer),
                Math.min(seconds, atMostSeconds),
                Math.min(syncedSeconds, atMostSeconds),
                seed);
    }
}
