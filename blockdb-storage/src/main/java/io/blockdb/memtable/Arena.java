package io.blockdb.memtable;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory that is handed out piece by piece and given back all at once, with the last reference to it. Two kinds of
 * slabs: {@code long[]} for nodes, because links need atomic access, which Java promises for its elements but (since
 * 22) no more for the bytes of a {@code byte[]}; and {@code byte[]} for values, which readers get to see in place.
 *
 * <p>A node is named by an int, {@code slab << 15 | word}, so an arena holds at most 2^17 node slabs of 256 KiB: 32 GiB.
 * A value is named by a long, {@code slab << 32 | byte}. Slabs begin with 4 KiB and double up to 256 KiB, so that a small
 * memtable is small, and none is ever a humongous object of G1 (half a region, thus 512 KiB at least), for which it
 * sets whole regions aside. Only a value above 64 KiB has a slab of its own, of just its size.
 *
 * <p>Threading: one writer allocates. Readers may follow any name that they got from the writer through a release and an
 * acquire: slabs and the arrays that list them are written before.
 */
final class Arena {
    private static final int WORD_BITS = 15;
    private static final int WORD_MASK = (1 << WORD_BITS) - 1;
    private static final int MAX_SLABS = 1 << (Integer.SIZE - WORD_BITS);
    private static final int FIRST_SLAB_BYTES = 4096;
    /** The size at which slabs stop growing, in bytes. */
    static final int MAX_SLAB_BYTES = Long.BYTES << WORD_BITS;
    /** The longest value that shares a slab with others, in bytes. */
    static final int MAX_SHARED_VALUE = MAX_SLAB_BYTES / 4;

    /** Volatile, as the arrays that list slabs are replaced when full; a slab is in there before anyone knows its number. */
    private volatile long[][] nodeSlabs = new long[8][];

    private int nodeSlabCount = 1;
    private int nodeWordsTaken;

    private volatile byte[][] valueSlabs = new byte[8][];
    private int valueSlabCount = 1;
    /** The slab that short values go to; not always the last one. */
    private int sharedValueSlab;

    private int sharedValueBytesTaken;

    private final AtomicLong allocatedBytes = new AtomicLong();

    Arena() {
        nodeSlabs[0] = new long[0];
        valueSlabs[0] = new byte[0];
    }

    /** Bytes of all slabs, whether in use already or not, and of what was accounted for. Any thread. */
    long allocatedBytes() {
        return allocatedBytes.getAcquire();
    }

    /** Adds what belongs to the same entries and is not in a slab to what is allocated. The writer only. */
    void account(int bytes) {
        allocatedBytes.setRelease(allocatedBytes.getPlain() + bytes);
    }

    /**
     * Takes zeroed words in one piece: {@code before} of them below the word that the returned name stands for, which is
     * never 0 if {@code before} is positive, and {@code after} from that word on.
     *
     * @throws IllegalArgumentException if a slab has no room for so many
     * @throws IllegalStateException if all names are taken
     */
    int takeWords(int before, int after) {
        int words = before + after;
        int slab = nodeSlabCount - 1;
        if (words > nodeSlabs[slab].length - nodeWordsTaken) {
            slab = addNodeSlab(words);
        }
        int at = nodeWordsTaken + before;
        nodeWordsTaken += words;
        return (slab << WORD_BITS) | at;
    }

    private int addNodeSlab(int words) {
        if (words > WORD_MASK + 1) {
            throw new IllegalArgumentException(words + " words do not fit into a slab of " + (WORD_MASK + 1));
        }
        if (nodeSlabCount == MAX_SLABS) {
            throw new IllegalStateException("the arena is full: it has " + MAX_SLABS + " slabs of nodes");
        }
        int bytes = Math.max(nextSize(nodeSlabs[nodeSlabCount - 1].length * Long.BYTES), words * Long.BYTES);
        long[] slab = new long[bytes / Long.BYTES];
        if (nodeSlabCount == nodeSlabs.length) {
            nodeSlabs = Arrays.copyOf(nodeSlabs, nodeSlabCount * 2);
        }
        nodeSlabs[nodeSlabCount] = slab;
        nodeWordsTaken = 0;
        account(bytes);
        return nodeSlabCount++;
    }

    /** The slab that holds {@code node}; to be asked for after the acquire that got the node's name. */
    long[] slabOf(int node) {
        return nodeSlabs[node >>> WORD_BITS];
    }

    /** Where {@code node} is in its slab. */
    static int indexOf(int node) {
        return node & WORD_MASK;
    }

    /** Copies {@code value[offset, offset + length)} into the arena and returns its name. */
    long takeValue(byte[] value, int offset, int length) {
        if (length > MAX_SHARED_VALUE) {
            int own = addValueSlab(length);
            System.arraycopy(value, offset, valueSlabs[own], 0, length);
            return (long) own << Integer.SIZE;
        }
        byte[] slab = valueSlabs[sharedValueSlab];
        if (length > slab.length - sharedValueBytesTaken) {
            sharedValueSlab = addValueSlab(Math.max(nextSize(slab.length), length));
            sharedValueBytesTaken = 0;
            slab = valueSlabs[sharedValueSlab];
        }
        int at = sharedValueBytesTaken;
        System.arraycopy(value, offset, slab, at, length);
        sharedValueBytesTaken = at + length;
        return ((long) sharedValueSlab << Integer.SIZE) | at;
    }

    private int addValueSlab(int bytes) {
        byte[] slab = new byte[bytes];
        if (valueSlabCount == valueSlabs.length) {
            valueSlabs = Arrays.copyOf(valueSlabs, valueSlabCount * 2);
        }
        valueSlabs[valueSlabCount] = slab;
        account(bytes);
        return valueSlabCount++;
    }

    /** The array that holds {@code value}; to be asked for after the acquire that led to the value's name. */
    byte[] arrayOf(long value) {
        return valueSlabs[(int) (value >>> Integer.SIZE)];
    }

    /** Where {@code value} begins in its array. */
    static int offsetOf(long value) {
        return (int) value;
    }

    private static int nextSize(int bytes) {
        return Math.min(MAX_SLAB_BYTES, Math.max(FIRST_SLAB_BYTES, bytes * 2));
    }
}
