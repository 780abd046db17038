package io.blockdb.cli;

import io.blockdb.access.Grant;
import io.blockdb.access.Principal;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** Principals as records. */
final class PrincipalRows {
    static final List<Column> COLUMNS = List.of(
            Column.text("name", "NAME"),
            Column.text("id", "ID"),
            Column.text("state", "STATE"),
            Column.text("roles", "ROLES"));

    private PrincipalRows() {}

    static void add(Rows rows, Principal principal) throws IOException {
        rows.add(
                principal.name(),
                principal.id(),
                principal.active() ? "active" : "removed",
                principal.grants().stream().map(Grant::toString).collect(Collectors.joining(", ")));
    }

    /** Writes the sentence, or in JSON the principal. */
    static void print(Output out, OutputFormat format, String sentence, Principal principal) throws IOException {
        if (format != OutputFormat.JSON) {
            out.line(sentence);
            return;
        }
        try (Rows rows = Rows.object(out, COLUMNS, false)) {
            add(rows, principal);
        }
    }
}
