package io.blockdb.server.metrics;

import io.blockdb.db.Timings;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Gathers metric families for one scrape. Names of counters are given without the {@code _total} that is appended to them.
 *
 * <p>Threading: one thread at a time.
 */
final class Families {
    private static final double NANOS_PER_SECOND = 1e9;

    private final List<MetricSnapshot> all = new ArrayList<>();

    /** A value that goes up and down. */
    Families gauge(String name, String help, double value) {
        all.add(GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(point(Labels.EMPTY, value))
                .build());
        return this;
    }

    /** A whole number that goes up and down. */
    Families gauge(String name, String help, long value) {
        return gauge(name, help, (double) value);
    }

    private static GaugeSnapshot.GaugeDataPointSnapshot point(Labels labels, double value) {
        return GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .labels(labels)
                .value(value)
                .build();
    }

    /** A value for each of several things. */
    <T> Families gauges(String name, String help, String label, Map<String, T> values, ToDoubleFunction<T> value) {
        GaugeSnapshot.Builder family = GaugeSnapshot.builder().name(name).help(help);
        values.forEach((key, each) -> family.dataPoint(point(Labels.of(label, key), value.applyAsDouble(each))));
        all.add(family.build());
        return this;
    }

    /** A value that only goes up, as long as the database is open. */
    Families counter(String name, String help, double value) {
        all.add(CounterSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                        .value(value)
                        .build())
                .build());
        return this;
    }

    /** A whole number that only goes up, as long as the database is open. */
    Families counter(String name, String help, long value) {
        return counter(name, help, (double) value);
    }

    /** How long something took, in seconds. */
    Families histogram(String name, String help, Map<Labels, Timings.Histogram> recorded) {
        HistogramSnapshot.Builder family =
                HistogramSnapshot.builder().name(name).help(help);
        recorded.forEach((labels, histogram) -> family.dataPoint(HistogramSnapshot.HistogramDataPointSnapshot.builder()
                .labels(labels)
                .sum(histogram.sumNanos() / NANOS_PER_SECOND)
                .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds(), histogram.counts()))
                .build()));
        all.add(family.build());
        return this;
    }

    /** Upper bounds of the classes in seconds, the last of which has none. */
    static List<Double> bounds() {
        List<Double> bounds = new ArrayList<>();
        for (long nanos : Timings.boundsNanos()) {
            bounds.add(nanos / NANOS_PER_SECOND);
        }
        bounds.add(Double.POSITIVE_INFINITY);
        return bounds;
    }

    MetricSnapshots snapshots() {
        return new MetricSnapshots(all);
    }
}
