package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.db.Timings.Stage;
import io.blockdb.io.MemoryFileSystem;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TimingsTest {
    private final Timings timings = new Timings();

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private long count(Stage stage) {
        return timings.of(stage).count();
    }

    @Test
    void aTimeBelongsToTheFirstClassThatIsNotBelowIt() {
        long[] bounds = Timings.boundsNanos();
        timings.add(Stage.SYNC, 0);
        timings.add(Stage.SYNC, bounds[0]);
        timings.add(Stage.SYNC, bounds[0] + 1);
        timings.add(Stage.SYNC, bounds[bounds.length - 1]);
        timings.add(Stage.SYNC, bounds[bounds.length - 1] + 1);
        Timings.Histogram sync = timings.of(Stage.SYNC);
        assertEquals(bounds.length + 1, sync.counts().size());
        assertEquals(2, sync.counts().get(0));
        assertEquals(1, sync.counts().get(1));
        assertEquals(1, sync.counts().get(bounds.length - 1));
        assertEquals(1, sync.counts().get(bounds.length));
        assertEquals(2 * bounds[0] + 2 * bounds[bounds.length - 1] + 2, sync.sumNanos());
        assertEquals(5, sync.count());
        assertEquals(0, count(Stage.TOTAL));
    }

    @Test
    void everyStageOfAWriteIsMeasured() throws IOException {
        MemoryFileSystem disk = new MemoryFileSystem();
        Options options = Workload.options(disk, 1).withTimings(timings);
        try (BlockDb db = BlockDb.open(Workload.ROOT, options)) {
            long founding = count(Stage.WRITE);
            long syncs = count(Stage.SYNC);
            db.put(bytes("a"), bytes("1"));
            db.writeAsync(new WriteBatch().put(bytes("b"), bytes("2"))).join();
            assertThrows(DuplicateKeyException.class, () -> db.put(bytes("a"), bytes("2")));
            assertEquals(founding + 2, count(Stage.WRITE));
            assertEquals(founding + 2, count(Stage.INDEX));
            assertEquals(founding + 3, count(Stage.DECIDE), "what is refused is decided too");
            assertEquals(3, count(Stage.HASH));
            assertEquals(3, count(Stage.QUEUE));
            assertEquals(3, count(Stage.TOTAL));
            assertTrue(count(Stage.SYNC) >= syncs + 2);
            long parts =
                    timings.of(Stage.HASH).sumNanos() + timings.of(Stage.QUEUE).sumNanos();
            assertTrue(timings.of(Stage.TOTAL).sumNanos() >= parts);

            db.get(bytes("a"));
            db.find(io.blockdb.base.TableName.DEFAULT, bytes("b"));
            db.get(bytes("nobody wrote this"));
            assertEquals(2, count(Stage.READ));
        }
    }

    @Test
    void flushesAndCompactionsAreMeasuredAndTimingsOutliveTheDatabase() throws IOException {
        MemoryFileSystem disk = new MemoryFileSystem();
        Options options =
                Workload.options(disk, 1).withMemtableSizeLimit(4 << 10).withTimings(timings);
        long flushes = 0;
        for (int round = 0; round < 2; round++) {
            try (BlockDb db = BlockDb.open(Workload.ROOT, options)) {
                for (int i = 0; i < 60; i++) {
                    db.put(bytes("k" + round + "-" + i), new byte[300]);
                }
                new Quiet(db).await();
                flushes += db.stats().flushes();
                assertTrue(count(Stage.FLUSH) >= flushes, "flushes of both");
                assertTrue(count(Stage.COMPACTION) > 0);
            }
        }
        assertEquals(120, count(Stage.TOTAL));
    }

    @Test
    void nothingIsMeasuredWhereNobodyAsks() throws IOException {
        try (BlockDb db = BlockDb.open(Workload.ROOT, Workload.options(new MemoryFileSystem(), 1))) {
            db.put(bytes("a"), bytes("1"));
        }
        for (Stage stage : Stage.values()) {
            assertEquals(0, Timings.off().of(stage).count(), stage::toString);
        }
    }
}
