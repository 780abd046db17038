package io.blockdb.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a caller may say, what is refused before anything is sent, and how it is shown. */
class RequestsTest {
    private static final byte[] VALUE = {1};

    private static void refused(org.junit.jupiter.api.function.Executable call) {
        assertThrows(IllegalArgumentException.class, call);
    }

    @Test
    void keys() {
        assertEquals(Key.of("default", "ä"), Key.of(new byte[] {(byte) 0xc3, (byte) 0xa4}));
        assertEquals(Key.of("ä").hashCode(), Key.of("ä").hashCode());
        assertNotEquals(Key.of("t", "k"), Key.of("k"));
        assertEquals("t/k", Key.of("t", "k").toString());
        assertEquals("default/0xff", Key.of(new byte[] {-1}).toString());
        assertThrows(IllegalStateException.class, () -> Key.of(new byte[] {-1}).text());
        refused(() -> Key.of(""));
        refused(() -> Key.of(new byte[64_001]));
        refused(() -> Key.of("\ud800"));
        refused(() -> Key.of("", "k"));
        refused(() -> Key.of("t\n", "k"));
    }

    @Test
    void batches() {
        Batch batch = new Batch().put(Key.of("k"), VALUE).delete(Key.of("t", "k"));
        assertEquals(2, batch.size());
        refused(() -> batch.put(Key.of("k"), VALUE, Duration.ZERO));
        refused(() -> batch.put(Key.of("k"), VALUE, Duration.ofMillis(1500)));
        refused(() -> batch.put(Key.of("k"), "\udc00"));
        for (String key : List.of("", "a b", "a\r\nb", "ä", "x".repeat(129))) {
            refused(() -> batch.idempotencyKey(key));
        }
        assertEquals(2, batch.size());
    }

    @Test
    void scansAndWatches() {
        Scan scan = Scan.of("t").from(VALUE).to(new byte[] {2}).at(7).reversed().pageSize(3);
        assertEquals(
                "/api/v1/scan?table=t&from=AQ%3D%3D&to=Ag%3D%3D&at=7&reverse=true&limit=3&cursor=c%26d&encoding=base64",
                scan.path("c&d"));
        refused(() -> scan.prefix("x"));
        refused(() -> Scan.of("t").pageSize(0));
        refused(() -> Scan.of("t").pageSize(1001));
        refused(() -> Scan.of(""));
        refused(() -> WatchRequest.of(Key.of("k")).withPrefix("k"));
        refused(() -> WatchRequest.of("t").silenceMax(Duration.ZERO));
        assertEquals(
                "/api/v1/watch?table=a%20%2A%2B&values=true&encoding=base64",
                WatchRequest.of("a *+").path());
    }

    @Test
    void builders() {
        refused(() -> BlockDbClient.builder());
        for (String url :
                List.of("localhost:8080", "ftp://host", "http://", "http://h?x=1", "http://h#x", "http://h:x y")) {
            refused(() -> BlockDbClient.builder(url));
        }
        IllegalArgumentException user =
                assertThrows(IllegalArgumentException.class, () -> BlockDbClient.builder("http://me:secret@host"));
        assertFalse(user.getMessage().contains("secret"));
        BlockDbClientBuilder builder = BlockDbClient.builder("http://h:1/base/", "https://h");
        refused(() -> builder.timeout(Duration.ZERO));
        refused(() -> builder.connectTimeout(Duration.ofSeconds(-1)));
        refused(() -> builder.retryFor(Duration.ofSeconds(-1)));
        refused(() -> builder.answerLengthMax(10));
        refused(() -> builder.verifierKeys("no key"));
        refused(() -> builder.verifierKeys());
        builder.build().close();
    }

    @Test
    void pathsOfServersAreKept() throws Exception {
        try (Front front = Front.alone(
                        (request, self) -> Front.Reply.json(200, "{\"success\":true,\"a\":{\"b\":null,\"c\":[1]}}"));
                BlockDbClient client =
                        BlockDbClient.builder(front.url() + "/base/").build()) {
            assertEquals("{success=true, a={c=[1]}}", client.stats().toString());
            assertEquals("/base/stats", front.requests.get(0).path());
        }
    }

    @Test
    void retryAfter() {
        Instant now = Instant.parse("2026-11-21T12:00:00Z");
        assertEquals(Duration.ofSeconds(5), Answer.retryAfter(" 5 ", now));
        assertEquals(Duration.ofSeconds(30), Answer.retryAfter("Sat, 21 Nov 2026 12:00:30 GMT", now));
        assertEquals(Duration.ZERO, Answer.retryAfter("Sat, 21 Nov 2026 11:00:00 GMT", now));
        for (String senseless : List.of("", "-1", "1.5", "soon", "99999999999")) {
            assertNull(Answer.retryAfter(senseless, now));
        }
        assertNull(Answer.retryAfter(null, now));
    }

    @Test
    void aListingThatDoesNotEndIsNoticed() {
        Listing<Integer> listing = new Listing<>(cursor -> new Page<>(List.of(1), "same"));
        assertEquals(1, listing.next());
        assertThrows(MalformedAnswerException.class, () -> {
            listing.next();
            listing.next();
        });
    }
}
