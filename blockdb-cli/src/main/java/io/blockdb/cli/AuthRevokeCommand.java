package io.blockdb.cli;

import io.blockdb.access.Grant;
import io.blockdb.access.Principal;
import io.blockdb.cli.database.Accounts;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code auth revoke}: takes roles away. */
@Command(
        name = "revoke",
        description = "Take roles from a principal.",
        footer = {
            "",
            "It holds from the next request on. A role in one table and the role in all of them are two grants:",
            "each is revoked as it was granted.",
            "",
            "Examples:",
            "  blockdb-cli auth revoke billing --role reader",
            "  blockdb-cli auth revoke billing --role writer --table invoices"
        })
final class AuthRevokeCommand extends BaseCommand {
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
            return accounts.change(principal.in(accounts).id(), List.of(), grants);
        });
        String sentence = "Successfully revoked " + Text.printable(grants + " from " + changed.name());
        PrincipalRows.print(out(), format, sentence, changed);
        return ExitCode.DONE;
    }
}
