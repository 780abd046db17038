package io.blockdb.cli;

import java.util.Arrays;

/** The keys that a batch writes, to see whether one is written twice. Grows with the batch; nothing is removed. */
final class KeySet {
    /** Open addressing; at most half full. */
    private OperationLine[] slots = new OperationLine[64];

    private int size;

    boolean contains(OperationLine operation) {
        return slots[slot(slots, operation)] != null;
    }

    void add(OperationLine operation) {
        if (2 * size >= slots.length) {
            OperationLine[] larger = new OperationLine[4 * slots.length];
            for (OperationLine other : slots) {
                if (other != null) {
                    larger[slot(larger, other)] = other;
                }
            }
            slots = larger;
        }
        int slot = slot(slots, operation);
        size += slots[slot] == null ? 1 : 0;
        slots[slot] = operation;
    }

    /** Where the key is, or would be. */
    private static int slot(OperationLine[] slots, OperationLine operation) {
        int hash = (31 * operation.table().hashCode() + Arrays.hashCode(operation.key())) * 0x9e3779b9;
        int slot = hash >>> Integer.numberOfLeadingZeros(slots.length - 1);
        while (slots[slot] != null && !isSame(slots[slot], operation)) {
            slot = slot + 1 & slots.length - 1;
        }
        return slot;
    }

    private static boolean isSame(OperationLine one, OperationLine other) {
        return Arrays.equals(one.key(), other.key()) && one.table().equals(other.table());
    }
}
