package io.blockdb.db;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs a checkpoint once an interval, where something was written since the last one. What keeps it from signing is logged, once
 * as long as it stays the same, and keeps nobody from writing.
 *
 * <p>Threading: one thread of its own.
 */
final class CheckpointInterval {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointInterval.class);

    private final Checkpointer checkpointer;
    private final long intervalNanos;
    private final Thread thread;

    /** Why the last one was not signed, or null. */
    private volatile @Nullable String refusal;

    private volatile boolean stopping;

    CheckpointInterval(Checkpointer checkpointer, long intervalMillis) {
        this.checkpointer = checkpointer;
        this.intervalNanos = TimeUnit.MILLISECONDS.toNanos(intervalMillis);
        this.thread = new Thread(this::run, "blockdb-checkpoint");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (!stopping) {
            LockSupport.parkNanos(this, intervalNanos);
            if (!stopping) {
                sign();
            }
        }
    }

    private void sign() {
        try {
            checkpointer.checkpointUnless(() -> stopping);
            refusal = null;
        } catch (IOException | RuntimeException e) {
            String reason = String.valueOf(e.getMessage());
            if (!reason.equals(refusal)) {
                LOG.warn("no checkpoint was signed: {}", reason, e instanceof IOException ? null : e);
                refusal = reason;
            }
        }
    }

    /** What kept the last checkpoint from being signed, or null. */
    @Nullable
    String refusal() {
        return refusal;
    }

    /** Has the thread sign now, without waiting for it. */
    void wake() {
        LockSupport.unpark(thread);
    }

    /** Has the thread end, which stops reading back within a slice, and waits for that. */
    void stop() throws InterruptedException {
        stopping = true;
        LockSupport.unpark(thread);
        thread.join();
    }
}
