package io.blockdb.cli;

import io.blockdb.cli.database.Accounts;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code auth token create}: makes an API token, and prints it this once. */
@Command(
        name = "create",
        description = "Create an API token for a principal, and print it: it is shown this once.",
        footer = {
            "",
            "Whoever has it may do what the principal may. Keep it in a file that only its user can read, and",
            "hand it over as --token-file or BLOCKDB_TOKEN, or as the header 'Authorization: Bearer TOKEN'.",
            "",
            "Examples:",
            "  (umask 077; blockdb-cli auth token create ci --expires 90d --label nightly > ci.token)",
            "  blockdb-cli auth token create ci --output json"
        })
final class AuthTokenCreateCommand extends BaseCommand {
    private static final List<Column> COLUMNS = List.of(
            Column.text("token", ""),
            Column.text("token_id", ""),
            Column.text("principal", ""),
            Column.text("label", ""),
            Column.time("expires_at", ""));

    @Mixin
    private PrincipalArgument principal;

    @Option(
            names = "--expires",
            paramLabel = "TIME",
            description = "How long it is good: seconds, or a number with s, m, h or d. Default: until it is revoked.")
    private @Nullable String expires;

    @Option(names = "--label", paramLabel = "TEXT", defaultValue = "", description = "What it is for, in lists.")
    private String label;

    @Override
    List<OutputFormat> formats() {
        return SENTENCE;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = format();
        long seconds = expires == null ? 0 : TimeToLive.parse(expires);
        Accounts.Issued issued = database().signing(db -> {
            Accounts accounts = db.accounts();
            return accounts.createToken(principal.in(accounts).id(), label, seconds);
        });
        if (format == OutputFormat.JSON) {
            long expiresAt = issued.token().expiresAt();
            try (Rows rows = Rows.object(out(), COLUMNS, false)) {
                rows.add(
                        issued.secret(),
                        issued.token().id(),
                        issued.token().principal(),
                        issued.token().label(),
                        expiresAt == 0 ? null : expiresAt);
            }
            return ExitCode.DONE;
        }
        out().line(issued.secret());
        if (session().streams().outIsTerminal()) {
            out().flush();
            messages().note("this is the only time that the token is shown");
        }
        return ExitCode.DONE;
    }
}
