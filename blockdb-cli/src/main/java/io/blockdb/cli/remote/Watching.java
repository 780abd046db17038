package io.blockdb.cli.remote;

import io.blockdb.cli.remote.Connection.UnavailableException;
import io.blockdb.cli.remote.EventReader.Event;
import java.io.Closeable;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Entries as a server tells of them. When the connection breaks it is made again, and the telling goes on where it was, without a
 * gap or a double; only the first one must succeed.
 *
 * <p>A thread of its own reads, so that who waits for an entry can give up. Threading: one thread at a time.
 */
public final class Watching implements Closeable {
    private static final String EVENTS = "text/event-stream";
    /** A server says every now and then that it is there: after so long without a word it is not. */
    private static final int SILENCE_MILLIS = 60_000;

    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long LOOK_MILLIS = 50;
    private static final int AHEAD = 64;

    /** After these a server cuts a watcher, who may come again. */
    private static final Set<String> PASSING = Set.of("RateLimited", "NotReady", "NoLeader", "Timeout");

    /**
     * What is watched.
     *
     * @param table the table; {@code *}: all but BlockDB's own
     * @param key the one key, or null
     * @param prefix what keys begin with, or null
     * @param from sequence of the first entry; null: from now on
     * @param values whether values are told
     */
    public record Asked(
            String table,
            byte @Nullable [] key,
            byte @Nullable [] prefix,
            @Nullable Long from,
            boolean values) {
        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }

        @Override
        public String toString() {
            return "Asked[table=" + table + "]";
        }
    }

    /**
     * An entry that was written. Compared by identity.
     *
     * @param sequence its number in the ledger
     * @param height height of its block
     * @param timestamp time of its block, in microseconds since the Unix epoch
     * @param table its table
     * @param key its key; the holder's own
     * @param kind {@code put} or {@code delete}
     * @param value its value; null: none, erased, or not asked for
     * @param expiresAt from when on it is hidden from reads, in microseconds since the Unix epoch; 0: never
     * @param author who wrote it; empty: nobody is named
     */
    public record Entry(
            long sequence,
            long height,
            long timestamp,
            String table,
            byte[] key,
            String kind,
            byte @Nullable [] value,
            long expiresAt,
            String author) {
        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }

        @Override
        public String toString() {
            return "Entry[sequence=" + sequence + "]";
        }
    }

    private final Connection connection;
    private final Asked asked;
    private final Connection.Pause pause;
    private @Nullable Stream stream;
    private @Nullable String lastId;
    private boolean reached;
    private long wait = FIRST_PAUSE_NANOS;

    Watching(Connection connection, Asked asked, Connection.Pause pause) {
        this.connection = connection;
        this.asked = asked;
        this.pause = pause;
    }

    /** One connection, and the thread that reads it. */
    private static final class Stream implements Runnable {
        private final HttpURLConnection http;
        private final ArrayBlockingQueue<Object> came = new ArrayBlockingQueue<>(AHEAD);
        private volatile boolean closed;

        Stream(HttpURLConnection http) {
            this.http = http;
            Thread thread = new Thread(this, "watch");
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void run() {
            try {
                Object last;
                try {
                    EventReader reader = new EventReader(http.getInputStream());
                    for (Event event; !closed && (event = reader.next()) != null; ) {
                        came.put(event);
                    }
                    last = new IOException("the server ended the answer");
                } catch (IOException e) {
                    last = e;
                }
                http.disconnect();
                came.put(last);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // Nobody does that; then nobody waits for more.
            }
        }

        /** What came next, or null if nothing did for a moment. */
        @Nullable
        Object poll() throws IOException {
            try {
                return came.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }

        /** Lets the thread end and hang up, at the latest with the server's next sign of life: the JDK has its reader hold a lock. */
        void close() {
            closed = true;
            came.clear();
        }
    }

    /**
     * Waits for the next entry.
     *
     * @param lost hears once, in words, that the connection broke and is made again
     * @throws IOException if the server was never reached, or does not tell
     */
    public Entry next(Consumer<String> lost) throws IOException {
        for (; ; ) {
            Stream current = stream;
            if (current == null) {
                connect();
                continue;
            }
            Object came = current.poll();
            pause.nanos(0);
            if (came instanceof IOException broken) {
                close();
                lost.accept("the connection to " + connection.place() + " broke (" + broken.getMessage()
                        + "): connecting again");
                // A proxy may let in and hang up, again and again.
                pause.nanos(wait);
                wait = Math.min(2 * wait, LONGEST_PAUSE_NANOS);
            } else if (came instanceof Event event) {
                Entry entry = take(event, lost);
                if (entry != null) {
                    return entry;
                }
            }
        }
    }

    private void connect() throws IOException {
        Call call = Call.get("/api/v1/watch")
                .with("table", asked.table())
                .with("key", asked.key())
                .with("prefix", asked.prefix())
                .with("from", lastId == null ? asked.from() : null)
                .with("values", asked.values() ? "true" : null)
                .with("encoding", "base64")
                .behind(lastId)
                .accept(EVENTS);
        try {
            stream = new Stream(connection.stream(call, SILENCE_MILLIS));
            reached = true;
        } catch (UnavailableException e) {
            if (!reached) {
                throw e;
            }
            pause.nanos(Math.max(wait, TimeUnit.SECONDS.toNanos(Math.min(10, e.retryAfterSeconds()))));
            wait = Math.min(2 * wait, LONGEST_PAUSE_NANOS);
        }
    }

    private @Nullable Entry take(Event event, Consumer<String> lost) throws IOException {
        wait = FIRST_PAUSE_NANOS;
        String data = event.data();
        Fields fields = data == null ? null : Fields.parse(connection.place(), data.getBytes(StandardCharsets.UTF_8));
        Entry entry = null;
        if (fields != null && event.name().equals("entry")) {
            entry = new Entry(
                    fields.number("sequence_number"),
                    fields.number("height"),
                    fields.number("timestamp"),
                    fields.text("table"),
                    fields.bytes("key"),
                    fields.text("kind"),
                    fields.bytesOrNull("value"),
                    fields.number("expires_at", 0),
                    fields.has("author") ? fields.text("author") : "");
        } else if (fields != null && event.name().equals("error")) {
            String message = fields.text("message");
            close();
            if (!PASSING.contains(fields.text("error"))) {
                throw new IOException(message);
            }
            lost.accept(message);
        }
        if (event.id() != null) {
            lastId = event.id();
        }
        return entry;
    }

    @Override
    public void close() {
        Stream current = stream;
        stream = null;
        if (current != null) {
            current.close();
        }
    }
}
