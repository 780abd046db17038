package io.blockdb.cli;

import io.blockdb.base.TableName;
import io.blockdb.cli.database.Database;
import io.blockdb.cli.database.EntryKey;
import io.blockdb.cli.database.Found;
import io.blockdb.cli.database.Moment;
import io.blockdb.cli.database.Place;
import io.blockdb.db.ErasedException;
import io.blockdb.db.Revision;
import io.blockdb.proof.Receipt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code get}: prints the value of one key. */
@Command(
        name = "get",
        description = "Print the value of a key.",
        footer = {
            "",
            "Examples:",
            "  blockdb-cli get greeting",
            "  blockdb-cli get photo --raw > photo.jpg",
            "  blockdb-cli get YmluYXJ5 --base64",
            "  blockdb-cli get greeting --at 12          as it was when block 12 was the newest",
            "  blockdb-cli get greeting --output json    with its place in the ledger",
            "  blockdb-cli get greeting --receipt FILE   with what proves it to a stranger"
        })
final class GetCommand extends BaseCommand {
    private static final List<Column> COLUMNS = List.of(
            Column.bytes("key", ""),
            Column.bytes("value", ""),
            Column.text("table", ""),
            Column.number("sequence_number", ""),
            Column.number("height", ""),
            Column.text("block_hash", ""),
            Column.time("timestamp", ""),
            Column.time("expires_at", ""));

    private static final List<OutputFormat> FORMATS = List.of(OutputFormat.TABLE, OutputFormat.RAW, OutputFormat.JSON);

    @Mixin
    private KeyArgument key;

    @Option(
            names = "--base64",
            description = "Print the value in base64. KEY is looked up as text, then, where it can be, as base64.")
    private boolean base64;

    @Mixin
    private TableOption table;

    @Option(names = "--at", paramLabel = "HEIGHT", description = "As of the block of this height.")
    private @Nullable Long height;

    @Option(names = "--raw", description = "Print the value's bytes alone, without a newline; as --output raw.")
    private boolean raw;

    @Option(
            names = "--receipt",
            paramLabel = "FILE",
            description = "Write the receipt of the entry to this file. Signs a checkpoint where none covers it.")
    private @Nullable Path receiptFile;

    @Override
    List<OutputFormat> formats() {
        return FORMATS;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = raw && !formatGiven() ? OutputFormat.RAW : format();
        if (raw && format != OutputFormat.RAW) {
            throw new UsageException("--raw and --output " + format + " contradict each other");
        }
        ReceiptFile.check(receiptFile);
        TableName name = table.toRead();
        byte[] exact = key.bytes();
        Optional<Found> found = database().reading(db -> find(db, name, exact, format == OutputFormat.JSON));
        if (found.isEmpty()) {
            return Failure.NOT_FOUND.report(messages());
        }
        Revision revision = found.get().revision();
        byte[] value = revision.value();
        if (value == null) {
            throw new ErasedException(revision.erasureSequence());
        }
        if (receiptFile != null) {
            Receipt receipt = new SigningSource(database(), messages())
                    .receipt(db -> new EntryKey(revision.sequence(), revision.table(), revision.key()));
            if (receipt != null) {
                ReceiptFile.write(receiptFile, receipt);
            }
        }
        print(found.get(), value, format);
        return ExitCode.DONE;
    }

    private Optional<Found> find(Database db, TableName name, byte[] exact, boolean withPlace) throws IOException {
        Moment moment = At.height(db, height);
        Found found = moment.find(name, exact, withPlace);
        if (found == null && base64 && !key.exact()) {
            byte[] decoded = key.canonicalBase64();
            found = decoded == null ? null : moment.find(name, decoded, withPlace);
        }
        if (found == null) {
            UnknownTable.note(db, name, messages());
        }
        return Optional.ofNullable(found);
    }

    private void print(Found found, byte[] value, OutputFormat format) throws IOException {
        if (format == OutputFormat.JSON) {
            Revision revision = found.revision();
            Place place = found.place();
            try (Rows rows = Rows.object(out(), COLUMNS, base64)) {
                rows.add(
                        revision.key(),
                        value,
                        revision.table().toString(),
                        revision.sequence(),
                        place == null ? null : place.height(),
                        place == null ? null : place.blockHash().toString(),
                        place == null ? null : place.timestamp(),
                        revision.expiresAt() == 0 ? null : revision.expiresAt());
            }
            return;
        }
        out().write(base64 ? Base64.getEncoder().encode(value) : value);
        if (format == OutputFormat.TABLE) {
            out().write('\n');
        }
    }
}
