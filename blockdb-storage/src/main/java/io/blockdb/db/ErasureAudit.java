package io.blockdb.db;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.blockdb.base.CorruptionException;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.proof.EntryLeaf;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Holds values against erasures in one pass over the ledger, in any order: an entry of {@code _erasures} comes after the value
 * that it erases, and the bytes alone do not say whether a value may be gone.
 *
 * <ul>
 *   <li>A value in the erased state needs an entry that erases it.
 *   <li>A value that does not check out needs an entry that erases it and was not carried out yet.
 *   <li>A value that is there must not have been erased by an entry that was carried out.
 * </ul>
 *
 * <p>Memory grows with the erasures alone. Threading: any thread.
 */
final class ErasureAudit {
    /** Every entry of {@code _erasures} with a lower sequence was carried out before the audit began. */
    private final long doneThrough;

    /** Values below this sequence are not looked at. */
    private final long begin;

    /** Values that are not present: what is wrong with their bytes, or what would be if nothing erased them. */
    @GuardedBy("this")
    private final Map<Long, Absent> absent = new HashMap<>();

    /** Sequence of the entry in {@code _erasures}, by that of the entry whose value it erases. */
    @GuardedBy("this")
    private final Map<Long, Long> erasures = new HashMap<>();

    /**
     * A value that is not there.
     *
     * @param erased whether it is in the erased state, to the byte
     * @param damage what is to be said where no erasure accounts for it
     */
    private record Absent(long height, boolean erased, CorruptionException damage) {}

    /**
     * What no erasure accounts for.
     *
     * @param sequence of the entry whose value it is
     */
    record Unaccounted(long height, long sequence, CorruptionException damage) {}

    /**
     * @param begin values below this sequence are not looked at, and whatever is said of them is left alone
     * @param doneThrough how far the manifest said, before the first block is read, that erasures were carried out
     */
    ErasureAudit(long begin, long doneThrough) {
        this.begin = begin;
        this.doneThrough = doneThrough;
    }

    /**
     * Checks all values of a block, and takes note of the erasures that it holds.
     *
     * @throws CorruptionException if a value that can never be erased does not check out
     */
    void block(LedgerBlock block) throws CorruptionException {
        long height = block.header().height();
        for (int i = 0; i < block.entryCount(); i++) {
            long sequence = block.header().firstSequence() + i;
            if (block.saltLength(i) == 0) {
                block.checkValue(i);
                noteErasure(block.leaf(i), sequence);
                continue;
            }
            try {
                if (block.checkValue(i)) {
                    absent(height, sequence, true, block.erasedWithoutEntry(i));
                }
            } catch (CorruptionException e) {
                absent(height, sequence, false, e);
            }
        }
    }

    /** Takes note of the erasures of a block, whose values are not looked at. */
    void erasuresOf(LedgerBlock block) throws CorruptionException {
        for (int i = 0; i < block.entryCount(); i++) {
            noteErasure(block.leaf(i), block.header().firstSequence() + i);
        }
    }

    private synchronized void absent(long height, long sequence, boolean erased, CorruptionException damage) {
        absent.put(sequence, new Absent(height, erased, damage));
    }

    private synchronized void noteErasure(EntryLeaf leaf, long sequence) {
        if (leaf.isOf(SystemTables.ERASURES)) {
            byte[] key = leaf.key();
            erasures.put(SystemTables.erasedSequence(key, 0, key.length), sequence);
        }
    }

    /** Whether every value that is not there is accounted for so far. */
    synchronized boolean isSettled() {
        return erasures.keySet().containsAll(absent.keySet());
    }

    /**
     * What no erasure accounts for.
     *
     * @param whole whether all blocks up to the head were seen: else an erasure may lie behind, and what may be due to one is
     *     left out
     */
    synchronized List<Unaccounted> finish(boolean whole) {
        List<Unaccounted> found = new ArrayList<>();
        absent.forEach((sequence, value) -> {
            Long erasure = erasures.get(sequence);
            boolean wrong = erasure == null ? whole || !value.erased() : !value.erased() && erasure < doneThrough;
            if (wrong) {
                found.add(new Unaccounted(value.height(), sequence, value.damage()));
            }
        });
        erasures.forEach((sequence, erasure) -> {
            if (erasure < doneThrough && sequence >= begin && !absent.containsKey(sequence)) {
                found.add(new Unaccounted(-1, sequence, present(sequence, erasure)));
            }
        });
        found.sort((a, b) -> Long.compare(a.sequence(), b.sequence()));
        return found;
    }

    private static CorruptionException present(long sequence, long erasure) {
        return new CorruptionException(
                "ledger/",
                0,
                0,
                "the value of sequence " + sequence + " was erased by the entry of _erasures at sequence " + erasure
                        + ", and is there again");
    }
}
