package io.blockdb.server.node;

import io.blockdb.io.FileSystem;
import io.blockdb.ledger.DiskFullException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Refuses writes while less than a watermark is free. It lies above the engine's own reserve, so that what the server writes by
 * itself, checkpoints and what is recorded of erasures, still finds room when clients are refused.
 *
 * <p>Threading: any thread.
 */
final class DiskWatch {
    /** So long the free space that was seen is taken for true: asking costs microseconds, and a write is not to pay them. */
    private static final long SEEN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final FileSystem fileSystem;
    private final Path directory;
    private final long watermark;

    /** When the free space was looked at last. */
    private final AtomicLong looked = new AtomicLong(System.nanoTime() - SEEN_NANOS);

    private volatile long usable = Long.MAX_VALUE;

    DiskWatch(FileSystem fileSystem, Path directory, long watermark) {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.watermark = watermark;
    }

    /** Below so many free bytes writes are refused; 0: none are for that. */
    long watermark() {
        return watermark;
    }

    /**
     * Fails where less is free than the watermark.
     *
     * @throws DiskFullException if so
     */
    void check() throws IOException {
        if (watermark == 0) {
            return;
        }
        long now = System.nanoTime();
        long before = looked.get();
        if ((now - before >= SEEN_NANOS || usable < watermark) && looked.compareAndSet(before, now)) {
            usable = fileSystem.usableSpace(directory);
        }
        long seen = usable;
        if (seen < watermark) {
            throw new DiskFullException(directory.toString(), seen, watermark);
        }
    }
}
