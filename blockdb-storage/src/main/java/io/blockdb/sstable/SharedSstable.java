package io.blockdb.sstable;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.blockdb.base.ReaderCount;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * An SSTable of the {@link SstableCache}, held by all its readers in common: each {@link SstableCache#acquire} must be
 * followed by exactly one {@link #close}. There is one object for a file and not one for each reader, so that a read
 * allocates nothing; it cannot tell who closes twice, but that shows in {@link SstableCache#readers}.
 *
 * <p>States: not opened → open → closed, the last for good. Who closes holds this object's lock and shuts the count of
 * readers first: for good if there are none, else until it has found that out.
 *
 * <p>Threading: any thread.
 */
public final class SharedSstable implements AutoCloseable {
    /** Opens the file; once for each of these objects. */
    @FunctionalInterface
    interface Opener {
        Sstable open(long fileNumber) throws IOException;
    }

    final long fileNumber;
    private final SstableCache owner;
    private final ReaderCount readers = new ReaderCount();

    @GuardedBy("this")
    private boolean closed;

    /** Null until the first reader has opened it, and once it is closed. */
    private volatile @Nullable Sstable table;

    /** When it was last acquired, in files opened by the cache until then. */
    private volatile long lastUsed;

    /** What to do once it is closed, given by {@link SstableCache#drop}. */
    private volatile @Nullable Runnable afterLastReader;

    SharedSstable(SstableCache owner, long fileNumber) {
        this.owner = owner;
        this.fileNumber = fileNumber;
    }

    /** The SSTable. Only to be used between acquire and close. */
    public Sstable table() {
        Sstable open = table;
        if (open == null) {
            throw new IllegalStateException("SSTable " + fileNumber + " is held by nobody");
        }
        return open;
    }

    /** Gives back what was acquired. The last reader of a file that was dropped or pushed out closes it. */
    @Override
    public void close() {
        readers.leave();
        owner.released(this);
    }

    /** Counts one reader more, unless it is closed. */
    boolean retain() {
        return readers.enter();
    }

    /** Opens the file if that has not been done, and notes the use. The caller is among the readers. */
    void ensureOpen(Opener opener, long now) throws IOException {
        if (lastUsed != now) {
            lastUsed = now;
        }
        if (table == null) {
            open(opener);
        }
    }

    private synchronized void open(Opener opener) throws IOException {
        if (table == null) {
            table = opener.open(fileNumber);
        }
    }

    int readers() {
        return Math.toIntExact(readers.readers());
    }

    boolean isOpen() {
        return table != null;
    }

    long lastUsed() {
        return lastUsed;
    }

    void dropWith(Runnable action) {
        afterLastReader = action;
    }

    boolean isDropped() {
        return afterLastReader != null;
    }

    @Nullable
    Runnable afterLastReader() {
        return afterLastReader;
    }

    /**
     * Closes it if it has no reader, then tells the owner to forget it; who waits in {@link #awaitClosed} goes on only
     * after that.
     *
     * @return whether this call closed it
     */
    synchronized boolean closeIfUnused() {
        if (closed) {
            return false;
        }
        readers.shut();
        if (!readers.isOver()) {
            readers.reopen();
            return false;
        }
        closed = true;
        closeTable();
        return true;
    }

    @GuardedBy("this")
    private void closeTable() {
        Sstable open = table;
        if (open != null) {
            open.close();
            table = null;
        }
        owner.forget(this, open != null);
    }

    /** Returns once the thread that closes it, or finds that it cannot, is done. */
    synchronized void awaitClosed() {
        assert closed || !readers.isOver();
    }
}
