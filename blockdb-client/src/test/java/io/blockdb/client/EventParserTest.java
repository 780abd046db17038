package io.blockdb.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Server-sent events, cut into pieces anywhere. */
class EventParserTest {
    private static List<ServerEvent> parsed(String text, int pieceLength) throws IOException {
        List<ServerEvent> events = new ArrayList<>();
        EventParser parser = new EventParser(100, events::add);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at < bytes.length; at += pieceLength) {
            parser.accept(ByteBuffer.wrap(bytes, at, Math.min(pieceLength, bytes.length - at)));
        }
        return events;
    }

    private static void check(String text, ServerEvent... expected) throws IOException {
        for (int length : new int[] {1, 2, 3, 7, 1000}) {
            assertEquals(List.of(expected), parsed(text, length), text);
        }
    }

    private static ServerEvent message(String id, String data) {
        return new ServerEvent(id, "message", data);
    }

    @Test
    void fields() throws IOException {
        check("event: entry\nid: 7\ndata: {}\n\n", new ServerEvent("7", "entry", "{}"));
        check("data:a\ndata: b\ndata\n\n", message("", "a\nb\n"));
        check("data:  two\n\n", message("", " two"));
        check("data: grüße 😀\n\n", message("", "grüße 😀"));
        check("\uFEFFdata: x\n\n", message("", "x"));
    }

    @Test
    void lineEnds() throws IOException {
        check("data: a\r\ndata: b\r\r\n", message("", "a\nb"));
        check("data: a\r\rdata: b\n\n", message("", "a"), message("", "b"));
    }

    @Test
    void whatIsNoEvent() throws IOException {
        check(": comment\n\nretry: 5\n\nunknown: x\n\nevent: e\n\n");
        check("data: never ended\n");
    }

    @Test
    void idsStay() throws IOException {
        check(
                "id: 1\ndata: a\n\ndata: b\n\nid: 2\n\ndata: c\nid\n\nid: x\u0000y\ndata: d\n\n",
                message("1", "a"),
                message("1", "b"),
                new ServerEvent("2", ServerEvent.PLACE, ""),
                message("", "c"),
                message("", "d"));
    }

    @Test
    void lengthIsBounded() {
        assertThrows(IOException.class, () -> parsed("data: " + "x".repeat(200), 10));
        assertThrows(IOException.class, () -> parsed("data: xxxxxxxx\n".repeat(20), 10));
    }
}
