package io.blockdb.cli;

import io.blockdb.access.Grant;
import io.blockdb.access.Principal;
import io.blockdb.cli.database.Accounts;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code auth grant}: gives roles. */
@Command(
        name = "grant",
        description = "Give a principal roles, beside those that it has.",
        footer = {
            "",
            "It holds from the next request on. Granting a role again changes nothing.",
            "auth add-principal --help says what the roles allow.",
            "",
            "Examples:",
            "  blockdb-cli auth grant billing --role reader",
            "  blockdb-cli auth grant billing --role writer --table invoices"
        })
final class AuthGrantCommand extends BaseCommand {
    @Mixin
    private PrincipalArgument principal;

    @Mixin
    private GrantOptions roles;

    @Override
    List<OutputFormat> formats() {
        return SENTENCE;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = format();
        List<Grant> grants = roles.needed();
        Principal changed = database().signing(db -> {
            Accounts accounts = db.accounts();
            return accounts.change(principal.in(accounts).id(), grants, List.of());
        });
        String sentence = "Successfully granted " + Text.printable(grants + " to " + changed.name());
        PrincipalRows.print(out(), format, sentence, changed);
        return ExitCode.DONE;
    }
}
