package io.blockdb.cli;

import io.blockdb.proof.CheckpointVerifier;
import io.blockdb.proof.MalformedException;
import io.blockdb.proof.Signer;
import io.blockdb.proof.VerifierKey;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that say whose signatures count. */
final class TrustedKeys {
    /** Between two keys of one signer: a comma, or the end of the line, as {@code key} prints them. */
    static final String SEPARATOR = "\\s*[,\\s]\\s*";

    @Option(
            names = "--key",
            required = true,
            paramLabel = "VKEY[,VKEY...]",
            description = "Verifier key of a signer, as 'key' prints it; its retired keys behind commas or"
                    + " on lines of their own. Once for each signer.")
    private List<String> signers = List.of();

    @Option(names = "--threshold", paramLabel = "K", description = "How many of the signers must have signed (1).")
    private int threshold = 1;

    /**
     * Whom to trust.
     *
     * @throws UsageException if a key is none, or keys and threshold do not go together
     */
    CheckpointVerifier verifier() {
        return verifier(signers, threshold);
    }

    /**
     * Whom to trust: a signer for each element, its keys behind commas.
     *
     * @throws UsageException if a key is none, or keys and threshold do not go together
     */
    static CheckpointVerifier verifier(List<String> signers, int threshold) {
        List<Signer> parsed = new ArrayList<>();
        for (String keys : signers) {
            List<VerifierKey> ofSigner = new ArrayList<>();
            for (String key : keys.strip().split(SEPARATOR, -1)) {
                try {
                    ofSigner.add(VerifierKey.parse(key));
                } catch (MalformedException e) {
                    throw new UsageException("--key '" + key + "': " + e.getMessage());
                }
            }
            parsed.add(new Signer(ofSigner));
        }
        try {
            return new CheckpointVerifier(parsed, threshold);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--key, --threshold: " + e.getMessage());
        }
    }
}
