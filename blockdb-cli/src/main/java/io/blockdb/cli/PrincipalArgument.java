package io.blockdb.cli;

import io.blockdb.access.Principal;
import io.blockdb.cli.database.Accounts;
import io.blockdb.db.RefusedException;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Parameters;

/** The principal of a command. */
final class PrincipalArgument {
    @Parameters(index = "0", paramLabel = "NAME", description = "The principal: its name, or its id.")
    private String written;

    /**
     * The principal that is meant.
     *
     * @throws RefusedException if there is none, or it was removed
     */
    Principal in(Accounts accounts) throws IOException {
        List<Principal> active =
                accounts.principals().stream().filter(Principal::active).toList();
        for (Principal principal : active) {
            if (principal.name().equals(written)) {
                return principal;
            }
        }
        for (Principal principal : active) {
            if (principal.id().equals(written)) {
                return principal;
            }
        }
        String nearest =
                Mistyped.nearest(written, active.stream().map(Principal::name).toList());
        throw new RefusedException(
                RefusedException.Reason.NO_SUCH_PRINCIPAL,
                List.of(),
                "there is no principal '" + written + "'"
                        + (nearest == null
                                ? "; 'auth list' shows those that there are"
                                : " (did you mean '" + nearest + "'?)"));
    }
}
