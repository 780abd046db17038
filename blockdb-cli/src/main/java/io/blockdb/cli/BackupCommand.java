package io.blockdb.cli;

import io.blockdb.cli.database.Database;
import io.blockdb.db.BackupOptions;
import io.blockdb.db.BackupReport;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code backup}: copies the database into a directory, checked as it is written. */
@Command(
        name = "backup",
        description = "Copy the database to a directory, or bring a backup up to date.",
        footer = {
            "",
            "The copy is read back: every block, the chain, the digest of every value; a signed checkpoint goes",
            "with it. A directory that holds an earlier backup of this database only gets what is new. The",
            "private key stays behind, unless --with-keys. What was interrupted goes on with the next run.",
            "",
            "Files that never change any more are hard links where the file system allows: they cost nothing,",
            "and share the fate of the disk. --copy, or a directory on another disk, is for the day when the",
            "disk fails. Values that can be erased are always copied: an erasure never reaches into a backup,",
            "and names it.",
            "",
            "A backup can be read as it is: blockdb-cli -d DIR get KEY, verify, export. 'restore' makes a",
            "database. With --url the server writes it, beneath its own backup_dir, and DIR is a name there.",
            "",
            "Examples:",
            "  blockdb-cli backup /mnt/backup/blockdb",
            "  blockdb-cli backup --copy --with-keys /mnt/safe/blockdb",
            "  blockdb-cli -d /mnt/backup/blockdb verify"
        })
final class BackupCommand extends BaseCommand {
    private static final List<Column> COLUMNS = List.of(
            Column.text("directory", ""),
            Column.text("ledger_id", ""),
            Column.number("blocks", ""),
            Column.number("entries", ""),
            Column.number("checkpoint_size", ""),
            Column.number("files_kept", ""),
            Column.number("files_linked", ""),
            Column.number("files_copied", ""),
            Column.number("bytes_copied", ""),
            Column.number("erased_kept", ""),
            Column.flag("with_keys", ""),
            Column.flag("recorded", ""));

    @Parameters(index = "0", paramLabel = "DIR", description = "A directory that is new, empty, or an earlier backup.")
    private Path directory;

    @Option(
            names = "--with-keys",
            description = "Copy the private keys too: whoever has the backup can then sign for the ledger.")
    private boolean withKeys;

    @Option(names = "--copy", description = "Copy every file, and make no hard links.")
    private boolean copy;

    @Override
    List<OutputFormat> formats() {
        return SENTENCE;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = format();
        if (withKeys || copy) {
            root().requireDirectory(withKeys ? "--with-keys" : "--copy", "give it where the server's directory is");
        }
        BackupReport report;
        try {
            report = database().signing(this::backup);
        } catch (FileSystemException e) {
            if (!SigningSource.unwritable(e)) {
                throw e;
            }
            report = database().reading(this::backup);
        }
        print(report, format);
        if (!report.recorded()) {
            messages()
                    .note("the database cannot be written to, so it does not remember this backup: 'erase' will not"
                            + " name it");
        }
        if (report.erasedKept() > 0) {
            messages()
                    .note("erased since they were copied, and still in the backup: "
                            + Counts.format(report.erasedKept(), "value")
                            + "; nobody reads them there, and what is restored from it is without them. A backup in an"
                            + " empty directory has none of them");
        }
        if (!report.notSigned().isEmpty()) {
            messages()
                    .note("no new checkpoint was signed for it: " + report.notSigned()
                            + (report.checkpointSize() == 0 ? "; there is none beside it" : ""));
        }
        return ExitCode.DONE;
    }

    private BackupReport backup(Database db) throws IOException {
        try (ProgressBar bar = new ProgressBar(session(), "Backing up")) {
            return db.backup(
                    directory,
                    new BackupOptions(withKeys, !copy),
                    (done, total) -> bar.showWithTimeLeft(done, total, Sizes.format(done)));
        }
    }

    private void print(BackupReport report, OutputFormat format) throws IOException {
        if (format == OutputFormat.JSON) {
            try (Rows rows = Rows.object(out(), COLUMNS, false)) {
                rows.add(
                        root().remote()
                                ? directory.toString()
                                : directory.toAbsolutePath().normalize().toString(),
                        report.ledgerId().toString(),
                        report.blocks(),
                        report.entries(),
                        report.checkpointSize(),
                        (long) report.filesKept(),
                        (long) report.filesLinked(),
                        (long) report.filesCopied(),
                        report.bytesCopied(),
                        report.erasedKept(),
                        report.withKeys(),
                        report.recorded());
            }
            return;
        }
        out().line("Backed up %s with %s to %s"
                .formatted(
                        Counts.format(report.blocks(), "block"),
                        Counts.format(report.entries(), "entry"),
                        Text.printable(directory.toString())));
        out().line("  %s copied (%s), %s linked, %s kept"
                .formatted(
                        Counts.format(report.filesCopied(), "file"),
                        Sizes.format(report.bytesCopied()),
                        Counts.format(report.filesLinked()),
                        Counts.format(report.filesKept())));
        if (report.checkpointSize() > 0) {
            out().line("  The checkpoint beside it covers %s of %s; %s"
                    .formatted(
                            Counts.format(report.checkpointSize()),
                            Counts.format(report.blocks(), "block"),
                            report.withKeys() ? "it holds private keys" : "the private key is not in it"));
        }
    }
}
