package io.blockdb.cli;

import io.blockdb.access.PasswordHash;
import io.blockdb.access.Principal;
import io.blockdb.cli.database.Accounts;
import java.io.IOException;
import java.util.Arrays;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code auth set-password}: sets the password of a principal. */
@Command(
        name = "set-password",
        description = "Set the password of a principal.",
        footer = {
            "",
            "It is asked for on a terminal, else read from standard input, or from --password-file; no option",
            "takes it, since others see the arguments of a process. The hash of the one before is erased, and",
            "sessions that were begun with it end.",
            "",
            "Examples:",
            "  blockdb-cli auth set-password root",
            "  blockdb-cli auth set-password root --password-file /run/secrets/root",
            "  pwgen -s 24 1 | tee /dev/tty | blockdb-cli auth set-password root"
        })
final class AuthSetPasswordCommand extends BaseCommand {
    @Mixin
    private PrincipalArgument principal;

    @Mixin
    private PasswordOption password;

    @Override
    public Integer call() throws IOException {
        char[] given = password.read(session());
        try {
            if (given.length < PasswordHash.PASSWORD_LENGTH_MIN) {
                throw new UsageException(
                        "a password must have at least " + PasswordHash.PASSWORD_LENGTH_MIN + " characters");
            }
            Principal changed = database().signing(db -> {
                Accounts accounts = db.accounts();
                Principal found = principal.in(accounts);
                accounts.setPassword(found.id(), given);
                return found;
            });
            out().line("Successfully set the password of " + Text.printable(changed.name()));
            return ExitCode.DONE;
        } finally {
            Arrays.fill(given, '\0');
        }
    }
}
