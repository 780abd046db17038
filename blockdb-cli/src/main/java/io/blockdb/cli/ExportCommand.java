package io.blockdb.cli;

import io.blockdb.base.TableName;
import io.blockdb.cli.database.Database;
import io.blockdb.cli.database.Moment;
import io.blockdb.db.BlockDb;
import io.blockdb.db.IndexBehindException;
import io.blockdb.db.KeyRange;
import io.blockdb.proof.Checkpoint;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** {@code export}: writes tables, keys and values so that {@code import} reads them back. */
@Command(
        name = "export",
        description = "Write tables, keys and values to a file or a pipe, for 'import'.",
        footer = {
            "",
            "All tables, as they stand at one moment, whoever writes meanwhile: each key with its newest",
            "value, and how each table was created. What was deleted or has expired is not there; values that",
            "were erased are left out, and standard error says how many. The history stays in the ledger.",
            "",
            "The format is jsonl, csv (type,table,key,value,encoding,expires_at) or tsv. Where --format is not",
            "given it is the file's ending (.csv, .tsv, also before .gz), else jsonl. Keys and values that are",
            "not UTF-8 are base64, and encoding says so. A file has its name only once it is complete. Where",
            "the index is missing, the ledger itself is read, and the order is that of writing.",
            "",
            "--proofs writes something else: the whole ledger with its headers, entries, values, keys and a",
            "signed checkpoint, in one file that 'check-export' verifies with the public key alone, years from",
            "now (docs/proof-export.md). It signs a checkpoint, unless the newest one covers every block.",
            "",
            "Examples:",
            "  blockdb-cli export --output backup.jsonl.gz",
            "  blockdb-cli export --table customers --prefix CH/ --format csv | head",
            "  blockdb-cli export --at 1200 --output as-it-was.csv",
            "  blockdb-cli export | blockdb-cli -d copy import -",
            "  blockdb-cli export --proofs ledger.proofs.gz"
        })
final class ExportCommand extends BaseCommand {
    @Option(
            names = {"-t", "--table"},
            paramLabel = TableOption.LABEL,
            description = "Only this table; default: all.")
    private @Nullable String table;

    @Mixin
    private KeyRangeOptions keys;

    @Option(names = "--at", paramLabel = "HEIGHT", description = "As of the block of this height.")
    private @Nullable Long height;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "jsonl, csv or tsv; default: by the file's ending.")
    private @Nullable DataFormat outputFormat;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "The file; - writes standard output (default), .gz is compressed.")
    private String file = "-";

    @Option(names = "--force", description = "Replace a file that is there.")
    private boolean force;

    @Option(
            names = "--proofs",
            paramLabel = "FILE",
            description = "Write the ledger with all its proofs to this file; - and .gz as for --output.")
    private @Nullable String proofs;

    @Override
    public Integer call() throws IOException {
        if (proofs != null) {
            return exportProofs(proofs);
        }
        if (OutputFormat.named(file) != null || file.isEmpty()) {
            throw new UsageException("--output names the file; --format %s would say what it holds"
                    .formatted(DataFormat.JSONL.toString().equals(file) ? "jsonl" : "csv"));
        }
        TableName only = table == null ? null : TableOption.parse(table);
        if (only != null && only.isSystem()) {
            throw new UsageException(
                    "--table " + table + ": tables of BlockDB's own are not exported; 'scan' prints them");
        }
        KeyRange range = keys.range();
        ExportTarget.check("--output", file, force);
        return database().reading(db -> {
            try (ExportTarget target = ExportTarget.open("--output", file, force, out())) {
                return export(db, only, range, target);
            }
        });
    }

    private int exportProofs(String to) throws IOException {
        for (OptionSpec given : spec().commandLine().getParseResult().matchedOptions()) {
            if (!given.inherited()
                    && !given.longestName().equals("--proofs")
                    && !given.longestName().equals("--force")) {
                throw new UsageException(
                        "--proofs writes the whole ledger: " + given.longestName() + " does not go with it");
            }
        }
        root().requireDirectory("--proofs", "export from a backup, or where the directory is");
        ExportTarget.check("--proofs", to, force);
        Checkpoint checkpoint = new SigningSource(database(), messages()).checkpoint();
        return database().reading(database -> {
            BlockDb db = EmbeddedDatabase.engine(database);
            boolean shown = !to.equals("-") || !session().streams().outIsTerminal();
            long entries;
            try (ExportTarget target = ExportTarget.open("--proofs", to, force, out());
                    ProgressBar bar = new ProgressBar(session(), "Exporting", shown)) {
                entries = db.exportProofs(checkpoint, target.out(), (done, total) -> {
                    if (shown && bar.due()) {
                        bar.showWithTimeLeft(done, total, Counts.format(done, "block"));
                    }
                });
                target.complete();
            }
            long behind = db.snapshot().height() + 1 - checkpoint.treeSize();
            if (behind > 0) {
                messages()
                        .note("left out, since the checkpoint does not cover them: " + Counts.format(behind, "block"));
            }
            if (!to.equals("-")) {
                out().line("Exported %s of %s with their proofs to %s"
                        .formatted(
                                Counts.format(entries, "entry"),
                                Counts.format(checkpoint.treeSize(), "block"),
                                Text.printable(to)));
            }
            return ExitCode.DONE;
        });
    }

    private int export(Database db, @Nullable TableName only, KeyRange range, ExportTarget target) throws IOException {
        Moment snapshot = At.height(db, height);
        ExportRows rows = ExportRows.of(DataFormat.of(outputFormat, file), target.out());
        boolean shown = !file.equals("-") || !session().streams().outIsTerminal();
        Exporter exporter;
        try (ProgressBar bar = new ProgressBar(session(), "Exporting", shown)) {
            exporter = new Exporter(snapshot, only, range, rows, shown ? bar : null);
            if (indexed(snapshot)) {
                exporter.fromIndex();
            } else {
                exporter.fromLedger(EmbeddedDatabase.engine(db));
            }
        }
        if (only != null && exporter.tables() == 0) {
            messages().error("there is no table '" + only + "'");
            return ExitCode.NO;
        }
        target.complete();
        if (exporter.erased() > 0) {
            messages()
                    .note("%s left out: the %s erased"
                            .formatted(
                                    Counts.format(exporter.erased(), "key"),
                                    exporter.erased() == 1 ? "value was" : "values were"));
        }
        if (!file.equals("-")) {
            out().line("Exported %s of %s as of block %s to %s"
                    .formatted(
                            Counts.format(exporter.rows(), "key"),
                            Counts.format(exporter.tables(), "table"),
                            Counts.format(snapshot.height()),
                            Text.printable(file)));
        }
        return ExitCode.DONE;
    }

    private boolean indexed(Moment snapshot) throws IOException {
        try {
            snapshot.tables();
            return true;
        } catch (IndexBehindException e) {
            messages().note("the index is missing or far behind: the ledger itself is read");
            return false;
        }
    }
}
