package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.TableName;
import io.blockdb.io.Environment;
import io.blockdb.io.MemoryFileSystem;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Verifying in the background: at its rate, and what it finds is in the statistics. */
@Timeout(60)
class ScrubberTest {
    private final MemoryFileSystem disk = new MemoryFileSystem();
    private final AtomicLong time = new AtomicLong(1_700_000_000_000_000L);

    private Options options(long step) {
        return Workload.options(disk, 1)
                .withEnvironment(new Environment(disk, () -> time.addAndGet(step), new Random(1)::nextBytes));
    }

    private static void write(BlockDb db) throws IOException {
        for (int i = 0; i < 20; i++) {
            byte[] key = ("key" + i).getBytes(UTF_8);
            db.put(TableName.DEFAULT, key, key);
        }
    }

    @Test
    void isOffUnlessAskedFor() throws IOException {
        try (BlockDb db = BlockDb.open(Workload.ROOT, options(1000))) {
            assertEquals(Scrub.NONE, db.stats().scrub());
        }
    }

    @Test
    void whatItFindsIsInTheStatistics() throws Exception {
        // Each look at the clock is twenty minutes later: so it waits neither for its rate nor between rounds.
        try (BlockDb db =
                BlockDb.open(Workload.ROOT, options(20L * 60 * 1_000_000).withScrubBytesPerSecond(1 << 20))) {
            write(db);
            Scrub good = await(db, 1);
            assertEquals(0, good.failures().size(), good::toString);
            assertNull(good.problem());
            disk.corrupt(Workload.ROOT.resolve("ledger/0000000001.seg"), 700, 1);
            // The round that is under way now may have passed the place already; the one behind it has not.
            Scrub bad = await(db, db.stats().scrub().rounds() + 2);
            assertEquals(1, bad.failures().size(), bad::toString);
            assertEquals("ledger/0000000001.seg", bad.failures().get(0).file());
            assertTrue(bad.finishedAt() > good.finishedAt());
        }
        disk.assertNoOpenFiles();
    }

    private static Scrub await(BlockDb db, long rounds) throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        while (db.stats().scrub().rounds() < rounds) {
            assertTrue(!never.await(10, TimeUnit.MILLISECONDS));
        }
        return db.stats().scrub();
    }

    @Test
    void closingDoesNotWaitForASlowRound() throws IOException {
        // At a byte a second this takes hours; time stands nearly still.
        try (BlockDb db = BlockDb.open(Workload.ROOT, options(1).withScrubBytesPerSecond(1))) {
            write(db);
        }
        disk.assertNoOpenFiles();
    }
}
