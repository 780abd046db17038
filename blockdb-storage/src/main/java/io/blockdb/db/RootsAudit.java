package io.blockdb.db;

import io.blockdb.base.Hash;
import io.blockdb.base.LedgerId;
import io.blockdb.db.VerifyReport.Failure;
import io.blockdb.ledger.TreeAudit;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.MerkleTree;
import io.blockdb.proof.ProofException;
import io.blockdb.proof.VerifierKey;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Computes the tree of the ledger from the hashes of its blocks, one by one, and holds its root against every claim as it comes
 * by: what was signed, and what whoever asks remembers.
 *
 * <p>Threading: one thread at a time.
 */
final class RootsAudit {
    private final Damages damages;
    private final Deque<RootClaim> claims = new ArrayDeque<>();
    private final MerkleTree tree = new MerkleTree();
    private final @Nullable TreeAudit files;
    /** What was told of the ledger because of a claim: only as good as the claim's signature. */
    private final IdentityHashMap<RootClaim, Failure> told = new IdentityHashMap<>();

    /** Whether the hashes of all blocks so far are known. */
    private boolean known;

    /** The largest tree that was as somebody remembers it. */
    private long agreed;

    /**
     * @param files the tree's files; null where they are left out
     * @param fromGenesis whether the first block will be the ledger's first
     */
    RootsAudit(Damages damages, List<RootClaim> claims, @Nullable TreeAudit files, boolean fromGenesis) {
        this.damages = damages;
        this.files = files;
        this.known = fromGenesis;
        claims.stream().sorted(Comparator.comparingLong(RootsAudit::size)).forEach(this.claims::add);
        checkRoot();
    }

    private static long size(RootClaim claim) {
        return claim.checkpoint().treeSize();
    }

    void add(long height, Hash hash) {
        if (known && height == tree.size()) {
            tree.append(hash);
            if (files != null) {
                files.add(hash);
            }
            checkRoot();
        } else {
            known = false;
        }
    }

    /** The hash of a block is not known. */
    void missing() {
        known = false;
    }

    private void checkRoot() {
        while (known && !claims.isEmpty() && size(claims.element()) == tree.size()) {
            RootClaim claim = claims.remove();
            Hash root = tree.root();
            if (claim.checkpoint().root().equals(root)) {
                agreed = size(claim);
            } else {
                tell(
                        claim,
                        "ledger/",
                        0,
                        agreed,
                        "the ledger is not the one that " + claim.source() + " remembers: root of the first "
                                + size(claim) + " blocks: expected "
                                + claim.checkpoint().root() + ", found " + root);
            }
        }
    }

    private void tell(RootClaim claim, String file, long offset, long height, String reason) {
        Failure failure = new Failure(file, offset, height, reason);
        told.put(claim, failure);
        damages.add(failure);
    }

    /**
     * Checks whose the claims are, after the last block. A claim that is of another ledger, or that was altered after it was
     * signed, says nothing of the ledger: what was told because of it is taken back, and the claim is named.
     *
     * @param ledgerId the ledger's, null where it has no block
     * @param own the ledger's own keys, as far as they are known
     * @param allKnown whether they are all known
     * @param remembered whether the claims are what the database itself remembers: then one of its keys must have signed them
     */
    void checkSignatures(
            List<RootClaim> claims,
            @Nullable LedgerId ledgerId,
            Collection<VerifierKey> own,
            boolean allKnown,
            boolean remembered) {
        for (RootClaim claim : claims) {
            LedgerId of = claim.checkpoint().origin().ledgerId();
            if (ledgerId != null && !of.equals(ledgerId)) {
                refute(
                        claim,
                        remembered
                                ? "the checkpoint is of another ledger: expected " + ledgerId + ", found " + of
                                : "this is another ledger than the checkpoint is of: expected " + of + ", found "
                                        + ledgerId);
                continue;
            }
            try {
                String id = signer(claim.checkpoint(), claim.keys().isEmpty() ? own : claim.keys());
                if (remembered) {
                    if (id == null && allKnown) {
                        damages.add(unsigned(claim));
                    }
                } else {
                    tellSigner(claim, id);
                }
            } catch (ProofException e) {
                refute(claim, String.valueOf(e.getMessage()));
            }
        }
    }

    private void tellSigner(RootClaim claim, @Nullable String id) {
        boolean given = !claim.keys().isEmpty();
        if (id != null) {
            damages.note("The checkpoint in " + claim.source() + " is signed by key " + id + ", which "
                    + (given ? "was given." : "the ledger itself names."));
        } else if (given) {
            damages.add(unsigned(claim));
        } else {
            damages.note("The signature of the checkpoint in " + claim.source()
                    + " was not checked: no key that signed it is known. Its root was compared.");
        }
    }

    private static Failure unsigned(RootClaim claim) {
        return new Failure(claim.source(), 0, -1, "none of the keys that count has signed this checkpoint");
    }

    private void refute(RootClaim claim, String reason) {
        Failure because = told.remove(claim);
        if (because != null) {
            damages.withdraw(because);
        }
        damages.add(new Failure(claim.source(), 0, -1, reason));
    }

    private static @Nullable String signer(Checkpoint checkpoint, Collection<VerifierKey> keys) throws ProofException {
        String id = null;
        for (VerifierKey key : keys) {
            if (checkpoint.isSignedBy(key)) {
                id = key.keyId();
            }
        }
        return id;
    }

    /**
     * The ledger is over.
     *
     * @param blocks how many blocks it has
     * @param file where it ends
     * @param offset where it ends in that file
     * @param unreadable whether more may stand there, that cannot be read
     */
    void finish(long blocks, String file, long offset, boolean unreadable) {
        for (RootClaim claim : claims) {
            if (size(claim) > blocks && !unreadable) {
                tell(
                        claim,
                        file,
                        offset,
                        blocks,
                        "the ledger is cut short: " + claim.source() + " remembers " + size(claim)
                                + " blocks: expected " + size(claim) + ", found " + blocks);
            } else {
                damages.note("What " + claim.source() + " remembers of the first " + size(claim)
                        + " blocks could not be compared: the hashes of all blocks before are not known.");
            }
        }
        TreeAudit audited = files;
        if (audited != null && known) {
            audited.finish().forEach(damage -> damages.add(damage, -1));
        } else if (audited != null && audited.recorded() > 0) {
            damages.note("The files of the tree were not checked: the hashes of all blocks are not known.");
        }
    }
}
