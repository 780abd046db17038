package io.blockdb.cli;

import io.blockdb.base.TableName;
import io.blockdb.cli.database.Database;
import io.blockdb.cli.database.EntryKey;
import io.blockdb.cli.database.Found;
import io.blockdb.proof.Receipt;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code receipt}: prints what proves an entry to a stranger. */
@Command(
        name = "receipt",
        description = "Print the receipt of a key: what proves its entry to a stranger.",
        footer = {
            "",
            "The receipt is of the key's newest entry, a delete too, or of the one that --sequence or --at say.",
            "With --sequence alone no index is needed. Where no signed checkpoint covers the entry, one is",
            "signed; else the directory is only read. 'check-receipt' checks it, with the keys that 'key' prints.",
            "",
            "Examples:",
            "  blockdb-cli receipt greeting > greeting.receipt",
            "  blockdb-cli receipt ada --table users --sequence 4711",
            "  blockdb-cli receipt --sequence 4711"
        })
final class ReceiptCommand extends BaseCommand {
    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "KEY",
            description = "The key: text, 1 to 64,000 bytes of UTF-8. Needed without --sequence.")
    private @Nullable String written;

    @Option(
            names = "--key-encoding",
            paramLabel = "ENCODING",
            description = "How KEY is written: text (default), base64 or hex.")
    private @Nullable Encoding encoding;

    @Mixin
    private TableOption table;

    @Option(names = "--sequence", paramLabel = "N", description = "The entry with this number.")
    private @Nullable Long sequence;

    @Option(names = "--at", paramLabel = "HEIGHT", description = "The newest entry as of the block of this height.")
    private @Nullable Long height;

    @Override
    public Integer call() throws IOException {
        if (sequence != null && height != null) {
            throw new UsageException("--sequence and --at both say which entry: give one of them");
        }
        String text = written;
        if (text == null && (sequence == null || encoding != null)) {
            throw new UsageException("receipt needs a KEY, or --sequence alone");
        }
        byte[] key =
                text == null ? null : Limits.key((encoding == null ? Encoding.TEXT : encoding).decode("KEY", text));
        TableName name = table.toRead();
        Receipt receipt = new SigningSource(database(), messages())
                .receipt(db -> key == null ? EntryKey.of(any(db)) : find(db, name, key));
        if (receipt == null) {
            return Failure.NOT_FOUND.report(messages());
        }
        out().line(receipt.toJson());
        return ExitCode.DONE;
    }

    private long any(Database db) throws IOException {
        long wanted = sequence == null ? -1 : sequence;
        long entries = db.now().sequence();
        if (wanted >= entries) {
            db.requireWhole();
        }
        if (wanted < 0 || wanted >= entries) {
            throw new UsageException(
                    "--sequence " + wanted + ": there is no such entry, the newest has sequence " + (entries - 1));
        }
        return wanted;
    }

    /** The key's entry, null where it has none. */
    private @Nullable EntryKey find(Database db, TableName name, byte[] key) throws IOException {
        long wanted = sequence == null ? -1 : any(db);
        List<Found> revisions = At.height(db, height).history(name, key, false);
        for (Found found : revisions) {
            long number = found.revision().sequence();
            if (sequence == null || number == wanted) {
                return new EntryKey(number, name, key);
            }
        }
        if (revisions.isEmpty()) {
            UnknownTable.note(db, name, messages());
        } else {
            messages().note("entry " + wanted + " is not one of this key; 'history' lists those that are");
        }
        return null;
    }
}
