package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Seed;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.io.MemoryFileSystem.Operation;
import io.blockdb.io.MemoryFileSystem.UnsyncedPolicy;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With a positive {@code wal_sync_interval}, writes are answered before they are synced, and synced soon after. */
@Timeout(120)
class SyncIntervalTest {
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private final MemoryFileSystem disk = new MemoryFileSystem();
    private final Options options = Workload.options(disk, 5);
    private final byte[] key = "key".getBytes(UTF_8);

    @Test
    void writesAreSyncedWithinTheInterval() throws IOException {
        try (BlockDb db = BlockDb.open(Workload.ROOT, options.withWalSyncIntervalMillis(20))) {
            for (int i = 0; i < 5; i++) {
                long blocks = db.put(("key" + i).getBytes(UTF_8), key).height() + 1;
                long begin = System.nanoTime();
                while (db.stats().syncedBlocks() < blocks) {
                    assertTrue(System.nanoTime() - begin < PATIENCE_NANOS, "never synced");
                    LockSupport.parkNanos(50_000);
                }
            }
        }
    }

    @Test
    void writesAreAnsweredBeforeTheyAreSyncedAndCloseSyncsThem() throws IOException {
        try (BlockDb db = BlockDb.open(Workload.ROOT, options.withWalSyncIntervalMillis(3_600_000))) {
            db.put(key, key);
            assertEquals(1, db.stats().syncedBlocks());
            assertArrayEquals(key, db.get(key));
        }
        MemoryFileSystem after = disk.crashClone(UnsyncedPolicy.DROP_ALL, Seed.random());
        try (BlockDb db = BlockDb.open(Workload.ROOT, Workload.options(after, 5))) {
            assertArrayEquals(key, db.get(key));
        }
    }

    @Test
    void aFailedSyncInTheBackgroundEndsWriting() throws IOException {
        BlockDb db = BlockDb.open(Workload.ROOT, options.withWalSyncIntervalMillis(5));
        disk.failWhen((operation, path, number) -> operation == Operation.SYNC);
        db.put(key, key);
        long begin = System.nanoTime();
        while (!db.engine().hasFailed()) {
            assertTrue(System.nanoTime() - begin < PATIENCE_NANOS, "never synced");
            LockSupport.parkNanos(50_000);
        }
        ReadOnlyException refused = assertThrows(ReadOnlyException.class, () -> db.put("b".getBytes(UTF_8), key));
        assertNotNull(refused.getCause());
        assertArrayEquals(key, db.get(key));
        db.close();
        disk.assertNoOpenFiles();
        disk.clearFaults();
        try (BlockDb again = BlockDb.open(Workload.ROOT, options)) {
            assertArrayEquals(key, again.get(key));
        }
    }
}
