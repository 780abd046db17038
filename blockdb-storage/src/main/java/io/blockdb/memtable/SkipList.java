package io.blockdb.memtable;

import io.blockdb.base.IndexHit;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one table, sorted: key ascending, sequence descending. Nothing is ever removed or changed. A
 * {@link KeyTable} beside it finds the newest entry of a key without a search.
 *
 * <p>A node is a run of words in the arena, and its name is that of its word 0:
 *
 * <pre>
 *   -height .. -1   links; level l is at -1 - l
 *    0              first word of the key (KeyWords)
 *    1              length of the key, 32 bits | length of the value, 32 bits
 *    2              sequence
 *    3              where the value is (Arena)
 *    4 ..           the other words of the key
 *
 *   a link:         the next node's key, abbreviated to 32 bits | name of the next node, 32 bits; 0 at the end of the level
 * </pre>
 *
 * <p>What a search waits for is cache misses, one for each node it looks at. A link that tells how the next node's key
 * begins spares it all nodes that lie behind what it seeks, but for those
 * whose keys have the same abbreviation.
 *
 * <p>Invariants: a link never leads back; whoever can reach a node on one level can reach it on all lower levels of it.
 *
 * <p>Threading: one writer; any number of readers, without locks. A node is whole before the first link to it is
 * released, and links are released from the bottom up; readers acquire each link that they follow. Rejected: links from a
 * node to the one before it (the two could not be changed at once, and only {@code previous} would gain).
 */
final class SkipList {
    /** No node. */
    static final int NONE = 0;

    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

    /** Half of the nodes of a level are on the next one, too: enough levels for 2^28 entries, fair for all there can be. */
    private static final int MAX_HEIGHT = 28;

    private static final int LENGTHS = 1;
    private static final int SEQUENCE = 2;
    private static final int VALUE = 3;
    private static final int KEY_REST = 4;
    private static final long NAME_MASK = 0xffff_ffffL;

    private final Arena arena;
    private final AbbreviatedKeys abbreviated;
    private final KeyTable newest;
    /** Stands before all entries, has all levels and no content. */
    private final int head;
    /** Levels in use. A reader that sees an old value only begins to search further down, or on an empty level. */
    private int height = 1;

    /**
     * The writer's: on each level the last node that is not behind the entry inserted last. From one level to the next the
     * gaps that they begin are nested, so an entry that falls into the gap of one level falls into those above.
     */
    private final int[] finger = new int[MAX_HEIGHT];
    /** The writer's: state of the xorshift that draws heights. A fixed seed, so that a run can be repeated. */
    private long random = 0x9e3779b97f4a7c15L;

    /** @param abbreviated what links tell of keys */
    SkipList(Arena arena, AbbreviatedKeys abbreviated) {
        this.arena = arena;
        this.abbreviated = abbreviated;
        this.newest = new KeyTable(this, arena);
        this.head = arena.takeWords(MAX_HEIGHT, KEY_REST);
        Arrays.fill(finger, head);
    }

    /** Inserts an entry. The writer only; (key, sequence) must not be there yet. */
    void insert(
            byte[] key, int keyOffset, int keyLength, long sequence, byte[] value, int valueOffset, int valueLength) {
        int abbreviation = abbreviated.of(key, keyOffset, keyLength);
        moveFinger(abbreviation, key, keyOffset, keyLength, sequence);
        assert isAbsent(key, keyOffset, keyLength, sequence) : "sequence " + sequence + " inserted twice";

        int levels = drawHeight();
        int keyWords = KeyWords.count(keyLength);
        long stored = arena.takeValue(value, valueOffset, valueLength);
        int node = arena.takeWords(levels, KEY_REST + keyWords - 1);
        long[] slab = arena.slabOf(node);
        int at = Arena.indexOf(node);
        slab[at] = KeyWords.word(key, keyOffset, keyLength, 0);
        slab[at + LENGTHS] = ((long) keyLength << Integer.SIZE) | valueLength;
        slab[at + SEQUENCE] = sequence;
        slab[at + VALUE] = stored;
        for (int i = 1; i < keyWords; i++) {
            slab[at + KEY_REST - 1 + i] = KeyWords.word(key, keyOffset, keyLength, i);
        }

        for (int level = 0; level < levels; level++) {
            slab[at - 1 - level] = link(finger[level], level);
        }
        long link = ((long) abbreviation << Integer.SIZE) | (node & NAME_MASK);
        for (int level = 0; level < levels; level++) {
            int before = finger[level];
            WORDS.setRelease(arena.slabOf(before), Arena.indexOf(before) - 1 - level, link);
            finger[level] = node;
        }
        if (levels > height) {
            height = levels;
        }
        newest.put(KeyTable.hash(key, keyOffset, keyLength), key, keyOffset, keyLength, node);
    }

    /** Moves the finger to where the entry belongs: up to the first level on which it falls into the gap, then down. */
    private void moveFinger(int abbreviation, byte[] key, int offset, int length, long sequence) {
        int level = 0;
        while (level < height && !isInGap(level, abbreviation, key, offset, length, sequence)) {
            level++;
        }
        // From here on upwards the finger is right. Above the levels in use it is at the head, before everything.
        int node = level < height ? finger[level] : head;
        int behind = NONE;
        while (--level >= 0) {
            for (; ; ) {
                long link = link(node, level);
                // A node that was found to be behind on one level is often the next one below, too.
                if ((int) link == behind || !leadsBefore(link, abbreviation, key, offset, length, sequence)) {
                    behind = (int) link;
                    break;
                }
                node = (int) link;
            }
            finger[level] = node;
        }
    }

    private boolean isInGap(int level, int abbreviation, byte[] key, int offset, int length, long sequence) {
        int node = finger[level];
        return (node == head || compare(node, key, offset, length, sequence) < 0)
                && !leadsBefore(link(node, level), abbreviation, key, offset, length, sequence);
    }

    private boolean isAbsent(byte[] key, int offset, int length, long sequence) {
        int next = (int) link(finger[0], 0);
        return next == NONE || compare(next, key, offset, length, sequence) != 0;
    }

    /**
     * 1 with a chance of 1 in 2, 2 with 1 in 4, and so on. Going down costs nothing here, as a node's links lie side by side
     * and tell what the next node is; with a chance of 1 in 4 a search goes through half as many levels, but looks at
     * half as many nodes again.
     */
    private int drawHeight() {
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        return 1 + Math.min(MAX_HEIGHT - 1, Long.numberOfTrailingZeros(random));
    }

    /** The newest entry of the key with a sequence of at most {@code maxSequence}. Any thread. */
    @Nullable
    IndexHit get(byte[] key, long maxSequence) {
        int node = newest.newest(KeyTable.hash(key, 0, key.length), key, 0, key.length);
        if (node == NONE) {
            return null;
        }
        if (sequence(node) > maxSequence) {
            node = search(key, key.length, maxSequence, false);
            if (node == NONE || !hasKey(node, key, 0, key.length)) {
                return null;
            }
        }
        long[] slab = arena.slabOf(node);
        int at = Arena.indexOf(node);
        long value = slab[at + VALUE];
        return new IndexHit(slab[at + SEQUENCE], arena.arrayOf(value), Arena.offsetOf(value), (int) slab[at + LENGTHS]);
    }

    /** The first node at or after (key, sequence), or {@link #NONE}. Any thread. */
    int atOrAfter(byte[] key, int keyLength, long sequence) {
        return search(key, keyLength, sequence, false);
    }

    /** The last node before (key, sequence), or {@link #NONE}. Any thread. */
    int before(byte[] key, int keyLength, long sequence) {
        int node = search(key, keyLength, sequence, true);
        return node == head ? NONE : node;
    }

    /**
     * The last node before (key, sequence), which may be the head, or the one that followed it when the search looked: to
     * look again might find an entry that was inserted in between.
     */
    private int search(byte[] key, int length, long sequence, boolean before) {
        if (length == 0) {
            return before ? head : first();
        }
        int abbreviation = abbreviated.of(key, 0, length);
        int node = head;
        int behind = NONE;
        for (int level = height - 1; level >= 0; level--) {
            for (; ; ) {
                long link = link(node, level);
                // A node that was found to be behind on one level is often the next one below, too.
                if ((int) link == behind || !leadsBefore(link, abbreviation, key, 0, length, sequence)) {
                    behind = (int) link;
                    break;
                }
                node = (int) link;
            }
        }
        return before ? node : behind;
    }

    /** The first node, or {@link #NONE}. Any thread. */
    int first() {
        return (int) link(head, 0);
    }

    /** The last node, or {@link #NONE}. Any thread. */
    int last() {
        int node = head;
        for (int level = height - 1; level >= 0; level--) {
            for (int next = (int) link(node, level); next != NONE; next = (int) link(node, level)) {
                node = next;
            }
        }
        return node == head ? NONE : node;
    }

    /** The bytes that all keys begin with. The writer only; there must be a key. */
    byte[] commonPrefix() {
        byte[] lowest = key(first());
        byte[] highest = key(last());
        int differ = Arrays.mismatch(lowest, highest);
        return differ < 0 ? lowest : Arrays.copyOf(lowest, differ);
    }

    private byte[] key(int node) {
        int length = keyLength(node);
        byte[] words = new byte[KeyWords.count(length) << 3];
        copyKey(node, words);
        return Arrays.copyOf(words, length);
    }

    /** The node behind {@code node}, or {@link #NONE}. Any thread. */
    int next(int node) {
        return (int) link(node, 0);
    }

    /** Whether a node is one of this key. Any thread. */
    boolean hasKey(int node, byte[] key, int offset, int length) {
        long[] slab = arena.slabOf(node);
        int at = Arena.indexOf(node);
        return slab[at] == KeyWords.word(key, offset, length, 0)
                && compareRest(slab, at, key, offset, length, slab[at + SEQUENCE]) == 0;
    }

    int keyLength(int node) {
        return (int) (arena.slabOf(node)[Arena.indexOf(node) + LENGTHS] >>> Integer.SIZE);
    }

    /** Writes the key to the beginning of {@code target}, which must have room for whole words of it. */
    void copyKey(int node, byte[] target) {
        long[] slab = arena.slabOf(node);
        int at = Arena.indexOf(node);
        int words = KeyWords.count((int) (slab[at + LENGTHS] >>> Integer.SIZE));
        KeyWords.unpack(slab[at], target, 0);
        for (int i = 1; i < words; i++) {
            KeyWords.unpack(slab[at + KEY_REST - 1 + i], target, i << 3);
        }
    }

    long sequence(int node) {
        return arena.slabOf(node)[Arena.indexOf(node) + SEQUENCE];
    }

    byte[] valueArray(int node) {
        return arena.arrayOf(arena.slabOf(node)[Arena.indexOf(node) + VALUE]);
    }

    int valueOffset(int node) {
        return Arena.offsetOf(arena.slabOf(node)[Arena.indexOf(node) + VALUE]);
    }

    int valueLength(int node) {
        return (int) arena.slabOf(node)[Arena.indexOf(node) + LENGTHS];
    }

    private long link(int node, int level) {
        return (long) WORDS.getAcquire(arena.slabOf(node), Arena.indexOf(node) - 1 - level);
    }

    /** Whether the link leads to a node that stands before (key, sequence). */
    private boolean leadsBefore(long link, int abbreviation, byte[] key, int offset, int length, long sequence) {
        int next = (int) link;
        if (next == NONE) {
            return false;
        }
        int nextAbbreviation = (int) (link >>> Integer.SIZE);
        if (nextAbbreviation != abbreviation) {
            return nextAbbreviation < abbreviation;
        }
        return compare(next, key, offset, length, sequence) < 0;
    }

    /** Compares the node with (key, sequence) in the order of the list. */
    private int compare(int node, byte[] key, int offset, int length, long sequence) {
        long[] slab = arena.slabOf(node);
        int at = Arena.indexOf(node);
        int order = Long.compare(slab[at], KeyWords.word(key, offset, length, 0));
        return order != 0 ? order : compareRest(slab, at, key, offset, length, sequence);
    }

    private static int compareRest(long[] slab, int at, byte[] key, int offset, int length, long sequence) {
        int nodeLength = (int) (slab[at + LENGTHS] >>> Integer.SIZE);
        int words = KeyWords.count(Math.min(nodeLength, length));
        for (int i = 1; i < words; i++) {
            int order = Long.compare(slab[at + KEY_REST - 1 + i], KeyWords.word(key, offset, length, i));
            if (order != 0) {
                return order;
            }
        }
        return nodeLength != length ? Integer.compare(nodeLength, length) : Long.compare(sequence, slab[at + SEQUENCE]);
    }
}
