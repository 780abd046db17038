package io.blockdb.sstable;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
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
    private static final int SEGMENTS_MAX = 16;
    /** Below this a segment could not hold a page with a large value. */
    private static final long SEGMENT_BYTES_MIN = 4 << 20;

    private final Segment[] segments;
    private final long capacityBytes;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    /** An empty cache for that many bytes; 0 keeps nothing. */
    public PageCache(long capacityBytes) {
        if (capacityBytes < 0) {
            throw new IllegalArgumentException("capacity is negative: " + capacityBytes);
        }
        this.capacityBytes = capacityBytes;
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
        Page page = segment(hash).get(fileNumber, offset, hash);
        (page == null ? misses : hits).increment();
        return page;
    }

    /**
     * Keeps a page, if it fits and nobody brought it meanwhile. Returns the page to go on with, which is the one that
     * is kept when there is one.
     */
    Page put(Page page) {
        int hash = hash(page.fileNumber, page.offset);
        return segment(hash).put(page, hash);
    }

    /** Forgets the pages of a file that nobody reads any more. */
    public void evict(long fileNumber) {
        for (Segment segment : segments) {
            segment.evict(fileNumber);
        }
    }

    /** How often a page that was asked for was kept. */
    public long hits() {
        return hits.sum();
    }

    /** How often a page that was asked for was not kept. */
    public long misses() {
        return misses.sum();
    }

    /** How many bytes the cache may take. */
    public long capacityBytes() {
        return capacityBytes;
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

    private static final class Segment {
        private final long capacity;
        private final AtomicReferenceArray<@Nullable Page> buckets;

        @GuardedBy("this")
        private long bytes;

        @GuardedBy("this")
        private @Nullable Page hand;

        Segment(long capacity) {
            this.capacity = capacity;
            long wanted = Math.min(1 << 22, Math.max(16, capacity / 2048));
            this.buckets = new AtomicReferenceArray<>(Integer.highestOneBit((int) wanted));
        }

        @Nullable
        Page get(long fileNumber, long offset, int hash) {
            for (Page page = buckets.get(bucket(hash)); page != null; page = page.nextInChain) {
                if (page.offset == offset && page.fileNumber == fileNumber) {
                    if (!page.read) {
                        page.read = true;
                    }
                    return page;
                }
            }
            return null;
        }

        synchronized Page put(Page added, int hash) {
            Page there = get(added.fileNumber, added.offset, hash);
            if (there != null) {
                return there;
            }
            if (added.memoryBytes() > capacity) {
                return added;
            }
            while (bytes + added.memoryBytes() > capacity) {
                makeRoom();
            }
            int bucket = bucket(hash);
            added.nextInChain = buckets.get(bucket);
            buckets.set(bucket, added);
            bytes += added.memoryBytes();
            Page at = hand;
            if (at == null) {
                hand = added;
            } else {
                // Right behind the hand, so that it comes by last.
                added.before = at.before;
                added.behind = at;
                at.before.behind = added;
                at.before = added;
            }
            return added;
        }

        @GuardedBy("this")
        private void makeRoom() {
            Page at = hand;
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
            Page start = hand;
            if (start == null) {
                return;
            }
            // One round; the end is fixed first, because what is removed leaves the ring.
            Page last = start.before;
            Page at = start;
            boolean more = true;
            while (more) {
                more = at != last;
                Page behind = at.behind;
                if (at.fileNumber == fileNumber) {
                    remove(at);
                }
                at = behind;
            }
        }

        @GuardedBy("this")
        private void remove(Page gone) {
            int bucket = bucket(hash(gone.fileNumber, gone.offset));
            Page previous = null;
            Page next = buckets.get(bucket);
            while (next != gone && next != null) {
                previous = next;
                next = next.nextInChain;
            }
            if (previous == null) {
                buckets.set(bucket, gone.nextInChain);
            } else {
                previous.nextInChain = gone.nextInChain;
            }
            bytes -= gone.memoryBytes();
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
