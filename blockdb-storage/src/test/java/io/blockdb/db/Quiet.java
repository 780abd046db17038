package io.blockdb.db;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.locks.LockSupport;

/** Waits until the background work of a database rests, so that what a test looks at stays as it is. */
record Quiet(BlockDb db) {
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    /** Returns when nothing is left to flush, to erase or to compact, or that has failed. */
    void await() {
        Index index = db.engine().index();
        long begin = System.nanoTime();
        while (index.failure() == null
                && !(index.state().frozen().isEmpty() && index.erasures().due(1).isEmpty() && maintenanceRests())) {
            assertTrue(System.nanoTime() - begin < PATIENCE_NANOS, "flushing and compacting takes for ever");
            LockSupport.parkNanos(50_000);
        }
    }

    /** No other database may be at work in this process. */
    private static boolean maintenanceRests() {
        Thread[] threads = new Thread[Thread.activeCount() + 8];
        int count = Thread.enumerate(threads);
        for (int i = 0; i < count; i++) {
            if (threads[i].getName().equals("blockdb-maintenance") && threads[i].getState() != Thread.State.WAITING) {
                return false;
            }
        }
        return true;
    }
}
