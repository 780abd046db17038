package io.blockdb.db;

import io.blockdb.base.Hash;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.proof.InclusionProof;
import io.blockdb.proof.MerkleTree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The upper part of the Merkle tree over the entries of a block: what lies above groups of 16 entries. It takes 4 bytes for each
 * entry, and saves hashing all of them for the path of one: 16 are hashed.
 *
 * <p>Threading: any thread.
 */
final class EntryTree {
    private static final int LENGTH = Hash.LENGTH;
    private static final int GROUP = 16;

    private final int groups;
    /** All levels from the groups' roots up; a node without a partner stands in the next level as it is. */
    private final byte[] nodes;

    /** @param leafHashes hashes of all entries of a block, one behind the other */
    EntryTree(byte[] leafHashes) {
        int entries = leafHashes.length / LENGTH;
        this.groups = (entries + GROUP - 1) / GROUP;
        int count = groups;
        for (int width = groups; width > 1; ) {
            width = above(width);
            count += width;
        }
        nodes = new byte[count * LENGTH];
        for (int i = 0; i < groups; i++) {
            int to = Math.min(entries, (i + 1) * GROUP);
            byte[] group = Arrays.copyOfRange(leafHashes, i * GROUP * LENGTH, to * LENGTH);
            MerkleTree.root(group, to - i * GROUP).copyTo(nodes, i * LENGTH);
        }
        int from = 0;
        for (int width = groups; width > 1; width = above(width)) {
            int to = from + width;
            for (int i = 0; i < width / 2; i++) {
                MerkleTree.nodeHash(nodes, (from + 2 * i) * LENGTH, nodes, (to + i) * LENGTH);
            }
            if (width % 2 == 1) {
                System.arraycopy(nodes, (to - 1) * LENGTH, nodes, (to + width / 2) * LENGTH, LENGTH);
            }
            from = to;
        }
    }

    /** That of a block. */
    static EntryTree of(LedgerBlock block) {
        return new EntryTree(block.leafHashes(0, block.entryCount()));
    }

    private static int above(int width) {
        return width / 2 + width % 2;
    }

    /** Bytes of memory. */
    int bytes() {
        return nodes.length;
    }

    /** The path of an entry of the block, from the leaf upwards (RFC 9162, 2.1.3.1). */
    List<Hash> path(LedgerBlock block, int index) {
        int first = index / GROUP * GROUP;
        int end = Math.min(block.entryCount(), first + GROUP);
        byte[] group = block.leafHashes(first, end);
        return path(
                index, InclusionProof.build(group, index - first, end - first).path());
    }

    /** @param within the path within the entry's group */
    List<Hash> path(int index, List<Hash> within) {
        List<Hash> path = new ArrayList<>(within);
        int from = 0;
        int at = index / GROUP;
        for (int width = groups; width > 1; width = above(width)) {
            int sibling = at ^ 1;
            if (sibling < width) {
                path.add(Hash.of(nodes, (from + sibling) * LENGTH, LENGTH));
            }
            from += width;
            at /= 2;
        }
        return path;
    }
}
