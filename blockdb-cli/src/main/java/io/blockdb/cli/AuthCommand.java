package io.blockdb.cli;

import java.io.IOException;
import picocli.CommandLine.Command;

/** {@code auth}: the commands about who may do what. */
@Command(
        name = "auth",
        description = "Say who may use a server, and what for.",
        subcommands = {
            AuthAddPrincipalCommand.class,
            AuthSetPasswordCommand.class,
            AuthTokenCommand.class,
            AuthListCommand.class,
            AuthGrantCommand.class,
            AuthRevokeCommand.class,
            AuthRemoveCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "The first admin is made on the machine itself, with -d, while no server has the directory open.",
            "With --url an admin's token is needed. A server asks for any of it once auth.enabled is true.",
            "What is changed stands in the ledger: 'history ID --table _principals' shows it. So a name stands",
            "there for ever; passwords and tokens do not, and are shown by nothing.",
            "",
            "Examples:",
            "  blockdb-cli auth add-principal root --role admin",
            "  blockdb-cli auth set-password root",
            "  (umask 077; blockdb-cli auth token create root --expires 90d > root.token)",
            "  blockdb-cli auth list"
        })
final class AuthCommand extends BaseCommand {
    @Override
    public Integer call() throws IOException {
        throw new UsageException("auth needs a command, such as add-principal or list; see 'blockdb-cli auth --help'");
    }
}
