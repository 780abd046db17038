package io.blockdb.server.feed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.TableName;
import io.blockdb.db.WriteBatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Watchers who take little or nothing: they hold up nobody, cost little, and lose nothing. */
@Timeout(120)
final class SlowWatcherTest {
    private static final int BYTES_EACH = 8 << 10;
    private static final int BYTES_IN_ALL = 64 << 10;

    @TempDir
    Path directory;

    private static FeedLimits limits(Duration stall) {
        return new FeedLimits(1000, BYTES_EACH, BYTES_IN_ALL, Duration.ofSeconds(60), stall, Duration.ofSeconds(60), 2);
    }

    private static WatchRequest all(FeedFixture db) {
        return new WatchRequest(
                FeedFixture.table(), FeedFixture.EVERYTHING, false, db.ledger().entries(), null);
    }

    private static void write(FeedFixture db, int from, int count) throws Exception {
        for (int i = from; i < from + count; i++) {
            db.put("k" + i, "x".repeat(1000));
        }
    }

    @Test
    void oneWhoTakesNothingIsCutAndGoesOnWhereHeWas() throws Exception {
        // Long enough that a busy machine does not make a stuck one of the quick one.
        try (FeedFixture db = FeedFixture.in(directory, limits(Duration.ofSeconds(5)))) {
            long first = db.ledger().entries();
            Wire slow = Wire.stuck();
            db.watch(all(db), slow);
            Wire quick = db.watch(all(db), Wire.open());
            write(db, 0, 200);
            assertEquals(200, quick.awaitEvents(200).events().size(), "others are told");

            Received received = slow.awaitOver();
            assertFalse(slow.hasEnded(), "he took not even the event that says why");
            assertTrue(slow.bytes() <= BYTES_EACH, "so much was kept for him: " + slow.bytes());
            quick.await(() -> db.feed.counts().watchers() == 1);
            assertEquals(1, db.feed.counts().cut());

            Wire again = db.resume(FeedFixture.table(), Objects.requireNonNull(received.lastId()));
            int left = 200 - received.sequences().size();
            List<Long> sequences = new ArrayList<>(received.sequences());
            sequences.addAll(again.awaitEvents(left).sequences());
            assertEquals(sequencesFrom(first, 200), sequences);
        }
    }

    private static List<Long> sequencesFrom(long first, int count) {
        List<Long> sequences = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sequences.add(first + i);
        }
        return sequences;
    }

    @Test
    void oneWhoReadsAgainInTimeIsToldWhyHeIsCut() throws Exception {
        try (FeedFixture db = FeedFixture.in(directory, limits(Duration.ofMillis(20)))) {
            Wire slow = Wire.stuck();
            db.watch(all(db), slow);
            slow.await(() -> db.feed.counts().cut() == 1);
            slow.unstick();
            Received received = slow.awaitOver();
            assertTrue(slow.hasEnded());
            assertEquals("error", received.events().get(0).name());
            assertTrue(received.events().get(0).data().contains("Last-Event-ID"));
        }
    }

    @Test
    void oneWhoFallsBehindIsToldTheRestOutOfTheLedger() throws Exception {
        try (FeedFixture db = FeedFixture.in(directory, limits(Duration.ofSeconds(60)))) {
            long first = db.ledger().entries();
            Wire slow = Wire.stuck();
            Wire marker = db.watch(all(db), Wire.open());
            db.watch(all(db), slow);
            write(db, 0, 100);
            marker.awaitEvents(100);
            assertTrue(db.feed.counts().queuedBytes() <= BYTES_EACH);
            slow.unstick();
            assertEquals(sequencesFrom(first, 100), slow.awaitEvents(100).sequences());
            write(db, 100, 10);
            assertEquals(sequencesFrom(first, 110), slow.awaitEvents(110).sequences(), "and is up to date again");
        }
    }

    @Test
    void manyWhoTakeNothingShareTheMemoryThatThereIs() throws Exception {
        try (FeedFixture db = FeedFixture.in(directory, limits(Duration.ofSeconds(60)))) {
            long first = db.ledger().entries();
            List<Wire> slow = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                slow.add(Wire.stuck());
                db.watch(all(db), slow.get(i));
            }
            write(db, 0, 50);
            assertTrue(
                    db.feed.counts().queuedBytes() <= BYTES_IN_ALL,
                    () -> db.feed.counts().toString());
            for (Wire wire : slow) {
                wire.unstick();
            }
            for (Wire wire : slow) {
                assertEquals(sequencesFrom(first, 50), wire.awaitEvents(50).sequences());
            }
        }
    }

    @Test
    void anEventThatIsLongerThanWhatMayWaitComesInParts() throws Exception {
        try (FeedFixture db = FeedFixture.in(directory, limits(Duration.ofSeconds(60)))) {
            long first = db.ledger().entries();
            Wire wire = db.watch(all(db), Wire.open());
            db.database().put("long".getBytes(UTF_8), new byte[3 << 20]);
            write(db, 0, 3);
            Received received = wire.awaitEvents(4);
            assertEquals(sequencesFrom(first, 4), received.sequences());
            assertTrue(wire.largestWrite() <= 64 << 10);
        }
    }

    @Test
    void aBurstLargerThanWhatMayWaitReachesEveryone() throws Exception {
        try (FeedFixture db = FeedFixture.in(directory, limits(Duration.ofSeconds(60)))) {
            long first = db.ledger().entries();
            List<Wire> wires = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                wires.add(db.watch(all(db), Wire.open()));
            }
            WriteBatch batch = new WriteBatch();
            for (int i = 0; i < 2000; i++) {
                batch.put(TableName.DEFAULT, ("b" + i).getBytes(UTF_8), new byte[40]);
            }
            db.database().write(batch);
            for (Wire wire : wires) {
                assertEquals(sequencesFrom(first, 2000), wire.awaitEvents(2000).sequences());
            }
        }
    }
}
