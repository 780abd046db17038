package io.blockdb.server.feed;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.blockdb.db.LedgerFeed;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One watcher: what waits to be sent to him, and how far he was told.
 *
 * <p>Who feeds him changes: a worker while he is behind, the dispatcher once he is up to date; he is handed on through their
 * queues, and the fields that say so belong to whoever feeds him. What waits is a bounded number of whole events; one more is
 * refused, and then he is fed from the ledger again when he has taken these. So a watcher who takes little costs memory for
 * these alone, and never makes anybody wait.
 *
 * <p>Threading: {@link #offer} and the fields of the feeder by whoever feeds him; all else any thread.
 */
final class Watcher implements Outlet.Written {
    /** Most bytes of one write: what waits is joined up to here, and long events are cut. */
    private static final int WRITE_BYTES = 32 << 10;

    /** Hears what becomes of a watcher. */
    interface Owner {
        /** All was sent, and he asked to be told ({@link #tellWhenSent}). */
        void sent(Watcher watcher);

        /** He is gone, or was sent the last that he will be sent. May be told more than once. */
        void gone(Watcher watcher);
    }

    private final WatchRequest request;
    private final Outlet outlet;
    private final HeapRoom room;
    private final int bytesMax;
    private final Owner owner;

    // ---- The feeder's.

    /** Sequence of the first entry that was not looked at for him. */
    private long next;
    /** What {@link EventId#block} is to that. */
    private long block;
    /** The feed that these two were held against last. */
    private @Nullable LedgerFeed known;

    private boolean live;
    private boolean dirty;
    private int failures;

    // ---- What waits to be sent.

    @GuardedBy("this")
    private final ArrayDeque<SharedEvent> queue = new ArrayDeque<>();

    /** How much of the first in the queue was taken out. */
    @GuardedBy("this")
    private int firstTaken;

    /** Bytes in the queue and those being written. */
    @GuardedBy("this")
    private int waiting;

    @GuardedBy("this")
    private int writing;

    /** The event that is being written by itself, its last part too, or null. */
    @GuardedBy("this")
    private @Nullable SharedEvent held;

    /** Bytes of memory that were taken to write several events at once. */
    @GuardedBy("this")
    private int joined;

    /** Who is in {@link #send}, so that an answer that comes at once does not begin it again inside of itself. */
    @GuardedBy("this")
    private @Nullable Thread sender;

    /** When the write under way began, or the last one ended. */
    @GuardedBy("this")
    private long movedNanos = System.nanoTime();

    @GuardedBy("this")
    private boolean tellWhenSent;

    @GuardedBy("this")
    private boolean ending;

    @GuardedBy("this")
    private long endingNanos;

    @GuardedBy("this")
    private boolean over;

    Watcher(WatchRequest request, Outlet outlet, HeapRoom room, int bytesMax, Owner owner) {
        this.request = request;
        this.outlet = outlet;
        this.room = room;
        this.bytesMax = bytesMax;
        this.owner = owner;
    }

    Selection selection() {
        return request.selection();
    }

    boolean base64() {
        return request.base64();
    }

    // ---- The feeder's.

    long next() {
        return next;
    }

    long block() {
        return block;
    }

    /** Notes how far he was told: everything below a sequence. */
    void toldUpTo(long sequence, long shortHash) {
        next = sequence;
        block = shortHash;
    }

    /** Whether how far he was told was held against this feed. */
    boolean knows(LedgerFeed feed) {
        return known == feed;
    }

    void setKnown(LedgerFeed feed) {
        known = feed;
    }

    boolean isLive() {
        return live;
    }

    void setLive(boolean upToDate) {
        live = upToDate;
    }

    /** Whether it was not marked before: that there is something to send. */
    boolean mark() {
        boolean first = !dirty;
        dirty = true;
        return first;
    }

    void unmark() {
        dirty = false;
    }

    /** How often in a row feeding him has failed, this time included. */
    int countFailure() {
        return ++failures;
    }

    void countSuccess() {
        failures = 0;
    }

    Rights rights() {
        return request.rights();
    }

    /** Takes an event to be sent, or refuses because too much waits already. Sends nothing yet. */
    synchronized boolean offer(SharedEvent event) {
        if (ending || over) {
            return true;
        }
        if (waiting > 0 && waiting + event.length() > bytesMax) {
            return false;
        }
        if (!event.hold(room)) {
            return false;
        }
        queue.add(event);
        waiting += event.length();
        return true;
    }

    /**
     * Has the owner told once all is sent.
     *
     * @return false if all is sent already; then nobody will be told
     */
    synchronized boolean tellWhenSent() {
        if (waiting == 0 && !over) {
            return false;
        }
        tellWhenSent = true;
        return true;
    }

    // ---- Sending.

    /** Sends what waits, as far as it is taken at once; the rest goes when it can. */
    void send() {
        for (; ; ) {
            ByteBuffer part;
            synchronized (this) {
                if (writing > 0 || over || (queue.isEmpty() && !ending)) {
                    leave();
                    return;
                }
                if (queue.isEmpty()) {
                    over = true;
                    leave();
                    break;
                }
                part = take();
                writing = part.remaining();
                movedNanos = System.nanoTime();
                sender = Thread.currentThread();
            }
            outlet.write(part, this);
        }
        outlet.end();
        owner.gone(this);
    }

    @GuardedBy("this")
    private void leave() {
        if (sender == Thread.currentThread()) {
            sender = null;
        }
    }

    /** What is written next: a part of a long event, an event, or copies of several. */
    @GuardedBy("this")
    private ByteBuffer take() {
        SharedEvent first = queue.element();
        int left = first.length() - firstTaken;
        if (left > WRITE_BYTES) {
            ByteBuffer part =
                    ByteBuffer.wrap(first.bytes(), firstTaken, WRITE_BYTES).slice();
            firstTaken += WRITE_BYTES;
            return part;
        }
        int together = lengthTogether();
        if (together > left && room.take(together)) {
            joined = together;
            return join(together);
        }
        ByteBuffer part = ByteBuffer.wrap(first.bytes(), firstTaken, left).slice();
        held = queue.remove();
        firstTaken = 0;
        return part;
    }

    /** Bytes of as many events as one write takes. */
    @GuardedBy("this")
    private int lengthTogether() {
        int together = -firstTaken;
        for (SharedEvent event : queue) {
            if (together + event.length() > WRITE_BYTES) {
                break;
            }
            together += event.length();
        }
        return together;
    }

    @GuardedBy("this")
    private ByteBuffer join(int length) {
        ByteBuffer copy = ByteBuffer.allocate(length);
        while (copy.hasRemaining()) {
            SharedEvent event = queue.remove();
            copy.put(event.bytes(), firstTaken, event.length() - firstTaken);
            firstTaken = 0;
            event.release(room);
        }
        return copy.flip();
    }

    /** Hears from the outlet that a write is over. */
    @Override
    public void over(@Nullable Throwable failure) {
        boolean tell;
        boolean again;
        synchronized (this) {
            waiting -= writing;
            writing = 0;
            room.give(joined);
            joined = 0;
            SharedEvent written = held;
            held = null;
            if (written != null) {
                written.release(room);
            }
            movedNanos = System.nanoTime();
            if (failure != null) {
                release();
            }
            tell = tellWhenSent && waiting == 0;
            tellWhenSent &= !tell;
            again = sender != Thread.currentThread();
        }
        if (failure != null) {
            outlet.abort();
            owner.gone(this);
            return;
        }
        if (tell) {
            owner.sent(this);
        }
        if (again) {
            send();
        }
    }

    @GuardedBy("this")
    private void release() {
        over = true;
        queue.forEach(event -> event.release(room));
        waiting = writing;
        queue.clear();
        firstTaken = 0;
    }

    /**
     * Sends what waits and a last event, then ends the stream.
     *
     * @return whether it was not ending already
     */
    boolean endWith(SharedEvent last) {
        synchronized (this) {
            if (ending || over) {
                return false;
            }
            ending = true;
            endingNanos = System.nanoTime();
            last.holdAnyway(room);
            waiting += last.length();
            queue.add(last);
        }
        send();
        return true;
    }

    /** Breaks off. */
    void abort() {
        synchronized (this) {
            if (over && waiting == 0) {
                return;
            }
            release();
        }
        outlet.abort();
        owner.gone(this);
    }

    synchronized boolean isEnding() {
        return ending || over;
    }

    /** For how many nanoseconds he has had his last event coming; 0 where he has not. */
    synchronized long endingNanos(long now) {
        return ending && !over ? Math.max(1, now - endingNanos) : 0;
    }

    /** For how many nanoseconds he has taken nothing of what was sent; 0 where nothing is under way. */
    synchronized long stalledNanos(long now) {
        return writing > 0 ? Math.max(0, now - movedNanos) : 0;
    }

    /** For how many nanoseconds there has been nothing to send; 0 where there is. */
    synchronized long idleNanos(long now) {
        return waiting == 0 ? Math.max(0, now - movedNanos) : 0;
    }
}
