package io.blockdb.cli;

import io.blockdb.cli.database.Database;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.ConsistencyProof;
import io.blockdb.proof.GrowthProof;
import io.blockdb.proof.ProofException;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code prove-consistency}: proves that the ledger grew out of an older checkpoint. */
@Command(
        name = "prove-consistency",
        description = "Prove that the ledger grew out of an older checkpoint of it.",
        footer = {
            "",
            "Prints old_size, new_size, the proof and the newer checkpoint, for 'check-consistency'. What was",
            "written since the newest was signed is not covered: 'checkpoint' signs it. Exit code 1: the ledger",
            "did not grow out of it.",
            "",
            "Examples:",
            "  blockdb-cli checkpoint > monday.note",
            "  blockdb-cli checkpoint > friday.note",
            "  blockdb-cli prove-consistency --from monday.note > growth.json",
            "  blockdb-cli prove-consistency --from monday.note --to friday.note"
        })
final class ProveConsistencyCommand extends BaseCommand {
    @Option(names = "--from", required = true, paramLabel = "FILE", description = "The older checkpoint.")
    private String from;

    @Option(
            names = "--to",
            paramLabel = "FILE",
            description = "The newer checkpoint; default: the newest that was signed.")
    private @Nullable String to;

    @Override
    public Integer call() throws IOException {
        try {
            Checkpoint older = parse("--from", from);
            String named = to;
            Checkpoint newer = named == null
                    ? new SigningSource(database(), messages()).checkpoint(older.treeSize())
                    : parse("--to", named);
            if (!older.origin().equals(newer.origin())) {
                messages()
                        .error("the checkpoints are of two ledgers, '" + older.origin() + "' and '" + newer.origin()
                                + "': give two of the same ledger");
                return ExitCode.NO;
            }
            Optional<ConsistencyProof> path = database().reading(db -> prove(db, older, newer));
            if (path.isEmpty()) {
                return ExitCode.NO;
            }
            GrowthProof proof = new GrowthProof(path.get(), newer.note());
            proof.verify(older, newer);
            out().line(proof.toJson());
            return ExitCode.DONE;
        } catch (ProofException e) {
            messages().error(e.reason());
            return ExitCode.NO;
        }
    }

    private Checkpoint parse(String option, String file) throws IOException {
        try {
            return ProofFile.checkpoint(session(), file);
        } catch (ProofException e) {
            throw new UsageException(option + " " + e.reason());
        }
    }

    /** The path, or nothing where the ledger has none, which was said. */
    private Optional<ConsistencyProof> prove(Database db, Checkpoint older, Checkpoint newer) throws IOException {
        long blocks = db.height() + 1;
        if (older.treeSize() > newer.treeSize() || newer.treeSize() > blocks) {
            messages()
                    .error("the older checkpoint is of " + Counts.format(older.treeSize(), "block") + ", the newer of "
                            + newer.treeSize() + ", and the ledger has " + blocks);
            return Optional.empty();
        }
        return Optional.of(db.consistency(older.treeSize(), newer.treeSize()));
    }
}
