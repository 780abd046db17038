package io.blockdb.cli;

import io.blockdb.cli.remote.RemoteDatabase;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code cluster status}: lists the members of the cluster, as the server that is asked knows them. */
@Command(
        name = "status",
        description = "List the members of the cluster, as the server knows them.",
        footer = {
            "",
            "A server that is no member of a cluster lists itself.",
            "",
            "Examples:",
            "  blockdb-cli --url http://127.0.0.1:8080 cluster status",
            "  blockdb-cli --url http://127.0.0.1:8080 cluster status --output json"
        })
final class ClusterStatusCommand extends BaseCommand {
    private static final List<Column> COLUMNS = List.of(
            Column.text("cluster_id", ""),
            Column.text("node_id", ""),
            Column.text("state", ""),
            Column.number("term", ""),
            Column.text("leader", ""),
            new Column("nodes", "", Column.Kind.OBJECT));

    private static final List<Column> MEMBERS = List.of(
            Column.text("id", "NODE"),
            Column.text("address", "ADDRESS"),
            Column.text("state", "STATE"),
            Column.time("last_heartbeat", "LAST HEARTBEAT"),
            Column.number("match_height", "HEIGHT"));

    @Override
    List<OutputFormat> formats() {
        return SENTENCE;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = format();
        RemoteDatabase server = RemoteSource.required(root(), "cluster status");
        Map<String, @Nullable Object> cluster = server.tell("/cluster/status");
        if (format == OutputFormat.JSON) {
            try (Rows rows = Rows.object(out(), COLUMNS, false)) {
                rows.add(cells(cluster, COLUMNS));
            }
            return ExitCode.DONE;
        }
        out().line("Cluster %s, term %s, leader %s; asked was %s (%s)"
                .formatted(
                        shown(cluster, "cluster_id"),
                        shown(cluster, "term"),
                        shown(cluster, "leader"),
                        shown(cluster, "node_id"),
                        shown(cluster, "state")));
        try (Rows rows = Rows.of(OutputFormat.TABLE, session(), MEMBERS)) {
            if (cluster.get("nodes") instanceof List<?> members) {
                for (Object member : members) {
                    if (member instanceof Map<?, ?> fields) {
                        rows.add(cells(fields, MEMBERS));
                    }
                }
            }
        }
        return ExitCode.DONE;
    }

    private static String shown(Map<?, ?> fields, String name) {
        Object value = fields.get(name);
        return value == null || value.equals("") ? "none" : Text.printable(value.toString());
    }

    private static @Nullable Object[] cells(Map<?, ?> fields, List<Column> columns) {
        @Nullable Object[] cells = new @Nullable Object[columns.size()];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = fields.get(columns.get(i).name());
        }
        return cells;
    }
}
