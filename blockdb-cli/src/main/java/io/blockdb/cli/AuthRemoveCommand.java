package io.blockdb.cli;

import io.blockdb.access.Principal;
import io.blockdb.cli.database.Accounts;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code auth remove}: removes a principal. */
@Command(
        name = "remove",
        description = "Remove a principal, for good.",
        footer = {
            "",
            "Its tokens and sessions end, and what proves it is erased. Its name can be given to a new one, which",
            "gets another id. What it wrote, and that it was there, stays in the ledger.",
            "",
            "Examples:",
            "  blockdb-cli auth remove billing"
        })
final class AuthRemoveCommand extends BaseCommand {
    @Mixin
    private PrincipalArgument principal;

    @Override
    public Integer call() throws IOException {
        Principal removed = database().signing(db -> {
            Accounts accounts = db.accounts();
            Principal found = principal.in(accounts);
            accounts.remove(found.id());
            return found;
        });
        out().line("Successfully removed principal " + Text.printable(removed.name()) + " (id " + removed.id() + ")");
        return ExitCode.DONE;
    }
}
