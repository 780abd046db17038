package io.blockdb.proof;

import io.blockdb.base.Hash;
import java.util.ArrayList;
import java.util.List;

/**
 * The proof that a leaf stands at a place in a Merkle tree (RFC 9162, section 2.1.3). A path holds only with exactly the
 * length that index and size demand.
 *
 * <p>Any content may be put into one, as it comes from outside: what is out of range proves nothing.
 *
 * @param index place of the leaf, 0 for the first
 * @param size number of leaves of the tree
 * @param path hashes of the siblings, from the leaf upwards
 */
public record InclusionProof(long index, long size, List<Hash> path) {
    /** Copies the path. */
    public InclusionProof {
        path = List.copyOf(path);
    }

    /**
     * Builds the proof for the leaf at {@code index} of a tree of {@code size} leaves, in time proportional to the size: for
     * trees as small as those of a block's entries.
     *
     * @param leafHashes the leaves' hashes, 32 bytes each, one behind the other; <b>overwritten</b>
     */
    public static InclusionProof build(byte[] leafHashes, int index, int size) {
        if (index < 0 || index >= size || size > leafHashes.length / Hash.LENGTH) {
            throw new IllegalArgumentException(
                    "leaf " + index + " of " + size + " in " + leafHashes.length + " bytes of hashes");
        }
        List<Hash> path = new ArrayList<>();
        int at = index;
        for (int width = size; width > 1; width = MerkleTree.hashLevel(leafHashes, width)) {
            int sibling = at ^ 1;
            if (sibling < width) {
                path.add(Hash.of(leafHashes, sibling * Hash.LENGTH, Hash.LENGTH));
            }
            at /= 2;
        }
        return new InclusionProof(index, size, path);
    }

    /** Whether this proves that {@code leafHash} stands at the index in the tree with that root (RFC 9162, 2.1.3.2). */
    public boolean proves(Hash leafHash, Hash root) {
        if (index < 0 || index >= size || size > EntryLeaf.NUMBER_MAX) {
            return false;
        }
        long fn = index;
        long sn = size - 1;
        Hash hash = leafHash;
        for (Hash sibling : path) {
            if (sn == 0) {
                return false;
            }
            if ((fn & 1) == 1 || fn == sn) {
                hash = MerkleTree.nodeHash(sibling, hash);
                // Levels on which the node has no partner: it moves up as it is.
                while ((fn & 1) == 0 && fn != 0) {
                    fn >>>= 1;
                    sn >>>= 1;
                }
            } else {
                hash = MerkleTree.nodeHash(hash, sibling);
            }
            fn >>>= 1;
            sn >>>= 1;
        }
        return sn == 0 && hash.equals(root);
    }
}
