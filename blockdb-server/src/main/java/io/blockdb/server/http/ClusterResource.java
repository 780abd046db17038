package io.blockdb.server.http;

import io.blockdb.server.node.ClusterStatus;
import io.blockdb.server.node.Node;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.List;

/**
 * The cluster, as this node knows it.
 *
 * <p>Threading: any thread.
 */
final class ClusterResource {
    private final Node node;

    ClusterResource(Node node) {
        this.node = node;
    }

    List<Route> routes() {
        return List.of(
                new Route(HandlerType.GET, "/cluster/status", Access.OPEN, this::status),
                new Route(HandlerType.GET, "/cluster/health", Access.OPEN, this::health),
                new Route(HandlerType.POST, "/cluster/add", Access.ADMIN, ctx -> refuse()),
                new Route(HandlerType.DELETE, "/cluster/remove/{node_id}", Access.ADMIN, ctx -> refuse()));
    }

    private void status(Context ctx) {
        ClusterStatus cluster = node.cluster();
        ctx.contentType("application/json").result(Json.success(json -> {
            json.writeStringField("cluster_id", cluster.clusterId());
            json.writeStringField("node_id", cluster.nodeId());
            json.writeStringField("state", cluster.state());
            json.writeNumberField("term", cluster.term());
            json.writeStringField("leader", cluster.leader());
            json.writeArrayFieldStart("nodes");
            for (ClusterStatus.Member member : cluster.members()) {
                json.writeStartObject();
                json.writeStringField("id", member.id());
                json.writeStringField("address", member.address());
                json.writeStringField("state", member.state());
                json.writeNumberField("last_heartbeat", member.lastHeartbeat());
                json.writeNumberField("match_height", member.matchHeight());
                json.writeEndObject();
            }
            json.writeEndArray();
        }));
    }

    private void health(Context ctx) {
        ClusterStatus cluster = node.cluster();
        boolean healthy = node.status().ready();
        ctx.status(healthy ? 200 : 503);
        ctx.contentType("application/json").result(Json.object(json -> {
            json.writeBooleanField("success", healthy);
            json.writeStringField("status", healthy ? "healthy" : "unhealthy");
            json.writeNumberField("members", cluster.members().size());
            json.writeStringField("leader", cluster.leader());
            json.writeStringField("cause", node.status().cause());
        }));
    }

    private static void refuse() {
        throw new Problem(
                Problem.Kind.CONFLICT,
                "this server is not a member of a cluster: members come and go where Raft runs, and it runs in servers"
                        + " that are started with --peers");
    }
}
