package io.blockdb.cli;

import java.io.IOException;
import picocli.CommandLine.Command;

/** {@code auth token}: the commands about API tokens. */
@Command(
        name = "token",
        description = "Create, list and revoke API tokens.",
        subcommands = {AuthTokenCreateCommand.class, AuthTokenListCommand.class, AuthTokenRevokeCommand.class},
        synopsisSubcommandLabel = "create|list|revoke",
        footer = {
            "",
            "Examples:",
            "  blockdb-cli auth token create ci --expires 90d > ci.token",
            "  blockdb-cli auth token list"
        })
final class AuthTokenCommand extends BaseCommand {
    @Override
    public Integer call() throws IOException {
        throw new UsageException("auth token needs one of create, list, revoke; see 'blockdb-cli auth token --help'");
    }
}
