package io.blockdb.cli;

import io.blockdb.cli.remote.RemoteDatabase;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code cluster health}: whether the cluster takes reads and writes. */
@Command(
        name = "health",
        description = "Ask whether the cluster serves reads and writes.",
        footer = {
            "",
            "Exit code 1: it does not.",
            "",
            "Examples:",
            "  blockdb-cli --url http://127.0.0.1:8080 cluster health",
            "  blockdb-cli --url http://127.0.0.1:8080 cluster health --output json"
        })
final class ClusterHealthCommand extends BaseCommand {
    private static final List<Column> COLUMNS = List.of(
            Column.text("status", ""),
            Column.number("members", ""),
            Column.text("leader", ""),
            Column.text("cause", ""));

    @Override
    List<OutputFormat> formats() {
        return SENTENCE;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = format();
        RemoteDatabase server = RemoteSource.required(root(), "cluster health");
        Map<String, @Nullable Object> health = server.tell("/cluster/health");
        boolean healthy = Boolean.TRUE.equals(health.get("success"));
        if (format == OutputFormat.JSON) {
            try (Rows rows = Rows.object(out(), COLUMNS, false)) {
                rows.add(health.get("status"), health.get("members"), health.get("leader"), health.get("cause"));
            }
        } else {
            Object cause = health.get("cause");
            out().line("The cluster is " + Text.printable(String.valueOf(health.get("status")))
                    + (cause == null || cause.equals("") ? "" : ": " + Text.printable(cause.toString())));
        }
        return healthy ? ExitCode.DONE : ExitCode.NO;
    }
}
