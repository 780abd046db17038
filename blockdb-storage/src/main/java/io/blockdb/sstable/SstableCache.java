package io.blockdb.sstable;

import io.blockdb.io.FileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The SSTables that are open, by file number. A file is opened by its first reader, and stays open after its last one
 * until more than {@code maxOpen} are: then the least recently used of those that nobody reads is closed. Files in use
 * are never closed, so with more of them in use at once than {@code maxOpen} there are more open, until they are given
 * back.
 *
 * <p>"Recently" is counted in files opened, not in reads, so that a hit writes nothing that threads share but the count
 * of the file's readers.
 *
 * <p>Threading: any thread. A hit takes no lock; opening a file takes the lock of that file.
 */
public final class SstableCache implements AutoCloseable {
    private final FileSystem fileSystem;
    private final Path dataDirectory;
    private final PageCache pages;
    private final int maxOpen;

    private final ConcurrentHashMap<Long, SharedSstable> tables = new ConcurrentHashMap<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong opened = new AtomicLong();
    private volatile boolean closed;

    /**
     * A cache of the SSTables in {@code dataDirectory/index}.
     *
     * @param maxOpen how many files stay open, at least 1
     */
    public SstableCache(FileSystem fileSystem, Path dataDirectory, PageCache pages, int maxOpen) {
        if (maxOpen < 1) {
            throw new IllegalArgumentException("at least one file must stay open, not " + maxOpen);
        }
        this.fileSystem = fileSystem;
        this.dataDirectory = dataDirectory;
        this.pages = pages;
        this.maxOpen = maxOpen;
    }

    /**
     * The SSTable of that number, opened if it is not. To be given back with {@link SharedSstable#close}.
     *
     * @throws IOException as {@link Sstable#open}
     * @throws IllegalStateException if the cache is closed
     */
    public SharedSstable acquire(long fileNumber) throws IOException {
        while (true) {
            if (closed) {
                throw new IllegalStateException("the cache of SSTables is closed");
            }
            SharedSstable shared = tables.get(fileNumber);
            if (shared == null) {
                shared = tables.computeIfAbsent(fileNumber, number -> new SharedSstable(this, number));
            }
            if (!shared.retain()) {
                shared.awaitClosed();
                // Who was closing it may have counted this one among its readers, and left it open.
                released(shared);
                continue;
            }
            boolean ready = false;
            try {
                shared.ensureOpen(this::open, opened.get());
                ready = true;
                return shared;
            } finally {
                if (!ready) {
                    shared.close();
                }
            }
        }
    }

    private Sstable open(long fileNumber) throws IOException {
        Sstable table = Sstable.open(fileSystem, SstableFormat.path(dataDirectory, fileNumber), fileNumber, pages);
        opened.incrementAndGet();
        if (open.incrementAndGet() > maxOpen) {
            closeLeastRecentlyUsed();
        }
        return table;
    }

    private void closeLeastRecentlyUsed() {
        SharedSstable oldest = null;
        for (SharedSstable shared : tables.values()) {
            if (shared.isOpen() && shared.readers() == 0 && (oldest == null || shared.lastUsed() < oldest.lastUsed())) {
                oldest = shared;
            }
        }
        if (oldest != null) {
            closeAndFinish(oldest);
        }
    }

    /** Called by a file that has lost its last reader. */
    void released(SharedSstable shared) {
        if (shared.isDropped() || !shared.isOpen() || closed || open.get() > maxOpen) {
            closeAndFinish(shared);
        }
    }

    private void closeAndFinish(SharedSstable shared) {
        if (shared.closeIfUnused()) {
            Runnable action = shared.afterLastReader();
            if (action != null) {
                pages.evict(shared.fileNumber);
                action.run();
            }
        }
    }

    /** Called by a file that has been closed, before anybody can open it again. */
    void forget(SharedSstable shared, boolean wasOpen) {
        tables.remove(shared.fileNumber, shared);
        if (wasOpen) {
            open.decrementAndGet();
        }
    }

    /**
     * Takes out a file that nobody will acquire again: evicts its pages and, once its last reader has left, runs the
     * action, which usually deletes it. The action runs in the thread of that last reader, or in this one when nobody
     * reads.
     */
    public void drop(long fileNumber, Runnable afterLastReader) {
        while (true) {
            @Nullable SharedSstable shared = tables.get(fileNumber);
            if (shared == null) {
                pages.evict(fileNumber);
                afterLastReader.run();
                return;
            }
            if (shared.retain()) {
                shared.dropWith(afterLastReader);
                shared.close();
                return;
            }
            shared.awaitClosed();
        }
    }

    /** The pages that are kept of all these files. */
    public PageCache pages() {
        return pages;
    }

    /** How many files are open: 0 after {@link #close}, unless somebody has not given one back. */
    public int openCount() {
        return open.get();
    }

    /** How many acquired files have not been given back, counted once for each reader. */
    public int readers() {
        return tables.values().stream().mapToInt(SharedSstable::readers).sum();
    }

    /** Closes the files that nobody reads; those still read are closed by their last reader. Closing twice is legal. */
    @Override
    public void close() {
        closed = true;
        for (SharedSstable shared : tables.values()) {
            closeAndFinish(shared);
        }
    }
}
