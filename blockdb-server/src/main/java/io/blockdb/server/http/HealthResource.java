package io.blockdb.server.http;

import io.blockdb.db.Scrub;
import io.blockdb.db.Stats;
import io.blockdb.server.node.Node;
import io.blockdb.server.node.NodeStatus;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * Whether the server lives, whether it is ready, and how it is. Nothing is read through for that.
 *
 * <p>Threading: any thread.
 */
final class HealthResource {
    private final Node node;
    private final Monitoring monitoring;
    private final InstantSource clock;
    private final Integrity integrity;

    HealthResource(Node node, Monitoring monitoring, InstantSource clock, Integrity integrity) {
        this.node = node;
        this.monitoring = monitoring;
        this.clock = clock;
        this.integrity = integrity;
    }

    List<Route> routes() {
        return List.of(
                new Route(HandlerType.GET, "/health", Access.OPEN, this::health),
                new Route(HandlerType.GET, "/health/live", Access.OPEN, this::live),
                new Route(HandlerType.GET, "/health/ready", Access.OPEN, this::ready));
    }

    /** It answers: that is all there is to it. Who restarts what does not answer must not restart what recovers. */
    private void live(Context ctx) {
        ctx.contentType("application/json").result(Json.success(json -> json.writeStringField("status", "live")));
    }

    private void ready(Context ctx) {
        NodeStatus status = node.status();
        if (!status.ready()) {
            throw new Problem(
                            status.state() == NodeStatus.State.DISK_FULL
                                    ? Problem.Kind.DISK_FULL
                                    : Problem.Kind.NOT_READY,
                            status.cause())
                    .with("state", Shown.state(status))
                    .retryAfter(1);
        }
        ctx.contentType("application/json").result(Json.success(json -> json.writeStringField("status", "ready")));
    }

    private void health(Context ctx) {
        NodeStatus status = node.status();
        Stats stats = monitoring.metrics().stats();
        boolean serving = status.readable() && stats != null;
        ctx.status(serving ? 200 : 503);
        if (!serving) {
            ctx.header("Retry-After", "1");
        }
        ctx.contentType("application/json").result(Json.object(json -> {
            json.writeBooleanField("success", serving);
            json.writeStringField("status", !serving ? "unhealthy" : status.ready() ? "healthy" : "degraded");
            json.writeStringField("state", Shown.state(status));
            json.writeStringField("cause", status.cause());
            json.writeNumberField(
                    "uptime",
                    Duration.between(monitoring.startedAt(), clock.instant()).toSeconds());
            json.writeStringField("version", monitoring.version());
            json.writeNumberField("blockchain_height", stats == null ? -1 : stats.blocks() - 1);
            json.writeNumberField("total_records", stats == null ? 0 : stats.entries());
            Integrity.Known known = integrity.known(stats == null ? Scrub.NONE : stats.scrub());
            json.writeBooleanField("integrity_verified", known.verified());
            json.writeStringField("integrity", known.text());
            json.writeArrayFieldStart("warnings");
            for (String warning : monitoring.warnings().active(stats).values()) {
                json.writeString(warning);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("recovery");
            for (String note : stats == null ? List.<String>of() : stats.recoveryNotes()) {
                json.writeString(note);
            }
            json.writeEndArray();
        }));
    }
}
