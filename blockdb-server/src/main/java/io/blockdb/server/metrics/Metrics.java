package io.blockdb.server.metrics;

import com.sun.management.OperatingSystemMXBean;
import io.blockdb.db.Stats;
import io.blockdb.db.Timings;
import io.blockdb.server.node.Node;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All metrics of a server: of its database, its requests and its JVM. What they are called and mean stands in docs/metrics.md.
 *
 * <p>Threading: any thread.
 */
public final class Metrics implements AutoCloseable {
    /** The media type of {@link #scrape}. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final double NANOS_PER_SECOND = 1e9;

    private final Node node;
    private final Timings timings;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final RequestMetrics requests;
    private final JvmGcMetrics collections = new JvmGcMetrics();

    /**
     * Metrics of a node, of which no request was observed yet.
     *
     * @param node the node
     * @param timings those that its database was opened with
     * @param warnings what is warned of
     * @param version the server's version
     */
    public Metrics(Node node, Timings timings, Warnings warnings, String version) {
        this.node = node;
        this.timings = timings;
        registry.config().meterFilter(new PlainNames());
        PrometheusRegistry prometheus = registry.getPrometheusRegistry();
        prometheus.register(new DatabaseCollector(node, timings, warnings));
        Info.builder()
                .name("blockdb_build_info")
                .help("Always 1: which BlockDB this is, and on which Java it runs.")
                .labelNames("version", "java_version", "java_vendor")
                .register(prometheus)
                .addLabelValues(version, property("java.version"), property("java.vendor"));
        this.requests = new RequestMetrics(prometheus);
        new ClassLoaderMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        collections.bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        counter("process_cpu_seconds", "Time that processors spent on this process.", Metrics::cpuSeconds);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
    }

    private static double cpuSeconds() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getProcessCpuTime() / NANOS_PER_SECOND
                : Double.NaN;
    }

    private static String property(String name) {
        return System.getProperty(name, "");
    }

    /**
     * Takes note of a request that was answered.
     *
     * @param route the template of its route; empty where none was found
     * @param method its method
     * @param status the status of its answer
     * @param nanos how long it took, in nanoseconds
     * @param bodyBytes how many bytes the body of its answer had
     */
    public void observe(String route, String method, int status, long nanos, long bodyBytes) {
        requests.observe(route, method, status, nanos, bodyBytes);
    }

    /**
     * Adds a metric that goes up and down.
     *
     * @param name its whole name; docs/metrics.md must list it
     * @param help what it says, in a sentence
     * @param value its value, asked at each scrape
     */
    public void gauge(String name, String help, DoubleSupplier value) {
        registry.getPrometheusRegistry()
                .register(() -> GaugeSnapshot.builder()
                        .name(name)
                        .help(help)
                        .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                                .value(value.getAsDouble())
                                .build())
                        .build());
    }

    /**
     * Adds a metric that only goes up.
     *
     * @param name its name without the {@code _total} that is appended; docs/metrics.md must list it with that
     * @param help what it says, in a sentence
     * @param value its value, asked at each scrape
     */
    public void counter(String name, String help, DoubleSupplier value) {
        registry.getPrometheusRegistry()
                .register(() -> CounterSnapshot.builder()
                        .name(name)
                        .help(help)
                        .dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                                .value(value.getAsDouble())
                                .build())
                        .build());
    }

    /** All metrics in the text format of Prometheus. */
    public String scrape() {
        return registry.scrape(CONTENT_TYPE);
    }

    /** How many requests there were so far, by method, route and status: {@code "GET /api/v1/get/<key> 200"}. */
    public SortedMap<String, Long> requests() {
        return requests.counts();
    }

    /** How long the stages of committing and reading take, by their name. */
    public Map<String, TimeSummary> stages() {
        Map<String, TimeSummary> stages = new LinkedHashMap<>();
        for (Timings.Stage stage : Timings.Stage.values()) {
            stages.put(stage.name().toLowerCase(Locale.ROOT), TimeSummary.of(timings.of(stage)));
        }
        return stages;
    }

    /** What the database says of itself, or null while there is none that can be asked. */
    public @Nullable Stats stats() {
        return DatabaseCollector.stats(node);
    }

    /** Observes no more. */
    @Override
    public void close() {
        try (collections) {
            registry.close();
        }
    }
}
