package io.blockdb.server.feed;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * The bytes of an event, which all watchers who wait for it share: they take memory once.
 *
 * <p>Threading: any thread. The array must not be changed.
 */
final class SharedEvent {
    /** What a place in a queue takes, about. */
    private static final int PLACE = 64;

    private final byte[] bytes;

    @GuardedBy("this")
    private int holders;

    SharedEvent(byte[] bytes) {
        this.bytes = bytes;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return bytes.length;
    }

    /** Has one more queue hold it, if there is room. */
    synchronized boolean hold(HeapRoom room) {
        if (!room.take(cost())) {
            return false;
        }
        holders++;
        return true;
    }

    /** Has one more queue hold it, even if there is no room: for the few bytes that end a stream. */
    synchronized void holdAnyway(HeapRoom room) {
        room.force(cost());
        holders++;
    }

    /** One queue holds it no more. */
    synchronized void release(HeapRoom room) {
        holders--;
        room.give(cost());
    }

    /** What the next holder takes, and the last one gave back. */
    @GuardedBy("this")
    private int cost() {
        return PLACE + (holders == 0 ? bytes.length : 0);
    }
}
