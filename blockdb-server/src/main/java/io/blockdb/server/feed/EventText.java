package io.blockdb.server.feed;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Server-sent events as text. What is sent in a field is one line: ids are ours, and JSON writes line ends as escapes.
 *
 * <p>A line with an id and no data moves the place from which a client goes on after a disconnect, and is no event for it; so even
 * a watcher who is seldom told of something never has to be told again of long ago.
 */
final class EventText {
    /** After how many milliseconds clients who lost the connection should come again. */
    private static final int RETRY_MILLIS = 1000;

    private static final JsonFactory JSON = new JsonFactory();

    private EventText() {}

    /** Begins an event, up to its data. */
    static void begin(ByteArrayOutputStream out, String event, EventId id) {
        out.writeBytes(("event: " + event + "\nid: " + id + "\ndata: ").getBytes(StandardCharsets.US_ASCII));
    }

    /** Ends an event behind its data. */
    static void end(ByteArrayOutputStream out) {
        out.write('\n');
        out.write('\n');
    }

    /** What every stream begins with: from where it tells. */
    static SharedEvent opening(EventId id) {
        return text(": BlockDB\nretry: " + RETRY_MILLIS + "\nid: " + id + "\n\n");
    }

    /** A sign of life, which moves the place to go on from where it is known. */
    static SharedEvent heartbeat(@Nullable EventId id) {
        return text(id == null ? ":\n\n" : ":\nid: " + id + "\n\n");
    }

    /** The last event of a stream that is cut: a problem as the HTTP answers have it. */
    static SharedEvent error(int status, String name, String message) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("event: error\ndata: ".getBytes(StandardCharsets.US_ASCII));
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("type", "urn:blockdb:problem:" + name);
            json.writeStringField("title", name);
            json.writeNumberField("status", status);
            json.writeStringField("detail", message);
            json.writeBooleanField("success", false);
            json.writeStringField("error", name);
            json.writeStringField("message", message);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        end(out);
        return new SharedEvent(out.toByteArray());
    }

    private static SharedEvent text(String text) {
        return new SharedEvent(text.getBytes(StandardCharsets.US_ASCII));
    }
}
