package io.blockdb.server.feed;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Where the events of one watcher go: a connection. It never blocks.
 *
 * <p>Threading: {@link #write} is called by one thread at a time, and again only once the one before was answered; the other
 * methods by any thread.
 */
public interface Outlet {
    /** Hears that a write is over. */
    @FunctionalInterface
    interface Written {
        /** @param failure why the connection is of no more use; null: all was taken, more may be written */
        void over(@Nullable Throwable failure);
    }

    /** Writes bytes, which belong to the outlet until the answer comes; that may be before this returns. */
    void write(ByteBuffer bytes, Written answer);

    /** Ends the stream in good order; no other method is called after it. */
    void end();

    /** Breaks the connection off, because its other side takes nothing; a write under way is answered with a failure. */
    void abort();
}
