package io.blockdb.proof;

import io.blockdb.base.Hash;
import java.security.MessageDigest;
import java.util.List;

/**
 * The Merkle tree of RFC 6962, section 2.1 (RFC 9162, section 2.1.1): {@code leaf(d) = H(0x00 || d)}, {@code node(l, r) =
 * H(0x01 || l || r)}, the left subtree of n leaves holds the largest power of two below n. A leaf without a partner is
 * never doubled: its hash moves up as it is.
 *
 * <p>The static methods hash leaves and whole trees. An instance is the right edge of a tree that grows: it keeps one
 * hash for each perfect subtree that the leaves so far fill, that is for each bit of {@link #size}, and so knows the root
 * after every leaf with O(log n) memory. The ledger tree is kept that way.
 *
 * <p>Threading: static methods from any thread; an instance is used by one thread at a time.
 */
public final class MerkleTree {
    /** Root of the tree without leaves: {@code H("")}. */
    public static final Hash EMPTY_ROOT = Sha256.finish(Sha256.digest());

    private static final int LENGTH = Hash.LENGTH;
    private static final byte LEAF_PREFIX = 0;
    private static final byte NODE_PREFIX = 1;
    /** A tree of at most 2^53 - 1 leaves has at most 53 perfect subtrees at its edge. */
    private static final int EDGE_MAX = 53;

    /** Roots of the perfect subtrees, left (largest) to right, and room for the leaf to come. */
    private final byte[] edge = new byte[(EDGE_MAX + 1) * LENGTH];

    private long size;

    /** A tree without leaves. */
    public MerkleTree() {}

    /**
     * A tree that goes on from its right edge.
     *
     * @param size number of leaves
     * @param subtrees roots of the perfect subtrees that the leaves fill, the largest first: one for each bit of the size
     */
    public MerkleTree(long size, List<Hash> subtrees) {
        if (size < 0 || size > EntryLeaf.NUMBER_MAX || subtrees.size() != Long.bitCount(size)) {
            throw new IllegalArgumentException(subtrees.size() + " perfect subtrees for " + size + " leaves");
        }
        this.size = size;
        for (int i = 0; i < subtrees.size(); i++) {
            subtrees.get(i).copyTo(edge, i * LENGTH);
        }
    }

    /** Hash of a leaf whose data is the whole array. */
    public static Hash leafHash(byte[] data) {
        return leafHash(data, 0, data.length);
    }

    /** Hash of a leaf whose data is {@code data[offset, offset + length)}. */
    public static Hash leafHash(byte[] data, int offset, int length) {
        MessageDigest digest = Sha256.digest();
        digest.update(LEAF_PREFIX);
        digest.update(data, offset, length);
        return Sha256.finish(digest);
    }

    /** Writes the hash of a leaf, 32 bytes, to {@code target} at {@code targetOffset}; allocates nothing. */
    public static void leafHash(byte[] data, int offset, int length, byte[] target, int targetOffset) {
        MessageDigest digest = Sha256.digest();
        digest.update(LEAF_PREFIX);
        digest.update(data, offset, length);
        Sha256.finish(digest, target, targetOffset);
    }

    /** Hash of the node above two others. */
    public static Hash nodeHash(Hash left, Hash right) {
        byte[] children = new byte[2 * LENGTH];
        left.copyTo(children, 0);
        right.copyTo(children, LENGTH);
        nodeHash(children, 0, children, 0);
        return Hash.of(children, 0, LENGTH);
    }

    /**
     * Writes the hash of the node above two others, 32 bytes, to {@code target} at {@code targetOffset}; allocates
     * nothing. The target may overlap the children.
     *
     * @param children holds the left child's hash at {@code offset}, the right one's right behind it
     */
    public static void nodeHash(byte[] children, int offset, byte[] target, int targetOffset) {
        MessageDigest digest = Sha256.digest();
        digest.update(NODE_PREFIX);
        digest.update(children, offset, 2 * LENGTH);
        Sha256.finish(digest, target, targetOffset);
    }

    /**
     * Root of the tree of {@code count} leaves.
     *
     * @param leafHashes the leaves' hashes, 32 bytes each, one behind the other; <b>overwritten</b>, so that a commit needs
     *     no second array
     */
    public static Hash root(byte[] leafHashes, int count) {
        if (count < 0 || count > leafHashes.length / LENGTH) {
            throw new IllegalArgumentException(count + " leaf hashes in " + leafHashes.length + " bytes");
        }
        if (count == 0) {
            return EMPTY_ROOT;
        }
        for (int width = count; width > 1; ) {
            width = hashLevel(leafHashes, width);
        }
        return Hash.of(leafHashes, 0, LENGTH);
    }

    /** Replaces a level of {@code width} nodes by the one above it, in place, and returns that one's width. */
    static int hashLevel(byte[] level, int width) {
        int pairs = width / 2;
        for (int i = 0; i < pairs; i++) {
            nodeHash(level, 2 * i * LENGTH, level, i * LENGTH);
        }
        if (width % 2 == 1) {
            System.arraycopy(level, (width - 1) * LENGTH, level, pairs * LENGTH, LENGTH);
        }
        return pairs + width % 2;
    }

    /** Number of leaves appended so far. */
    public long size() {
        return size;
    }

    /**
     * Appends a leaf.
     *
     * @param leafHash the leaf's hash; in the ledger tree the block hash
     * @throws IllegalStateException if the tree has 2^53 - 1 leaves
     */
    public void append(Hash leafHash) {
        if (size == EntryLeaf.NUMBER_MAX) {
            throw new IllegalStateException("the tree is full: it has " + size + " leaves");
        }
        int top = Long.bitCount(size);
        leafHash.copyTo(edge, top * LENGTH);
        // As in adding one to a binary number: each trailing 1 is a perfect subtree that the new one doubles.
        for (long carry = size; (carry & 1) == 1; carry >>>= 1) {
            top--;
            nodeHash(edge, top * LENGTH, edge, top * LENGTH);
        }
        size++;
    }

    /** Root of the tree of the leaves appended so far. */
    public Hash root() {
        int top = Long.bitCount(size);
        if (top == 0) {
            return EMPTY_ROOT;
        }
        byte[] children = new byte[2 * LENGTH];
        System.arraycopy(edge, (top - 1) * LENGTH, children, LENGTH, LENGTH);
        for (int i = top - 2; i >= 0; i--) {
            System.arraycopy(edge, i * LENGTH, children, 0, LENGTH);
            nodeHash(children, 0, children, LENGTH);
        }
        return Hash.of(children, LENGTH, LENGTH);
    }
}
