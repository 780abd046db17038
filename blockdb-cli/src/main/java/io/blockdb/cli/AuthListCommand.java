package io.blockdb.cli;

import io.blockdb.access.Principal;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code auth list}: lists principals and what they may do. */
@Command(
        name = "list",
        description = "List the principals and their roles.",
        footer = {
            "",
            "The id stands as the author in what a principal writes.",
            "",
            "Examples:",
            "  blockdb-cli auth list",
            "  blockdb-cli auth list --all --output json     those removed too"
        })
final class AuthListCommand extends BaseCommand {
    @Option(names = "--all", description = "Those that were removed too.")
    private boolean all;

    @Override
    List<OutputFormat> formats() {
        return RECORDS;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = format();
        List<Principal> principals = database().reading(db -> db.accounts().principals()).stream()
                .filter(principal -> all || principal.active())
                .sorted(Comparator.comparing(Principal::name).thenComparing(Principal::id))
                .toList();
        try (Rows rows = Rows.of(format, session(), PrincipalRows.COLUMNS)) {
            for (Principal principal : principals) {
                PrincipalRows.add(rows, principal);
            }
        }
        return ExitCode.DONE;
    }
}
