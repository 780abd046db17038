package io.blockdb.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Takes a stream of server-sent events apart (WHATWG HTML, 9.2.6), however its bytes are cut into pieces. Lines end with CR, LF or
 * both; what stands behind the last blank line when the stream ends is no event.
 *
 * <p>Threading: one thread at a time.
 */
final class EventParser {
    private static final int BYTE_ORDER_MARK = 0xfeff;

    private final int lengthMax;
    private final Consumer<ServerEvent> events;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final StringBuilder data = new StringBuilder();
    private String type = "";
    private String id = "";
    private boolean hasData;
    private boolean hasId;
    private boolean afterReturn;
    private boolean atBegin = true;

    /** @param lengthMax the longest line, and the longest data of an event */
    EventParser(int lengthMax, Consumer<ServerEvent> events) {
        this.lengthMax = lengthMax;
        this.events = events;
    }

    /** Takes the next piece. */
    void accept(ByteBuffer piece) throws IOException {
        while (piece.hasRemaining()) {
            byte next = piece.get();
            if (next == '\n' && afterReturn) {
                afterReturn = false;
                continue;
            }
            afterReturn = next == '\r';
            if (next == '\n' || next == '\r') {
                endOfLine();
            } else {
                line.write(next);
                checkLength(line.size());
            }
        }
    }

    private void checkLength(int length) throws IOException {
        if (length > lengthMax) {
            throw new IOException("an event has more than " + lengthMax + " bytes");
        }
    }

    private void endOfLine() throws IOException {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        if (atBegin && !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK) {
            text = text.substring(1);
        }
        atBegin = false;
        if (text.isEmpty()) {
            endOfEvent();
            return;
        }
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        String value = colon < 0 ? "" : text.substring(text.startsWith(" ", colon + 1) ? colon + 2 : colon + 1);
        switch (name) {
            case "data" -> {
                checkLength(data.length() + value.length());
                data.append(hasData ? "\n" : "").append(value);
                hasData = true;
            }
            case "event" -> type = value;
            case "id" -> {
                if (value.indexOf('\0') < 0) {
                    id = value;
                    hasId = true;
                }
            }
            default -> {
                // A comment (a colon at the begin), retry, or a field of a later version.
            }
        }
    }

    private void endOfEvent() {
        if (hasData) {
            events.accept(new ServerEvent(id, type.isEmpty() ? "message" : type, data.toString()));
        } else if (hasId) {
            events.accept(new ServerEvent(id, ServerEvent.PLACE, ""));
        }
        data.setLength(0);
        type = "";
        hasData = false;
        hasId = false;
    }
}
