package io.blockdb.cli;

import io.blockdb.db.KeyRotation;
import io.blockdb.proof.Receipt;
import io.blockdb.proof.VerifierKey;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code key rotate}: changes the key that signs. */
@Command(
        name = "rotate",
        description = "Change the key that signs, and print the new verifier key.",
        footer = {
            "",
            "The old key signs a checkpoint that covers the new one's entry, and is retired; what it signed stays",
            "valid. --receipt writes what proves the new key to whoever trusts the old one. The new key is drawn,",
            "or is the one of --signing-key. A change that was cut off is completed by the next.",
            "",
            "--lost is for when no key can sign any more, or what was signed before is lost or another history.",
            "Nothing proves the new key then: every verifier must be given it by hand.",
            "",
            "Examples:",
            "  blockdb-cli key rotate --receipt handover.receipt",
            "  blockdb-cli key rotate --lost"
        })
final class KeyRotateCommand extends BaseCommand {
    @Option(names = "--lost", description = "Go on with a new key where no key can sign any more.")
    private boolean lost;

    @Option(
            names = "--receipt",
            paramLabel = "FILE",
            description = "Write the receipt of the new key's entry, under a checkpoint that the old key signed.")
    private @Nullable Path receiptFile;

    @Override
    public Integer call() throws IOException {
        if (lost && receiptFile != null) {
            throw new UsageException("--receipt: no older key can sign for the new one after --lost");
        }
        ReceiptFile.check(receiptFile);
        KeyRotation rotation = database().signing(db -> db.rotateKey(lost));
        for (VerifierKey retired : rotation.retired()) {
            messages().note("key " + retired.keyId() + " is retired; what it signed stays valid");
        }
        Receipt handover = rotation.handover();
        if (handover == null) {
            messages().note("no older key vouches for the new one: every verifier must be given it by hand");
        }
        out().line(rotation.key().toString());
        if (receiptFile != null) {
            if (handover == null) {
                throw new IOException("there is no receipt to write: no older key signed for the new one");
            }
            ReceiptFile.write(receiptFile, handover);
        }
        return ExitCode.DONE;
    }
}
