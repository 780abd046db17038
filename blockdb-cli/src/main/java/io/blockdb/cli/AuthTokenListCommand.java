package io.blockdb.cli;

import io.blockdb.access.ApiToken;
import io.blockdb.access.Principal;
import io.blockdb.cli.database.Accounts;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code auth token list}: lists API tokens, without what proves them. */
@Command(
        name = "list",
        description = "List API tokens.",
        footer = {
            "",
            "Examples:",
            "  blockdb-cli auth token list",
            "  blockdb-cli auth token list --all --output csv     those revoked too"
        })
final class AuthTokenListCommand extends BaseCommand {
    private static final List<Column> COLUMNS = List.of(
            Column.text("token_id", "TOKEN"),
            Column.text("principal", ""),
            Column.text("name", "PRINCIPAL"),
            Column.text("label", "LABEL"),
            Column.text("state", "STATE"),
            Column.time("expires_at", "EXPIRES"));

    @Option(names = "--all", description = "Those that were revoked too, and those of principals that were removed.")
    private boolean all;

    @Override
    List<OutputFormat> formats() {
        return RECORDS;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = format();
        return database().reading(db -> print(db.accounts(), format));
    }

    private int print(Accounts accounts, OutputFormat format) throws IOException {
        Map<String, Principal> principals = new HashMap<>();
        accounts.principals().forEach(principal -> principals.put(principal.id(), principal));
        long now = TimeToLive.expiry(session().clock(), 0);
        try (Rows rows = Rows.of(format, session(), COLUMNS)) {
            for (ApiToken token : accounts.tokens()) {
                Principal principal = principals.get(token.principal());
                boolean removed = principal == null || !principal.active();
                if (!all && (removed || !token.active())) {
                    continue;
                }
                String state = !token.active() ? "revoked" : token.isExpired(now) ? "expired" : "active";
                rows.add(
                        token.id(),
                        token.principal(),
                        principal == null ? "" : principal.name(),
                        token.label(),
                        removed ? "revoked" : state,
                        token.expiresAt() == 0 ? null : token.expiresAt());
            }
        }
        return ExitCode.DONE;
    }
}
