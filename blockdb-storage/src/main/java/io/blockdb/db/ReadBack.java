package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.Hash;
import io.blockdb.base.LedgerPoint;
import io.blockdb.ledger.Ledger;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.LedgerCursor;
import io.blockdb.proof.MerkleTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Reads back from disk what is to be signed, and recomputes all of it from the bytes that stand there: checksums, the digest of
 * every value, every entry's hash, every root, the chain, and with it the ledger tree. It goes on from the tree that was signed
 * before, so each block is read once. A bit that flipped in memory between a write and its signature shows here.
 *
 * <p>Threading: one thread at a time, beside writers.
 */
final class ReadBack {
    private final Ledger ledger;
    private final MerkleTree tree;
    private LedgerPoint point;

    private ReadBack(Ledger ledger, MerkleTree tree, LedgerPoint point) {
        this.ledger = ledger;
        this.tree = tree;
        this.point = point;
    }

    /**
     * Begins behind the first blocks.
     *
     * @param blocks how many, fewer than the ledger has; the tree of so many was signed, or none was and it is 0
     * @param root that tree's root, which the ledger's own tree was held against
     */
    static ReadBack behind(Ledger ledger, long blocks, Hash root) throws IOException {
        // The siblings of the last leaf of a tree are the perfect subtrees before it, the smallest first.
        List<Hash> edge = new ArrayList<>(ledger.tree().inclusionPath(blocks, blocks + 1));
        Collections.reverse(edge);
        MerkleTree tree = new MerkleTree(blocks, edge);
        if (!tree.root().equals(root)) {
            throw treeDamage(ledger, blocks, root, tree.root());
        }
        return new ReadBack(ledger, tree, ledger.pointAt(blocks));
    }

    /** How many blocks were read back. */
    long blocks() {
        return tree.size();
    }

    /** How many entries they hold. */
    long entries() {
        return point.entries();
    }

    /** About how many bytes are to be read before so many blocks are read back. */
    long bytesTo(LedgerPoint end, long segmentSize) {
        long segments = end.place().segment() - point.place().segment();
        return segments * segmentSize + end.place().offset() - point.place().offset();
    }

    /**
     * Reads on.
     *
     * @param blocks up to so many blocks
     * @param bytesMax ends sooner, once about so many bytes were read
     * @return whether so many blocks were read back
     * @throws CorruptionException if what stands on disk does not check out
     */
    boolean advance(long blocks, long bytesMax) throws IOException {
        long bytes = 0;
        try (LedgerCursor cursor = ledger.blocksFrom(point).fromDisk()) {
            while (tree.size() < blocks && bytes < bytesMax) {
                LedgerBlock block = cursor.next();
                if (block == null) {
                    throw new IllegalStateException("the ledger ends at " + tree.size() + ", not at " + blocks);
                }
                block.checkEntriesRoot();
                block.checkValues();
                tree.append(block.hash());
                point = cursor.point();
                bytes += block.frameLength();
            }
        }
        return tree.size() >= blocks;
    }

    /**
     * Root of the tree of the blocks read back, which the ledger's own tree must have as well.
     *
     * @throws CorruptionException if it has not
     */
    Hash root() throws IOException {
        Hash recomputed = tree.root();
        Hash kept = ledger.tree().rootAt(tree.size());
        if (!kept.equals(recomputed)) {
            throw treeDamage(ledger, tree.size(), recomputed, kept);
        }
        return recomputed;
    }

    private static CorruptionException treeDamage(Ledger ledger, long blocks, Hash expected, Hash found)
            throws IOException {
        ledger.tree().discard();
        return new CorruptionException(
                "tree/",
                0,
                0,
                "the tree of " + blocks + " blocks has another root than these blocks: expected " + expected
                        + ", found " + found + "; opening the database for writing builds it anew from the ledger");
    }
}
