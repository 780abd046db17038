package io.blockdb.proof;

import io.blockdb.base.Hash;
import java.util.ArrayList;
import java.util.List;

/**
 * The proof that a Merkle tree is the beginning of a larger one, so that nothing was changed between the two (RFC 9162,
 * section 2.1.4). A path holds only with exactly the length that the two sizes demand.
 *
 * <p>Any content may be put into one, as it comes from outside: what is out of range proves nothing.
 *
 * @param oldSize number of leaves of the older tree
 * @param newSize number of leaves of the newer tree
 * @param path the hashes of RFC 9162, 2.1.4.1, in its order
 */
public record ConsistencyProof(long oldSize, long newSize, List<Hash> path) {
    /** Copies the path. */
    public ConsistencyProof {
        path = List.copyOf(path);
    }

    /**
     * Builds the proof between the first {@code oldSize} and the first {@code newSize} leaves, in time proportional to the
     * latter: for small trees.
     *
     * @param leafHashes the leaves' hashes, 32 bytes each, one behind the other; left as they are
     */
    public static ConsistencyProof build(byte[] leafHashes, int oldSize, int newSize) {
        if (oldSize < 0 || oldSize > newSize || newSize > leafHashes.length / Hash.LENGTH) {
            throw new IllegalArgumentException(
                    "trees of " + oldSize + " and " + newSize + " leaves in " + leafHashes.length + " bytes of hashes");
        }
        List<Hash> path = new ArrayList<>();
        if (oldSize > 0 && oldSize < newSize) {
            addSubproof(leafHashes, 0, newSize, oldSize, true, path);
        }
        return new ConsistencyProof(oldSize, newSize, path);
    }

    /** SUBPROOF(m, D[from:from + size], known) of RFC 9162, 2.1.4.1. */
    private static void addSubproof(byte[] leafHashes, int from, int size, int m, boolean known, List<Hash> path) {
        if (m == size) {
            if (!known) {
                path.add(subtree(leafHashes, from, size));
            }
            return;
        }
        int left = Integer.highestOneBit(size - 1);
        if (m <= left) {
            addSubproof(leafHashes, from, left, m, known, path);
            path.add(subtree(leafHashes, from + left, size - left));
        } else {
            addSubproof(leafHashes, from + left, size - left, m - left, false, path);
            path.add(subtree(leafHashes, from, left));
        }
    }

    private static Hash subtree(byte[] leafHashes, int from, int size) {
        byte[] copy = new byte[size * Hash.LENGTH];
        System.arraycopy(leafHashes, from * Hash.LENGTH, copy, 0, copy.length);
        return MerkleTree.root(copy, size);
    }

    /**
     * Whether this proves that the tree with {@code oldRoot} is the beginning of the one with {@code newRoot} (RFC 9162,
     * 2.1.4.2). The root at size 0 is always {@code H("")}; between equal sizes the path is empty and the roots equal.
     */
    public boolean proves(Hash oldRoot, Hash newRoot) {
        if (oldSize < 0 || oldSize > newSize || newSize > EntryLeaf.NUMBER_MAX) {
            return false;
        }
        if (oldSize == 0) {
            boolean rootsHold =
                    oldRoot.equals(MerkleTree.EMPTY_ROOT) && (newSize > 0 || newRoot.equals(MerkleTree.EMPTY_ROOT));
            return path.isEmpty() && rootsHold;
        }
        if (oldSize == newSize) {
            return path.isEmpty() && oldRoot.equals(newRoot);
        }
        return !path.isEmpty() && provesGrowth(oldRoot, newRoot);
    }

    private boolean provesGrowth(Hash oldRoot, Hash newRoot) {
        // Both trees share the perfect subtrees under the old one's right edge, so the walk begins above the lowest.
        int shift = Long.numberOfTrailingZeros(oldSize);
        long fn = (oldSize - 1) >>> shift;
        long sn = (newSize - 1) >>> shift;
        // An old tree that is perfect is itself where the walk begins, and its root is not repeated in the path.
        boolean perfect = Long.bitCount(oldSize) == 1;
        Hash oldHash = perfect ? oldRoot : path.get(0);
        Hash newHash = oldHash;
        for (Hash sibling : path.subList(perfect ? 0 : 1, path.size())) {
            if (sn == 0) {
                return false;
            }
            if ((fn & 1) == 1 || fn == sn) {
                oldHash = MerkleTree.nodeHash(sibling, oldHash);
                newHash = MerkleTree.nodeHash(sibling, newHash);
                // Levels on which the node has no partner: it moves up as it is.
                while ((fn & 1) == 0 && fn != 0) {
                    fn >>>= 1;
                    sn >>>= 1;
                }
            } else {
                newHash = MerkleTree.nodeHash(newHash, sibling);
            }
            fn >>>= 1;
            sn >>>= 1;
        }
        return sn == 0 && oldHash.equals(oldRoot) && newHash.equals(newRoot);
    }
}
