package io.blockdb.server.feed;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a client makes of the bytes of a stream, by the rules of server-sent events: an event that is cut off is none. */
final class Received {
    private static final Pattern SEQUENCE = Pattern.compile("\"sequence_number\":(\\d+)");

    private final List<Event> events = new ArrayList<>();
    private @Nullable String lastId;

    /** An event that a client is told of. */
    record Event(String name, @Nullable String id, String data) {
        long sequence() {
            Matcher matcher = SEQUENCE.matcher(data);
            if (!matcher.find()) {
                throw new AssertionError("no sequence in " + data);
            }
            return Long.parseLong(matcher.group(1));
        }
    }

    Received(byte[] bytes) {
        String name = "message";
        String id = null;
        StringBuilder data = new StringBuilder();
        String text = new String(bytes, StandardCharsets.UTF_8);
        int from = 0;
        for (int end; (end = text.indexOf('\n', from)) >= 0; from = end + 1) {
            String line = text.substring(from, end);
            if (line.isEmpty()) {
                if (id != null) {
                    lastId = id;
                }
                if (data.length() > 0) {
                    events.add(new Event(name, id, data.toString()));
                }
                name = "message";
                id = null;
                data.setLength(0);
            } else if (line.startsWith("event: ")) {
                name = line.substring(7);
            } else if (line.startsWith("id: ")) {
                id = line.substring(4);
            } else if (line.startsWith("data: ")) {
                data.append(line, 6, line.length());
            }
        }
    }

    /** The id that a client which comes again sends. */
    @Nullable
    String lastId() {
        return lastId;
    }

    List<Event> events() {
        return events;
    }

    /** The sequences of the entries told of. */
    List<Long> sequences() {
        return events.stream()
                .filter(event -> event.name().equals("entry"))
                .map(Event::sequence)
                .toList();
    }
}
