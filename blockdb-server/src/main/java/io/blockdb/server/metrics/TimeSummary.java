package io.blockdb.server.metrics;

import io.blockdb.db.Timings;
import java.util.List;

/**
 * What a histogram comes to, for people: all times in milliseconds.
 *
 * @param count how many there were
 * @param meanMs how long one took on average
 * @param p50Ms how long at most half of them took, about
 * @param p99Ms how long at most 99 of a hundred took, about
 */
public record TimeSummary(long count, double meanMs, double p50Ms, double p99Ms) {
    private static final double NANOS_PER_MILLI = 1e6;

    /** Of a histogram; zeros where it is empty. */
    static TimeSummary of(Timings.Histogram histogram) {
        long count = histogram.count();
        if (count == 0) {
            return new TimeSummary(0, 0, 0, 0);
        }
        return new TimeSummary(
                count,
                histogram.sumNanos() / NANOS_PER_MILLI / count,
                quantile(histogram.counts(), count, 0.5),
                quantile(histogram.counts(), count, 0.99));
    }

    /** Within a class they are taken to lie evenly; above the last bound, at it. */
    private static double quantile(List<Long> counts, long count, double share) {
        long[] bounds = Timings.boundsNanos();
        double wanted = share * count;
        double before = 0;
        for (int i = 0; i < bounds.length; i++) {
            long here = counts.get(i);
            if (here > 0 && before + here >= wanted) {
                long low = i == 0 ? 0 : bounds[i - 1];
                return (low + (bounds[i] - low) * (wanted - before) / here) / NANOS_PER_MILLI;
            }
            before += here;
        }
        return bounds[bounds.length - 1] / NANOS_PER_MILLI;
    }
}
