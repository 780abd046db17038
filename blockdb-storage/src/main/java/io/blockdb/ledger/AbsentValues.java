package io.blockdb.ledger;

import io.blockdb.base.CorruptionException;
import io.blockdb.proof.EntryLeaf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Holds the values of blocks against their entries, where some were erased: a salted value that is gone,
 * or half overwritten, is none that was altered if an entry of {@code _erasures} behind it says so. A value without a salt can never
 * be gone.
 *
 * <p>Memory grows with the erasures alone. Threading: one thread.
 */
public final class AbsentValues {
    private static final String ERASURES = "_erasures";

    /** Sequences of values that are not there. */
    private final Set<Long> absent = new TreeSet<>();

    /** Those of them of which nothing is left. */
    private final Set<Long> gone = new TreeSet<>();

    /** Sequences whose values entries of {@code _erasures} erase. */
    private final Set<Long> erased = new TreeSet<>();

    /** Nothing was seen yet. */
    public AbsentValues() {}

    /**
     * Checks the values of a block, and takes note of what it erases.
     *
     * @throws CorruptionException if a value that nothing can have erased is not the one that its entry commits to
     */
    public void block(LedgerBlock block) throws IOException {
        for (int i = 0; i < block.entryCount(); i++) {
            EntryLeaf leaf = block.leaf(i);
            if (leaf.kind() != EntryLeaf.KIND_PUT) {
                continue;
            }
            if (!isThere(block, i, leaf)) {
                absent.add(block.header().firstSequence() + i);
            } else if (leaf.table().toString().equals(ERASURES) && leaf.key().length == Long.BYTES) {
                erased.add(ByteBuffer.wrap(leaf.key()).getLong());
            }
        }
    }

    private boolean isThere(LedgerBlock block, int index, EntryLeaf leaf) throws CorruptionException {
        try {
            StoredValue value = block.value(index);
            if (!value.isErased() && leaf.digestMatches(value.salt(), value.value())) {
                return true;
            }
            if (value.isErased()) {
                gone.add(block.header().firstSequence() + index);
            }
        } catch (CorruptionException e) {
            if (leaf.saltLength() == 0) {
                throw e;
            }
        }
        if (leaf.saltLength() == 0) {
            throw block.corrupt("entry " + index + " (sequence "
                    + (block.header().firstSequence() + index)
                    + "): the value is not the one that the entry commits to: expected digest " + leaf.valueDigest());
        }
        return false;
    }

    /** Whether all values were there. */
    boolean none() {
        return absent.isEmpty();
    }

    /** Whether of a value that is not there nothing at all is left, as where it was erased. */
    boolean anyGone() {
        return !gone.isEmpty();
    }

    /** Adds what another one has seen. */
    void add(AbsentValues other) {
        absent.addAll(other.absent);
        gone.addAll(other.gone);
        erased.addAll(other.erased);
    }

    /** Whether an entry that was seen erases the value of a sequence. */
    boolean isErased(long sequence) {
        return erased.contains(sequence);
    }

    /** Whether entries that were seen erase all values that another one has not found. */
    boolean explains(AbsentValues other) {
        return erased.containsAll(other.absent);
    }

    /** Sequences of values that are not there, and that no entry erases. */
    public SortedSet<Long> unexplained() {
        SortedSet<Long> unexplained = new TreeSet<>(absent);
        unexplained.removeAll(erased);
        return unexplained;
    }

    /** How many values entries erase, whether they are there or not. */
    public long erased() {
        return erased.size();
    }

    /** How many values entries erase that were not found to be gone: they are there, in part perhaps, or were not looked at. */
    long erasedNotGone() {
        return erased.stream().filter(each -> !gone.contains(each)).count();
    }
}
