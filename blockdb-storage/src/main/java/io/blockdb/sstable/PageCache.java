package io.blockdb.sstable;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Pages that were fetched, checked and decompressed, of all SSTables of one database, by file number and offset. Holds
 * at most the given bytes, what a page takes besides its bytes counted in.
 *
 * <p>What goes when there is no room is decided by CLOCK: a hand goes round the pages, spares once what was read since
 * it last came by, and takes what was not. Unlike LRU that needs no write on a hit but a flag, so reads take no lock,
 * and a page that is read once goes before those that are read again.
 *
 * <p>The pages are spread over segments by hash, each with its own lock, hand and share of the bytes; only who brings a
 * page takes the lock. A page larger than a segment's share is not kept.
 *
 * <p>Threading: any thread.
 */
public final class PageCache {
    /** What a page costs besides itself: its node, its part of the table. */
    private static final int OVERHEAD = 80;

    private static final int SEGMENTS_MAX = 16;
    /** Below this a segment could not hold a page with a large value. */
    private static final long SEGMENT_BYTES_MIN = 4 << 20;

    private final Segment[] segments;

    /** An empty cache for that many bytes; 0 keeps nothing. */
    public PageCache(long capacityBytes) {
        if (capacityBytes < 0) {
            throw new IllegalArgumentException("capacity is negative: " + capacityBytes);
        }
        int count = 1;
        while (count < SEGMENTS_MAX && capacityBytes / (count * 2L) >= SEGMENT_BYTES_MIN) {
            count *= 2;
        }
        segments = new Segment[count];
        for (int i = 0; i < count; i++) {
            segments[i] = new Segment(capacityBytes / count);
        }
    }

    /** The page at that place, or null where it is not kept. */
    @Nullable
    Page get(long fileNumber, long offset) {
        int hash = hash(fileNumber, offset);
        return segment(hash).get(fileNumber, offset, hash);
    }

    /**
     * Keeps a page, if it fits and nobody brought it meanwhile. Returns the page to go on with, which is the one that
     * is kept when there is one.
     */
    Page put(long fileNumber, long offset, Page page) {
        int hash = hash(fileNumber, offset);
        return segment(hash).put(new Node(fileNumber, offset, hash, page));
    }

    /** Forgets the pages of a file that nobody reads any more. */
    public void evict(long fileNumber) {
        for (Segment segment : segments) {
            segment.evict(fileNumber);
        }
    }

    /** How many bytes the cache takes up now. */
    public long bytes() {
        long sum = 0;
        for (Segment segment : segments) {
            sum += segment.bytes();
        }
        return sum;
    }

    private Segment segment(int hash) {
        return segments[(hash >>> 27) & (segments.length - 1)];
    }

    private static int hash(long fileNumber, long offset) {
        long mixed = (fileNumber * 0x9E3779B97F4A7C15L + offset) * 0xC2B2AE3D27D4EB4FL;
        mixed = (mixed ^ (mixed >>> 29)) * 0x165667B19E3779F9L;
        return (int) (mixed >>> 32);
    }

    /** A kept page: a link in its bucket's chain and in the ring that the hand goes round. */
    private static final class Node {
        final long fileNumber;
        final long offset;
        final int hash;
        final Page page;

        /**
         * Written under the lock, read without it. A node that was taken out still leads on, so that no reader is lost.
         */
        volatile @Nullable Node nextInChain;

        /** Whether it was read since the hand came by. A race loses a hint, no more. */
        boolean read;

        /** The ring; in itself until it is linked. */
        Node before = this;

        Node behind = this;

        Node(long fileNumber, long offset, int hash, Page page) {
            this.fileNumber = fileNumber;
            this.offset = offset;
            this.hash = hash;
            this.page = page;
        }

        boolean is(long otherFile, long otherOffset) {
            return offset == otherOffset && fileNumber == otherFile;
        }

        long cost() {
            return page.memoryBytes() + OVERHEAD;
        }
    }

    private static final class Segment {
        private final long capacity;
        private final AtomicReferenceArray<@Nullable Node> buckets;

        @GuardedBy("this")
        private long bytes;

        @GuardedBy("this")
        private @Nullable Node hand;

        Segment(long capacity) {
            this.capacity = capacity;
            long wanted = Math.min(1 << 22, Math.max(16, capacity / 2048));
            this.buckets = new AtomicReferenceArray<>(Integer.highestOneBit((int) wanted));
        }

        @Nullable
        Page get(long fileNumber, long offset, int hash) {
            for (Node node = buckets.get(bucket(hash)); node != null; node = node.nextInChain) {
                if (node.is(fileNumber, offset)) {
                    if (!node.read) {
                        node.read = true;
                    }
                    return node.page;
                }
            }
            return null;
        }

        synchronized Page put(Node added) {
            Page there = get(added.fileNumber, added.offset, added.hash);
            if (there != null) {
                return there;
            }
            if (added.cost() > capacity) {
                return added.page;
            }
            while (bytes + added.cost() > capacity) {
                makeRoom();
            }
            int bucket = bucket(added.hash);
            added.nextInChain = buckets.get(bucket);
            buckets.set(bucket, added);
            bytes += added.cost();
            Node at = hand;
            if (at == null) {
                hand = added;
            } else {
                // Right behind the hand, so that it comes by last.
                added.before = at.before;
                added.behind = at;
                at.before.behind = added;
                at.before = added;
            }
            return added.page;
        }

        @GuardedBy("this")
        private void makeRoom() {
            Node at = hand;
            if (at == null) {
                throw new AssertionError("nothing is kept, yet " + bytes + " bytes are counted");
            }
            while (at.read) {
                at.read = false;
                at = at.behind;
            }
            hand = at;
            remove(at);
        }

        synchronized void evict(long fileNumber) {
            Node start = hand;
            if (start == null) {
                return;
            }
            // One round; the end is fixed first, because what is removed leaves the ring.
            Node last = start.before;
            Node at = start;
            boolean more = true;
            while (more) {
                more = at != last;
                Node behind = at.behind;
                if (at.fileNumber == fileNumber) {
                    remove(at);
                }
                at = behind;
            }
        }

        @GuardedBy("this")
        private void remove(Node gone) {
            int bucket = bucket(gone.hash);
            Node previous = null;
            Node node = buckets.get(bucket);
            while (node != gone && node != null) {
                previous = node;
                node = node.nextInChain;
            }
            if (previous == null) {
                buckets.set(bucket, gone.nextInChain);
            } else {
                previous.nextInChain = gone.nextInChain;
            }
            bytes -= gone.cost();
            if (hand == gone) {
                hand = gone.behind == gone ? null : gone.behind;
            }
            gone.before.behind = gone.behind;
            gone.behind.before = gone.before;
        }

        private int bucket(int hash) {
            return hash & (buckets.length() - 1);
        }

        synchronized long bytes() {
            return bytes;
        }
    }
}
