package io.blockdb.cli;

import java.io.IOException;
import picocli.CommandLine.Command;

/** {@code checkpoint}: signs the ledger as it is. */
@Command(
        name = "checkpoint",
        description = "Sign the ledger as it is, and print the signed note.",
        footer = {
            "",
            "What was not signed yet is read back from the disk and checked first, which takes its time after a",
            "large import. In a directory that cannot be written to, the newest that was signed is printed.",
            "Keep it: 'verify --checkpoint' and 'prove-consistency --from' hold the ledger against it later.",
            "",
            "Examples:",
            "  blockdb-cli checkpoint > today.checkpoint",
            "  blockdb-cli -d /mnt/copy checkpoint"
        })
final class CheckpointCommand extends BaseCommand {
    @Override
    public Integer call() throws IOException {
        out().text(new SigningSource(database(), messages()).checkpoint().note());
        return ExitCode.DONE;
    }
}
