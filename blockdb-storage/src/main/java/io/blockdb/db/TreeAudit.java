package io.blockdb.db;

import io.blockdb.base.Hash;
import io.blockdb.db.VerifyReport.Failure;
import io.blockdb.proof.MerkleTree;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * Computes the tree of the ledger from the hashes of its blocks, one by one, and holds its root against every claim as it comes
 * by: what was signed, and what whoever asks remembers.
 *
 * <p>Threading: one thread at a time.
 */
final class TreeAudit {
    private final Damages damages;
    private final Deque<RootClaim> claims = new ArrayDeque<>();
    private final MerkleTree tree = new MerkleTree();
    /** Whether the hashes of all blocks so far are known. */
    private boolean known;

    /** The largest tree that was as somebody remembers it. */
    private long agreed;

    /** @param fromGenesis whether the first block will be the ledger's first */
    TreeAudit(Damages damages, List<RootClaim> claims, boolean fromGenesis) {
        this.damages = damages;
        this.known = fromGenesis;
        claims.stream().sorted(Comparator.comparingLong(RootClaim::treeSize)).forEach(this.claims::add);
        checkRoot();
    }

    void add(long height, Hash hash) {
        if (known && height == tree.size()) {
            tree.append(hash);
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
        while (known && !claims.isEmpty() && claims.element().treeSize() == tree.size()) {
            RootClaim claim = claims.remove();
            Hash root = tree.root();
            if (claim.root().equals(root)) {
                agreed = claim.treeSize();
            } else {
                damages.add(new Failure(
                        "ledger/",
                        0,
                        agreed,
                        "the ledger is not the one that " + claim.source() + " remembers: root of the first "
                                + claim.treeSize() + " blocks: expected " + claim.root() + ", found " + root));
            }
        }
    }

    /**
     * The ledger is over.
     *
     * @param blocks how many blocks it has
     * @param file where it ends
     * @param offset where it ends in that file
     */
    void finish(long blocks, String file, long offset) {
        for (RootClaim claim : claims) {
            if (claim.treeSize() > blocks) {
                damages.add(new Failure(
                        file,
                        offset,
                        blocks,
                        "the ledger is cut short: " + claim.source() + " remembers " + claim.treeSize()
                                + " blocks: expected " + claim.treeSize() + ", found " + blocks));
            } else {
                damages.note("What " + claim.source() + " remembers of the first " + claim.treeSize()
                        + " blocks could not be compared: the hashes of all blocks before are not known.");
            }
        }
    }
}
