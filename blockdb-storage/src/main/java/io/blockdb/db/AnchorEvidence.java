package io.blockdb.db;

import io.blockdb.base.LedgerId;
import io.blockdb.io.FileSystem;
import io.blockdb.ledger.Ledger;
import io.blockdb.ledger.SignedEvidence;
import io.blockdb.proof.Checkpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The newest signed checkpoint as evidence of where the ledger ends: the one in the data directory, as the second one may be
 * younger than a directory that was brought back from a backup.
 *
 * <p>Its signature is checked with the keys at hand before a ledger is called damaged for it. Where the directory holds none of
 * the keys that signed it (a copy without them), it is believed.
 *
 * <p>Threading: the thread that opens the database.
 */
final class AnchorEvidence implements SignedEvidence {
    private final SignedMemory memory;
    private final KeyFiles files;
    private final FileSystem fileSystem;
    private final Path ledger;
    private final List<String> notes;

    /**
     * @param ledger directory of the ledger
     * @param notes takes why the checkpoint was not used
     */
    AnchorEvidence(SignedMemory memory, KeyFiles files, FileSystem fileSystem, Path ledger, List<String> notes) {
        this.memory = memory;
        this.files = files;
        this.fileSystem = fileSystem;
        this.ledger = ledger;
        this.notes = notes;
    }

    @Override
    public long beyond(long blocks) throws IOException {
        if (memory.statedSize() <= blocks) {
            return 0;
        }
        Checkpoint signed = memory.unverified();
        LedgerId ledgerId = Ledger.idOf(fileSystem, ledger);
        if (signed == null
                || ledgerId != null && !ledgerId.equals(signed.origin().ledgerId())) {
            notes.add("keys/ANCHOR is not of this ledger or cannot be read, and was not used.");
            return 0;
        }
        String problem = Signatures.failure(signed, files.verifierKeys(signed.origin()));
        if (problem != null) {
            notes.add("The newest signed checkpoint in keys/ANCHOR was not used as evidence of the ledger's end: "
                    + problem + ".");
            return 0;
        }
        return signed.treeSize();
    }
}
