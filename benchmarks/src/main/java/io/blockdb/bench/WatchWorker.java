package io.blockdb.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures the live feed of a running server from outside: many open connections that each watch a key, writes at a fixed rate to
 * random ones of these keys, and how long after a write its event arrives. Writes are begun when their time has come, whether the
 * one before was answered or not, as far as the connections for them suffice.
 */
@Command(
        name = "watch",
        description = "Measures from write to event with many watchers, against a server that is running.")
final class WatchWorker implements Callable<Integer> {
    private static final long SETTLE_NANOS = 2_000_000_000L;
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    @Option(names = "--port", required = true, description = "The server's port on the loopback.")
    private int port;

    @Option(names = "--watchers", defaultValue = "5000", description = "Open connections that watch.")
    private int watchers;

    @Option(names = "--keys", defaultValue = "5000", description = "Keys watched; watchers share them evenly.")
    private int keys;

    @Option(names = "--rate", defaultValue = "300", description = "Writes a second.")
    private int rate;

    @Option(names = "--seconds", defaultValue = "10", description = "So long, after a second of warm-up.")
    private int seconds;

    @Option(names = "--writers", defaultValue = "8", description = "Connections that write.")
    private int writers;

    @Option(names = "--value-size", defaultValue = "100", description = "Bytes of a value.")
    private int valueSize;

    private final Histogram fromSending = new Histogram(3);
    private final Histogram fromAnswer = new Histogram(3);
    private final Histogram toLast = new Histogram(3);

    @Override
    public Integer call() throws Exception {
        InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try (WriteConnection setup = new WriteConnection(server)) {
            setup.createTable();
        }
        int count = (seconds + 1) * rate;
        WriteTimes times = new WriteTimes(count);
        long begun = System.nanoTime();
        try (WatchConnections connections = new WatchConnections(server, watchers, keys, times)) {
            connections.open();
            System.out.printf(
                    Locale.ROOT,
                    "%,d watchers of %,d keys connected in %.1f s%n",
                    watchers,
                    keys,
                    (System.nanoTime() - begun) / 1e9);
            LockSupport.parkNanos(SETTLE_NANOS);
            write(server, times, count);
            long events = (long) count * (watchers / keys);
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            while (connections.events() < events && System.nanoTime() < deadline) {
                LockSupport.parkNanos(10_000_000);
            }
            report(times, connections, count, events);
        }
        return 0;
    }

    private void write(InetSocketAddress server, WriteTimes times, int count) throws Exception {
        AtomicLong next = new AtomicLong();
        long begin = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < writers; i++) {
            Thread thread = new Thread(() -> write(server, times, count, next, begin), "writer-" + i);
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void write(InetSocketAddress server, WriteTimes times, int count, AtomicLong next, long begin) {
        Random random = new Random();
        try (WriteConnection connection = new WriteConnection(server)) {
            for (long i; (i = next.getAndIncrement()) < count; ) {
                long due = begin + i * 1_000_000_000L / rate;
                for (long left; (left = due - System.nanoTime()) > 0; ) {
                    LockSupport.parkNanos(left);
                }
                long sent = System.nanoTime();
                long sequence = connection.put(WatchConnections.key(random.nextInt(keys)), valueSize);
                times.note(sequence, (int) i, sent, System.nanoTime());
            }
        } catch (IOException e) {
            throw new IllegalStateException("a write failed", e);
        }
    }

    private void report(WriteTimes times, WatchConnections connections, int count, long expected) {
        times.collect(rate, count, watchers / keys, fromSending, fromAnswer, toLast);
        System.out.printf(
                Locale.ROOT,
                "%,d writes at %,d/s; %,d of %,d events arrived, %,d bytes%n",
                count,
                rate,
                connections.events(),
                expected,
                connections.bytes());
        line("write sent to event, each", fromSending);
        line("write answered to event, each", fromAnswer);
        line("write sent to its last event", toLast);
    }

    private static void line(String what, Histogram micros) {
        System.out.printf(
                Locale.ROOT,
                "%-30s median %8.2f ms  p90 %8.2f  p99 %8.2f  max %8.2f  (%,d)%n",
                what,
                micros.getValueAtPercentile(50) / 1e3,
                micros.getValueAtPercentile(90) / 1e3,
                micros.getValueAtPercentile(99) / 1e3,
                micros.getMaxValue() / 1e3,
                micros.getTotalCount());
    }
}
