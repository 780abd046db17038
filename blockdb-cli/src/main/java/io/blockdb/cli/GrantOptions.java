package io.blockdb.cli;

import io.blockdb.access.Grant;
import io.blockdb.access.Role;
import io.blockdb.base.TableName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Roles, of all tables or of one. */
final class GrantOptions {
    /** Completes the roles. */
    static final class Roles extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        Roles() {
            for (Role role : Role.values()) {
                add(role.toString());
            }
        }
    }

    @Option(
            names = "--role",
            paramLabel = "ROLE",
            completionCandidates = Roles.class,
            description = "reader, writer, auditor or admin; several times for several.")
    private List<String> roles = new ArrayList<>();

    @Option(
            names = {"-t", "--table"},
            paramLabel = TableOption.LABEL,
            description = "The one table that the role is for; default: all. Readers and writers only.")
    private @Nullable String table;

    /** The grants; none where no role is given. */
    List<Grant> grants() {
        if (table != null && roles.isEmpty()) {
            throw new UsageException("--table is the table of a role: give --role as well");
        }
        TableName name = table == null ? null : TableOption.parse(table);
        List<Grant> grants = new ArrayList<>();
        for (String role : roles) {
            try {
                grants.add(new Grant(Role.parse(role), name));
            } catch (IllegalArgumentException e) {
                throw new UsageException("--role: " + e.getMessage());
            }
        }
        return grants;
    }

    /** As {@link #grants}, at least one. */
    List<Grant> needed() {
        if (roles.isEmpty()) {
            throw new UsageException("--role is missing: reader, writer, auditor or admin");
        }
        return grants();
    }
}
