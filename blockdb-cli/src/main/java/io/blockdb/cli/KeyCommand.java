package io.blockdb.cli;

import io.blockdb.cli.database.Database;
import io.blockdb.db.LedgerKey;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code key}: prints the verifier keys. */
@Command(
        name = "key",
        description = "Print the verifier keys, or change the key that signs.",
        subcommands = KeyRotateCommand.class,
        synopsisSubcommandLabel = "[rotate]",
        footer = {
            "",
            "A line for each key that signs or signed for this ledger, the oldest first: what 'check-receipt'",
            "takes as --key, as they are or joined by commas. --output table shows which still sign.",
            "",
            "Examples:",
            "  blockdb-cli key",
            "  blockdb-cli key --output json",
            "  blockdb-cli key rotate"
        })
final class KeyCommand extends BaseCommand {
    private static final List<Column> COLUMNS = List.of(
            Column.text("key_id", "ID"),
            Column.text("state", "STATE"),
            Column.text("node", "NODE"),
            Column.number("height", "ADDED"),
            Column.number("retired_at_height", "RETIRED"),
            Column.text("vkey", "VERIFIER KEY"));

    @Override
    List<OutputFormat> formats() {
        return RECORDS;
    }

    /** Lines that can be handed on as they are, on a terminal as well. */
    @Override
    OutputFormat usualFormat() {
        return OutputFormat.RAW;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = format();
        List<LedgerKey> keys = database().reading(Database::keys);
        if (format == OutputFormat.RAW) {
            for (LedgerKey key : keys) {
                out().line(key.key().toString());
            }
            return ExitCode.DONE;
        }
        try (Rows rows = Rows.of(format, session(), COLUMNS)) {
            for (LedgerKey key : keys) {
                rows.add(
                        key.key().keyId(),
                        key.active() ? "active" : "retired",
                        key.node(),
                        key.height(),
                        key.active() ? null : key.retiredAtHeight(),
                        key.key().toString());
            }
        }
        return ExitCode.DONE;
    }
}
