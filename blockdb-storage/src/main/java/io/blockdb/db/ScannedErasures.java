package io.blockdb.db;

import io.blockdb.ledger.ErasedValues;
import io.blockdb.ledger.Ledger;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.LedgerCursor;
import io.blockdb.proof.EntryLeaf;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which values were erased, by reading the ledger through once: for a database that is open read-only and whose index is too
 * far behind to be asked.
 *
 * <p>Threading: one thread at a time.
 */
final class ScannedErasures implements ErasedValues {
    private final Ledger ledger;
    private @Nullable Set<Long> erased;

    ScannedErasures(Ledger ledger) {
        this.ledger = ledger;
    }

    @Override
    public boolean isErased(long sequence) throws IOException {
        Set<Long> known = erased;
        if (known == null) {
            known = scan();
            erased = known;
        }
        return known.contains(sequence);
    }

    private Set<Long> scan() throws IOException {
        Set<Long> found = new HashSet<>();
        try (LedgerCursor blocks = ledger.blocksFrom(Ledger.GENESIS)) {
            for (LedgerBlock block; (block = blocks.next()) != null; ) {
                for (int i = 0; i < block.entryCount(); i++) {
                    EntryLeaf leaf = block.leaf(i);
                    if (leaf.isOf(SystemTables.ERASURES)) {
                        byte[] key = leaf.key();
                        found.add(SystemTables.erasedSequence(key, 0, key.length));
                    }
                }
            }
        }
        return found;
    }
}
