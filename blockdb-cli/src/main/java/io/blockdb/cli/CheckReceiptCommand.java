package io.blockdb.cli;

import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.CheckpointVerifier;
import io.blockdb.proof.EntryLeaf;
import io.blockdb.proof.MalformedException;
import io.blockdb.proof.ProofException;
import io.blockdb.proof.ProvedEntry;
import io.blockdb.proof.Receipt;
import io.blockdb.proof.ReceiptVerifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code check-receipt}: checks a receipt offline, with public keys alone. */
@Command(
        name = "check-receipt",
        description = "Check a receipt, offline, with the public key alone.",
        footer = {
            "",
            "Needs no database and no network. Prints what is proved. Exit code 1: the receipt does not hold;",
            "standard error names the step that failed.",
            "",
            "A receipt does not prove that no newer revision exists, that another key is absent, that a list is",
            "complete, that a write-once key stands only once, when it happened beyond the writer's own clock, or",
            "that it has neither expired nor been erased since.",
            "",
            "Examples:",
            "  blockdb-cli check-receipt invoice-17.json --key \"$(cat blockdb.vkey)\"",
            "  blockdb-cli check-receipt r.json --key A,A_RETIRED --key B --key C --threshold 2",
            "  blockdb-cli check-receipt r.json --key \"$KEY\" --value invoice-17.pdf"
        })
final class CheckReceiptCommand extends BaseCommand {
    private static final List<Column> COLUMNS = List.of(
            Column.flag("valid", ""),
            Column.text("kind", ""),
            Column.text("table", ""),
            Column.bytes("key", ""),
            Column.flag("value_proved", ""),
            Column.text("author", ""),
            Column.time("timestamp", ""),
            Column.time("expires_at", ""),
            Column.number("sequence_number", ""),
            Column.number("height", ""),
            Column.number("tree_size", ""),
            Column.text("origin", ""),
            Column.flag("joined_to_next", ""),
            Column.bytes("value", ""));

    private static final List<Column> REFUSED =
            List.of(Column.flag("valid", ""), Column.text("failed_step", ""), Column.text("reason", ""));

    @Parameters(index = "0", paramLabel = "FILE", description = "The receipt; - reads standard input.")
    private String file;

    @Mixin
    private TrustedKeys keys;

    @Option(
            names = "--value",
            paramLabel = "FILE",
            description = "The value, where the receipt withholds it or it is to be compared, byte for byte.")
    private @Nullable String valueFile;

    @Option(
            names = "--checkpoint",
            paramLabel = "FILE",
            description = "A checkpoint that you trust already: one of the same size must have the same root.")
    private @Nullable String checkpointFile;

    @Override
    List<OutputFormat> formats() {
        return SENTENCE;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = format();
        CheckpointVerifier trusted = keys.verifier();
        byte[] json = ProofFile.read(session(), file);
        byte[] value = valueFile == null ? null : ProofFile.read(session(), valueFile);
        try {
            Receipt receipt = parse(json);
            Checkpoint remembered = checkpointFile == null ? null : remembered(receipt, trusted);
            ProvedEntry proved = ReceiptVerifier.verify(withValue(receipt, value), trusted);
            print(proved, format, remembered == null ? null : compare(remembered, proved.checkpoint(), trusted));
            return ExitCode.DONE;
        } catch (ProofException e) {
            return refuse(e, format);
        }
    }

    private static Receipt parse(byte[] json) throws ProofException {
        try {
            return Receipt.parse(json);
        } catch (MalformedException e) {
            throw new ProofException(ProofException.Step.FORM, e.getMessage());
        }
    }

    /** The receipt with the value that came apart from it. */
    private static Receipt withValue(Receipt receipt, byte @Nullable [] value) throws ProofException {
        byte[] own = receipt.value();
        if (value == null) {
            return receipt;
        }
        if (own != null) {
            if (!Arrays.equals(own, value)) {
                throw new ProofException(ProofException.Step.VALUE, "--value is not the value that the receipt shows");
            }
            return receipt;
        }
        byte[] salt = {};
        try {
            EntryLeaf entry = EntryLeaf.parse(receipt.entry(), 0, receipt.entry().length);
            if (entry.kind() == EntryLeaf.KIND_DELETE) {
                throw new ProofException(ProofException.Step.VALUE, "a deletion has no value to compare --value with");
            }
            if (entry.saltLength() > 0) {
                throw new ProofException(
                        ProofException.Step.VALUE,
                        "the value was written with a salt, which the receipt withholds: --value cannot be compared");
            }
        } catch (MalformedException e) {
            throw new ProofException(ProofException.Step.ENTRY, e.getMessage());
        }
        return receipt.withValue(value, salt);
    }

    /**
     * The checkpoint that is trusted already. Two histories signed by one key are said first of all: one good line of the key on
     * each note is evidence, also where another line makes a note invalid.
     */
    private Checkpoint remembered(Receipt receipt, CheckpointVerifier trusted) throws IOException, ProofException {
        Checkpoint remembered = ProofFile.checkpoint(session(), checkpointFile == null ? "" : checkpointFile);
        Checkpoint ofReceipt;
        try {
            ofReceipt = Checkpoint.parse(receipt.checkpoint());
        } catch (MalformedException e) {
            throw new ProofException(ProofException.Step.CHECKPOINT, e.getMessage());
        }
        if (!trusted.convicted(remembered, ofReceipt).isEmpty()) {
            throw new ProofException(
                    ProofException.Step.CONSISTENCY, CheckConsistencyCommand.evidence(trusted, remembered, ofReceipt));
        }
        return remembered;
    }

    /** Holds the receipt's checkpoint against the one that is trusted; answers what is left to be shown, or null. */
    private @Nullable String compare(Checkpoint remembered, Checkpoint ofReceipt, CheckpointVerifier trusted)
            throws ProofException {
        trusted.verify(remembered);
        if (remembered.treeSize() != ofReceipt.treeSize()) {
            return "the receipt is of a ledger of " + Counts.format(ofReceipt.treeSize(), "block") + ", "
                    + checkpointFile + " of " + Counts.format(remembered.treeSize(), "block")
                    + ": prove-consistency and check-consistency show whether one grew out of the other.";
        }
        if (!remembered.root().equals(ofReceipt.root())) {
            throw new ProofException(
                    ProofException.Step.CONSISTENCY, CheckConsistencyCommand.evidence(trusted, remembered, ofReceipt));
        }
        return null;
    }

    private void print(ProvedEntry proved, OutputFormat format, @Nullable String note) throws IOException {
        byte[] value = proved.value();
        if (format == OutputFormat.JSON) {
            try (Rows rows = Rows.object(out(), COLUMNS, false)) {
                rows.add(
                        true,
                        proved.deletion() ? "delete" : "put",
                        proved.table().toString(),
                        proved.key(),
                        value != null,
                        proved.author(),
                        proved.timestamp(),
                        proved.expiresAt() == 0 ? null : proved.expiresAt(),
                        proved.sequence(),
                        proved.height(),
                        proved.checkpoint().treeSize(),
                        proved.checkpoint().origin().toString(),
                        proved.joinedToNext(),
                        value);
            }
        } else {
            text(proved, value);
        }
        if (note != null) {
            messages().note(note);
        }
    }

    private void text(ProvedEntry proved, byte @Nullable [] value) throws IOException {
        out().line(session().style().good("✓") + " The receipt holds: this entry stands in the ledger");
        fact("Kind", proved.deletion() ? "deletion" : "put");
        fact("Table", Text.printable(proved.table().toString()));
        fact("Key", exactly(proved.key()));
        if (!proved.deletion()) {
            fact(
                    "Value",
                    value == null
                            ? "not proved: the receipt withholds it"
                            : "proved, " + Counts.format(value.length, "byte"));
        }
        fact(
                "Author",
                proved.author().isEmpty()
                        ? "not named"
                        : exactly(proved.author().getBytes(StandardCharsets.UTF_8)));
        fact("Time", TableRows.time(proved.timestamp()) + " by the writer's clock");
        fact("Expires", proved.expiresAt() == 0 ? "never" : TableRows.time(proved.expiresAt()));
        fact("Sequence", proved.sequence() + (proved.joinedToNext() ? ", written together with the next" : ""));
        fact(
                "Block",
                proved.height() + " of " + Counts.format(proved.checkpoint().treeSize(), "block"));
        fact("Ledger", proved.checkpoint().origin().toString());
        out().line("  Not proved: that there is no newer revision; check-receipt --help says what else is not.");
    }

    /** Bytes so that no others look the same: a backslash that was written is doubled, as one that escapes is not. */
    private static String exactly(byte[] bytes) {
        String text = Text.decode(bytes);
        return text == null ? Text.shown(bytes) : Text.printable(text.replace("\\", "\\\\"));
    }

    private void fact(String name, String value) throws IOException {
        out().line("  %-10s %s".formatted(name + ":", value));
    }

    private int refuse(ProofException e, OutputFormat format) throws IOException {
        if (format == OutputFormat.JSON) {
            try (Rows rows = Rows.object(out(), REFUSED, false)) {
                rows.add(false, e.step().toString(), e.reason());
            }
        }
        out().flush();
        messages().line(messages().style().bad("✗") + " The receipt does not hold");
        messages().line("  " + Text.printable(e.step() + ": " + e.reason()));
        return ExitCode.NO;
    }
}
