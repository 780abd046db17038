package io.blockdb.proof;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whom a verifier trusts: signers, each with one or more verifier keys, and how many of them have to have signed (LEDGER.md,
 * section Ledger tree and checkpoint). For a single server that is one of one, for a cluster a majority.
 *
 * <p>Immutable; may be used from any thread.
 */
public final class CheckpointVerifier {
    private final Origin origin;
    private final List<Signer> signers;
    private final int threshold;

    /**
     * Takes a set of signers.
     *
     * @param threshold how many distinct signers must have signed, 1 to the number of signers
     * @throws IllegalArgumentException if the threshold is out of range, a signer has no key, the keys are not all of one
     *     ledger, or two have the same key_id
     */
    public CheckpointVerifier(List<Signer> signers, int threshold) {
        if (threshold < 1 || threshold > signers.size()) {
            throw new IllegalArgumentException(
                    "threshold " + threshold + " is not 1 to the number of signers, " + signers.size());
        }
        Set<String> keyIds = new HashSet<>();
        Set<Origin> origins = new HashSet<>();
        for (Signer signer : signers) {
            if (signer.keys().isEmpty()) {
                throw new IllegalArgumentException("a signer has no verifier key");
            }
            for (VerifierKey key : signer.keys()) {
                origins.add(key.origin());
                if (!keyIds.add(key.keyId())) {
                    throw new IllegalArgumentException("two verifier keys have the key_id " + key.keyId());
                }
            }
        }
        if (origins.size() != 1) {
            throw new IllegalArgumentException("the verifier keys are of several ledgers: " + origins);
        }
        this.origin = origins.iterator().next();
        this.signers = List.copyOf(signers);
        this.threshold = threshold;
    }

    /** The ledger that the keys are of. */
    public Origin origin() {
        return origin;
    }

    /**
     * Checks that enough signers have signed, and that no line of a known key fails.
     *
     * @throws ProofException if the checkpoint does not hold
     */
    public void verify(Checkpoint checkpoint) throws ProofException {
        if (!checkpoint.origin().equals(origin)) {
            throw new ProofException(
                    ProofException.Step.CHECKPOINT,
                    "it is of ledger '" + checkpoint.origin() + "', the verifier keys are of '" + origin + "'");
        }
        int signed = 0;
        for (Signer signer : signers) {
            boolean counts = false;
            for (VerifierKey key : signer.keys()) {
                counts |= checkpoint.isSignedBy(key);
            }
            signed += counts ? 1 : 0;
        }
        if (signed < threshold) {
            throw new ProofException(
                    ProofException.Step.CHECKPOINT,
                    signed + " of the signers given have signed it, " + threshold + " are needed");
        }
    }

    /**
     * Whether two notes are the evidence that a key signed two histories: they are of one size and different roots, and each
     * holds a signature of that key. One of its lines is enough, whatever the threshold, and also where another line makes a
     * note invalid (LEDGER.md, section Receipt).
     *
     * @return the keys that are convicted; empty where none is
     */
    public List<VerifierKey> convicted(Checkpoint one, Checkpoint other) {
        if (!one.origin().equals(origin)
                || !other.origin().equals(origin)
                || one.treeSize() != other.treeSize()
                || one.root().equals(other.root())) {
            return List.of();
        }
        return signers.stream()
                .flatMap(signer -> signer.keys().stream())
                .filter(key -> one.hasSignatureOf(key) && other.hasSignatureOf(key))
                .toList();
    }
}
