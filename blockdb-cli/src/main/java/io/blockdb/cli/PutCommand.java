package io.blockdb.cli;

import io.blockdb.base.TableName;
import io.blockdb.cli.database.Database;
import io.blockdb.cli.database.EntryKey;
import io.blockdb.db.Commit;
import io.blockdb.db.DuplicateKeyException;
import io.blockdb.db.WriteBatch;
import io.blockdb.proof.Receipt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code put}: stores one key. */
@Command(
        name = "put",
        description = "Store a value under a key.",
        footer = {
            "",
            "A key that holds this very value already is left as it is, and the command succeeds: it can be",
            "repeated. With another value there it is refused; tables with history are made by 'table create'.",
            "",
            "Examples:",
            "  blockdb-cli put greeting \"hello world\"",
            "  blockdb-cli put photo --file photo.jpg",
            "  date | blockdb-cli put started -",
            "  blockdb-cli put YmluYXJ5 ZGF0YQ== --base64",
            "  blockdb-cli put 00ff 68656c6c6f --key-encoding hex --value-encoding hex",
            "  blockdb-cli put session/7 open --table sessions --ttl 30m",
            "  blockdb-cli put contract --file contract.pdf --receipt contract.receipt"
        })
final class PutCommand extends BaseCommand {
    static final String DONE = "Successfully stored key-value pair";

    @Mixin
    private KeyArgument key;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "VALUE",
            description = "The value, at most 4 MB; - reads it from standard input.")
    private @Nullable String written;

    @Mixin
    private ValueArgument value;

    @Option(
            names = "--base64",
            description = "VALUE is base64, and so is KEY where it can be; else KEY is taken as text, with a note.")
    private boolean base64;

    @Mixin
    private TableOption table;

    @Option(
            names = "--ttl",
            paramLabel = "TIME",
            description = "Hide the entry after this time: seconds, or 10m, 2h, 7d. Only in versioned tables.")
    private @Nullable String timeToLive;

    @Option(
            names = "--receipt",
            paramLabel = "FILE",
            description = "Write the receipt of the entry to this file: what proves it to a stranger.")
    private @Nullable Path receiptFile;

    /** Where it stands, and what proves it or keeps it from being proved. */
    private record Stored(
            Commit commit,
            @Nullable Receipt receipt,
            @Nullable IOException unproved) {}

    @Override
    List<OutputFormat> formats() {
        return SENTENCE;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = format();
        TableName name = table.toWrite();
        byte[] keyBytes = key();
        byte[] valueBytes = value.bytes(session(), written, base64);
        long seconds = timeToLive == null ? 0 : TimeToLive.parse(timeToLive);
        long expiresAt = seconds == 0 ? 0 : TimeToLive.expiry(session().clock(), seconds);
        WriteBatch batch = new WriteBatch().put(name, keyBytes, valueBytes, expiresAt);
        ReceiptFile.check(receiptFile);
        Stored stored;
        try {
            stored = database().writing(db -> store(db, batch, name, keyBytes));
        } catch (DuplicateKeyException e) {
            messages().error(alreadyExists(key.written()));
            return ExitCode.NO;
        }
        Written.print(out(), format, DONE, name, keyBytes, stored.commit());
        if (stored.unproved() != null) {
            throw new IOException(
                    "the pair is stored, its receipt cannot be had: " + Failure.text(stored.unproved()),
                    stored.unproved());
        }
        if (receiptFile != null && stored.receipt() != null) {
            ReceiptFile.write(receiptFile, stored.receipt());
        }
        return ExitCode.DONE;
    }

    private Stored store(Database db, WriteBatch batch, TableName name, byte[] keyBytes) throws IOException {
        Commit commit = db.write(batch);
        if (receiptFile == null) {
            return new Stored(commit, null, null);
        }
        try {
            return new Stored(commit, db.receipt(new EntryKey(commit.sequence(), name, keyBytes)), null);
        } catch (IOException e) {
            return new Stored(commit, null, e);
        }
    }

    /** The words for a key that holds another value. */
    static String alreadyExists(String key) {
        return "Key '" + key + "' already exists. BlockDB is append-only and does not allow updates.";
    }

    private byte[] key() {
        if (!base64 || key.exact()) {
            return key.bytes();
        }
        byte[] decoded = key.canonicalBase64();
        if (decoded == null) {
            byte[] text = key.bytes();
            messages().note("KEY is not base64 and is taken as text; --key-encoding says which it is");
            return text;
        }
        return decoded;
    }
}
