package io.blockdb.cli;

import java.io.IOException;
import picocli.CommandLine.Command;

/** {@code table}: the commands about tables. */
@Command(
        name = "table",
        description = "Create, list and alter tables.",
        subcommands = {TableCreateCommand.class, TableListCommand.class, TableAlterCommand.class},
        synopsisSubcommandLabel = "create|list|alter",
        footer = {"", "Examples:", "  blockdb-cli table create sessions --policy versioned", "  blockdb-cli table list"
        })
final class TableCommand extends BaseCommand {
    @Override
    public Integer call() throws IOException {
        throw new UsageException("table needs one of create, list, alter; see 'blockdb-cli table --help'");
    }
}
