package io.blockdb.bench;

import java.util.Map;

/**
 * What one run of one workload has shown. Times of operations are microseconds; an operation of a batched workload is a batch.
 *
 * @param engine name of the engine
 * @param benchmark name of the workload
 * @param valueSize length of a value, in bytes
 * @param round number of the round, from 1
 * @param operations how many operations
 * @param entries how many entries they wrote or read; bytes for {@code verify}
 * @param userBytes keys and values of these entries
 * @param seconds how long it took
 * @param perSecond entries a second
 * @param meanMicros time of an operation
 * @param p50Micros of its percentiles
 * @param p99Micros of its percentiles
 * @param p999Micros of its percentiles
 * @param maxMicros the longest
 * @param cpuSeconds processor time of the whole process, work in the background while it ran included
 * @param heapPeakMb most of the heap that was in use
 * @param heapLiveMb what was in use after a collection, behind the workload
 * @param gcCount collections
 * @param gcMillis time of the collections
 * @param kernelBytes bytes handed to the kernel by writes, those of the background until it was at rest included
 * @param deviceBytes bytes that the kernel has charged to the process as written to the device
 * @param settleSeconds how long the background went on
 * @param diskBytes space on disk at rest, 0 where it was not looked at
 * @param extra what only this workload has
 */
record Measurement(
        String engine,
        String benchmark,
        int valueSize,
        int round,
        long operations,
        long entries,
        long userBytes,
        double seconds,
        double perSecond,
        double meanMicros,
        double p50Micros,
        double p99Micros,
        double p999Micros,
        double maxMicros,
        double cpuSeconds,
        double heapPeakMb,
        double heapLiveMb,
        long gcCount,
        long gcMillis,
        long kernelBytes,
        long deviceBytes,
        double settleSeconds,
        long diskBytes,
        Map<String, Double> extra) {
    /** A line for a person. */
    @Override
    public String toString() {
        return "%-16s %-17s %5d B %12s/s  p50 %9.2f  p99 %9.2f  max %11.1f us  cpu %5.2f of %5.2f s  %s"
                .formatted(
                        engine,
                        benchmark,
                        valueSize,
                        "%,.0f".formatted(perSecond),
                        p50Micros,
                        p99Micros,
                        maxMicros,
                        cpuSeconds,
                        seconds,
                        extra.isEmpty() ? "" : extra);
    }
}
