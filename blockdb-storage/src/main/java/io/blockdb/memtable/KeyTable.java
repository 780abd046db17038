package io.blockdb.memtable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Finds the newest entry of a key by its hash: what the skiplist needs a dozen cache misses for takes one or two here, and a
 * key that is not there, which every write to a write-once table asks for, mostly one.
 *
 * <p>Extendible hashing (Fagin, Nievergelt, Pippenger and Strong, 1979): a directory of buckets, chosen by the top bits of the
 * hash; a bucket that is full is split in two by one more bit, so there is never a long pause to move everything. Within
 * a bucket, linear probing:
 *
 * <pre>
 *   a slot:   hash, 32 bits | name of the node, 32 bits; 0 where it is free
 * </pre>
 *
 * <p>Threading: one writer; any number of readers, without locks. A slot is released after the node that it names is whole,
 * and a bucket after what was moved to it. A bucket that was split is never written again, so a reader that still holds
 * it finds what was there when it took it.
 */
final class KeyTable {
    private static final VarHandle SLOTS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle BUCKETS = MethodHandles.arrayElementVarHandle(Bucket[].class);

    private static final int FIRST_SLOTS = 4;
    /** A bucket of so many slots, 8 KiB, is split and does not grow. */
    private static final int MAX_SLOTS = 1024;
    /** As many bits of the hash as choose a slot are never used to choose a bucket. */
    private static final int MAX_DEPTH = Integer.SIZE - 10;

    private final SkipList list;
    private final Arena arena;

    /** Replaced when it doubles; its length is a power of two. Elements change only as buckets are split or grow. */
    private volatile Bucket[] directory;

    /** Slots whose hashes share their first {@code depth} bits. */
    private static final class Bucket {
        final long[] slots;
        final int depth;
        /** The writer's. */
        int taken;

        Bucket(int slots, int depth) {
            this.slots = new long[slots];
            this.depth = depth;
        }
    }

    /** @param arena is told of the memory that this takes beside it */
    KeyTable(SkipList list, Arena arena) {
        this.list = list;
        this.arena = arena;
        this.directory = new Bucket[] {new Bucket(FIRST_SLOTS, 0)};
        arena.account(FIRST_SLOTS * Long.BYTES);
    }

    /** The hash of a key. Its high bits are as good as its low ones. */
    static int hash(byte[] key, int offset, int length) {
        long hash = length;
        int words = KeyWords.count(length);
        for (int i = 0; i < words; i++) {
            hash = (hash ^ KeyWords.word(key, offset, length, i)) * 0x9e3779b97f4a7c15L;
            hash ^= hash >>> 32;
        }
        return (int) (hash * 0xd6e8feb86659fd93L >>> 32);
    }

    /** The node of a key with the highest sequence, or {@link SkipList#NONE}. Any thread. */
    int newest(int hash, byte[] key, int offset, int length) {
        long[] slots = bucket(directory, hash).slots;
        int mask = slots.length - 1;
        for (int at = hash & mask; ; at = (at + 1) & mask) {
            long slot = (long) SLOTS.getAcquire(slots, at);
            if (slot == 0) {
                return SkipList.NONE;
            }
            if ((int) (slot >>> Integer.SIZE) == hash && list.hasKey((int) slot, key, offset, length)) {
                return (int) slot;
            }
        }
    }

    /** Puts a node, unless one of its key with a higher sequence is there. The writer only, after the node was linked. */
    void put(int hash, byte[] key, int offset, int length, int node) {
        Bucket bucket = bucket(directory, hash);
        while (bucket.taken >= bucket.slots.length - bucket.slots.length / 4) {
            enlarge(bucket, hash);
            bucket = bucket(directory, hash);
        }
        long[] slots = bucket.slots;
        int mask = slots.length - 1;
        int at = hash & mask;
        while (slots[at] != 0
                && !((int) (slots[at] >>> Integer.SIZE) == hash && list.hasKey((int) slots[at], key, offset, length))) {
            at = (at + 1) & mask;
        }
        if (slots[at] == 0) {
            bucket.taken++;
        } else if (list.sequence((int) slots[at]) > list.sequence(node)) {
            return;
        }
        SLOTS.setRelease(slots, at, ((long) hash << Integer.SIZE) | (node & 0xffff_ffffL));
    }

    private static Bucket bucket(Bucket[] directory, int hash) {
        return (Bucket) BUCKETS.getAcquire(directory, index(directory, hash));
    }

    /** The top bits of the hash, as many as the directory has. */
    private static int index(Bucket[] directory, int hash) {
        // Shifting by one and then by the rest makes shifting by 32, for a directory of one, give 0.
        return hash >>> 1 >>> (Integer.SIZE - 1 - Integer.numberOfTrailingZeros(directory.length));
    }

    /** Makes room in a full bucket: it grows as long as it is small, or where no bit is left, and is split after that. */
    private void enlarge(Bucket full, int hash) {
        if (full.slots.length < MAX_SLOTS || full.depth == MAX_DEPTH) {
            Bucket larger = new Bucket(2 * full.slots.length, full.depth);
            move(full, larger, larger);
            replace(hash, larger, larger);
            arena.account(full.slots.length * Long.BYTES);
        } else {
            Bucket zero = new Bucket(MAX_SLOTS, full.depth + 1);
            Bucket one = new Bucket(MAX_SLOTS, full.depth + 1);
            move(full, zero, one);
            replace(hash, zero, one);
            arena.account(MAX_SLOTS * Long.BYTES);
        }
    }

    /** Copies the slots of a bucket to one of two, by the first bit that it did not use. */
    private static void move(Bucket from, Bucket zero, Bucket one) {
        for (long slot : from.slots) {
            if (slot == 0) {
                continue;
            }
            int hash = (int) (slot >>> Integer.SIZE);
            Bucket to = (hash << from.depth) < 0 ? one : zero;
            int mask = to.slots.length - 1;
            int at = hash & mask;
            while (to.slots[at] != 0) {
                at = (at + 1) & mask;
            }
            to.slots[at] = slot;
            to.taken++;
        }
    }

    /** Puts two buckets, or twice the same, where the directory has the one of a hash, and shows the result to readers. */
    private void replace(int hash, Bucket zero, Bucket one) {
        int depth = bucket(directory, hash).depth;
        if (zero.depth > Integer.numberOfTrailingZeros(directory.length)) {
            Bucket[] before = directory;
            Bucket[] twice = new Bucket[2 * before.length];
            for (int i = 0; i < twice.length; i++) {
                twice[i] = before[i >> 1];
            }
            directory = twice;
        }
        Bucket[] buckets = directory;
        int span = buckets.length >> depth;
        int first = index(buckets, hash) & -span;
        for (int i = 0; i < span; i++) {
            BUCKETS.setRelease(buckets, first + i, i < span / 2 ? zero : one);
        }
    }
}
