package io.blockdb.cli;

import io.blockdb.db.Restore;
import io.blockdb.db.RestoreReport;
import io.blockdb.proof.CheckpointVerifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code restore}: makes a database out of a backup, proved before it is opened. */
@Command(
        name = "restore",
        description = "Make a database out of a backup, proved first.",
        footer = {
            "",
            "The new database is the directory of --data-dir, which must be empty or not there. Every block, the",
            "chain and the digest of every value are checked, and the root against the checkpoint beside the",
            "backup. Whose signature of that counts is said by --key; without it, the keys count that the",
            "backup itself names: that finds damage, but nobody who forged all of it. The index is built anew.",
            "",
            "Without the private key (--with-keys at 'backup') the database is read and written as before, and",
            "signs nothing until it is given the key, or 'key rotate --lost' adds a new one.",
            "Exit code 1: the backup does not prove itself, or the directory is not empty.",
            "",
            "Examples:",
            "  blockdb-cli -d /var/lib/blockdb restore /mnt/backup/blockdb",
            "  blockdb-cli -d ./again restore /mnt/backup/blockdb --key \"$(cat blockdb.vkey)\""
        })
final class RestoreCommand extends BaseCommand {
    private static final List<Column> COLUMNS = List.of(
            Column.text("directory", ""),
            Column.text("ledger_id", ""),
            Column.number("blocks", ""),
            Column.number("entries", ""),
            Column.number("values_erased", ""),
            Column.number("checkpoint_size", ""),
            Column.flag("trusted_key", ""),
            Column.flag("with_keys", ""));

    @Parameters(index = "0", paramLabel = "BACKUP_DIR", description = "The directory of the backup.")
    private Path backup;

    @Option(
            names = "--key",
            paramLabel = "VKEY[,VKEY...]",
            description = "Verifier key that must have signed the checkpoint; retired ones behind commas. Once for each"
                    + " signer.")
    private List<String> signers = List.of();

    @Option(names = "--threshold", paramLabel = "K", description = "How many of the signers must have signed (1).")
    private @Nullable Integer threshold;

    @Override
    List<OutputFormat> formats() {
        return SENTENCE;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = format();
        root().requireDirectory("restore", "restore where the new database is to be, and start the server on that");
        if (session().shared() != null) {
            throw new UsageException("the session has its database open: leave it to restore another one");
        }
        if (threshold != null && signers.isEmpty()) {
            throw new UsageException(
                    "--threshold says how many of the signers of --key must have signed; there is none");
        }
        CheckpointVerifier trusted =
                signers.isEmpty() ? null : TrustedKeys.verifier(signers, threshold == null ? 1 : threshold);
        Path directory = root().directory();
        RestoreReport report;
        try (ProgressBar bar = new ProgressBar(session(), "Restoring")) {
            report = Restore.restore(
                    backup,
                    directory,
                    root().options(),
                    trusted,
                    (done, total) -> bar.showWithTimeLeft(done, total, Sizes.format(done)));
        }
        print(report, directory, format);
        notes(report);
        return ExitCode.DONE;
    }

    private void print(RestoreReport report, Path directory, OutputFormat format) throws IOException {
        if (format == OutputFormat.JSON) {
            try (Rows rows = Rows.object(out(), COLUMNS, false)) {
                rows.add(
                        directory.toAbsolutePath().normalize().toString(),
                        report.ledgerId().toString(),
                        report.blocks(),
                        report.entries(),
                        report.valuesErased(),
                        report.checkpointSize(),
                        report.trusted(),
                        report.withKeys());
            }
            return;
        }
        out().line("Restored %s with %s to %s"
                .formatted(
                        Counts.format(report.blocks(), "block"),
                        Counts.format(report.entries(), "entry"),
                        Text.printable(directory.toString())));
        if (report.checkpointSize() > 0) {
            out().line("  Every value and hash checked; the root of %s is the one in the checkpoint, signed by %s"
                    .formatted(
                            Counts.format(report.checkpointSize(), "block"),
                            report.trusted() ? "a key that you gave" : "a key that the backup names"));
        } else {
            out().line("  Every value and hash checked");
        }
        if (report.valuesErased() > 0) {
            out().line("  %s gone, as the ledger records"
                    .formatted(
                            report.valuesErased() == 1
                                    ? "1 erased value is"
                                    : Counts.format(report.valuesErased(), "erased value") + " are"));
        }
    }

    private void notes(RestoreReport report) {
        if (report.checkpointSize() == 0) {
            messages().note("there is no checkpoint beside the backup: nobody's signature vouches for it");
        } else if (!report.trusted()) {
            messages()
                    .note("it was checked against the keys that the backup itself names, not against one that you"
                            + " trust; --key does that");
        }
        if (report.checkpointSize() > 0 && report.checkpointSize() < report.blocks()) {
            messages()
                    .note("the newest %s are not covered by the checkpoint"
                            .formatted(Counts.format(report.blocks() - report.checkpointSize(), "block")));
        }
        if (!report.withKeys()) {
            messages()
                    .note("the private key was not in the backup: nothing is signed until it is in keys/, or"
                            + " 'key rotate --lost' has added a new one");
        }
    }
}
