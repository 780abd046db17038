package io.blockdb.cli;

import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.CheckpointVerifier;
import io.blockdb.proof.GrowthProof;
import io.blockdb.proof.MalformedException;
import io.blockdb.proof.ProofException;
import io.blockdb.proof.VerifierKey;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code check-consistency}: checks offline that one checkpoint's ledger grew out of another's. */
@Command(
        name = "check-consistency",
        description = "Check that a ledger grew out of an older checkpoint of it.",
        footer = {
            "",
            "Needs no database and no network. PROOF is what prove-consistency prints; it holds the newer",
            "checkpoint, where --checkpoint does not name it. Exit code 1: it does not hold; standard error",
            "says why.",
            "",
            "Examples:",
            "  blockdb-cli prove-consistency --from monday.note > growth.json",
            "  blockdb-cli check-consistency monday.note growth.json --key \"$(cat blockdb.vkey)\""
        })
final class CheckConsistencyCommand extends BaseCommand {
    private static final List<Column> COLUMNS = List.of(
            Column.flag("valid", ""),
            Column.number("old_size", ""),
            Column.number("new_size", ""),
            Column.text("origin", ""),
            Column.text("reason", ""));

    @Parameters(index = "0", paramLabel = "OLDER", description = "The older checkpoint, which you kept.")
    private String older;

    @Parameters(index = "1", paramLabel = "PROOF", description = "The proof; - reads standard input.")
    private String proofFile;

    @Option(
            names = "--checkpoint",
            paramLabel = "FILE",
            description = "The newer checkpoint, where the proof does not hold it.")
    private @Nullable String newerFile;

    @Mixin
    private TrustedKeys keys;

    @Override
    List<OutputFormat> formats() {
        return SENTENCE;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = format();
        CheckpointVerifier trusted = keys.verifier();
        byte[] json = ProofFile.read(session(), proofFile);
        try {
            Checkpoint old = ProofFile.checkpoint(session(), older);
            GrowthProof proof = parse(json);
            Checkpoint newer = newer(proof);
            if (!old.origin().equals(newer.origin())) {
                throw new ProofException(
                        ProofException.Step.CONSISTENCY,
                        "the checkpoints are of two ledgers, '" + old.origin() + "' and '" + newer.origin() + "'");
            }
            if (old.treeSize() == newer.treeSize() && !old.root().equals(newer.root())) {
                throw new ProofException(ProofException.Step.CONSISTENCY, evidence(trusted, old, newer));
            }
            trusted.verify(old);
            trusted.verify(newer);
            proof.verify(old, newer);
            return print(old, newer, format);
        } catch (ProofException e) {
            return refuse(e, format);
        }
    }

    private GrowthProof parse(byte[] json) throws ProofException {
        try {
            return GrowthProof.parse(json);
        } catch (MalformedException e) {
            throw new ProofException(ProofException.Step.FORM, proofFile + ": " + e.getMessage());
        }
    }

    private Checkpoint newer(GrowthProof proof) throws IOException, ProofException {
        if (newerFile != null) {
            return ProofFile.checkpoint(session(), newerFile);
        }
        String note = proof.checkpoint();
        if (note == null) {
            throw new UsageException(proofFile + " does not hold the newer checkpoint; name it with --checkpoint");
        }
        try {
            return Checkpoint.parse(note);
        } catch (MalformedException e) {
            throw new ProofException(ProofException.Step.CHECKPOINT, proofFile + ": " + e.getMessage());
        }
    }

    /** What two checkpoints of one size and different roots say. */
    static String evidence(CheckpointVerifier trusted, Checkpoint one, Checkpoint other) {
        List<String> convicted =
                trusted.convicted(one, other).stream().map(VerifierKey::keyId).toList();
        return convicted.isEmpty()
                ? "the two checkpoints are of the same size and have different roots; no key given has signed both"
                : "EVIDENCE OF TAMPERING: key " + String.join(", ", convicted)
                        + " has signed two different histories of " + Counts.format(one.treeSize(), "block")
                        + ". Keep both checkpoints";
    }

    private int print(Checkpoint old, Checkpoint newer, OutputFormat format) throws IOException {
        if (format == OutputFormat.JSON) {
            try (Rows rows = Rows.object(out(), COLUMNS, false)) {
                rows.add(true, old.treeSize(), newer.treeSize(), old.origin().toString(), null);
            }
        } else {
            out().line(session().style().good("✓") + " The ledger of " + Counts.format(newer.treeSize(), "block")
                    + " grew out of the one of " + Counts.format(old.treeSize(), "block")
                    + ": nothing before was changed");
        }
        return ExitCode.DONE;
    }

    private int refuse(ProofException e, OutputFormat format) throws IOException {
        if (format == OutputFormat.JSON) {
            try (Rows rows = Rows.object(out(), COLUMNS, false)) {
                rows.add(false, null, null, null, e.getMessage());
            }
        }
        out().flush();
        messages().line(messages().style().bad("✗") + " It is not shown that the ledger grew out of " + older);
        messages().line("  " + Text.printable(e.step() + ": " + e.reason()));
        return ExitCode.NO;
    }
}
