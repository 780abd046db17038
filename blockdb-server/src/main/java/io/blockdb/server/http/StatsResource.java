package io.blockdb.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.blockdb.db.Options;
import io.blockdb.db.Stats;
import io.blockdb.server.metrics.Metrics;
import io.blockdb.server.metrics.SignedAt;
import io.blockdb.server.metrics.TimeSummary;
import io.blockdb.server.node.ClusterStatus;
import io.blockdb.server.node.Node;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/**
 * The server in figures: for people ({@code /stats}) and for Prometheus ({@code /metrics}).
 *
 * <p>Threading: any thread.
 */
final class StatsResource {
    private final Node node;
    private final Monitoring monitoring;
    private final InstantSource clock;

    StatsResource(Node node, Monitoring monitoring, InstantSource clock) {
        this.node = node;
        this.monitoring = monitoring;
        this.clock = clock;
    }

    List<Route> routes() {
        return List.of(
                new Route(HandlerType.GET, "/stats", Access.READ, this::stats),
                new Route(HandlerType.GET, "/metrics", Access.READ, this::metrics));
    }

    private Stats figures() throws IOException {
        Stats stats = monitoring.metrics().stats();
        // Where there is none, the node says why.
        return stats == null ? node.stats() : stats;
    }

    private void stats(Context ctx) throws IOException {
        Stats stats = figures();
        ctx.contentType("application/json").result(Json.success(json -> {
            json.writeObjectFieldStart("config");
            config(json, stats);
            json.writeEndObject();
            json.writeObjectFieldStart("storage");
            ledger(json, stats);
            StorageFigures.storage(json, stats);
            json.writeEndObject();
            json.writeObjectFieldStart("operations");
            RequestCounts.write(json, monitoring.metrics().requests());
            StorageFigures.upkeep(json, stats);
            json.writeEndObject();
        }));
    }

    private static void config(JsonGenerator json, Stats stats) throws IOException {
        Options options = stats.options();
        json.writeStringField("data_directory", stats.directory().toString());
        json.writeNumberField("memtable_size_limit", options.memtableSizeLimit());
        json.writeNumberField("wal_sync_interval", options.walSyncIntervalMillis());
        json.writeNumberField("compaction_threshold", options.compactionThreshold());
        json.writeNumberField("blockchain_batch_size", options.blockchainBatchSize());
        json.writeNumberField("page_cache_size", options.pageCacheSize());
        json.writeNumberField("segment_size", options.segmentSize());
        json.writeNumberField("disk_reserve", options.diskReserve());
    }

    private static void ledger(JsonGenerator json, Stats stats) throws IOException {
        json.writeStringField("ledger_id", stats.ledgerId());
        json.writeNumberField("blocks", stats.blocks());
        json.writeNumberField("entries", stats.entries());
        json.writeStringField("head_hash", stats.headHash());
        json.writeNumberField("head_timestamp", stats.headTimestamp());
        json.writeNumberField("synced_blocks", stats.syncedBlocks());
        json.writeNumberField("signed_blocks", stats.signedBlocks());
        Long signedAt = SignedAt.micros(stats);
        if (signedAt == null) {
            json.writeNullField("signed_at");
        } else {
            json.writeNumberField("signed_at", signedAt);
        }
        json.writeStringField("signing_problem", stats.signingProblem());
        json.writeNumberField("tables", stats.tables());
        json.writeArrayFieldStart("recovery");
        for (String note : stats.recoveryNotes()) {
            json.writeString(note);
        }
        json.writeEndArray();
    }

    private void metrics(Context ctx) throws IOException {
        Negotiation.check(ctx, List.of("text/plain", "application/json", "application/openmetrics-text"));
        if (!Negotiation.prefersJson(ctx)) {
            ctx.contentType(Metrics.CONTENT_TYPE).result(monitoring.metrics().scrape());
            return;
        }
        Stats stats = figures();
        ClusterStatus cluster = node.cluster();
        ctx.contentType("application/json").result(Json.success(json -> {
            json.writeObjectFieldStart("operations");
            RequestCounts.write(json, monitoring.metrics().requests());
            StorageFigures.upkeep(json, stats);
            json.writeEndObject();
            json.writeObjectFieldStart("performance");
            json.writeNumberField(
                    "uptime_seconds",
                    Duration.between(monitoring.startedAt(), clock.instant()).toSeconds());
            for (Map.Entry<String, TimeSummary> stage :
                    monitoring.metrics().stages().entrySet()) {
                times(json, stage.getKey(), stage.getValue());
            }
            json.writeEndObject();
            json.writeObjectFieldStart("storage");
            StorageFigures.storage(json, stats);
            json.writeEndObject();
            json.writeObjectFieldStart("cluster");
            json.writeStringField("node_id", cluster.nodeId());
            json.writeStringField("state", cluster.state());
            json.writeNumberField("term", cluster.term());
            json.writeNumberField("members", cluster.members().size());
            json.writeEndObject();
        }));
    }

    private static void times(JsonGenerator json, String name, TimeSummary times) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeNumberField("count", times.count());
        json.writeNumberField("mean_ms", times.meanMs());
        json.writeNumberField("p50_ms", times.p50Ms());
        json.writeNumberField("p99_ms", times.p99Ms());
        json.writeEndObject();
    }
}
