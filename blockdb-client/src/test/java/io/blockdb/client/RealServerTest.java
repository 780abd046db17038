package io.blockdb.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.ProvedEntry;
import io.blockdb.proof.Receipt;
import io.blockdb.server.Server;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client and the real server: what goes in comes out, and what is lost on the way is made up for. */
class RealServerTest {
    @TempDir
    private Path temp;

    private Server server;
    private Front front;
    private BlockDbClient client;

    @BeforeEach
    void start() throws Exception {
        server = Servers.start(temp.resolve("data"));
        front = Front.of(server.port());
        try (BlockDbClient first = BlockDbClient.builder(front.url()).build()) {
            client = BlockDbClient.builder(front.url())
                    .verifierKeys(first.verifierKeys().toArray(String[]::new))
                    .timing(new TestTiming())
                    .build();
        }
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        front.close();
        server.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> texts(Iterable<Row> rows) {
        List<String> texts = new ArrayList<>();
        rows.forEach(row -> texts.add(row.key().text() + "=" + row.text()));
        return texts;
    }

    @Test
    void writeOnce() {
        Commit commit = client.put(Key.of("invoice"), "paid");
        assertFalse(commit.existing());
        Revision found = client.get(Key.of("invoice")).orElseThrow();
        assertEquals("paid", found.text());
        assertEquals(commit.sequence(), found.sequence());
        assertEquals(commit.height(), found.height());
        assertEquals(commit.blockHash(), found.blockHash());
        assertEquals(commit.timestamp(), found.timestamp());
        assertTrue(client.put(Key.of("invoice"), "paid").existing());
        assertTrue(assertThrows(RefusedException.class, () -> client.put(Key.of("invoice"), "open"))
                .isDuplicateKey());
        assertEquals(Optional.empty(), client.get(Key.of("none")));
        assertEquals(Optional.empty(), client.getAt(Key.of("invoice"), commit.height() - 1));
        assertEquals(
                "paid",
                client.getAt(Key.of("invoice"), commit.height()).orElseThrow().text());
    }

    @Test
    void everyKeyIsItself() {
        Random random = new Random(1);
        List<Key> keys = new ArrayList<>(List.of(
                Key.of("a/b"),
                Key.of("a%2Fb"),
                Key.of("a b"),
                Key.of("."),
                Key.of(".."),
                Key.of("../x"),
                Key.of("/"),
                Key.of("//"),
                Key.of("?x=1"),
                Key.of("#"),
                Key.of("+"),
                Key.of("ä\u0000\uD83D\uDE00"),
                Key.of(new byte[] {0}),
                Key.of(new byte[] {(byte) 0xff, (byte) 0xfe}),
                Key.of("a\\b"),
                Key.of("%")));
        for (int length = 1; length < 200; length += 7) {
            byte[] key = new byte[length];
            random.nextBytes(key);
            keys.add(Key.of(key));
        }
        for (Key key : keys) {
            client.put(key, key.bytes());
        }
        for (Key key : keys) {
            assertArrayEquals(key.bytes(), client.get(key).orElseThrow().value());
            assertArrayEquals(
                    key.bytes(), client.receipt(key).orElseThrow().entry().value());
        }
        List<Key> scanned = new ArrayList<>();
        client.scan(Scan.of("default").pageSize(5)).forEach(row -> scanned.add(row.key()));
        keys.sort((one, other) -> java.util.Arrays.compareUnsigned(one.bytes(), other.bytes()));
        assertEquals(keys, scanned);
    }

    @Test
    void versionedTables() {
        client.createTable(new Table("t", Table.Policy.VERSIONED, true));
        assertTrue(client.tables().contains(new Table("t", Table.Policy.VERSIONED, true)));
        Key key = Key.of("t", "k");
        long first = client.put(key, "1").sequence();
        client.put(key, "2");
        client.delete(key);
        assertEquals(Optional.empty(), client.get(key));
        assertEquals(
                "NotFound",
                assertThrows(RefusedException.class, () -> client.delete(key)).error());
        List<Revision> history = new ArrayList<>();
        client.history(key).forEach(history::add);
        assertEquals(
                List.of("1", "2"), history.stream().limit(2).map(Revision::text).toList());
        assertTrue(history.get(2).deletion());
        assertEquals(3, history.size());
        long erasure = client.erase(key, first, "asked for");
        Revision erased = client.history(key).iterator().next();
        assertEquals(erasure, erased.erasureSequence());
        assertEquals(null, erased.value());
        assertFalse(client.history(Key.of("t", "never")).iterator().hasNext());
        assertFalse(client.alterTable("t", false).erasable());
    }

    @Test
    void batchesAndScans() {
        Batch batch = new Batch();
        for (int i = 0; i < 25; i++) {
            batch.put(Key.of("k%02d".formatted(i)), "v" + i);
        }
        Commit commit = client.write(batch);
        assertEquals(25, commit.operations());
        assertEquals(
                commit.sequence() + 24, client.get(Key.of("k24")).orElseThrow().sequence());
        assertTrue(client.write(batch).existing());
        RefusedException refused = assertThrows(
                RefusedException.class,
                () -> client.write(new Batch().put(Key.of("new"), "x").put(Key.of("k03"), "other")));
        assertEquals(List.of(1), refused.operations());
        assertEquals(Optional.empty(), client.get(Key.of("new")));
        assertEquals(
                List.of("k10=v10", "k11=v11"),
                texts(client.scan(Scan.of("default").prefix("k1"))).subList(0, 2));
        assertEquals(
                List.of("k07=v7", "k08=v8", "k09=v9"),
                texts(client.scan(
                        Scan.of("default").from(bytes("k07")).to(bytes("k10")).pageSize(2))));
        Iterable<Row> scan = client.scan(Scan.of("default").at(commit.height()));
        client.put(Key.of("k99"), "later");
        assertEquals(25, texts(scan).size());
        assertThrows(IllegalArgumentException.class, () -> client.write(new Batch()));
    }

    @Test
    void proofs() throws Exception {
        Commit commit = client.put(Key.of("k"), "v");
        ProvedReceipt proved = client.receipt(Key.of("k")).orElseThrow();
        assertEquals(commit.sequence(), proved.entry().sequence());
        assertEquals(
                proved.receipt().toJson(),
                Receipt.parse(proved.receipt().toJson()).toJson());
        assertEquals(
                proved.entry().height(),
                client.receipt(commit.sequence()).entry().height());
        ProvedEntry entry = client.getVerified(Key.of("k")).orElseThrow();
        assertArrayEquals(bytes("v"), entry.value());
        assertEquals(Optional.empty(), client.getVerified(Key.of("none")));
        assertEquals(
                "NotFound",
                assertThrows(RefusedException.class, () -> client.receipt(99)).error());

        Checkpoint before = client.checkpoint();
        assertEquals(before, client.rememberedCheckpoint());
        for (int i = 0; i < 5; i++) {
            client.put(Key.of("more" + i), "v");
        }
        client.receipt(Key.of("more4"));
        Checkpoint after = client.checkpoint();
        assertNotEquals(before.treeSize(), after.treeSize());
        client.consistency(before.treeSize(), after.treeSize()).verify(before, after);

        VerifyResult result = client.verify(Duration.ofMinutes(1));
        assertTrue(result.valid());
        assertEquals(List.of(), result.failures());
        assertTrue(result.blocksVerified() >= after.treeSize());
    }

    /** While one receipt is on its way, another call of the same client brings a newer checkpoint; every time. */
    @Test
    void receiptsThatOvertakeEachOtherAreAllTrusted() throws Exception {
        client.put(Key.of("k"), "v");
        AtomicInteger overtaken = new AtomicInteger();
        AtomicBoolean overtaking = new AtomicBoolean();
        front.doing((request, self) -> {
            Front.Reply reply = self.passOn(request);
            boolean held = request.path().startsWith("/api/v1/receipt/")
                    || request.path().contains("checkpoint");
            if (held && !overtaking.get()) {
                overtaking.set(true);
                Key more = Key.of("more" + overtaken.incrementAndGet());
                client.put(more, "v");
                client.receipt(more);
                overtaking.set(false);
            }
            return reply;
        });
        assertArrayEquals(
                bytes("v"), client.receipt(Key.of("k")).orElseThrow().entry().value());
        client.checkpoint();
        assertTrue(overtaken.get() >= 2);
    }

    @Test
    void erasedAndDeletedValuesAreProvedAsSuch() {
        client.createTable(new Table("t", Table.Policy.VERSIONED, true));
        Key key = Key.of("t", "k");
        long sequence = client.put(key, "secret").sequence();
        client.erase(key, sequence, "asked for");
        assertThrows(UnprovedException.class, () -> client.getVerified(key));
        assertTrue(client.receipt(key).orElseThrow().entry().value() == null);
        RefusedException erased = assertThrows(RefusedException.class, () -> client.get(key));
        assertEquals("Erased", erased.error());
        assertTrue(erased.erasureSequence() > sequence);
        client.delete(key);
        assertTrue(client.receipt(key).orElseThrow().entry().deletion());
        assertEquals(Optional.empty(), client.getVerified(key));
    }

    /** Each write is done, its answer lost on the way; then each request, so that it was not done. */
    @Test
    void everyWriteIsDoneOnceHoweverOftenItsAnswerIsLost() {
        client.createTable(new Table("t", Table.Policy.VERSIONED, false));
        Random random = new Random(2);
        front.doing((request, self) -> {
            int fate = random.nextInt(3);
            Front.Reply reply = fate == 0 ? null : self.passOn(request);
            return fate == 1 ? null : reply;
        });
        Key key = Key.of("t", "k");
        for (int i = 0; i < 30; i++) {
            client.put(key, "v" + i);
            client.write(new Batch().put(Key.of("t", "b"), "v" + i).put(Key.of("once" + i), "v"));
            if (i % 10 == 9) {
                client.delete(key);
            }
        }
        front.doing((request, self) -> self.passOn(request));
        List<String> history = new ArrayList<>();
        client.history(key).forEach(revision -> history.add(revision.deletion() ? "gone" : revision.text()));
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            expected.add("v" + i);
            if (i % 10 == 9) {
                expected.add("gone");
            }
        }
        assertEquals(expected, history);
        List<Revision> batches = new ArrayList<>();
        client.history(Key.of("t", "b")).forEach(batches::add);
        assertEquals(30, batches.size());
    }

    @Test
    void manyAtOnce() {
        List<CompletableFuture<Commit>> writes = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            writes.add(client.putAsync(Key.of("k" + i), bytes("v" + i)));
        }
        writes.forEach(CompletableFuture::join);
        List<CompletableFuture<Optional<Revision>>> reads = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            reads.add(client.getAsync(Key.of("k" + i)));
        }
        for (int i = 0; i < 500; i++) {
            assertEquals("v" + i, reads.get(i).join().orElseThrow().text());
        }
        assertEquals(
                500,
                client.scanPageAsync(Scan.of("default"), null).join().items().size());
    }

    @Test
    void aWatchHearsWhatIsWrittenAndGoesOn() throws Exception {
        try (BlockDbClient direct =
                BlockDbClient.builder("http://127.0.0.1:" + server.port()).build()) {
            String second;
            try (Watch watch = direct.watch(WatchRequest.of("default").withPrefix("k"))) {
                long sequence = client.put(Key.of("k1"), "v1").sequence();
                client.put(Key.of("other"), "x");
                client.put(Key.of("k2"), "v2");
                Change first = watch.next();
                assertEquals(Key.of("k1"), first.key());
                assertEquals(sequence, first.sequence());
                assertArrayEquals(bytes("v1"), first.value());
                second = watch.next().eventId();
            }
            client.put(Key.of("k3"), "v3");
            try (Watch watch =
                    direct.watch(WatchRequest.of("default").withPrefix("k").after(second))) {
                assertEquals(Key.of("k3"), watch.next().key());
            }
            try (Watch watch = direct.watch(WatchRequest.of("default").from(0).withoutValues())) {
                for (String key : List.of("k1", "other", "k2", "k3")) {
                    Change change = watch.next();
                    assertEquals(Key.of(key), change.key());
                    assertEquals(null, change.value());
                }
            }
            RefusedException refused = assertThrows(
                    RefusedException.class,
                    () -> direct.watch(WatchRequest.of("default").after("nonsense")));
            assertEquals(400, refused.status());
        }
    }

    @Test
    void scansGoBothWays() {
        client.write(new Batch().put(Key.of("a"), "1").put(Key.of("b"), "2").put(Key.of("c"), "3"));
        assertEquals(
                List.of("c=3", "b=2", "a=1"),
                texts(client.scan(Scan.of("default").reversed().pageSize(1))));
    }

    @Test
    void anotherLedgerIsNotTakenForThisOne() throws Exception {
        try (Server other = Servers.start(temp.resolve("other"));
                BlockDbClient wrong = BlockDbClient.builder("http://127.0.0.1:" + other.port())
                        .verifierKeys(client.verifierKeys().toArray(String[]::new))
                        .build();
                BlockDbClient plain = BlockDbClient.builder("http://127.0.0.1:" + other.port())
                        .build()) {
            assertThrows(RefusedException.class, () -> wrong.put(Key.of("k"), "v"));
            assertThrows(RefusedException.class, () -> wrong.write(new Batch().put(Key.of("k"), "v")));
            assertThrows(RefusedException.class, () -> wrong.delete(Key.of("k")));
            Table table = new Table("t", Table.Policy.VERSIONED, false);
            assertThrows(RefusedException.class, () -> wrong.createTable(table));
            assertThrows(RefusedException.class, () -> wrong.alterTable("t", true));
            assertThrows(RefusedException.class, () -> wrong.erase(Key.of("k"), 1, "asked for"));
            assertTrue(plain.tables().stream().noneMatch(each -> each.name().equals("t")));
            assertEquals(Optional.empty(), plain.get(Key.of("k")), "it is not found out afterwards only");
            plain.put(Key.of("k"), "v");
            assertThrows(UnprovedException.class, () -> wrong.get(Key.of("k")));
            assertThrows(UnprovedException.class, () -> wrong.receipt(Key.of("k")));
            assertThrows(UnprovedException.class, wrong::checkpoint);
        }
    }

    @Test
    void anAddressThatLeadsElsewhereIsNotAnAbsentKey() {
        try (BlockDbClient astray =
                BlockDbClient.builder(front.url() + "/elsewhere").build()) {
            RefusedException refused = assertThrows(RefusedException.class, () -> astray.get(Key.of("k")));
            assertEquals(404, refused.status());
            assertThrows(
                    RefusedException.class,
                    () -> astray.history(Key.of("k")).iterator().hasNext());
        }
    }

    @Test
    void withoutKeysNothingIsProved() {
        try (BlockDbClient plain = BlockDbClient.builder(front.url()).build()) {
            assertThrows(IllegalStateException.class, plain::checkpoint);
            assertThrows(IllegalStateException.class, () -> plain.receipt(Key.of("k")));
        }
    }
}
