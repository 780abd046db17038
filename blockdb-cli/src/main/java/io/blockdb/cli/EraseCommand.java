package io.blockdb.cli;

import io.blockdb.base.TableName;
import io.blockdb.cli.database.Database;
import io.blockdb.cli.database.ErasedValue;
import io.blockdb.cli.database.Found;
import io.blockdb.db.BlockDb;
import io.blockdb.db.Commit;
import io.blockdb.db.ErasureCopies;
import io.blockdb.db.Revision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code erase}: erases the value of one entry for good, or lists what was erased. */
@Command(
        name = "erase",
        description = "Erase a value for good; every proof stays valid.",
        footer = {
            "",
            "Only values that were written while their table was erasable can be erased. The erasure itself is",
            "recorded for ever, with its reason and author. When the command is done the bytes of the value are",
            "gone from the ledger; copies that may still hold them are named on standard error. It can be",
            "repeated: with --purge-copies, say, or where it was cut off.",
            "",
            "Examples:",
            "  blockdb-cli erase user/7 --table people --sequence 4711 --reason \"asked for by the person\"",
            "  blockdb-cli erase user/7 --table people           shows which sequences there are",
            "  blockdb-cli erase --list --output csv             all erasures",
            "  blockdb-cli erase --pending                       those whose bytes may still be on the disk"
        })
final class EraseCommand extends BaseCommand {
    private static final List<Column> ERASED = List.of(
            Column.bytes("key", ""),
            Column.text("table", ""),
            Column.number("sequence_number", ""),
            Column.number("erasure_sequence", ""),
            Column.number("height", ""),
            Column.text("block_hash", ""),
            Column.time("timestamp", ""),
            Column.flag("existing", ""),
            Column.number("quarantined_copies", ""),
            Column.number("backups", ""));

    private static final List<Column> LIST = List.of(
            Column.bytes("key", "KEY"),
            Column.text("table", "TABLE"),
            Column.number("sequence_number", "SEQUENCE"),
            Column.number("erasure_sequence", "ERASED BY"),
            Column.time("timestamp", "TIME"),
            Column.text("author", "AUTHOR"),
            Column.text("reason", "REASON"),
            Column.text("state", "STATE"));

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "KEY",
            description = "The key: text, 1 to 64,000 bytes of UTF-8.")
    private @Nullable String written;

    @Option(
            names = "--key-encoding",
            paramLabel = "ENCODING",
            description = "How KEY is written: text (default), base64 or hex.")
    private @Nullable Encoding encoding;

    @Mixin
    private TableOption table;

    @Option(
            names = "--sequence",
            paramLabel = "N",
            description = "Which entry of the key: its number, as history shows it.")
    private @Nullable Long sequence;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for whoever asks later.")
    private @Nullable String reason;

    @Option(names = "--author", paramLabel = "NAME", defaultValue = "", description = "Who erases it; default: nobody.")
    private String author;

    @Option(
            names = "--purge-copies",
            description = "Delete what quarantine holds of the ledger, for good. Backups are never touched.")
    private boolean purge;

    @Option(names = "--list", description = "List all erasures.")
    private boolean list;

    @Option(names = "--pending", description = "List the erasures whose bytes may still be on the disk.")
    private boolean pending;

    /** What was done. */
    private record Done(Commit commit, ErasureCopies copies, List<Path> purged) {}

    @Override
    List<OutputFormat> formats() {
        return RECORDS;
    }

    @Override
    OutputFormat usualFormat() {
        return list || pending ? super.usualFormat() : OutputFormat.TABLE;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = format();
        if (list || pending) {
            if (written != null || sequence != null || reason != null || purge) {
                throw new UsageException((list ? "--list" : "--pending") + " stands alone: nothing is erased with it");
            }
            return print(format);
        }
        String given = written;
        if (given == null) {
            throw new UsageException("which KEY? Or --list, for what was erased");
        }
        if (format != OutputFormat.TABLE && format != OutputFormat.JSON) {
            throw new UsageException("--output " + format + " goes with --list and --pending");
        }
        TableName name = table.toWrite();
        byte[] key = Limits.key((encoding == null ? Encoding.TEXT : encoding).decode("KEY", given));
        if (sequence == null) {
            return candidates(given, name, key);
        }
        String why = reason;
        if (why == null || why.isBlank()) {
            throw new UsageException("--reason is missing: it is recorded with the erasure");
        }
        if (purge) {
            root().requireDirectory("--purge-copies", "empty quarantine/ where the directory is");
        }
        if (!author.isEmpty() && root().remote()) {
            throw new UsageException("--author: a server records as the author who is logged in");
        }
        return erase(given, name, key, sequence, why, format);
    }

    private int print(OutputFormat format) throws IOException {
        database().reading(db -> {
            try (Rows rows = Rows.of(format, session(), LIST)) {
                db.erasures(
                        pending,
                        erasure -> rows.add(
                                erasure.key(),
                                erasure.table().toString(),
                                erasure.erasedSequence(),
                                erasure.sequence(),
                                erasure.timestamp(),
                                erasure.author(),
                                erasure.reason(),
                                erasure.pending() ? "pending" : "done"));
            }
            return 0;
        });
        return ExitCode.DONE;
    }

    /** Which entries of the key there are, for who did not say which one. */
    private int candidates(String given, TableName name, byte[] key) throws IOException {
        return database().reading(db -> {
            List<Found> revisions = db.now().history(name, key, true);
            if (revisions.isEmpty()) {
                UnknownTable.note(db, name, messages());
                return Failure.NOT_FOUND.report(messages());
            }
            messages().error("--sequence is missing. The entries of " + Text.printable(given) + " are:");
            for (Found found : revisions) {
                Revision revision = found.revision();
                messages()
                        .line("  --sequence " + revision.sequence() + "  "
                                + TableRows.time(found.requirePlace().timestamp()) + "  "
                                + RevisionState.name(revision));
            }
            return ExitCode.USAGE;
        });
    }

    private int erase(String given, TableName name, byte[] key, long number, String why, OutputFormat format)
            throws IOException {
        Done done = database().signing(db -> erase(db, name, key, number, why));
        Commit commit = done.commit();
        if (format == OutputFormat.JSON) {
            try (Rows rows = Rows.object(out(), ERASED, false)) {
                rows.add(
                        key,
                        name.toString(),
                        number,
                        commit.sequence(),
                        commit.height(),
                        commit.blockHash().toString(),
                        commit.timestamp(),
                        commit.existing(),
                        (long) done.copies().quarantined().size(),
                        (long) done.copies().backups().size());
            }
        } else {
            String sentence = commit.existing()
                    ? "The value of %s was erased before (see _erasures, sequence %s)"
                    : "Successfully erased the value of %s (see _erasures, sequence %s)";
            out().line(sentence.formatted(Text.printable(given), commit.sequence()));
        }
        for (Path file : done.purged()) {
            messages().line("Removed " + Text.printable(file.toString()));
        }
        for (Path file : done.copies().quarantined()) {
            messages().line("A copy may stand in " + Text.printable(file.toString()) + "; --purge-copies removes it");
        }
        for (Path backup : done.copies().backups()) {
            messages()
                    .line("A copy may stand in the backup " + Text.printable(backup.toString())
                            + ", which no erasure reaches");
        }
        return ExitCode.DONE;
    }

    private Done erase(Database db, TableName name, byte[] key, long number, String why) throws IOException {
        ErasedValue erased = db.erase(name, key, number, why, author);
        if (!purge) {
            return new Done(erased.commit(), erased.copies(), List.of());
        }
        BlockDb engine = EmbeddedDatabase.engine(db);
        List<Path> purged = engine.purgeQuarantine();
        return new Done(erased.commit(), engine.copiesOf(number), purged);
    }
}
