package io.blockdb.server.feed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.db.WriteBatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Thousands of watchers at once. */
@Timeout(120)
final class ManyWatchersTest {
    private static final int WATCHERS = 5000;

    @TempDir
    Path directory;

    private FeedFixture open() throws Exception {
        FeedLimits limits = new FeedLimits(
                WATCHERS,
                16 << 10,
                16 << 20,
                Duration.ofSeconds(60),
                Duration.ofSeconds(60),
                Duration.ofSeconds(60),
                2);
        return FeedFixture.in(directory, limits);
    }

    private static void putAll(FeedFixture db, String prefix) throws Exception {
        for (int from = 0; from < WATCHERS; from += 500) {
            WriteBatch batch = new WriteBatch();
            for (int i = from; i < from + 500; i++) {
                batch.put((prefix + i).getBytes(UTF_8), "v".getBytes(UTF_8));
            }
            db.database().write(batch);
        }
    }

    @Test
    void eachIsToldOfHisOwnKeyAlone() throws Exception {
        try (FeedFixture db = open()) {
            List<Wire> wires = new ArrayList<>();
            for (int i = 0; i < WATCHERS; i++) {
                wires.add(db.watch(FeedFixture.key("own" + i), -1));
            }
            putAll(db, "other");
            putAll(db, "own");
            for (int i = 0; i < WATCHERS; i++) {
                List<Received.Event> events = wires.get(i).awaitEvents(1).events();
                assertEquals(1, events.size());
                assertTrue(events.get(0).data().contains("\"key\":\"own" + i + "\""));
            }
        }
    }

    @Test
    void allAreToldOfTheSameKeyAndShareTheEvent() throws Exception {
        try (FeedFixture db = open()) {
            List<Wire> wires = new ArrayList<>();
            for (int i = 0; i < WATCHERS; i++) {
                wires.add(db.watch(FeedFixture.prefix("k"), -1));
            }
            for (int i = 0; i < 5; i++) {
                db.put("k" + i, "v".repeat(100));
            }
            for (Wire wire : wires) {
                assertEquals(5, wire.awaitEvents(5).events().size());
            }
        }
    }

    @Test
    void allGoOnAtOnceAfterALongTime() throws Exception {
        try (FeedFixture db = open()) {
            Wire first = db.watch(FeedFixture.key("own0"), -1);
            first.await(() -> first.received().lastId() != null);
            String id = Objects.requireNonNull(first.received().lastId());
            putAll(db, "other");
            putAll(db, "own");
            putAll(db, "another");
            List<Wire> wires = new ArrayList<>();
            for (int i = 1; i < WATCHERS; i++) {
                wires.add(db.resume(FeedFixture.key("own" + i), id));
            }
            for (Wire wire : wires) {
                assertEquals(1, wire.awaitEvents(1).events().size());
            }
        }
    }
}
