package io.blockdb.db;

import io.blockdb.base.Hash;
import io.blockdb.proof.MerkleTree;
import java.util.ArrayList;
import java.util.List;

/**
 * The Merkle tree over the entries of one block with all its nodes, so that the path of any entry is read, not computed.
 *
 * <p>Threading: any thread.
 */
final class EntryTree {
    private static final int LENGTH = Hash.LENGTH;

    private final int entries;
    /** All levels from the leaves up; a node without a partner stands in the next level as it is. */
    private final byte[] nodes;

    /** @param leafHashes the entries' hashes, one behind the other */
    EntryTree(byte[] leafHashes) {
        this.entries = leafHashes.length / LENGTH;
        int count = entries;
        for (int width = entries; width > 1; ) {
            width = above(width);
            count += width;
        }
        nodes = new byte[count * LENGTH];
        System.arraycopy(leafHashes, 0, nodes, 0, leafHashes.length);
        int from = 0;
        for (int width = entries; width > 1; width = above(width)) {
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

    private static int above(int width) {
        return width / 2 + width % 2;
    }

    /** Bytes of memory. */
    int bytes() {
        return nodes.length;
    }

    /** The path of an entry, from the leaf upwards (RFC 9162, 2.1.3.1). */
    List<Hash> path(int index) {
        List<Hash> path = new ArrayList<>();
        int from = 0;
        int at = index;
        for (int width = entries; width > 1; width = above(width)) {
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
