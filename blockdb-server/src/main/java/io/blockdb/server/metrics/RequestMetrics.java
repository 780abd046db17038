package io.blockdb.server.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many requests there were, of what kind, and how long they took. Labels come from what the server knows, routes and methods
 * of its own: a stranger cannot make up new ones.
 *
 * <p>Threading: any thread.
 */
final class RequestMetrics {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final String OTHER = "other";
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    private final Histogram durations;
    private final Counter bytes;

    RequestMetrics(PrometheusRegistry registry) {
        this.durations = Histogram.builder()
                .name("blockdb_http_request_duration_seconds")
                .help("How long requests take, from their first byte to the last of their answer.")
                .labelNames("route", "method", "status")
                .classicOnly()
                .withoutExemplars()
                .classicUpperBounds(Families.bounds().stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray())
                .register(registry);
        this.bytes = Counter.builder()
                .name("blockdb_http_response_bytes_total")
                .help("Bytes of the bodies of answers.")
                .labelNames("route")
                .withoutExemplars()
                .register(registry);
    }

    void observe(String route, String method, int status, long nanos, long bodyBytes) {
        String label = route.isEmpty() ? OTHER : route;
        durations
                .labelValues(label, METHODS.contains(method) ? method : OTHER, Integer.toString(status))
                .observe(nanos / NANOS_PER_SECOND);
        bytes.labelValues(label).inc(bodyBytes);
    }

    /** How many requests there were so far, by method, route and status: {@code "GET /api/v1/get/<key> 200"}. */
    SortedMap<String, Long> counts() {
        SortedMap<String, Long> counts = new TreeMap<>();
        HistogramSnapshot collected = durations.collect();
        for (HistogramDataPointSnapshot point : collected.getDataPoints()) {
            counts.put(
                    point.getLabels().get("method") + " " + point.getLabels().get("route") + " "
                            + point.getLabels().get("status"),
                    point.getCount());
        }
        return counts;
    }
}
