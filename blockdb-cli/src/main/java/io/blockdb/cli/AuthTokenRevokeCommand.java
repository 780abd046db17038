package io.blockdb.cli;

import io.blockdb.access.ApiToken;
import io.blockdb.cli.database.Accounts;
import io.blockdb.db.RefusedException;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code auth token revoke}: ends an API token. */
@Command(
        name = "revoke",
        description = "Revoke an API token, for good.",
        footer = {
            "",
            "It is refused from the next request on, and what proves it is erased.",
            "",
            "Examples:",
            "  blockdb-cli auth token revoke fcde2b2edba56bf4"
        })
final class AuthTokenRevokeCommand extends BaseCommand {
    @Parameters(index = "0", paramLabel = "TOKEN", description = "The token's id, as 'auth token list' shows it.")
    private String id;

    @Override
    public Integer call() throws IOException {
        String shown = Text.printable(id);
        if (id.startsWith("bdb_")) {
            throw new UsageException("that is a whole token, and others see the arguments of a process: revoke it by"
                    + " its id, the second group of 16 digits in it");
        }
        database().signing(db -> {
            Accounts accounts = db.accounts();
            accounts.revokeToken(find(accounts));
            return ExitCode.DONE;
        });
        out().line("Successfully revoked token " + shown);
        return ExitCode.DONE;
    }

    private ApiToken find(Accounts accounts) throws IOException {
        for (ApiToken token : accounts.tokens()) {
            if (token.id().equals(id)) {
                return token;
            }
        }
        throw new RefusedException(
                RefusedException.Reason.NO_SUCH_PRINCIPAL,
                List.of(),
                "there is no token '" + id + "'; 'auth token list' shows those that there are");
    }
}
