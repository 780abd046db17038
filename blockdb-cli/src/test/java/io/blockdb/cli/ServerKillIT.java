package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.client.Batch;
import io.blockdb.client.BlockDbClient;
import io.blockdb.client.BlockDbClientException;
import io.blockdb.client.CheckpointStore;
import io.blockdb.client.Key;
import io.blockdb.client.OutcomeUnknownException;
import io.blockdb.client.Revision;
import io.blockdb.client.Row;
import io.blockdb.client.Scan;
import io.blockdb.client.Table;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the packaged server with SIGKILL while many clients write, over and over on one database. After each: every write that was
 * acknowledged is there, every batch is whole, the ledger verifies, what was signed is continued, and a write whose outcome was
 * unknown, repeated with its key, is there once. {@code -Dblockdb.kill.rounds} makes it longer.
 */
final class ServerKillIT {
    private static final int ROUNDS = Integer.getInteger("blockdb.kill.rounds", 3);
    private static final int ROUNDS_SOAK = Integer.getInteger("blockdb.kill.rounds", 100);
    private static final int WRITERS = 16;
    private static final int BATCH_SIZE = 10;
    private static final String VERSIONED = "versioned";

    private final long seed = Long.getLong("blockdb.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final String reproduce =
            "reproduce with: mvn -pl blockdb-cli -am verify -Dit.test=ServerKillIT -Dblockdb.seed=" + seed;

    @TempDir
    private Path temp;

    /** What each writer did, in all rounds. */
    private final List<Writer> writers = new ArrayList<>();

    private ServerKillIT() {
        for (int i = 0; i < WRITERS; i++) {
            writers.add(new Writer(i));
        }
    }

    /** One client: it puts new keys, batches, and revisions of one key of its own, and notes what became of them. */
    private static final class Writer {
        private final int number;
        /** Values that must stand under its keys. */
        private final Map<String, String> acknowledged = new HashMap<>();
        /** First keys of batches of which all or nothing must be there. */
        private final List<String> unknownBatches = new ArrayList<>();
        /** The revisions of its own key, acknowledged. */
        private final List<String> revisions = new ArrayList<>();

        private int next;
        private Batch unknownRevision;
        private String unknownValue;

        Writer(int number) {
            this.number = number;
        }

        String key(int count) {
            return "w%02d-%06d".formatted(number, count);
        }

        static String value(String key) {
            return ("value of " + key + " ").repeat(1 + Math.floorMod(key.hashCode(), 40));
        }

        Key own() {
            return Key.of(VERSIONED, "own-" + number);
        }

        /** Writes until the server does not answer any more. */
        void write(BlockDbClient client, CountDownLatch acknowledgements) {
            try {
                while (true) {
                    switch (next % 3) {
                        case 0 -> put(client);
                        case 1 -> batch(client);
                        default -> revision(client);
                    }
                    acknowledgements.countDown();
                }
            } catch (BlockDbClientException killed) {
                return; // as it should be
            }
        }

        private void put(BlockDbClient client) {
            String key = key(next++);
            client.put(Key.of(key), value(key));
            acknowledged.put(key, value(key));
        }

        private void batch(BlockDbClient client) {
            Batch batch = new Batch();
            Map<String, String> written = new HashMap<>();
            String first = key(next);
            for (int i = 0; i < BATCH_SIZE; i++) {
                String key = key(next++);
                batch.put(Key.of(key), value(key));
                written.put(key, value(key));
            }
            try {
                client.write(batch);
                acknowledged.putAll(written);
            } catch (OutcomeUnknownException e) {
                unknownBatches.add(first);
                throw e;
            }
        }

        private void revision(BlockDbClient client) {
            String value = "revision " + next++;
            Batch batch = new Batch().put(own(), value).idempotencyKey("writer-" + number + "-" + next);
            try {
                client.write(batch);
                revisions.add(value);
            } catch (OutcomeUnknownException e) {
                unknownRevision = batch;
                unknownValue = value;
                throw e;
            }
        }

        /** After the server is there again: what is not known is asked for again, under the same key. */
        void repeat(BlockDbClient client) {
            if (unknownRevision != null) {
                client.write(unknownRevision);
                client.write(unknownRevision);
                revisions.add(unknownValue);
                unknownRevision = null;
            }
        }

        void check(BlockDbClient client, Map<String, String> there, String where) {
            acknowledged.forEach((key, value) -> assertEquals(value, there.get(key), () -> key + ": " + where));
            for (String first : unknownBatches) {
                int begin = Integer.parseInt(first.substring(first.indexOf('-') + 1));
                int found = 0;
                for (int i = 0; i < BATCH_SIZE; i++) {
                    found += there.containsKey(key(begin + i)) ? 1 : 0;
                }
                int count = found;
                assertTrue(
                        count == 0 || count == BATCH_SIZE,
                        () -> "batch " + first + " has " + count + " of its keys: " + where);
            }
            List<String> history = new ArrayList<>();
            for (Revision revision : client.history(own())) {
                history.add(revision.text());
            }
            assertEquals(revisions, history, where);
        }
    }

    @Test
    void everyAcknowledgedWriteSurvives() throws Exception {
        run(ROUNDS);
    }

    @Test
    @Tag("soak")
    void everyAcknowledgedWriteSurvivesForLong() throws Exception {
        run(ROUNDS_SOAK);
    }

    private void run(int rounds) throws Exception {
        CheckpointStore seen = CheckpointStore.inFile(temp.resolve("checkpoint"));
        String[] keys = null;
        ServerProcess server = ServerProcess.start(temp);
        try {
            for (int round = 0; round < rounds; round++) {
                String where = "round " + round + "; " + reproduce;
                if (keys == null) {
                    keys = found(server);
                }
                writeUntilKilled(server, 1 + random.nextInt(400));
                server = ServerProcess.start(temp);
                try (BlockDbClient client =
                        server.client().verifierKeys(keys).checkpointStore(seen).build()) {
                    check(client, where);
                }
                server.checkHealthy();
            }
            server.stop();
        } finally {
            server.close();
        }
        assertEquals(
                0, Launched.cli("-d", temp.resolve("data").toString(), "verify").exit(), reproduce);
    }

    private static String[] found(ServerProcess server) {
        try (BlockDbClient client = server.client().build()) {
            client.createTable(new Table(VERSIONED, Table.Policy.VERSIONED, false));
            return client.verifierKeys().toArray(String[]::new);
        }
    }

    private void writeUntilKilled(ServerProcess server, int acknowledgements) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        CountDownLatch enough = new CountDownLatch(acknowledgements);
        // Nothing is tried again: what is in flight when the server dies stays unknown.
        try (BlockDbClient client = server.client()
                .retryFor(Duration.ZERO)
                .timeout(Duration.ofMinutes(1))
                .build()) {
            List<Future<?>> all = new ArrayList<>();
            for (Writer writer : writers) {
                all.add(threads.submit(() -> writer.write(client, enough)));
            }
            boolean reached = enough.await(2, TimeUnit.MINUTES);
            server.kill();
            assertTrue(reached, () -> "the clients were not answered so often; " + reproduce);
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void check(BlockDbClient client, String where) {
        Map<String, String> there = new HashMap<>();
        for (Row row : client.scan(Scan.of("default"))) {
            there.put(row.key().text(), row.text());
            assertEquals(Writer.value(row.key().text()), row.text(), where);
        }
        for (Writer writer : writers) {
            writer.repeat(client);
            writer.check(client, there, where);
        }
        assertTrue(client.verify(Duration.ofMinutes(2)).valid(), where);
        // The checkpoint seen before the kill is the beginning of this one, or this throws.
        client.checkpoint();
        String any = there.keySet().iterator().next();
        assertEquals(
                there.get(any),
                new String(client.getVerified(Key.of(any)).orElseThrow().value(), StandardCharsets.UTF_8),
                where);
    }
}
