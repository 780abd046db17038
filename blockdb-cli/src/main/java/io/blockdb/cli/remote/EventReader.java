package io.blockdb.cli.remote;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads server-sent events by the rules of the WHATWG: an event that is cut off is none; an id without data moves the place to go
 * on from and is no event.
 *
 * <p>Threading: one thread at a time.
 */
final class EventReader {
    private static final int LINE_LENGTH_MAX = 64 << 20;

    private final InputStream in;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean behindReturn;

    /**
     * What came, up to an empty line.
     *
     * @param name the event's name; {@code message} where it has none
     * @param id the place to go on from; null: as before
     * @param data the data; null: it is no event
     */
    record Event(String name, @Nullable String id, @Nullable String data) {}

    EventReader(InputStream in) {
        this.in = new BufferedInputStream(in);
    }

    /** The next event; null at the end of the stream. */
    @Nullable
    Event next() throws IOException {
        String name = "message";
        String id = null;
        StringBuilder data = null;
        for (String next; (next = line()) != null; ) {
            if (next.isEmpty()) {
                return new Event(name, id, data == null ? null : data.toString());
            }
            int colon = next.indexOf(':');
            String field = colon < 0 ? next : next.substring(0, colon);
            String value = colon < 0 ? "" : next.substring(next.startsWith(": ", colon) ? colon + 2 : colon + 1);
            switch (field) {
                case "event" -> name = value;
                case "id" -> id = value;
                case "data" ->
                    data = data == null
                            ? new StringBuilder(value)
                            : data.append('\n').append(value);
                default -> {
                    // A comment, which has no name, or a field that does not matter here.
                }
            }
        }
        return null;
    }

    /** A line without its end, which is a line feed, a return, or both; null where the stream ends before it does. */
    private @Nullable String line() throws IOException {
        line.reset();
        for (int b; (b = in.read()) >= 0; ) {
            boolean second = behindReturn && b == '\n';
            behindReturn = b == '\r';
            if (second) {
                continue;
            }
            if (b == '\n' || b == '\r') {
                return line.toString(StandardCharsets.UTF_8);
            }
            if (line.size() == LINE_LENGTH_MAX) {
                throw new IOException("what comes is no event: a line is longer than " + LINE_LENGTH_MAX + " bytes");
            }
            line.write(b);
        }
        return null;
    }
}
