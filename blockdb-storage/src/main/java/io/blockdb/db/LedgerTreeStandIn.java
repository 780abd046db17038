package io.blockdb.db;

import io.blockdb.base.Hash;
import io.blockdb.ledger.Ledger;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.LedgerCursor;
import io.blockdb.proof.MerkleTree;
import java.io.IOException;

/** Stand-in until the real one is there. */
record LedgerTreeStandIn(Ledger ledger) {
    Hash rootAt(long size) throws IOException {
        return edgeAt(size).root();
    }

    MerkleTree edgeAt(long size) throws IOException {
        MerkleTree tree = new MerkleTree();
        try (LedgerCursor cursor = ledger.blocksFrom(Ledger.GENESIS)) {
            while (tree.size() < size) {
                LedgerBlock block = cursor.next();
                if (block == null) {
                    throw new IllegalStateException();
                }
                tree.append(block.hash());
            }
        }
        return tree;
    }
}
