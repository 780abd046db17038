package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.client.BlockDbClient;
import io.blockdb.client.Change;
import io.blockdb.client.Key;
import io.blockdb.client.ProvedReceipt;
import io.blockdb.client.Row;
import io.blockdb.client.Scan;
import io.blockdb.client.Watch;
import io.blockdb.client.WatchRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * 64 clients write while others read, scan, watch and ask for receipts: each sees what was acknowledged before it asked, a scan is
 * of one moment, a watch hears of everything once and in order.
 */
final class ServerLoadIT {
    private static final int WRITERS = 64;
    private static final int READERS = 8;
    private static final int SCANNERS = 2;
    private static final int WATCHERS = 4;
    private static final int PROVERS = 2;

    @TempDir
    private Path temp;

    /** Keys in the order in which they were acknowledged; grows only. */
    private final List<String> acknowledged = new ArrayList<>();

    private final Set<Long> sequences = ConcurrentHashMap.newKeySet();
    private final CountDownLatch written = new CountDownLatch(1);

    @Test
    void everybodySeesTheSame() throws Exception {
        run(40);
    }

    @Test
    @Tag("soak")
    void everybodySeesTheSameForLong() throws Exception {
        run(4000);
    }

    private void run(int writesOfEach) throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try (ServerProcess server = ServerProcess.start(temp);
                BlockDbClient plain = server.client().build();
                BlockDbClient client = server.client()
                        .verifierKeys(plain.verifierKeys().toArray(String[]::new))
                        .build()) {
            List<Future<?>> watchers = new ArrayList<>();
            for (int i = 0; i < WATCHERS; i++) {
                // Opened before anything is written, one of them with values.
                WatchRequest request = WatchRequest.of("default").from(0);
                Watch watch = client.watch(i == 0 ? request : request.withoutValues());
                watchers.add(threads.submit((Callable<Void>) () -> hear(watch, WRITERS * writesOfEach)));
            }
            List<Future<?>> others = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                int seed = i;
                others.add(threads.submit(() -> read(client, new Random(seed))));
            }
            for (int i = 0; i < SCANNERS; i++) {
                others.add(threads.submit(() -> scan(client)));
            }
            for (int i = 0; i < PROVERS; i++) {
                int seed = i;
                others.add(threads.submit(() -> prove(client, new Random(seed))));
            }
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                int number = i;
                writers.add(threads.submit(() -> write(client, number, writesOfEach)));
            }
            waitFor(writers);
            written.countDown();
            waitFor(others);
            waitFor(watchers);
            assertTrue(client.verify(Duration.ofMinutes(5)).valid());
            server.checkHealthy();
            server.stop();
        } finally {
            threads.shutdownNow();
        }
    }

    private static void waitFor(List<Future<?>> all) throws Exception {
        for (Future<?> one : all) {
            one.get();
        }
    }

    private static String value(String key) {
        return (key + " ").repeat(1 + Math.floorMod(key.hashCode(), 100));
    }

    private void write(BlockDbClient client, int writer, int count) {
        for (int i = 0; i < count; i++) {
            String key = "key-%06d-%02d".formatted(i, writer);
            sequences.add(client.put(Key.of(key), value(key)).sequence());
            synchronized (acknowledged) {
                acknowledged.add(key);
            }
        }
    }

    /** One of the keys that were acknowledged; null while there is none. */
    private String any(Random random) {
        synchronized (acknowledged) {
            return acknowledged.isEmpty() ? null : acknowledged.get(random.nextInt(acknowledged.size()));
        }
    }

    private void read(BlockDbClient client, Random random) {
        while (written.getCount() > 0) {
            String key = any(random);
            if (key != null) {
                assertEquals(value(key), client.get(Key.of(key)).orElseThrow().text());
            }
        }
    }

    private void prove(BlockDbClient client, Random random) {
        while (written.getCount() > 0) {
            String key = any(random);
            if (key != null) {
                ProvedReceipt proved = client.receipt(Key.of(key)).orElseThrow();
                assertEquals(value(key), new String(proved.entry().value(), StandardCharsets.UTF_8));
            }
        }
    }

    private void scan(BlockDbClient client) {
        while (written.getCount() > 0) {
            List<String> before;
            synchronized (acknowledged) {
                before = List.copyOf(acknowledged);
            }
            Set<String> found = new HashSet<>();
            String last = "";
            for (Row row : client.scan(Scan.of("default").pageSize(100))) {
                String key = row.key().text();
                assertTrue(key.compareTo(last) > 0, key);
                assertEquals(value(key), row.text());
                last = key;
                found.add(key);
            }
            assertTrue(found.containsAll(before), "a scan lacks what was acknowledged before it");
        }
    }

    private Void hear(Watch watch, int count) throws InterruptedException {
        try (watch) {
            long last = -1;
            Set<Long> heard = new HashSet<>();
            for (int i = 0; i < count; i++) {
                Change change = watch.next();
                assertTrue(change.sequence() > last, "out of order");
                last = change.sequence();
                heard.add(last);
                byte[] value = change.value();
                if (value != null) {
                    assertEquals(value(change.key().text()), new String(value, StandardCharsets.UTF_8));
                }
            }
            written.await();
            assertEquals(sequences, heard);
            return null;
        }
    }
}
