package io.blockdb.cli;

import java.io.IOException;
import picocli.CommandLine.Command;

/** {@code cluster}: the commands that ask a server about the cluster that it is a member of. */
@Command(
        name = "cluster",
        description = "Ask a server about its cluster.",
        subcommands = {ClusterStatusCommand.class, ClusterHealthCommand.class},
        synopsisSubcommandLabel = "status|health",
        footer = {"", "Examples:", "  blockdb-cli --url http://127.0.0.1:8080 cluster status"})
final class ClusterCommand extends BaseCommand {
    @Override
    public Integer call() throws IOException {
        throw new UsageException("cluster needs one of status, health; see 'blockdb-cli cluster --help'");
    }
}
