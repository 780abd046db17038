package io.blockdb.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Many connections that watch, read by one thread, which looks for the sequences of entries in what arrives.
 *
 * <p>Threading: {@link #open} and {@link #close} by one thread; the counts by any.
 */
final class WatchConnections implements AutoCloseable, Runnable {
    private static final byte[] MARK = "\"sequence_number\":".getBytes(StandardCharsets.US_ASCII);
    /** Watches are asked for in groups of so many, so that the server's queue of new connections suffices. */
    private static final int GROUP = 20;

    private final InetSocketAddress server;
    private final int watchers;
    private final int keys;
    private final WriteTimes times;
    private final Selector selector;
    private final List<SocketChannel> channels = new ArrayList<>();
    private final Thread thread = new Thread(this, "watching");
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger answered = new AtomicInteger();
    private volatile boolean closed;

    /** What was read of one connection: where in the mark, and which number. */
    private static final class Reading {
        private boolean begun;
        private int matched;
        private long number = -1;
    }

    WatchConnections(InetSocketAddress server, int watchers, int keys, WriteTimes times) throws IOException {
        this.server = server;
        this.watchers = watchers;
        this.keys = keys;
        this.times = times;
        this.selector = Selector.open();
    }

    static String key(int number) {
        return "key-%012d".formatted(number);
    }

    /** Opens all; returns when each has begun to be answered. */
    void open() throws IOException {
        thread.start();
        for (int i = 0; i < watchers; i++) {
            SocketChannel channel = SocketChannel.open(server);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channels.add(channel);
            String request = "GET /api/v1/watch?table=" + WriteConnection.TABLE + "&key=" + key(i % keys)
                    + "&values=true HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n\r\n";
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, new Reading());
            selector.wakeup();
            while (i % GROUP == 0 && answered.get() < i - GROUP) {
                LockSupport.parkNanos(1_000_000);
            }
        }
        while (answered.get() < watchers) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    long events() {
        return events.get();
    }

    long bytes() {
        return bytes.get();
    }

    @Override
    public void run() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(64 << 10);
        try {
            while (!closed) {
                selector.select(key -> read(key, buffer));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(SelectionKey key, ByteBuffer buffer) {
        try {
            buffer.clear();
            int count = ((SocketChannel) key.channel()).read(buffer);
            long now = System.nanoTime();
            if (count < 0) {
                throw new IOException("the server hung up on a watcher");
            }
            bytes.addAndGet(count);
            buffer.flip();
            Reading reading = (Reading) key.attachment();
            if (!reading.begun) {
                reading.begun = true;
                answered.incrementAndGet();
            }
            while (buffer.hasRemaining()) {
                take(reading, buffer.get(), now);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void take(Reading reading, byte b, long now) {
        if (reading.number >= 0 || reading.matched == MARK.length) {
            if (b >= '0' && b <= '9') {
                reading.number = Math.max(0, reading.number) * 10 + b - '0';
                return;
            }
            times.arrived(reading.number, now);
            events.incrementAndGet();
            reading.number = -1;
            reading.matched = 0;
        }
        reading.matched = b == MARK[reading.matched] ? reading.matched + 1 : b == MARK[0] ? 1 : 0;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (SocketChannel channel : channels) {
            channel.close();
        }
        selector.close();
    }
}
