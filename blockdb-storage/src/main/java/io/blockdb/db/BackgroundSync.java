package io.blockdb.db;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Syncs the ledger of a database that does not sync before it answers: once an interval, and whenever {@value #BYTES} bytes
 * have been written since. The second keeps syncs short. Whoever has to wait for one, as the committer does when a segment is
 * full, would else wait for as much as was written in a whole interval.
 *
 * <p>Threading: one thread of its own; {@link #written} from any thread.
 */
final class BackgroundSync {
    /** What a disk writes in some ten milliseconds. */
    private static final long BYTES = 4 << 20;

    private final Engine engine;
    private final long intervalNanos;
    private final Thread thread;
    /** Whether the thread was woken before its time and has not synced since. */
    private final AtomicBoolean asked = new AtomicBoolean();

    private volatile boolean stopping;

    BackgroundSync(Engine engine, long intervalMillis) {
        this.engine = engine;
        this.intervalNanos = TimeUnit.MILLISECONDS.toNanos(intervalMillis);
        this.thread = new Thread(this::run, "blockdb-sync");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (!stopping) {
            if (!asked.get()) {
                LockSupport.parkNanos(this, intervalNanos);
            }
            try {
                engine.sync();
            } catch (IOException | RuntimeException | Error e) {
                engine.fail(e);
                return;
            }
            asked.set(false);
        }
    }

    /** Something was written: wakes the thread if there is enough to sync. */
    void written() {
        if (engine.ledger().unsyncedBytes() >= BYTES && !asked.getAndSet(true)) {
            LockSupport.unpark(thread);
        }
    }

    /** Has the thread sync once more and end, and waits for that. */
    void stop() throws InterruptedException {
        stopping = true;
        LockSupport.unpark(thread);
        thread.join();
    }
}
