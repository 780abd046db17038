package io.blockdb.server.feed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.TableName;
import io.blockdb.db.BackupOptions;
import io.blockdb.db.TablePolicy;
import io.blockdb.db.WriteBatch;
import io.blockdb.server.feed.WatchRefusedException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FeedTest {
    private static final TableName EVENTS = TableName.of("events");

    @TempDir
    Path directory;

    @Test
    void tellsOfWhatIsWrittenAfterTheWatchBegan() throws Exception {
        try (FeedFixture db = FeedFixture.in(directory)) {
            db.put("before", "1");
            Wire one = db.watch(FeedFixture.key("k"), -1);
            Wire some = db.watch(FeedFixture.prefix("k"), -1);
            Wire all = db.watch(FeedFixture.table(), -1);
            long first = db.put("k", "v").sequence();
            db.put("kk", "w");
            db.put("other", "x");

            assertEquals(
                    List.of(first, first + 1, first + 2), all.awaitEvents(3).sequences());
            assertEquals(List.of(first, first + 1), some.awaitEvents(2).sequences());
            Received received = one.awaitEvents(1);
            assertEquals(List.of(first), received.sequences());
            Received.Event event = received.events().get(0);
            assertEquals("entry", event.name());
            assertTrue(event.data().startsWith("{\"sequence_number\":" + first + ",\"height\":"), event::data);
            assertTrue(
                    event.data()
                            .contains(
                                    "\"table\":\"default\",\"key\":\"k\",\"encoding\":\"text\",\"kind\":\"put\",\"value\":\"v\",\"timestamp\":"),
                    event::data);
        }
    }

    @Test
    void tellsFromAnySequenceOn() throws Exception {
        try (FeedFixture db = FeedFixture.in(directory)) {
            for (int i = 0; i < 50; i++) {
                db.put("k" + i, "v");
            }
            List<Long> all = db.expected(0, entry -> entry.table().equals(TableName.DEFAULT));
            for (long from : new long[] {0, 1, all.get(0), all.get(17), all.get(49), all.get(49) + 1}) {
                Wire wire = db.watch(FeedFixture.table(), from);
                List<Long> behind = all.stream().filter(s -> s >= from).toList();
                assertEquals(behind, wire.awaitEvents(behind.size()).sequences());
            }
        }
    }

    @Test
    void beginsInTheMiddleOfABlock() throws Exception {
        try (FeedFixture db = FeedFixture.in(directory)) {
            WriteBatch batch = new WriteBatch();
            for (int i = 0; i < 10; i++) {
                batch.put(("k" + i).getBytes(UTF_8), new byte[] {1});
            }
            long first = db.database().write(batch).sequence();
            Wire wire = db.watch(FeedFixture.table(), first + 7);
            assertEquals(
                    List.of(first + 7, first + 8, first + 9),
                    wire.awaitEvents(3).sequences());

            String id = Objects.requireNonNull(wire.received().events().get(0).id());
            assertEquals(
                    List.of(first + 8, first + 9),
                    db.resume(FeedFixture.table(), id).awaitEvents(2).sequences());
        }
    }

    @Test
    void goesOnBehindTheIdWithWhichItBegan() throws Exception {
        try (FeedFixture db = FeedFixture.in(directory)) {
            Wire wire = db.watch(FeedFixture.key("k"), -1);
            wire.await(() -> wire.received().lastId() != null);
            String id = Objects.requireNonNull(wire.received().lastId());
            long missed = db.put("k", "while away").sequence();
            assertEquals(
                    List.of(missed),
                    db.resume(FeedFixture.key("k"), id).awaitEvents(1).sequences());
        }
    }

    @Test
    void showsBytesThatAreNoTextInBase64AndDeletesAndExpiry() throws Exception {
        try (FeedFixture db = FeedFixture.in(directory)) {
            db.database().createTable(EVENTS, TablePolicy.VERSIONED, false);
            Wire wire = db.watch(Selection.ofTable(EVENTS), -1);
            db.database().put(EVENTS, "k".getBytes(UTF_8), new byte[] {(byte) 0xff, 0});
            db.database().delete(EVENTS, "k".getBytes(UTF_8));
            long expires = System.currentTimeMillis() * 1000 + 3_600_000_000L;
            db.database()
                    .write(new WriteBatch().author("anna").put(EVENTS, "e\n\"".getBytes(UTF_8), new byte[0], expires));
            List<Received.Event> events = wire.awaitEvents(3).events();
            assertTrue(events.get(0)
                    .data()
                    .contains("\"key\":\"aw==\",\"encoding\":\"base64\",\"kind\":\"put\",\"value\":\"/wA=\""));
            assertTrue(events.get(1).data().contains("\"kind\":\"delete\",\"value\":null"), events.get(1)::data);
            assertTrue(events.get(2).data().contains("\"key\":\"e\\n\\\"\""), events.get(2)::data);
            assertTrue(events.get(2).data().contains("\"expires_at\":" + expires), events.get(2)::data);
            assertTrue(events.get(2).data().endsWith("\"author\":\"anna\"}"), events.get(2)::data);
        }
    }

    @Test
    void doesNotTellErasedValuesOnceTheyAreErased() throws Exception {
        try (FeedFixture db = FeedFixture.in(directory)) {
            db.database().createTable(EVENTS, TablePolicy.VERSIONED, true);
            long sequence = db.database()
                    .put(EVENTS, new byte[] {'k'}, "secret".getBytes(UTF_8))
                    .sequence();
            long erasure = db.database()
                    .erase(EVENTS, new byte[] {'k'}, sequence, "asked for", "")
                    .sequence();
            Received received = db.watch(Selection.ofTable(EVENTS), 0).awaitEvents(1);
            assertTrue(
                    received.events().get(0).data().contains("\"value\":null,\"erasure_sequence\":" + erasure),
                    received.events().get(0)::data);
        }
    }

    @Test
    void tellsNoMoreThanTheRightsAllow() throws Exception {
        try (FeedFixture db = FeedFixture.in(directory)) {
            TableName secret = TableName.of("secret");
            TableName open = TableName.of("open");
            Rights rights = table -> table.equals(secret)
                    ? Rights.Extent.NOTHING
                    : table.equals(open) ? Rights.Extent.WITH_VALUE : Rights.Extent.WITHOUT_VALUE;
            Wire wire = db.watch(new WatchRequest(Selection.ofAllTables(), rights, true, -1, null), Wire.open());
            db.database().put(secret, new byte[] {1}, new byte[] {1});
            db.database().createTable(EVENTS, TablePolicy.VERSIONED, false);
            db.database().put(EVENTS, new byte[] {2}, new byte[] {2});
            db.database().put(open, new byte[] {'3'}, new byte[] {'3'});
            List<Received.Event> events = wire.awaitEvents(2).events();
            assertEquals(2, events.size());
            assertTrue(events.get(0).data().contains("\"table\":\"events\""));
            assertFalse(events.get(0).data().contains("\"value\""));
            assertTrue(events.get(1).data().contains("\"encoding\":\"base64\",\"kind\":\"put\",\"value\":\"Mw==\""));
        }
    }

    @Test
    void refusesIdsOfOtherLedgersAndSequencesThatAreNotThere() throws Exception {
        try (FeedFixture db = FeedFixture.in(directory.resolve("a"));
                FeedFixture other = FeedFixture.in(directory.resolve("b"))) {
            db.put("k", "v");
            other.put("k", "v");
            Received foreign = other.watch(FeedFixture.table(), 0).awaitEvents(1);
            String id = Objects.requireNonNull(foreign.lastId());
            assertEquals(Reason.OTHER_LEDGER, refused(db, -1, id));
            assertEquals(Reason.MALFORMED, refused(db, -1, "17"));
            assertEquals(Reason.MALFORMED, refused(db, -1, id.toUpperCase(Locale.ROOT)));
            long end = db.ledger().entries();
            assertEquals(Reason.BEYOND_THE_END, refused(db, end + 1, null));
            EventId own = new EventId(Objects.requireNonNull(db.ledger().ledgerId()), end, 0);
            assertEquals(Reason.OTHER_HISTORY, refused(db, -1, own.toString()));
            assertEquals(Reason.BEYOND_THE_END, refused(db, -1, new EventId(own.ledger(), end + 1, 0).toString()));
            assertNotNull(db.watch(FeedFixture.table(), end));
        }
    }

    private static Reason refused(FeedFixture db, long from, @Nullable String id) {
        WatchRequest request = new WatchRequest(FeedFixture.table(), FeedFixture.EVERYTHING, false, from, id);
        return assertThrows(
                        WatchRefusedException.class,
                        () -> db.feed.watch(request, () -> {
                            throw new AssertionError("an answer was begun");
                        }))
                .reason();
    }

    @Test
    void refusesMoreWatchersThanThereMayBe() throws Exception {
        FeedLimits limits = new FeedLimits(
                2, 1 << 10, 1 << 20, Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofSeconds(60), 1);
        try (FeedFixture db = FeedFixture.in(directory, limits)) {
            Wire first = db.watch(FeedFixture.table(), -1);
            db.watch(FeedFixture.key("k"), -1);
            assertEquals(Reason.TOO_MANY, refused(db, -1, null));
            assertEquals(1, db.feed.counts().refused());
            first.abort();
            db.put("a", "first is found to be gone when he is told of this");
            first.await(() -> db.feed.counts().watchers() == 1);
            db.watch(FeedFixture.table(), -1);
        }
    }

    @Test
    void goesOnAfterTheDatabaseWasOpenedAgain() throws Exception {
        try (FeedFixture db = FeedFixture.in(directory)) {
            Wire live = db.watch(FeedFixture.table(), -1);
            long first = db.put("a", "1").sequence();
            live.awaitEvents(1);
            db.reopen();
            db.put("b", "2");
            Wire late = db.watch(FeedFixture.table(), first);
            db.put("c", "3");
            assertEquals(
                    List.of(first, first + 1, first + 2), live.awaitEvents(3).sequences());
            assertEquals(
                    List.of(first, first + 1, first + 2), late.awaitEvents(3).sequences());
        }
    }

    @Test
    void cutsWatchersWhenAnotherHistoryIsOpened() throws Exception {
        Path copy = directory.resolve("copy");
        try (FeedFixture db = FeedFixture.in(directory.resolve("db"))) {
            db.put("a", "1");
            db.database().backup(copy, BackupOptions.DEFAULT, (done, total) -> {});
            Wire wire = db.watch(FeedFixture.table(), -1);
            db.put("b", "2");
            wire.awaitEvents(1);
            db.close(db.database());
            db.open(copy);
            Received received = wire.awaitOver();
            assertTrue(wire.hasEnded());
            Received.Event last = received.events().get(received.events().size() - 1);
            assertEquals("error", last.name());
            assertTrue(last.data().contains("\"error\":\"Conflict\""), last::data);
            db.put("b", "otherwise");
            assertEquals(Reason.OTHER_HISTORY, refused(db, -1, received.lastId()));
        }
    }

    @Test
    void saysThatItStops() throws Exception {
        Wire wire;
        try (FeedFixture db = FeedFixture.in(directory)) {
            wire = db.watch(FeedFixture.table(), -1);
            db.put("a", "1");
            wire.awaitEvents(1);
        }
        List<Received.Event> events = wire.received().events();
        assertEquals(2, events.size());
        assertTrue(events.get(1).data().contains("\"error\":\"NotReady\""));
        assertTrue(wire.hasEnded());
    }

    @Test
    void aHeartbeatMovesThePlaceToGoOnFrom() throws Exception {
        FeedLimits limits = new FeedLimits(
                10, 64 << 10, 1 << 20, Duration.ofMillis(1), Duration.ofSeconds(60), Duration.ofSeconds(60), 1);
        try (FeedFixture db = FeedFixture.in(directory, limits)) {
            Wire wire = db.watch(FeedFixture.key("k"), -1);
            for (int i = 0; i < 20; i++) {
                db.put("other" + i, "v");
            }
            long end = db.ledger().entries();
            wire.await(() -> {
                String id = wire.received().lastId();
                EventId parsed = id == null ? null : EventId.parse(id);
                return parsed != null && parsed.next() == end;
            });
            assertTrue(wire.received().events().isEmpty());
        }
    }

    @Test
    void findsTheEntriesOfAKeyByTheIndex() throws Exception {
        try (FeedFixture db = FeedFixture.in(directory)) {
            db.database().createTable(EVENTS, TablePolicy.VERSIONED, false);
            for (int block = 0; block < 30; block++) {
                WriteBatch batch = new WriteBatch();
                for (int i = 0; i < 200; i++) {
                    batch.put(EVENTS, ("k" + (i + block) % 500).getBytes(UTF_8), new byte[] {1});
                }
                db.database().write(batch);
            }
            List<Long> expected = db.expected(0, entry -> new String(entry.key(), UTF_8).equals("k210"));
            Wire wire = db.watch(Selection.ofKey(EVENTS, "k210".getBytes(UTF_8)), 0);
            db.database().put(EVENTS, "k210".getBytes(UTF_8), new byte[] {2});
            Received received = wire.awaitEvents(expected.size() + 1);
            assertEquals(expected, received.sequences().subList(0, expected.size()));
        }
    }

    @Test
    void aReaderOfClosedDatabaseIsToldSo() throws IOException {
        try (FeedFixture db = FeedFixture.in(directory)) {
            db.close(db.database());
            assertEquals(Reason.NOT_READY, refused(db, -1, null));
            db.open(directory);
        }
    }

    @Test
    void cutsWhoMayWatchNoMore() throws Exception {
        FeedLimits limits = new FeedLimits(
                10, 64 << 10, 1 << 20, Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofMillis(1), 1);
        AtomicBoolean may = new AtomicBoolean(true);
        Rights rights = new Rights() {
            @Override
            public Extent of(TableName table) {
                return Extent.WITH_VALUE;
            }

            @Override
            public boolean renew() {
                return may.get();
            }
        };
        try (FeedFixture db = FeedFixture.in(directory, limits)) {
            Wire revoked = db.watch(new WatchRequest(FeedFixture.table(), rights, false, -1, null), Wire.open());
            Wire other = db.watch(FeedFixture.table(), -1);
            db.put("a", "1");
            revoked.awaitEvents(1);
            may.set(false);
            Received received = revoked.awaitOver();
            assertTrue(received.events().get(1).data().contains("\"error\":\"Unauthorized\""));
            db.put("b", "2");
            assertEquals(2, other.awaitEvents(2).events().size());
            assertEquals(1, revoked.received().sequences().size());
        }
    }
}
